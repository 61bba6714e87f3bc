"""A loop of its own with Accelerate, and the tracker in it."""

from __future__ import annotations

from tests.frameworks.conftest import Train
from tests.told import Told

SCRIPT = "with_accelerate.py"


def test_completed_failed_and_resumed_are_attempts_of_one_task(train: Train, told: Told) -> None:
    assert train(SCRIPT, fail_at=13).end()[0] == 1
    assert told.status() == ("failed", "RuntimeError: out of memory, it pretends")
    assert told.steps("step") == list(range(1, 13))
    assert [(row.step, dict(row.metrics)) for row in told.log("eval")] == [(10, {"eval_loss": 2.0})]
    assert [row.message for row in told.log("checkpoint")] == ["Saved checkpoint-10"]
    assert told.task().total is not None
    assert told.task().total.steps == 20  # type: ignore[union-attr]

    train(SCRIPT, start_step=10, learning_rate=0.02).complete()
    assert told.status() == ("completed", "The job recorded its clean end.")
    _, resumed = told.attempts()
    assert (resumed.kind, resumed.start_step, resumed.last_step) == ("resume", 10, 20)
    assert resumed.changed["learning_rate"] == [0.01, 0.02]
    assert told.points("loss") == [*range(1, 13), *range(11, 21)]


def test_two_ranks_beside_accelerates_own_tracker_and_without_a_last_word_are_one_task(
    train: Train, told: Told
) -> None:
    """The script forgets ``end_training()``: its clean exit is the end."""
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    train(SCRIPT, launcher, runs=["tb"], end=False).complete()
    assert told.status() == ("completed", "The job recorded its clean end.")
    [attempt] = told.attempts()
    assert attempt.config is not None
    assert attempt.config["world_size"] == 2
    assert "tiny/tb" in [run.path for run in told.task().layout.runs]
    assert told.points("loss") == list(range(1, 21))
    assert told.steps("checkpoint") == [10, 20]
