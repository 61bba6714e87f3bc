"""Hugging Face's Trainer with the callback added."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.frameworks.conftest import Train
from tests.told import Told

SCRIPT = "with_transformers.py"


def test_the_whole_life_of_a_fine_tune(train: Train, told: Told, output: Path) -> None:
    """Pending, running, Ctrl-C, resumed, restarted with another learning rate, killed."""
    gate = output / "gate"
    first = train(SCRIPT, GATE=str(gate), HALT_AT=23)
    first.wait_until_it_says("step 0")
    told.becomes("pending")
    gate.touch()
    first.wait_until_it_says("step 23")
    told.becomes("running")
    assert told.task().total is not None
    assert told.task().total.steps == 60  # type: ignore[union-attr]
    first.process.send_signal(signal.SIGINT)
    assert first.end()[0] != 0
    assert told.status() == (
        "stopped",
        "The job recorded that it was interrupted: KeyboardInterrupt.",
    )
    assert told.task().layout.name == "tiny"
    assert told.steps("step") == [5, 10, 15, 20]
    assert told.steps("eval") == [10, 20]
    assert told.steps("checkpoint") == [10, 20]
    assert [row.message for row in told.log("checkpoint")] == [
        "Saved checkpoint-10",
        "Saved checkpoint-20",
    ]

    train(SCRIPT, RESUME=str(output / "checkpoint-20")).complete()
    assert told.status() == ("completed", "The job recorded its clean end.")
    _, resumed = told.attempts()
    assert (resumed.kind, resumed.start_step, resumed.last_step) == ("resume", 20, 60)
    assert "perplexity" in told.metrics()
    assert told.points("loss") == [5, 10, 15, 20, *range(25, 61, 5)]

    third = train(SCRIPT, HALT_AT=11, learning_rate=0.02)
    third.wait_until_it_says("step 11")
    told.becomes("running")
    third.process.kill()
    third.end()
    assert told.status()[0] == "running"
    told.later = 60.0
    status, reason = told.status()
    assert status == "failed"
    assert "its process is gone" in reason
    *_, restarted = told.attempts()
    assert (restarted.number, restarted.kind, restarted.start_step) == (3, "restart", 0)
    assert restarted.changed["learning_rate"] == [0.001, 0.02]
    assert set(restarted.changed) == {"learning_rate"}


def test_event_files_of_the_trainers_own_are_the_same_task(
    train: Train, told: Told, output: Path
) -> None:
    """Also of a training that was stopped early, and is trained again."""
    train(SCRIPT, report_to="tensorboard", PATIENCE=1, **early_stopping()).complete()
    train(SCRIPT, report_to="tensorboard", max_steps=10).complete()
    task = told.task()
    assert told.status()[0] == "completed"
    assert len(list(output.glob("runs/*/events*"))) == 2
    assert {Path(run.path).parts[:2] for run in task.layout.runs} == {("tiny", "runs")}
    early, second = told.attempts()
    assert (early.status, early.start_step, early.last_step) == ("completed", 0, 20)
    assert (second.status, second.start_step, second.last_step) == ("completed", 0, 10)
    assert told.points("loss") == [5, 10, 15, 20, 5, 10]
    assert not [name for name in told.metrics() if name.startswith("eval_r")]


def early_stopping() -> dict[str, object]:
    return {"load_best_model_at_end": True, "metric_for_best_model": "eval_loss"}


def test_an_exception_is_failed_and_a_hook_that_was_there_still_runs(
    train: Train, told: Told
) -> None:
    code, said = train(SCRIPT, FAIL_AT=7, OWN_HOOK=True).end()
    assert code == 1
    assert "my own hook saw RuntimeError" in said
    assert told.status() == ("failed", "RuntimeError: out of memory, it pretends")
    assert told.log("end")[0].message == "Failed at step 7: " + told.status()[1]


def test_an_exception_that_the_script_survives_is_stopped(train: Train, told: Told) -> None:
    assert "done" in train(SCRIPT, FAIL_AT=7, CATCH=True).complete()
    status, reason = told.status()
    assert status == "stopped"
    assert "training was left before its end" in reason


def test_sigterm_is_stopped(train: Train, told: Told) -> None:
    training = train(SCRIPT, HALT_AT=6)
    training.wait_until_it_says("step 6")
    training.process.terminate()
    assert training.end()[0] == -signal.SIGTERM
    assert told.status() == ("stopped", "The job recorded that it was interrupted: SIGTERM.")


def test_of_two_ranks_only_the_first_writes(train: Train, told: Told) -> None:
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    train(SCRIPT, launcher, max_steps=10, ddp_backend="gloo").complete()
    [attempt] = told.attempts()
    assert told.status()[0] == "completed"
    assert told.steps("step") == [5, 10, 10]
    assert attempt.config is not None
    assert attempt.config["world_size"] == 2


def test_trouble_is_one_warning_and_the_training_goes_on(train: Train, output: Path) -> None:
    (output / "training_logs.db").mkdir(parents=True)
    said = train(SCRIPT, max_steps=10, BREAK_CALLBACK=True).complete()
    assert said.count("TrainMon cannot follow this training: ZeroDivisionError") == 1
    assert "done" in said
    assert (output / "checkpoint-10").is_dir()


def test_in_a_notebook_a_cell_that_fails_is_the_end(train: Train, told: Told) -> None:
    train("in_a_notebook.py").complete()
    stopped, failed = told.attempts()
    assert (stopped.status, failed.status) == ("stopped", "failed")
    assert told.status() == ("failed", "ValueError: no")
    assert [row.message for row in told.log("end")] == [
        "Stopped at step 2: KeyboardInterrupt",
        "Failed at step 2: ValueError: no",
    ]
