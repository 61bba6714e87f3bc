"""Lightning's Trainer with the callback added."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.frameworks.conftest import Train
from tests.told import Told

SCRIPT = "with_lightning.py"


def test_ctrl_c_and_resumed_is_one_task_with_two_attempts(
    train: Train, told: Told, output: Path
) -> None:
    """Though Lightning writes into a new version folder, whose event files are the task's too."""
    first = train(SCRIPT, HALT_AT=23)
    first.wait_until_it_says("step 23")
    told.becomes("running")
    assert told.task().total is not None
    assert told.task().total.steps == 40  # type: ignore[union-attr]
    first.process.send_signal(signal.SIGINT)
    assert first.end()[0] == 1
    assert told.status() == (
        "stopped",
        "The job recorded that it was interrupted: KeyboardInterrupt.",
    )
    assert told.task().layout.name == "lightning_logs/version_0"
    assert told.steps("eval") == [10, 20]
    assert told.steps("checkpoint") == [10, 20]
    saved = [Path(row.message.removeprefix("Saved ")).name for row in told.log("checkpoint")]
    assert saved == ["epoch=0-step=10.ckpt", "epoch=1-step=20.ckpt"]
    assert set(told.log("step")[0].metrics) == {"epoch", "learning_rate", "loss"}

    last = output / "lightning_logs" / "version_0" / "checkpoints" / "last.ckpt"
    train(SCRIPT, RESUME=str(last), LEARNING_RATE=0.5).complete()
    assert told.status() == ("completed", "The job recorded its clean end.")
    assert len(told.task().layout.runs) == 2
    _, resumed = told.attempts()
    assert (resumed.kind, resumed.start_step, resumed.last_step) == ("resume", 20, 40)
    assert resumed.changed["learning_rate"] == [0.01, 0.5]


def test_an_exception_is_failed_and_a_pinned_folder_is_the_next_attempt(
    train: Train, told: Told
) -> None:
    """Without a logger, everything of a module is one task."""
    assert train(SCRIPT, FAIL_AT=12, logger=False).end()[0] == 1
    assert told.status() == ("failed", "RuntimeError: out of memory, it pretends")
    train(SCRIPT, logger=False, PATIENCE=1, LOG_NOTHING=True).complete()
    assert told.task().layout.name == "Tiny"
    _, early = told.attempts()
    assert (early.status, early.kind, early.last_step) == ("completed", "restart", 20)
    assert told.points("loss") == [5, 10, 5, 10, 15, 20]
    assert told.points("eval_loss") == [10, 10, 20]


@pytest.mark.parametrize("old_name", [False, True])
def test_sigterm_is_stopped(train: Train, told: Told, old_name: bool) -> None:
    training = train(SCRIPT, HALT_AT=6, OLD_NAME=old_name)
    training.wait_until_it_says("step 6")
    training.process.terminate()
    training.end()
    assert told.status() == ("stopped", "The job recorded that it was interrupted: SIGTERM.")
