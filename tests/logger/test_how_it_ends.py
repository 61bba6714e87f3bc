"""Every end that a training can have, most of them in a process of its own."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tb_trainmon import TaskLogger
from tb_trainmon.logger.ending import Interruption
from tb_trainmon.training_logs import process
from tests.logger.conftest import wait_for


def test_a_clean_exit_is_completed(logdir: Path, written: Any) -> None:
    with TaskLogger(logdir, "bert", config={"lr": 0.1}) as log:
        assert log.flush()
        assert written.task().status == "pending"
        log.step(1, loss=1.0)
        assert log.flush()
        assert written.task().status == "running"
        assert written.attempts()[0].ended_at is None
    task, [attempt] = written.task(), written.attempts()
    assert (task.status, task.error) == ("completed", None)
    assert (attempt.status, attempt.config, attempt.start_step) == ("completed", {"lr": 0.1}, 0)
    assert attempt.started_at <= attempt.ended_at <= time.time()


def test_an_exception_is_failed_with_its_text_and_goes_on_its_way(
    logdir: Path, written: Any
) -> None:
    def train() -> None:
        with TaskLogger(logdir, "bert") as log:
            log.step(3, loss=1.0)
            raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        train()
    assert (written.task().status, written.task().error) == (
        "failed",
        "RuntimeError: out of memory",
    )
    assert written.rows("end")[0].message == "Failed at step 3: RuntimeError: out of memory"


def test_ctrl_c_is_stopped(logdir: Path, written: Any) -> None:
    with pytest.raises(KeyboardInterrupt), TaskLogger(logdir, "bert"):
        raise KeyboardInterrupt
    assert (written.task().status, written.task().error) == ("stopped", "KeyboardInterrupt")
    assert written.rows("end")[0].message == "Stopped before the first step: KeyboardInterrupt"


@pytest.mark.parametrize(
    ("code", "status"), [(0, "completed"), (None, "completed"), (3, "failed"), ("no", "failed")]
)
def test_sys_exit_means_what_its_code_says(
    logdir: Path, written: Any, code: object, status: str
) -> None:
    with pytest.raises(SystemExit), TaskLogger(logdir, "bert"):
        raise SystemExit(code)
    assert written.task().status == status


def test_an_exception_that_cannot_be_shown_is_no_trouble(logdir: Path, written: Any) -> None:
    class Rude(Exception):
        def __str__(self) -> str:
            raise ValueError

    with pytest.raises(Rude), TaskLogger(logdir, "bert"):
        raise Rude
    assert written.task().error == "Rude: (its message cannot be shown)"


def test_an_interruption_is_stopped_with_its_reason(logdir: Path, written: Any) -> None:
    TaskLogger(logdir, "bert").close(Interruption("Training began anew."))
    assert (written.task().status, written.task().error) == ("stopped", "Training began anew.")


def test_closing_twice_ends_once(logdir: Path, written: Any) -> None:
    log = TaskLogger(logdir, "bert")
    log.close()
    log.close(RuntimeError("too late"))
    log.step(10, loss=1.0)
    assert written.task().status == "completed"
    assert len(written.rows("end")) == 1


def test_the_same_task_again_is_the_next_attempt(logdir: Path, written: Any) -> None:
    log = TaskLogger(logdir, "bert", config={"lr": 0.1})
    log.step(10, loss=1.0)
    log.close(KeyboardInterrupt())
    with TaskLogger(logdir, "bert", config={"lr": 0.2}, start_step=5) as log:
        log.step(10, loss=2.0)
    first, second = written.attempts()
    assert (first.status, first.config, first.start_step) == ("stopped", {"lr": 0.1}, 0)
    assert (second.status, second.config, second.start_step) == ("completed", {"lr": 0.2}, 5)
    assert (written.task().status, written.task().error) == ("completed", None)
    assert [row.attempt for row in written.rows("step")] == [1, 2]


def test_ctrl_c_in_a_terminal(script: Any, written: Any) -> None:
    training = script('with TaskLogger(sys.argv[1], "bert") as log: train(log)')
    training.wait_until_it_trains()
    training.process.send_signal(signal.SIGINT)
    code, complaints = training.end()
    assert code == -signal.SIGINT
    assert complaints.strip().endswith("KeyboardInterrupt")
    assert (written.task().status, written.task().error) == ("stopped", "KeyboardInterrupt")
    assert written.task().heartbeat_at > 0


def test_a_second_ctrl_c_while_it_closes_leaves_the_last_rows_a_moment(
    logdir: Path, written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = iter([True])
    join = threading.Thread.join

    def interrupted(thread: threading.Thread, timeout: float | None = None) -> None:
        if next(waits, False):
            raise KeyboardInterrupt
        join(thread, 60.0)  # a busy machine takes longer than anybody is asked to wait

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    log = TaskLogger(logdir, "bert")
    log.step(10, loss=1.0)
    with pytest.raises(KeyboardInterrupt):
        log.close(KeyboardInterrupt())
    assert [row.type for row in written.rows()] == ["start", "step", "end"]
    assert written.task().status == "stopped"


def test_sigterm_with_nobody_to_handle_it(script: Any, written: Any) -> None:
    training = script('with TaskLogger(sys.argv[1], "bert") as log: train(log)')
    training.wait_until_it_trains()
    training.process.terminate()
    assert training.end() == (-signal.SIGTERM, "")
    assert (written.task().status, written.task().error) == ("stopped", "SIGTERM")
    assert written.rows("end")[0].message.startswith("Stopped at step")


def test_sigterm_with_a_handler_of_the_trainings_own(script: Any, written: Any) -> None:
    training = script("""
        asked = []
        signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
        mine = signal.getsignal(signal.SIGTERM)
        with TaskLogger(sys.argv[1], "bert") as log:
            log.step(1, loss=1.0)
            os.kill(os.getpid(), signal.SIGTERM)
            assert asked == [1]
            log.checkpoint(2)
        assert signal.getsignal(signal.SIGTERM) is mine
    """)
    assert training.end() == (0, "")
    assert written.task().status == "stopped"
    assert len(written.rows("checkpoint")) == 1


def test_sigterm_that_comes_when_all_steps_are_done(script: Any, written: Any) -> None:
    training = script("""
        signal.signal(signal.SIGTERM, lambda *_: None)
        with TaskLogger(sys.argv[1], "bert", total_steps=1) as log:
            log.step(1, loss=1.0)
            os.kill(os.getpid(), signal.SIGTERM)
    """)
    assert training.end() == (0, "")
    assert written.task().status == "completed"


def test_sigterm_while_a_row_is_being_written(script: Any, written: Any) -> None:
    training = script("""
        from tb_trainmon.training_logs.writing import Transaction
        add = Transaction.add
        def interrupted(self, task_id, attempt, entries):
            if any(entry.type == "step" for entry in entries):
                os.kill(os.getpid(), signal.SIGTERM)
            add(self, task_id, attempt, entries)
        Transaction.add = interrupted
        with TaskLogger(sys.argv[1], "bert") as log:
            log.step(10, loss=1.0)
            time.sleep(20)
        print("not reached")
    """)
    assert training.end() == (-signal.SIGTERM, "")
    assert written.task().status == "stopped"
    assert written.recorded_steps() == [10]


def test_a_terminated_worker_of_a_data_loader_is_not_the_training(
    script: Any, written: Any
) -> None:
    training = script("""
        with TaskLogger(sys.argv[1], "bert") as log:
            log.step(1, loss=1.0)
            child = os.fork()
            if child == 0:
                log.step(10, loss=9.0)
                time.sleep(60)
            time.sleep(0.2)
            os.kill(child, signal.SIGTERM)
            assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGTERM
            log.step(20, loss=1.0)
    """)
    assert training.end() == (0, "")
    assert written.task().status == "completed"
    assert written.recorded_steps() == [20]


def test_in_a_thread_there_are_no_signals_and_no_trouble(script: Any, written: Any) -> None:
    training = script("""
        import threading
        def job():
            with TaskLogger(sys.argv[1], "bert") as log:
                log.step(10, loss=1.0)
        thread = threading.Thread(target=job)
        thread.start()
        thread.join()
    """)
    assert training.end() == (0, "")
    assert written.task().status == "completed"


def test_a_killed_process_can_be_told_by_its_id_and_loses_a_second(
    script: Any, written: Any
) -> None:
    training = script('with TaskLogger(sys.argv[1], "bert") as log: train(log)')
    training.wait_until_it_trains()
    wait_for(lambda: written.exists() and bool(written.recorded_steps()))
    training.process.kill()
    training.end()
    task, [attempt] = written.task(), written.attempts()
    assert (task.status, attempt.ended_at) == ("running", None)
    assert written.recorded_steps()[:2] == [10, 20]
    assert attempt.pid == training.process.pid
    if Path("/proc/self/stat").exists():
        assert process.is_running(attempt.pid, attempt.process_started_at) is False


def test_a_training_that_only_waits_still_gives_signs_of_life(
    logdir: Path, written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tb_trainmon.logger.table.HEARTBEAT_SECONDS", 0.02)
    monkeypatch.setattr("tb_trainmon.logger.recorder.BATCH_SECONDS", 0.02)
    with TaskLogger(logdir, "bert") as log:
        assert log.flush()
        before = written.task().heartbeat_at
        time.sleep(0.2)
        assert written.task().heartbeat_at > before
