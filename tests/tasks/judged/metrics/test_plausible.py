"""Values speak against what a tag's words say."""

from __future__ import annotations

import math

from tests.tasks.scenes import NOW, Stage, values


def logged(stage: Stage, tag: str, *of: float, run: str = "run", pid: int = 1) -> None:
    file = stage.file(run, pid=pid)
    for step, value in enumerate(of):
        file.log(step, NOW + step, {tag: value})


def names(stage: Stage) -> set[str]:
    return {metric.name for metric in stage.judged().metrics if not metric.derived}


def test_a_learning_rate_is_not_negative(stage: Stage) -> None:
    logged(stage, "lr", -1.0, -2.0, -3.0)
    assert names(stage) == {"lr"}


def test_what_is_never_finite_may_be_anything(stage: Stage) -> None:
    logged(stage, "grad_norm", *[math.nan] * 9)
    assert names(stage) == {"grad_norm"}


def test_a_time_that_goes_on_as_the_clock_does_is_no_steps_time(stage: Stage) -> None:
    logged(stage, "Time", *(20.0 + second for second in range(10)))
    assert "step_time" not in names(stage)


def test_a_step_that_takes_longer_and_longer_has_a_time(stage: Stage) -> None:
    logged(stage, "time", *(0.5 + 0.01 * step for step in range(10)))
    assert "step_time" in names(stage)


def test_the_time_of_all_steps_between_two_points_is_no_steps_time(stage: Stage) -> None:
    file = stage.file()
    for point in range(10):
        file.log(100 * point, NOW + 60 * point, {"train_time": 55.0 + 0.1 * (point % 3)})
    assert "step_time" not in names(stage)


def test_what_only_counts_up_is_no_loss(stage: Stage) -> None:
    logged(stage, "train/total", *(64.0 * step for step in range(10)))
    assert "loss" not in names(stage)


def test_a_single_slip_of_the_trainer_changes_nothing(stage: Stage) -> None:
    logged(stage, "grad_norm", 1.0, -1.0, 1.0)
    assert names(stage) == {"grad_norm"}
    assert values(stage.opened(), "grad_norm") == [1.0, -1.0, 1.0]


def test_what_is_always_a_power_of_two_is_the_scale_of_a_loss(stage: Stage) -> None:
    logged(stage, "loss", *[65536.0] * 8)
    logged(stage, "loss", *[65536.0] * 7, run="short")
    assert "loss" not in names(stage)
    assert "loss" in {metric.name for metric in stage.judged("short").metrics}


def test_a_loss_that_happens_to_be_a_power_of_two_is_one(stage: Stage) -> None:
    logged(stage, "loss", *[0.5] * 10)
    assert "loss" in names(stage)


def test_attempts_that_log_into_folders_of_their_own_are_one_series(stage: Stage) -> None:
    for pid, (run, begin) in enumerate((("job/run_0", 0), ("job/run_1", 10), ("job", 20))):
        at = NOW + 1000 * pid
        stage.file(run, created=at, pid=pid + 1).train(range(begin, begin + 10), at)
    (stage.logdir / "trainmon.toml").write_text('[[task]]\npattern = "(?P<task>job)"\n')
    (task,) = stage.listed().values()
    assert len(values(stage.opened(task.layout.id), "loss")) == 30
