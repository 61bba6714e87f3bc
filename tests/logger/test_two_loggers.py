"""Several loggers at once: in one process, and two processes that log the same task."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tb_trainmon import TaskLogger
from tb_trainmon.training_logs.reading import TrainingLogs


def statuses(logdir: Path) -> dict[str, str]:
    logs = TrainingLogs(str(logdir / "training_logs.db"))
    return {task.task_id: task.status for task in logs.tasks()}


def test_sigterm_stops_both(script: Any, logdir: Path) -> None:
    training = script("""
        with TaskLogger(sys.argv[1], "outer") as outer, TaskLogger(sys.argv[1], "inner") as inner:
            outer.step(1, loss=1.0)
            inner.step(1, loss=1.0)
            os.kill(os.getpid(), signal.SIGTERM)
    """)
    assert training.end() == (-signal.SIGTERM, "")
    assert statuses(logdir) == {"outer": "stopped", "inner": "stopped"}


def test_the_first_that_is_opened_may_be_the_first_that_is_closed(
    script: Any, logdir: Path
) -> None:
    training = script("""
        before = signal.getsignal(signal.SIGTERM)
        first = TaskLogger(sys.argv[1], "first")
        second = TaskLogger(sys.argv[1], "second")
        first.close()
        assert signal.getsignal(signal.SIGTERM) is not before
        third = TaskLogger(sys.argv[1], "third")
        third.close()
        os.kill(os.getpid(), signal.SIGTERM)
    """)
    assert training.end() == (-signal.SIGTERM, "")
    assert statuses(logdir) == {"first": "completed", "second": "stopped", "third": "completed"}


def test_after_the_last_one_sigterm_is_what_it_was(script: Any) -> None:
    training = script("""
        handler = lambda *_: None
        signal.signal(signal.SIGTERM, handler)
        one, two = TaskLogger(sys.argv[1], "one"), TaskLogger(sys.argv[1], "two")
        one.close()
        assert signal.getsignal(signal.SIGTERM) is not handler
        two.close()
        assert signal.getsignal(signal.SIGTERM) is handler
    """)
    assert training.end() == (0, "")


def test_a_handler_that_is_set_later_and_calls_the_one_before_it_is_called_once(
    script: Any, logdir: Path
) -> None:
    """And the loggers know, whether they were opened before it or after."""
    training = script("""
        calls = []
        signal.signal(signal.SIGTERM, lambda *_: calls.append("first"))
        before = TaskLogger(sys.argv[1], "before", total_steps=100)
        previous = signal.getsignal(signal.SIGTERM)
        def chained(number, frame):
            calls.append("second")
            previous(number, frame)
        signal.signal(signal.SIGTERM, chained)
        after = TaskLogger(sys.argv[1], "after", total_steps=100)
        os.kill(os.getpid(), signal.SIGTERM)
        assert calls == ["second", "first"]
        before.close()
        after.close()
    """)
    assert training.end() == (0, "")
    assert statuses(logdir) == {"before": "stopped", "after": "stopped"}


def test_an_earlier_attempt_that_ends_later_does_not_end_the_task(
    logdir: Path, written: Any
) -> None:
    """A notebook cell that was run twice leaves the first logger open."""
    first = TaskLogger(logdir, "bert")
    assert first.flush()
    second = TaskLogger(logdir, "bert")
    second.step(1, loss=1.0)
    assert second.flush()
    first.close(RuntimeError("late"))
    assert (written.task().status, written.task().error) == ("running", None)
    second.close()
    assert written.task().status == "completed"
    assert [attempt.status for attempt in written.attempts()] == ["failed", "completed"]


def test_attempts_that_begin_at_once_in_one_process_have_files_of_their_own(
    logdir: Path, written: Any, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        logs = [TaskLogger(logdir, "bert", logging_steps=1) for _ in range(6)]
        for log in logs:
            log.step(1, loss=1.0)
        for log in logs:
            log.close()
    assert not caplog.records
    assert len(list((logdir / "bert").iterdir())) == 18
    assert [attempt.status for attempt in written.attempts()] == ["completed"] * 18


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_six_processes_that_start_the_same_task_at_once_are_six_attempts(
    tmp_path: Path, where: str, request: pytest.FixtureRequest
) -> None:
    database = str(tmp_path / "training_logs.db")
    if where == "postgresql":
        database = request.getfixturevalue("postgresql").create("same_task")
    program = (
        "import sys, logging\n"
        "logging.basicConfig()\n"
        "import tb_trainmon.logger.table\n"
        "from tb_trainmon import TaskLogger\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "with TaskLogger(sys.argv[1], 'bert', database=sys.argv[2], logging_steps=1,\n"
        "                config={'number': sys.argv[3]}) as log:\n"
        "    for step in range(50): log.step(step, loss=1.0)\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), database, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(6)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    assert [process.communicate("go\n") for process in processes] == [("", "")] * 6
    logs = TrainingLogs(database)
    attempts = logs.attempts()["bert"]
    assert [attempt.attempt for attempt in attempts] == [1, 2, 3, 4, 5, 6]
    assert len({str(attempt.config) for attempt in attempts}) == 6
    assert {attempt.status for attempt in attempts} == {"completed"}
    rows = [row.attempt for row in logs.logs("bert") if row.type == "step"]
    assert {number: rows.count(number) for number in range(1, 7)} == dict.fromkeys(range(1, 7), 50)
    logs.close()
