"""The training job: it learns, it resumes where it was, and it fails when it has to."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from tb_trainmon.demo import checkpoints, job
from tb_trainmon.demo.checkpoints import Checkpoint
from tb_trainmon.demo.model import Weights
from tb_trainmon.demo.settings import Settings
from tb_trainmon.logger import TaskLogger
from tb_trainmon.training_logs.reading import TrainingLogs
from tb_trainmon.training_logs.rows import LogRow

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, small: Settings) -> Run:
    """Run the job's program in this process."""

    def main(*flags: str, **changed: object) -> int:
        options = {field.name: getattr(small, field.name) for field in fields(small)} | changed
        words = [w for k, v in options.items() for w in ("--" + k.replace("_", "-"), str(v))]
        return job.main(["--logdir", str(tmp_path), "--task", "lm", *words, *flags])

    return main


def rows(logdir: Path, kind: str, attempt: int = 1) -> list[LogRow]:
    found = TrainingLogs(str(logdir / "training_logs.db")).logs("lm")
    return [row for row in found if row.type == kind and row.attempt == attempt]


def test_the_loss_really_falls_on_pages_that_were_never_shown(run: Run, tmp_path: Path) -> None:
    assert run() == 0
    first, *_, last = [row.metrics["eval_loss"] for row in rows(tmp_path, "eval")]
    assert last < first < math.log(64)
    assert last < 2.9
    steps = rows(tmp_path, "step")
    assert [row.step for row in steps] == list(range(10, 121, 10))
    for row in steps:
        assert row.metrics["perplexity"] == pytest.approx(math.exp(row.metrics["loss"]))
        assert row.metrics["grad_norm"] > 0
        assert row.metrics["samples_per_second"] > 0
    assert [row.step for row in rows(tmp_path, "checkpoint")] == [50, 100, 120]


def test_the_log_says_what_was_trained_with(run: Run, tmp_path: Path, small: Settings) -> None:
    assert run(total_steps=10) == 0
    logs = TrainingLogs(str(tmp_path / "training_logs.db"))
    [attempt] = logs.attempts()["lm"]
    assert attempt.config is not None
    assert attempt.config["learning_rate"] == small.learning_rate
    assert attempt.framework == f"NumPy {np.__version__}"
    assert str(tmp_path) not in json.dumps(attempt.config)
    assert logs.tasks()[0].total_steps == 10


def test_the_same_seed_is_the_same_training(run: Run, tmp_path: Path) -> None:
    assert run(total_steps=30) == 0
    assert run(total_steps=30) == 0
    once, again = (
        [row.metrics["loss"] for row in rows(tmp_path, "step", attempt)] for attempt in (1, 2)
    )
    assert once == again


def test_a_resumed_attempt_makes_the_steps_that_it_would_have_made(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = TaskLogger.step

    def step(self: TaskLogger, step: int, /, **metrics: float) -> None:
        original(self, step, **metrics)
        if step == 83:
            raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(TaskLogger, "step", step)
        assert run() == 130
    assert run("--resume") == 0
    assert run() == 0
    attempts = TrainingLogs(str(tmp_path / "training_logs.db")).attempts()["lm"]
    ends = [(attempt.status, attempt.start_step) for attempt in attempts]
    assert ends == [("stopped", 0), ("completed", 50), ("completed", 0)]
    resumed = {row.step: row.metrics["loss"] for row in rows(tmp_path, "step", 2)}
    uninterrupted = {row.step: row.metrics["loss"] for row in rows(tmp_path, "step", 3)}
    assert list(resumed) == [60, 70, 80, 90, 100, 110, 120]
    assert resumed == {step: uninterrupted[step] for step in resumed}


def test_resuming_what_is_complete_begins_again(run: Run, tmp_path: Path) -> None:
    assert run(total_steps=60) == 0
    assert run("--resume", total_steps=60) == 0
    attempts = TrainingLogs(str(tmp_path / "training_logs.db")).attempts()["lm"]
    assert [attempt.start_step for attempt in attempts] == [0, 0]


def test_a_model_of_another_size_is_not_resumed(run: Run, tmp_path: Path) -> None:
    assert run(total_steps=60) == 0
    assert run("--resume", hidden=16) == 0
    attempts = TrainingLogs(str(tmp_path / "training_logs.db")).attempts()["lm"]
    assert attempts[1].start_step == 0


def test_a_learning_rate_that_is_far_too_high_ends_in_nan_and_a_sentence(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(optimizer="descent", clip_norm=0, learning_rate=300, logging_steps=5) == 1
    said = capsys.readouterr().err
    assert said.startswith("The loss is nan at step ")
    assert "Traceback" not in said
    task = TrainingLogs(str(tmp_path / "training_logs.db")).tasks()[0]
    assert task.status == "failed"
    assert task.error is not None
    assert task.error.startswith("FloatingPointError: The loss is nan at step ")
    assert math.isnan(rows(tmp_path, "step")[-1].metrics["loss"])


def test_without_a_table_there_is_none(run: Run, tmp_path: Path) -> None:
    assert run("--no-table", total_steps=10) == 0
    assert not (tmp_path / "training_logs.db").exists()
    assert list((tmp_path / "lm").glob("events.out.tfevents.*"))


def test_it_rests_between_steps_and_says_how_fast_it_really_was(run: Run, tmp_path: Path) -> None:
    assert run(total_steps=20, steps_per_second=50, batch_size=10) == 0
    assert 30 < rows(tmp_path, "step")[-1].metrics["samples_per_second"] <= 500


def a_checkpoint(step: int) -> Checkpoint:
    part: Weights = {"first": np.full((2, 3), step, dtype=np.float32)}
    return Checkpoint(step, part, part, {})


def test_the_two_latest_checkpoints_are_kept(tmp_path: Path) -> None:
    for step in (5, 10, 100_000, 1_000_000):
        checkpoints.save(tmp_path, a_checkpoint(step))
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["step-100000.npz", "step-1000000.npz"]
    latest = checkpoints.latest(tmp_path)
    assert latest is not None
    assert (latest.step, float(latest.weights["first"][0, 0])) == (1_000_000, 1_000_000.0)


def test_a_broken_checkpoint_is_passed_over(tmp_path: Path) -> None:
    checkpoints.save(tmp_path, a_checkpoint(5))
    checkpoints.save(tmp_path, a_checkpoint(10)).write_bytes(b"half of it")
    latest = checkpoints.latest(tmp_path)
    assert latest is not None
    assert latest.step == 5
    checkpoints.clear(tmp_path)
    assert checkpoints.latest(tmp_path) is None
