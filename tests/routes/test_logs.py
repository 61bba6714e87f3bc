"""The route ``logs``: the training log, newest first, paged to the first row."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tb_trainmon import TaskLogger
from tests.routes import shapes
from tests.routes.conftest import NewSite
from tests.routes.site import Clock, Site
from tests.routes.trainer import Trainer, training

TYPES = ("start", "step", "eval", "checkpoint", "end")
RESTARTED = "restart_newlr/tb"


def pages(site: Site, task: str, **asked: Any) -> Iterator[Any]:
    """All pages, from the newest to the first row."""
    answer = site.get("logs", task=task, **asked)
    yield answer
    while answer["next"] is not None:
        answer = site.get("logs", task=task, before=answer["next"], **asked)
        yield answer


def rows(site: Site, task: str, **asked: Any) -> list[Any]:
    return [row for page in pages(site, task, **asked) for row in page["logs"]]


@pytest.mark.parametrize("limit", [1, 7, 44, 45, 1000])
def test_paging_to_the_first_row_visits_every_row_once(transformers: Site, limit: int) -> None:
    """However long the pages are, and the last one is not empty."""
    whole = transformers.get("logs", task=RESTARTED, limit=1000)
    paged = list(pages(transformers, RESTARTED, limit=limit))
    assert [row for page in paged for row in page["logs"]] == whole["logs"]
    assert len(paged) == math.ceil(whole["total"] / limit)
    assert all(page["total"] == whole["total"] for page in paged)
    assert all(page["counts"] == whole["counts"] for page in paged)


def test_a_log_of_200_rows_or_fewer_is_one_page(transformers: Site) -> None:
    """Which is how many come if nothing else is asked for."""
    assert transformers.get("logs", task=RESTARTED)["next"] is None


@pytest.mark.parametrize("types", [[name] for name in TYPES] + [["eval", "checkpoint"]])
def test_only_rows_of_the_types_that_were_asked_for_come(
    transformers: Site, types: list[str]
) -> None:
    """They are paged and counted among themselves; ``counts`` counts all."""
    whole = transformers.get("logs", task=RESTARTED, limit=1000)
    expected = [row for row in whole["logs"] if row["type"] in types]
    assert expected
    assert rows(transformers, RESTARTED, type=types, limit=3) == expected
    answer = transformers.get("logs", task=RESTARTED, type=types)
    assert answer["total"] == len(expected) == sum(whole["counts"][name] for name in types)
    assert answer["counts"] == whole["counts"]


def test_rows_come_newest_first(transformers: Site) -> None:
    found = rows(transformers, RESTARTED)
    for newer, older in pairwise(found):
        assert (newer["attempt"], newer["wall_time"]) >= (older["attempt"], older["wall_time"])
    assert [row["type"] for row in (found[0], found[-1])] == ["end", "start"]


def test_the_log_that_event_files_tell_is_complete(transformers: Site) -> None:
    """43 steps logged every 5, then 100 steps, and the three checkpoints that were kept."""
    found = rows(transformers, RESTARTED)
    assert all(row["derived"] for row in found)
    steps: dict[int, list[int]] = {1: [], 2: []}
    for row in reversed(found):
        if row["type"] == "step":
            steps[row["attempt"]].append(row["step"])
    assert steps == {1: [1, *range(5, 41, 5)], 2: [1, *range(5, 101, 5)]}
    saved = [row for row in found if row["type"] == "checkpoint"]
    assert {row["step"] for row in saved} == {60, 80, 100}
    assert [row["message"] for row in found if row["type"] == "start"] == [
        "Attempt 2 restarted at step 0.",
        "Attempt 1 began at step 0.",
    ]
    (last,) = (
        row for row in found if (row["attempt"], row["type"], row["step"]) == (2, "step", 100)
    )
    series = transformers.get("series", task=RESTARTED, metric=["loss", "grad_norm"])["series"]
    assert last["metrics"]["loss"] == series["loss"]["value"][-1]
    assert last["metrics"]["grad_norm"] == series["grad_norm"]["value"][-1]


def test_numbers_that_are_not_finite_are_words(
    tmp_path: Path, clock: Clock, open_site: NewSite
) -> None:
    with training(tmp_path / "run", clock) as trainer:
        for step, value in enumerate([math.nan, math.inf, -math.inf, 0.5], start=1):
            trainer.log(step, loss=value)
    found = rows(open_site(tmp_path), "run", type="step")
    values = [row["metrics"]["loss"] for row in found]
    assert values == [0.5, "-Infinity", "Infinity", "NaN"]


def test_rows_that_arrive_while_one_pages_back_shift_nothing(
    tmp_path: Path, clock: Clock, open_site: NewSite
) -> None:
    """A cursor names a place in the log, not a distance from its end."""
    with training(tmp_path / "run", clock) as trainer:
        _log(trainer, range(1, 11))
        site = open_site(tmp_path)
        first, seen = site.get("logs", task="run", limit=4), []
        _log(trainer, range(11, 20))
    page = first
    while page["next"] is not None:
        page = site.get("logs", task="run", limit=4, before=page["next"])
        seen += page["logs"]
    assert [row["step"] for row in (*first["logs"], *seen) if row["type"] == "step"] == [
        *range(10, 0, -1)
    ]


def _log(trainer: Trainer, steps: range) -> None:
    for step in steps:
        trainer.log(step, loss=1 / step)
    trainer.flush()


def test_a_launch_that_logged_nothing_has_one_row(
    tmp_path: Path, clock: Clock, open_site: NewSite
) -> None:
    with training(tmp_path / "run", clock):
        pass
    (row,) = rows(open_site(tmp_path), "run")
    assert (row["type"], row["message"]) == ("start", "Launched; no scalar has been logged yet.")


@pytest.mark.parametrize("event_files", [True, False])
def test_where_there_is_a_table_its_rows_are_the_log(
    tmp_path: Path, clock: Clock, open_site: NewSite, event_files: bool
) -> None:
    """As our own writer records them."""
    with TaskLogger(
        tmp_path, "job", total_steps=30, logging_steps=10, event_files=event_files
    ) as log:
        for step in range(1, 31):
            log.step(step, loss=math.inf if step == 20 else 1 / step)
        log.evaluation(30, loss=0.5)
        log.checkpoint(30, path="job/checkpoint-30")
    clock.advance(60.0)
    site = open_site(tmp_path)
    answer = site.get("logs", task="job")
    shapes.check(answer, shapes.LOGS)
    assert answer["source"] == "table"
    assert [row["type"] for row in answer["logs"]] == [
        "end", "checkpoint", "eval", "step", "step", "step", "start",
    ]  # fmt: skip
    assert not any(row["derived"] for row in answer["logs"])
    losses = [row["metrics"]["loss"] for row in answer["logs"] if row["type"] == "step"]
    assert losses == [1 / 30, "Infinity", 0.1]
    assert rows(site, "job", limit=2) == answer["logs"]


def test_where_attempts_meet_each_row_has_its_own_metrics(
    tmp_path: Path, clock: Clock, open_site: NewSite
) -> None:
    """The last step of one attempt and the first of the next lie at the same x."""
    with training(tmp_path / "run", clock) as trainer:
        for step in (10, 20, 30):
            trainer.log(step, loss=1 / step)
        trainer.log(30, eval__loss=1.5)
    clock.advance(60.0)
    with training(tmp_path / "run", clock, pid=2) as again:
        again.log(0, eval__loss=3.5)
        for step in (10, 20):
            again.log(step, loss=1 / step)
    found = rows(open_site(tmp_path), "run", type="eval")
    assert [row["metrics"] for row in found] == [{"eval_loss": 3.5}, {"eval_loss": 1.5}]


# ---- by number, by words, on the axis -----------------------------------------------------------


@pytest.mark.parametrize("asked", [{}, {"type": "step"}, {"search": "grad_norm"}])
def test_rows_are_found_by_their_number(transformers: Site, asked: dict[str, Any]) -> None:
    """Which counts those that match, from the oldest."""
    whole = transformers.get("logs", task=RESTARTED, limit=1000, **asked)
    oldest_first = whole["logs"][::-1]
    assert whole["first"] == 0
    assert (
        transformers.get("logs", task=RESTARTED, limit=7, **asked)["first"] == len(oldest_first) - 7
    )
    for first in (0, 5, len(oldest_first) - 2, len(oldest_first) + 9):
        answer = transformers.get("logs", task=RESTARTED, limit=4, first=first, **asked)
        assert answer["logs"][::-1] == oldest_first[first : first + 4]
        assert answer["first"] == min(first, len(oldest_first))
        assert answer["total"] == len(oldest_first)


@pytest.mark.parametrize(
    "search", ["eval", "CHECKPOINT", "#2 step 100", "loss learning_rate", "#1", "restarted 0."]
)
def test_a_search_finds_the_rows_that_hold_all_words(transformers: Site, search: str) -> None:
    """It is paged and counted as a whole."""
    whole = transformers.get("logs", task=RESTARTED, limit=1000)
    expected = [row for row in whole["logs"] if holds(row, search)]
    assert 0 < len(expected) < whole["total"]
    assert rows(transformers, RESTARTED, search=search, limit=3) == expected
    answer = transformers.get("logs", task=RESTARTED, search=search, type="step")
    assert answer["total"] == sum(row["type"] == "step" for row in expected)
    assert answer["counts"] == {
        name: sum(row["type"] == name for row in expected) for name in TYPES
    }


def holds(row: Any, search: str) -> bool:
    """What the document says, without the values."""
    names = " ".join(row["metrics"])
    text = f"{row['type']} {row['step']} {row['message']} {names}".lower()
    return all(
        word == f"#{row['attempt']}" if word.startswith("#") else word in text
        for word in search.lower().split()
    )


def test_a_value_is_found_as_it_is_shown(tmp_path: Path, clock: Clock, open_site: NewSite) -> None:
    with training(tmp_path / "run", clock) as trainer:
        trainer.log(1200, loss=2.051264, train__learning_rate=1.5e-5)
        trainer.log(1210, loss=math.nan)
        for _ in range(2):
            trainer.log(1220, loss=123_456.0)
    site = open_site(tmp_path)
    found = {
        search: [row["step"] for row in rows(site, "run", search=search, type="step")]
        for search in ("2.0513", "2.05126", "1.5e-5", "1,200", "120", "nan", "123460", "zzz")
    }
    assert found == {
        "2.0513": [1200], "2.05126": [], "1.5e-5": [1200], "1,200": [1200], "120": [1200],
        "nan": [1210], "123460": [1220], "zzz": [],
    }  # fmt: skip


def test_one_attempt_is_not_taken_for_another(
    tmp_path: Path, clock: Clock, open_site: NewSite
) -> None:
    for pid in range(1, 12):
        with training(tmp_path / "run", clock, pid=pid) as trainer:
            for step in (1, 2, 3):
                trainer.log(step, loss=1 / step)
        clock.advance(60.0)
    found = rows(open_site(tmp_path), "run", search="#1 step")
    assert [(row["attempt"], row["step"]) for row in found if row["type"] == "step"] == [
        (1, 3), (1, 2), (1, 1),
    ]  # fmt: skip


def test_what_came_since_the_last_search_is_found(
    tmp_path: Path, clock: Clock, open_site: NewSite
) -> None:
    """New rows, and what old rows have gained."""
    with training(tmp_path / "run", clock) as trainer:
        _log(trainer, range(1, 3000))
        site = open_site(tmp_path)
        assert site.get("logs", task="run", search="0.25")["total"] == 1
        assert site.get("logs", task="run", search="late")["total"] == 0
        trainer.log(2990, late=0.5)
        _log(trainer, range(3000, 3010))
        assert [row["step"] for row in rows(site, "run", search="late")] == [2990]
        trainer.log(2991, late=0.5)
        trainer.flush()
        assert [row["step"] for row in rows(site, "run", search="late")] == [2991, 2990]
        assert [row["step"] for row in rows(site, "run", search="3009")] == [3009]


def test_every_row_lies_where_the_charts_have_its_points(transformers: Site) -> None:
    task = transformers.get("task", task=RESTARTED)
    series = transformers.get("series", task=RESTARTED, metric="loss")["series"]["loss"]
    places = dict(
        zip(zip(series["attempt"], series["step"], strict=True), series["x"], strict=True)
    )
    found = rows(transformers, RESTARTED)
    steps = [row for row in found if row["type"] == "step"]
    assert {(r["attempt"], r["step"]): r["x"] for r in steps if "loss" in r["metrics"]} == places
    starts = {row["attempt"]: row["x"] for row in found if row["type"] == "start"}
    assert starts == {a["attempt"]: a["x_start"] for a in task["attempts"]}


def test_a_row_that_is_streamed_lies_there_too(
    tmp_path: Path, clock: Clock, open_site: NewSite
) -> None:
    for pid in (1, 2):
        with training(tmp_path / "run", clock, pid=pid) as trainer:
            _log(trainer, range(10, 50, 10))
        clock.advance(60.0)
    with training(tmp_path / "run", clock, pid=3) as trainer:
        _log(trainer, range(10, 30, 10))
        site = open_site(tmp_path)
        cursor = site.get("points", task="run")["cursor"]
        _log(trainer, range(30, 40, 10))
        (told,) = (
            message["logs"]
            for message in site.get("points", task="run", cursor=cursor)["messages"]
            if message["type"] == "logs"
        )
    assert told == site.get("logs", task="run", limit=len(told))["logs"][::-1]
    new = told[-1]
    assert (new["attempt"], new["step"]) == (3, 30)
    assert new["x"] == site.get("series", task="run", metric="loss")["series"]["loss"]["x"][-1]
