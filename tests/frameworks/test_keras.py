"""Keras 3 with the callback added."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.frameworks.conftest import Train
from tests.told import Told

SCRIPT = "with_keras.py"


def test_interrupted_resumed_and_failed_are_three_attempts_of_one_task(
    train: Train, told: Told
) -> None:
    """Three epochs of twelve batches."""
    first = train(SCRIPT, halt_at=[1, 7])
    first.wait_until_it_says("epoch 1 batch 7")
    told.becomes("running")
    assert told.task().total is not None
    assert told.task().total.steps == 36  # type: ignore[union-attr]
    first.process.send_signal(signal.SIGINT)
    first.end()
    assert told.status()[0] == "stopped"
    assert told.steps("step") == [5, 10, 12, 15]
    assert told.steps("eval") == [12]
    assert {"eval_loss", "eval_mae"} == set(told.log("eval")[0].metrics)
    [saved] = told.log("checkpoint")
    assert (saved.step, Path(saved.message).name) == (12, "01.weights.h5")

    train(SCRIPT, initial_epoch=1, learning_rate=0.1).complete()
    assert told.status() == ("completed", "The job recorded its clean end.")
    _, resumed = told.attempts()
    assert (resumed.kind, resumed.start_step, resumed.last_step) == ("resume", 12, 36)
    assert [round(rate, 3) for rate in resumed.changed["learning_rate"]] == [0.01, 0.1]
    assert told.steps("checkpoint") == [12, 24, 36]

    assert train(SCRIPT, fail_at=[0, 7]).end()[0] == 1
    assert told.status() == ("failed", "RuntimeError: out of memory, it pretends")


def test_an_early_stop_is_completed(train: Train, told: Told) -> None:
    train(SCRIPT, epochs=20, stop_early=True).complete()
    assert told.status()[0] == "completed"
    [attempt] = told.attempts()
    assert attempt.last_step == 24
