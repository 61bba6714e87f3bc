"""Counts for the list: of tasks that are open or run, and at no more cost than the budget."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.routes.site import Clock, Site
from tests.routes.trainer import training

BROKEN = {"error": 1, "warning": 0, "info": 0}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    clock = Clock(1_795_387_000.0)
    for name in ("old", "new"):
        with training(tmp_path / name, clock, pid=7) as trainer:
            for step in range(10, 300, 10):
                clock.advance(1.0)
                trainer.log(step, train__loss=math.nan if step > 100 else 2.0 + 8.0 / step)
        clock.advance(1.0 if name == "new" else 100_000.0)
    return Site(tmp_path, clock)


def test_a_task_that_nobody_opened_and_that_ended_has_no_count(site: Site) -> None:
    answer = site.get("tasks")
    assert answer["insights"] == {}
    assert {task["id"]: task["status"] for task in answer["tasks"]} == {
        "old": "stopped",
        "new": "running",
    }


def test_running_tasks_are_looked_at_by_those_who_look_again(site: Site) -> None:
    first = site.get("tasks")
    again = site.get("tasks", since=first["revision"])
    assert again["insights"] == {"new": BROKEN}


def test_an_opened_task_is_counted_from_then_on(site: Site) -> None:
    site.get("task", task="old")
    assert site.get("tasks")["insights"] == {"old": BROKEN}
