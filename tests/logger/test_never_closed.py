"""A program that ends without closing its logger, and an interpreter that is shutting down."""

from __future__ import annotations

from typing import Any

import pytest


def test_a_program_that_ends_well_is_completed(script: Any, written: Any) -> None:
    training = script("""
        log = TaskLogger(sys.argv[1], "bert", logging_steps=1)
        for step in range(3000):
            log.step(step, loss=1.0)
    """)
    assert training.end() == (0, "")
    assert written.task().status == "completed"
    assert written.recorded_steps() == list(range(3000))


def test_a_program_that_dies_is_failed_with_its_error(script: Any, written: Any) -> None:
    training = script("""
        log = TaskLogger(sys.argv[1], "bert", total_steps=10)
        log.step(10, loss=1.0)
        raise RuntimeError("out of memory")
    """)
    code, _ = training.end()
    assert code == 1
    assert (written.task().status, written.task().error) == (
        "failed",
        "RuntimeError: out of memory",
    )


def test_ctrl_c_without_with_is_stopped(script: Any, written: Any) -> None:
    training = script("""
        log = TaskLogger(sys.argv[1], "bert")
        log.step(10, loss=1.0)
        raise KeyboardInterrupt
    """)
    training.end()
    assert (written.task().status, written.task().error) == ("stopped", "KeyboardInterrupt")


def test_a_program_that_ends_before_the_last_step_is_stopped(script: Any, written: Any) -> None:
    training = script("""
        log = TaskLogger(sys.argv[1], "bert", total_steps=100)
        log.step(7, loss=1.0)
    """)
    assert training.end() == (0, "")
    task = written.task()
    assert (task.status, task.error) == ("stopped", "the program ended before the last step")
    assert written.recorded_steps() == [7]


def test_all_open_loggers_end_with_their_program(script: Any, written: Any) -> None:
    training = script("""
        logs = [TaskLogger(sys.argv[1], "bert") for _ in range(3)]
        for log in logs:
            log.step(10, loss=1.0)
    """)
    code, told = training.end()
    # On a busy machine one may wait long for the others' transactions, and says so.
    assert (code, [line for line in told.splitlines() if "locked" not in line]) == (0, [])
    assert [attempt.status for attempt in written.attempts()] == ["completed"] * 3


def test_a_logger_that_is_opened_while_the_interpreter_shuts_down_writes_by_itself(
    script: Any, written: Any
) -> None:
    """From Python 3.12 on no thread can be started there any more."""
    training = script("""
        import atexit
        def last_words():
            with TaskLogger(sys.argv[1], "bert", logging_steps=1) as log:
                log.step(1, loss=1.0)
                log.step(2, loss=1.0)
        atexit.register(last_words)
    """)
    assert training.end() == (0, "")
    assert written.task().status == "completed"
    assert written.recorded_steps() == [1, 2]


def test_without_a_thread_rows_are_written_by_whoever_records(script: Any, written: Any) -> None:
    training = script("""
        import threading
        def no_more(self):
            raise RuntimeError("can't start new thread")
        threading.Thread.start = no_more
        from tb_trainmon.logger import recorder
        with TaskLogger(sys.argv[1], "bert", logging_steps=1) as log:
            recorder.BATCH_SECONDS = 0.05
            for step in range(20):
                log.step(step, loss=1.0)
                time.sleep(0.01)
            assert log.flush()
            os.kill(os.getpid(), signal.SIGKILL)
    """)
    training.end()
    assert written.task().status == "running"
    assert written.recorded_steps() == list(range(20))


@pytest.mark.parametrize("end", ["pass", "raise SystemExit(1)", "os.kill(os.getpid(), 15)"])
def test_the_end_of_a_program_does_not_wait_long_for_a_locked_database(
    script: Any, written: Any, end: str
) -> None:
    training = script(f"""
        import sqlite3
        with TaskLogger(sys.argv[1], "bert") as log:
            pass
        other = sqlite3.connect(sys.argv[1] + "/training_logs.db")
        other.execute("BEGIN IMMEDIATE")
        from tb_trainmon.logger import recorder
        recorder.DRAIN_SECONDS = 0.5
        log = TaskLogger(sys.argv[1], "bert", logging_steps=1)
        log.step(1, loss=1.0)
        began = time.monotonic()
        {end}
    """)
    _, complaints = training.end()
    assert "did not get the last rows written within 0.5 seconds" in complaints
