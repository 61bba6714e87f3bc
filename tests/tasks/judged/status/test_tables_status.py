"""What the companion table says of a task's total and status, and when it is believed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Any

import pytest

from tests.tasks.scenes import NOW, Stage
from tests.tasks.tables import Table


def status(stage: Stage, task: str = "run") -> tuple[str, str]:
    verdict = stage.opened(task).assessment.verdict
    assert verdict.status == stage.listed()[task].verdict.status
    return verdict.status, verdict.reason


def dead_process() -> int:
    """The id of a process of this machine that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        return process.pid


def test_the_tables_total_goes_before_all_others(stage: Stage, table: Table) -> None:
    table.task(total_steps=123)
    stage.file().text("train_iters", "7").train(range(10, 31, 10), NOW)
    total = stage.judged().total
    assert total is not None
    assert (total.steps, total.source) == (123, "the training_logs table")


@pytest.mark.parametrize(
    ("row", "expected", "words"),
    [
        ({"status": "pending"}, "pending", "waits to start"),
        ({"status": "completed"}, "completed", "recorded its clean end"),
        ({"status": "stopped"}, "stopped", "interrupted"),
        ({"status": "failed", "error": "OutOfMemoryError: 40 GiB"}, "failed", "OutOfMemoryError"),
        ({"status": "failed"}, "failed", "without an error text"),
        ({"status": "nonsense"}, "stopped", "no end marker"),
        ({}, "stopped", "no end marker"),
    ],
)
def test_the_tables_status_is_taken(
    stage: Stage, table: Table, row: dict[str, Any], expected: str, words: str
) -> None:
    table.task(**row).attempt(1, started_at=NOW, ended_at=NOW + 40)
    stage.file().train(range(10, 31, 10), NOW)
    stage.now = NOW + 5000
    found, reason = status(stage)
    assert found == expected
    assert words in reason


def test_a_running_task_is_believed_while_its_heartbeat_is_fresh(
    stage: Stage, table: Table
) -> None:
    table.task(status="running", heartbeat_at=NOW + 600).attempt(1, started_at=NOW)
    stage.file().train(range(10, 31, 10), NOW)
    stage.now = NOW + 600
    assert status(stage)[0] == "running"
    stage.now = NOW + 600 + 170
    assert status(stage)[0] == "running"
    stage.now = NOW + 600 + 181
    found, reason = status(stage)
    assert found == "failed"
    assert reason.startswith("No heartbeat for 3 min")


def test_events_are_signs_of_life_too(stage: Stage, table: Table) -> None:
    table.task(status="running", heartbeat_at=NOW).attempt(1, started_at=NOW)
    file = stage.file().train(range(10, 31, 10), NOW)
    stage.now = NOW + 1000
    assert status(stage)[0] == "failed"
    file.log(40, NOW + 1000, {"train/loss": 1.0})
    assert status(stage)[0] == "running"


def test_a_task_that_says_running_without_any_sign_of_life_has_failed(
    stage: Stage, table: Table
) -> None:
    table.task("bert", runs=[], status="running")
    assert status(stage, "bert") == ("failed", "No heartbeat ever, and no recorded end.")


def test_a_process_of_this_machine_that_is_gone_has_failed_before_its_heartbeat_is_old(
    stage: Stage, table: Table
) -> None:
    pid = dead_process()
    table.task(status="running", heartbeat_at=NOW + 100)
    table.attempt(1, started_at=NOW, host=socket.gethostname(), pid=pid)
    stage.file(pid=pid, host=socket.gethostname()).train(range(10, 31, 10), NOW)
    stage.now = NOW + 120  # a process may be invisible, in a container: so fresh, it is believed
    assert status(stage)[0] == "running"
    stage.now = NOW + 135
    found, reason = status(stage)
    assert found == "failed"
    assert "its process is gone" in reason


@pytest.mark.parametrize("where", ["this process", "another machine"])
def test_a_process_that_may_live_is_not_called_gone(stage: Stage, table: Table, where: str) -> None:
    host = socket.gethostname() if where == "this process" else "elsewhere"
    pid = os.getpid() if where == "this process" else dead_process()
    table.task(status="running", heartbeat_at=NOW + 100)
    table.attempt(1, started_at=NOW, host=host, pid=pid)
    stage.now = NOW + 160
    assert status(stage)[0] == "running"


@pytest.mark.parametrize("said", ["completed", "failed", "stopped"])
def test_an_end_is_revoked_when_events_arrive_again(stage: Stage, table: Table, said: str) -> None:
    table.task(status=said, error="x").attempt(1, started_at=NOW, ended_at=NOW + 40)
    file = stage.file().train(range(10, 31, 10), NOW)
    stage.now = NOW + 60
    assert status(stage)[0] == said
    file.log(40, NOW + 100, {"train/loss": 1.0})
    stage.now = NOW + 100
    assert status(stage) == ("running", f"The table says {said}, but events arrive again.")
    stage.now = NOW + 1000
    assert status(stage)[0] == said


def test_a_job_that_died_while_it_waited_is_found_by_its_heartbeat(stage: Stage) -> None:
    """One that never beats is a scheduler's row, and waits for as long as it takes."""
    table = Table(stage.logdir)
    table.task("waiting", runs=[], status="pending", heartbeat_at=NOW - 5)
    table.task("dead", runs=[], status="pending", heartbeat_at=NOW - 5000)
    table.task("queued", runs=[], status="pending")
    listed = stage.listed()
    assert {name: task.verdict.status for name, task in listed.items()} == {
        "waiting": "pending",
        "dead": "failed",
        "queued": "pending",
    }


def test_a_stopped_job_says_what_stopped_it(stage: Stage) -> None:
    Table(stage.logdir).task(runs=[], status="stopped", error="SIGTERM")
    assert stage.listed()["run"].verdict.reason.endswith("interrupted: SIGTERM.")
