"""``metrics``: what Prometheus gets of the tasks."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain_text

from tests.routes.conftest import NewSite
from tests.tasks.tables import Table

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """A task that runs, one that failed with NaN, one that ended long ago."""
    now = time.time()
    table = Table(tmp_path)
    table.task("run", [], status="running", total_steps=400, heartbeat_at=now + 600)
    table.attempt(1, "run", status="running", started_at=now - 100)
    for step in range(10, 100, 10):
        table.log(step, now - 100 + step, {"loss": 3.0 - step / 100}, task_id="run")
    table.task("bad", [], status="failed", error="no").attempt(1, "bad", started_at=now - 900)
    table.log(10, now - 800, {"loss": "NaN"}, task_id="bad")
    table.task("old", [], status="completed").attempt(1, "old", started_at=now - 999_999)
    return table.log(10, now - 900_000, {"loss": 1.0}, task_id="old")


def scraped(site: Any, accept: str = "text/plain", **parameters: Any) -> dict[Any, float]:
    """Every sample, by its name and labels."""
    answer = site.answer("metrics", headers={"Accept": accept}, **parameters)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.status_code == 200
    parse = openmetrics if "openmetrics" in answer.content_type else plain_text
    samples = [s for family in parse(answer.get_data(as_text=True)) for s in family.samples]
    found = {(s.name, *sorted(s.labels.items())): s.value for s in samples}
    assert len(found) == len(samples)
    return found


@pytest.mark.parametrize("accept", ["text/plain", OPENMETRICS])
def test_a_scrape_tells_how_each_task_is(open_site: NewSite, table: Table, accept: str) -> None:
    found = scraped(open_site(table.path.parent), accept)

    def of(name: str, task: str, **labels: str) -> float | None:
        return found.get((f"trainmon_task_{name}", *sorted({"task": task, **labels}.items())))

    assert of("status", "run", status="running") == 1
    assert of("status", "run", status="failed") == 0
    assert of("status", "bad", status="failed") == 1
    assert of("step", "run") == 90
    assert of("total_steps", "run") == 400
    assert of("progress_ratio", "run") == pytest.approx(90 / 400)
    assert of("attempts", "run") == 1
    assert of("metric", "run", metric="loss") == pytest.approx(2.1)
    nan = of("metric", "bad", metric="loss")
    assert nan is not None
    assert math.isnan(nan)
    last = of("last_event_timestamp_seconds", "run")
    assert last is not None
    assert abs(last - time.time()) < 300
    assert of("total_steps", "bad") is None


def test_what_leads_is_told_beside_the_loss(open_site: NewSite, tmp_path: Path) -> None:
    table = Table(tmp_path).task("agent", []).attempt(1, "agent")
    table.log(10, time.time(), {"reward": 5.0, "loss": 0.25}, task_id="agent")
    found = scraped(open_site(tmp_path))
    told = {name: value for name, value in found.items() if name[0] == "trainmon_task_metric"}
    task = ("task", "agent")
    assert told == {
        ("trainmon_task_metric", ("metric", "loss"), task): 0.25,
        ("trainmon_task_metric", ("metric", "reward"), task): 5.0,
    }


def test_the_insights_of_a_task_that_was_looked_through_are_counted(
    open_site: NewSite, table: Table
) -> None:
    site = open_site(table.path.parent)
    bad = ("trainmon_task_insights", ("severity", "error"), ("task", "bad"))
    assert bad not in scraped(site)
    errors = [i for i in site.get("task", task="bad")["insights"] if i["severity"] == "error"]
    assert scraped(site)[bad] == len(errors)


def test_what_ended_long_ago_is_counted_and_not_listed(open_site: NewSite, table: Table) -> None:
    found = scraped(open_site(table.path.parent))
    assert found["trainmon_tasks", ("status", "completed")] == 1
    assert not any(("task", "old") in key for key in found)


def test_the_number_of_tasks_is_bounded_and_it_says_so(open_site: NewSite, table: Table) -> None:
    found = scraped(open_site(table.path.parent), limit=1)
    assert {dict(key[1:]).get("task") for key in found} == {None, "run"}
    assert found["trainmon_tasks_left_out",] == 1


@pytest.mark.parametrize("limit", ["0", "1001", "x"])
def test_a_limit_has_bounds(open_site: NewSite, table: Table, limit: str) -> None:
    code, message = open_site(table.path.parent).error(400, "metrics", limit=limit)
    assert code == "bad_parameter"
    assert "limit" in message


def test_names_are_escaped_and_long_ones_stay_apart(open_site: NewSite, tmp_path: Path) -> None:
    names = ['quo"te\\back\nline', "x" * 300 + "1", "x" * 300 + "2", "\udcff odd", "模型"]
    table = Table(tmp_path)
    for name in names[:3] + names[4:]:
        table.task(name, [], status="pending")
    found = scraped(open_site(tmp_path))
    told = {dict(key[1:])["task"] for key in found if key[0] == "trainmon_task_attempts"}
    assert {names[0], names[4]} <= told
    assert len(told) == 4
    assert all(len(name) <= 200 for name in told)
