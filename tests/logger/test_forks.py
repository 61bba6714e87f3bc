"""Forks while a task is logged: data loaders do that, at any moment."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest


def integrity(logdir: Path) -> str:
    with closing(sqlite3.connect(logdir / "training_logs.db")) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


@pytest.mark.slow
def test_children_write_nothing_and_the_parent_loses_nothing(
    script: Any, written: Any, logdir: Path
) -> None:
    """Thirty forks while a thousand rows a second are written; children end in every way."""
    training = script("""
        import gc
        children = []
        with TaskLogger(sys.argv[1], "bert", logging_steps=1) as log:
            for step in range(900):
                log.step(step, loss=1.0)
                if step % 30 == 0:
                    child = os.fork()
                    if child == 0:
                        log.step(10**6, loss=9.0)
                        log.flush()
                        if step % 90 == 0:
                            os._exit(0)
                        if step % 90 == 30:
                            del log
                            gc.collect()
                        else:
                            log.close()
                        sys.exit(0)
                    children.append(child)
                time.sleep(0.001)
            for child in children:
                assert os.waitpid(child, 0)[1] == 0
    """)
    assert training.end() == (0, "")
    assert written.task().status == "completed"
    assert written.recorded_steps() == list(range(900))
    assert len(written.attempts()) == 1
    assert integrity(logdir) == "ok"
    assert len(list((logdir / "bert").iterdir())) == 1


def test_a_child_may_log_a_task_of_its_own(script: Any, logdir: Path) -> None:
    training = script("""
        from tb_trainmon.training_logs.reading import TrainingLogs
        with TaskLogger(sys.argv[1], "parent", logging_steps=1) as log:
            log.step(1, loss=1.0)
            child = os.fork()
            if child == 0:
                with TaskLogger(sys.argv[1], "child", logging_steps=1) as mine:
                    mine.step(7, loss=1.0)
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
            log.step(2, loss=1.0)
        logs = TrainingLogs(sys.argv[1] + "/training_logs.db")
        assert {task.task_id: task.status for task in logs.tasks()} == {
            "parent": "completed", "child": "completed",
        }
        assert [row.step for row in logs.logs("parent") if row.type == "step"] == [1, 2]
        assert [row.step for row in logs.logs("child") if row.type == "step"] == [7]
    """)
    assert training.end() == (0, "")


def test_a_process_pool_works_beside_it(script: Any, written: Any) -> None:
    training = script("""
        import multiprocessing
        with TaskLogger(sys.argv[1], "bert", logging_steps=1) as log:
            with multiprocessing.get_context("fork").Pool(2) as pool:
                for step, value in enumerate(pool.imap(abs, range(-500, 0))):
                    log.step(step, loss=float(value))
    """)
    assert training.end() == (0, "")
    assert written.recorded_steps() == list(range(500))


def test_a_fork_does_not_wait_for_a_database_that_is_locked(script: Any, written: Any) -> None:
    training = script("""
        import sqlite3
        with TaskLogger(sys.argv[1], "bert") as log:
            pass
        other = sqlite3.connect(sys.argv[1] + "/training_logs.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with TaskLogger(sys.argv[1], "bert", logging_steps=1) as log:
            log.step(1, loss=1.0)
            time.sleep(0.3)
            began = time.monotonic()
            child = os.fork()
            if child == 0:
                log.step(2, loss=1.0)
                os._exit(0)
            assert time.monotonic() - began < 1.8
            assert os.waitpid(child, 0)[1] == 0
            other.execute("ROLLBACK")
        other.close()
    """)
    code, complaints = training.end()
    assert code == 0
    assert complaints.count("cannot write to") == complaints.count("\n") <= 1
    assert [row.step for row in written.rows("step")] == [1]
