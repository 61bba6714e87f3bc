"""What is written beside a training belongs to an attempt, and is none: evaluations, parameters."""

from __future__ import annotations

import json

import pytest

from tests.tasks.scenes import NOW, Stage, attempts_of, steps, xs

ARGUMENTS = json.dumps({"max_steps": 100, "learning_rate": 0.001})

pytestmark = pytest.mark.wherever


def test_an_evaluation_file_after_training_belongs_to_the_attempt(stage: Stage) -> None:
    """The Trainer's ``evaluate()``: the same process, no arguments, no training tags."""
    first = stage.file(pid=9, uid=0).text("args/text_summary", ARGUMENTS)
    first.train(range(10, 101, 10), NOW)
    after = stage.file(created=NOW + 300, pid=9, uid=1)
    after.log(100, NOW + 300, {"eval/loss": 2.0, "train/epoch": 4.0})
    stage.advance(2000)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 100)]
    assert task.attempts[0].ended_at == NOW + 300
    assert steps(stage.opened(), "eval_loss") == [100]


def test_an_evaluation_by_another_process_belongs_to_the_attempt_that_had_begun(
    stage: Stage,
) -> None:
    for n in range(2):
        stage.file(created=NOW + 1000 * n, pid=n).train(range(10, 101, 10), NOW + 1000 * n + 5)
        evaluation = stage.file(created=NOW + 1000 * n + 500, pid=10 + n)
        evaluation.log(100, NOW + 1000 * n + 501, {"eval/loss": 2.0})
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 100), ("restart", 0, 100)]
    assert xs(stage.opened(), "eval_loss") == [100, 200]


def test_an_evaluation_before_the_first_step_belongs_to_the_launch_that_made_it(
    stage: Stage,
) -> None:
    """With tensorboardX no name tells the process: the file that was open by then decides."""
    for n in range(2):
        began = NOW + 1000 * n
        main = stage.file(created=began, pid=None)
        stage.file("run/val", created=began + 2, pid=None).log(0, began + 3, {"acc": 0.1})
        main.train(range(1, 50), began + 60)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 49), ("restart", 0, 49)]
    assert xs(stage.opened(), "eval_accuracy") == [0, 49]


def test_hyper_parameters_that_are_logged_before_training_are_no_launch(stage: Stage) -> None:
    """``add_hparams`` of tensorboardX, a minute before the first scalar: a folder, no process."""
    main = stage.file(created=NOW, pid=None)
    stage.file("run/1700000000.5", created=NOW, pid=None).hparams({"lr": 0.1})
    main.train(range(1, 50), NOW + 60)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 49)]
    assert task.launches_without_scalars == 0
    assert task.attempts[0].config == {"lr": 0.1}


def test_hyper_parameters_that_are_logged_long_after_training_are_no_launch(stage: Stage) -> None:
    stage.file(created=NOW, pid=None).train(range(1, 50), NOW + 1)
    stage.file("run/1700000500.5", created=NOW + 500, pid=None).hparams({"lr": 0.1})
    task = stage.judged()
    assert len(task.attempts) == 1
    assert task.launches_without_scalars == 0


def test_an_evaluation_without_a_training_is_not_said_to_have_trained(stage: Stage) -> None:
    stage.file().log(0, NOW + 60, {"eval/loss": 1.0})
    (attempt,) = stage.judged().attempts
    assert attempt.because.startswith("The first launch that logged anything; none has trained.")


def test_final_numbers_of_hyper_parameters_are_no_attempt(stage: Stage) -> None:
    """``add_hparams(..., {"accuracy": ...})`` logs a training tag at step 0, in its own folder."""
    stage.file(pid=3, uid=0).train(range(10, 101, 10), NOW)
    late = stage.file("run/1700000900.5", created=NOW + 900, pid=3, uid=1)
    late.hparams({"lr": 0.1}).log(0, NOW + 900, {"accuracy": 0.9})
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 100)]
