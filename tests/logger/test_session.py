"""What all callbacks share: a training as one attempt, from its begin to any end."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.logger.metric_names import by_role
from tb_trainmon.logger.place import Choice, of_output_folder
from tb_trainmon.logger.session import AroundTraining, Session
from tests.logger.conftest import wait_for

HEAD = """
from tb_trainmon.logger.place import Choice, of_output_folder
from tb_trainmon.logger.session import Session
session = Session()
place = of_output_folder(sys.argv[1], None, Choice())
def begin():
    session.begin(place, total_steps=9, start_step=0, config=None, framework="mine 1.0")
begin()
"""


@pytest.fixture
def session() -> Iterator[Session]:
    session = Session()
    yield session
    session.end()


def begin(session: Session, logdir: Path, **changed: Any) -> None:
    arguments = {"total_steps": 10, "start_step": 0, "config": None, "framework": "mine 1.0"}
    session.begin(of_output_folder(logdir, None, Choice()), **{**arguments, **changed})


def wait_until_it_is(status: str, written: Any) -> None:
    def has_become() -> bool:
        try:
            return bool(written.task().status == status)
        except (DatabaseUnreadable, ValueError):
            return False  # the database is only just being made

    wait_for(has_become)


def test_before_and_after_an_attempt_there_is_nothing_to_do(session: Session) -> None:
    session.reached(1)
    session.record(1, {"loss": 1.0})
    session.checkpoint(1, None)
    session.end()


def test_an_attempt_from_its_begin_to_its_end(session: Session, logdir: Path, written: Any) -> None:
    begin(session, logdir, start_step=5, config={"lr": 0.1})
    wait_until_it_is("pending", written)
    session.reached(6)
    wait_until_it_is("running", written)
    session.record(6, {"train_loss": 1.0, "val_loss": 2.0})
    session.checkpoint(6, logdir / "checkpoint-6")
    session.end()
    [attempt] = written.attempts()
    assert (attempt.start_step, attempt.config, attempt.framework) == (5, {"lr": 0.1}, "mine 1.0")
    assert [(row.type, row.metrics) for row in written.rows()][1:4] == [
        ("step", {"loss": 1.0}),
        ("eval", {"eval_loss": 2.0}),
        ("checkpoint", {}),
    ]
    assert written.task().status == "completed"


def test_a_second_begin_ends_the_first(session: Session, logdir: Path, written: Any) -> None:
    begin(session, logdir)
    begin(session, logdir)
    session.end()
    first, second = written.attempts()
    assert (first.status, second.status) == ("stopped", "completed")
    assert written.rows("end")[0].message == (
        "Stopped before the first step: the same process began to train again"
    )


def test_names_tell_training_from_evaluation() -> None:
    logs = {
        "loss": 1,
        "train_accuracy": 2,
        "lr": 3,
        "val_loss": 4,
        "eval_f1": 5,
        "test_loss": 6,
        "rewards/margin": 7,
        "val/loss": 8,
        "evaluations": 9,
        "note": "text",
        "table": [1, 2],
        "nothing": None,
    }
    training, evaluation = by_role(logs)
    assert training == {
        "loss": 1,
        "accuracy": 2,
        "learning_rate": 3,
        "rewards/margin": 7,
        "evaluations": 9,
    }
    assert evaluation == {"eval_loss": 4, "eval_f1": 5, "test/loss": 6, "val/loss": 8}
    assert math.isnan(by_role({"loss": math.nan})[0]["loss"])


def test_an_exception_of_ours_is_one_warning(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        with session.careful():
            raise ZeroDivisionError("oh")
    assert [record.getMessage() for record in caplog.records] == [
        "TrainMon cannot follow this training: ZeroDivisionError: oh. Training goes on."
    ]


def test_ctrl_c_passes_where_exceptions_of_ours_do_not(session: Session) -> None:
    with pytest.raises(KeyboardInterrupt), session.careful():
        raise KeyboardInterrupt


def test_hooks_are_put_back(session: Session, logdir: Path) -> None:
    before = sys.excepthook
    begin(session, logdir)
    assert sys.excepthook != before
    session.end()
    assert sys.excepthook == before


def test_a_hook_that_came_after_ours_stays(
    session: Session, logdir: Path, written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: seen.append(error))
    begin(session, logdir)
    ours = sys.excepthook

    def later(*error: Any) -> None:
        ours(*error)

    monkeypatch.setattr(sys, "excepthook", later)
    session.end()
    assert sys.excepthook is later
    later(ValueError, ValueError("after the end"), None)
    assert len(seen) == 1
    assert written.task().status == "completed"


@pytest.mark.parametrize(
    ("end", "status", "error"),
    [
        ("raise ValueError('no')", "failed", "ValueError: no"),
        ("raise KeyboardInterrupt", "stopped", "KeyboardInterrupt"),
        ("pass", "stopped", "training was left before its end"),
        ("session.reached(9)", "stopped", "training was left before its end"),
        ("session.end()", "completed", None),
    ],
)
def test_the_end_of_the_process_is_the_end(
    script: Any, written: Any, end: str, status: str, error: str | None
) -> None:
    script(HEAD + end).end()
    assert (written.task().status, written.task().error) == (status, error)


def test_a_child_that_fails_is_not_the_training(script: Any, written: Any) -> None:
    body = """
        if os.fork() == 0:
            raise ValueError("of the child")
        os.wait()
        session.end()
    """
    training = script(HEAD + "\n".join(line[8:] for line in body.splitlines()))
    assert training.end()[0] == 0
    assert written.task().status == "completed"


class Callback(AroundTraining):
    def __init__(self) -> None:
        self._session = Session()


def test_around_a_training_it_hears_of_what_is_caught_outside(logdir: Path, written: Any) -> None:
    def train() -> None:
        with Callback() as callback:
            begin(callback._session, logdir)
            raise RuntimeError("no memory")

    with pytest.raises(RuntimeError, match="no memory"):
        train()
    assert (written.task().status, written.task().error) == ("failed", "RuntimeError: no memory")


def test_around_a_training_it_hears_of_one_that_was_left(logdir: Path, written: Any) -> None:
    with Callback() as callback:
        begin(callback._session, logdir)
    assert written.task().error == "training was left before its end"
