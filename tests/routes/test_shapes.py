"""Every route over every folder of real logs: the documented shape, and answers that agree."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.routes import shapes
from tests.routes.site import Clock, Site
from tests.series import reference

LATER = 1_795_400_000.0
FOLDERS = (
    "accelerate",
    "keras3_tf",
    "lightning",
    "mmengine",
    "stable_baselines3",
    "tensorboardX",
    "torch_summarywriter",
    "transformers_v5",
    "trl",
)
SMOOTHING = {"ema": 0.6, "ma": 3}


@pytest.fixture(scope="module", params=FOLDERS)
def site(request: pytest.FixtureRequest, real_logs: Path) -> Site:
    return Site(real_logs / request.param, Clock(LATER))


def tasks_of(site: Site) -> Iterator[str]:
    for task in site.get("tasks")["tasks"]:
        yield task["id"]


def test_every_folder_of_real_logs_is_tried(real_logs: Path) -> None:
    assert {path.name for path in real_logs.iterdir() if path.is_dir()} == set(FOLDERS)


def test_the_list_of_tasks_has_its_shape(site: Site) -> None:
    """Newest activity first."""
    answer = site.get("tasks")
    shapes.check(answer, shapes.TASKS)
    assert answer["tasks"]
    times = [task["last_event_at"] for task in answer["tasks"]]
    assert times == sorted(times, reverse=True)


def test_a_task_has_its_shape_and_agrees_with_the_list(site: Site) -> None:
    for told in site.get("tasks")["tasks"]:
        task = site.get("task", task=told["id"])
        shapes.check(task, shapes.WHOLE)
        assert len(task["attempts"]) == told["attempts"]
        for key in ("id", "name", "status", "mode", "step", "total_steps", "last_event_at"):
            assert task[key] == told[key], told["id"]
        for metric in task["metrics"]:
            assert ("last_non_finite" in metric) == (
                metric["last_value"] is None and metric["points"] > 0
            )


def test_the_attempts_of_a_task_lie_end_to_end(site: Site) -> None:
    for name in tasks_of(site):
        attempts = site.get("task", task=name)["attempts"]
        assert [a["attempt"] for a in attempts] == list(range(1, len(attempts) + 1))
        assert [a["kind"] == "first" for a in attempts] == [a["attempt"] == 1 for a in attempts]
        for before, after in pairwise(attempts):
            assert after["x_start"] == before["x_end"], name
            assert set(after["changed"]) <= {*(before["config"] or ()), *(after["config"] or ())}
        assert all(a["x_end"] - a["x_start"] == a["last_step"] - a["start_step"] for a in attempts)


def test_the_series_of_a_task_have_their_shape_and_all_its_points(site: Site) -> None:
    """By default every metric that the task lists, each smoothed as the reference smooths it."""
    for name in tasks_of(site):
        task = site.get("task", task=name)
        answer = site.get("series", task=name, **SMOOTHING)
        shapes.check(answer, shapes.SERIES)
        assert answer["task"] == name
        assert answer["attempts"] == task["attempts"]
        assert list(answer["series"]) == [metric["metric"] for metric in task["metrics"]]
        for metric in task["metrics"]:
            series = answer["series"][metric["metric"]]
            place = f"{name}: {metric['metric']}"
            shapes.check_columns(series, place)
            assert (series["run"], series["tag"]) == (metric["run"], metric["tag"])
            assert series["total_points"] == metric["points"] == len(series["x"])
            assert series["cropped_points"] == 0
            _check_ends(series, metric)
            _check_axis(series, task["attempts"], metric["role"], place)
            _check_smoothing(series, place)


def _check_ends(series: Any, metric: Any) -> None:
    last_step = series["step"][-1] if series["step"] else None
    last_value = series["value"][-1] if series["value"] else None
    assert (last_step, last_value) == (metric["last_step"], metric["last_value"])


def _check_axis(series: Any, attempts: Any, role: str, place: str) -> None:
    """Within the attempt; at x_start + step - start_step, or (all of it) by time."""
    known = {attempt["attempt"]: attempt for attempt in attempts}
    counted = []
    for x, step, number in zip(series["x"], series["step"], series["attempt"], strict=True):
        attempt = known[number]
        counted.append(x == attempt["x_start"] + step - attempt["start_step"])
        assert role == "bookkeeping" or attempt["x_start"] <= x <= attempt["x_end"], place
    assert all(counted) or place.split(": ")[1] != "loss", place


def _check_smoothing(series: Any, place: str) -> None:
    value = [math.nan if v is None else v for v in series["value"]]
    expected = reference.smoothed(value, series["attempt"], SMOOTHING["ema"], 3)
    found = [math.nan if v is None else v for v in series["smoothed"]]
    assert found == pytest.approx(expected, rel=1e-9, nan_ok=True), place


def test_the_training_log_of_a_task_has_its_shape(site: Site) -> None:
    for name in tasks_of(site):
        answer = site.get("logs", task=name, limit=1000)
        shapes.check(answer, shapes.LOGS)
        assert answer["source"] == "event files"
        assert answer["total"] == len(answer["logs"]) == sum(answer["counts"].values())
        assert all(row["derived"] for row in answer["logs"])
        assert len({row["id"] for row in answer["logs"]}) == answer["total"]
        if answer["logs"]:
            assert answer["logs"][-1]["type"] == "start"


def test_the_marks_of_a_task_have_their_shape_and_are_rows_of_its_log(site: Site) -> None:
    for name in tasks_of(site):
        answer = site.get("marks", task=name)
        shapes.check(answer, shapes.MARKS)
        places = [mark["x"] for mark in answer["marks"]]
        assert (answer["task"], places) == (name, sorted(places))
        assert answer["omitted"] == 0
        counts = site.get("logs", task=name)["counts"]
        types = [mark["type"] for mark in answer["marks"]]
        assert (types.count("eval"), types.count("checkpoint")) == (
            counts["eval"],
            counts["checkpoint"],
        )


def test_polling_without_a_cursor_is_a_reset_and_with_a_fresh_one_brings_nothing(
    site: Site,
) -> None:
    for name in tasks_of(site):
        cursor = site.get("series", task=name)["cursor"]
        answer = site.get("points", task=name)
        shapes.check(answer, shapes.POINTS)
        assert answer == {
            "task": name,
            "cursor": cursor,
            "messages": [{"type": "reset", "reason": "Nothing was known."}],
        }
        answer = site.get("points", task=name, cursor=cursor)
        assert answer == {"task": name, "cursor": cursor, "messages": []}
