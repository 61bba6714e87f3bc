"""Where the Hugging Face Trainer logged 0.0 for a loss that was NaN, NaN is shown."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.tasks.scenes import NOW, Stage, columns, steps, values
from tests.tasks.test_real_logs import LATER, LOGS

NAN = math.nan


def nan_steps(stage: Stage, task: str = "run", metric: str = "loss") -> list[int]:
    points = columns(stage.opened(task), metric)
    return [int(step) for step in points.step[np.isnan(points.value)]]


def logged(
    stage: Stage, *rows: tuple[float, float | None, float | None], arguments: str = "{}"
) -> Stage:
    """Steps 10, 20, ... with loss, gradient norm and evaluation loss."""
    file = stage.file()
    if arguments:
        file.text("args/text_summary", arguments)
    tags = ("train/loss", "train/grad_norm", "eval/loss")
    for n, row in enumerate(rows, start=1):
        numbers = {tag: value for tag, value in zip(tags, row, strict=True) if value is not None}
        file.log(10 * n, NOW + n, numbers)
    return stage


def test_the_real_run_lost_its_loss_after_step_30() -> None:
    """14 points: exactly 0.0 while the gradient norm is NaN."""
    stage = Stage(LOGS, now=LATER)
    name = "transformers_v5/nan/tb"
    assert nan_steps(stage, name) == list(range(35, 101, 5))
    assert nan_steps(stage, name, "perplexity") == list(range(35, 101, 5))
    opened = stage.opened(name)
    assert opened.hidden_nans(opened.metric("loss")) == 14
    assert opened.hidden_nans(opened.metric("learning_rate")) == 0
    assert steps(opened)[:8] == [1, 5, 10, 15, 20, 25, 30, 35]


def test_a_zero_beside_a_sound_gradient_norm_is_a_zero(stage: Stage) -> None:
    logged(stage, (0.0, 1.0, None), (0.0, NAN, None), (0.0, 1.0, None), (2.0, NAN, None))
    assert nan_steps(stage) == [20]
    assert values(stage.opened())[0] == 0.0


def test_without_a_gradient_norm_the_evaluation_loss_decides(stage: Stage) -> None:
    """From the first evaluation that was NaN; earlier zeros may be zeros."""
    logged(stage, (0.0, None, 1.0), (0.0, None, NAN), (0.0, None, None))
    assert nan_steps(stage) == [20, 30]


def test_without_either_nothing_is_known(stage: Stage) -> None:
    logged(stage, (0.0, None, None), (0.0, None, 1.0))
    assert nan_steps(stage) == []


@pytest.mark.parametrize("arguments", ['{"logging_nan_inf_filter": false}', ""])
def test_a_trainer_that_filters_nothing_is_believed(stage: Stage, arguments: str) -> None:
    """Told not to filter, or another trainer that uses the same tag."""
    logged(stage, (0.0, NAN, NAN), (0.0, NAN, NAN), arguments=arguments)
    assert nan_steps(stage) == []
    opened = stage.opened()
    assert opened.hidden_nans(opened.metric("loss")) == 0


def test_nan_that_was_logged_stays(stage: Stage) -> None:
    logged(stage, (NAN, NAN, None), (math.inf, 1.0, None))
    assert nan_steps(stage) == [10]
    assert values(stage.opened())[1] == math.inf


def test_each_attempt_is_judged_by_its_own_gradient_norm(stage: Stage) -> None:
    for n, norm in enumerate((NAN, 1.0)):
        file = stage.file(created=NOW + 1000 * n, pid=n).text("args/text_summary", "{}")
        for step in (10, 20, 30):
            file.log(step, NOW + 1000 * n + step, {"train/loss": 0.0, "train/grad_norm": norm})
    assert nan_steps(stage) == [10, 20, 30]
    assert values(stage.opened())[3:] == [0.0, 0.0, 0.0]


def test_a_zero_that_is_found_to_be_nan_a_moment_later_is_told_anew(stage: Stage) -> None:
    """The loss is read before the gradient norm of the same step has been written."""
    file = stage.file().text("args/text_summary", "{}")
    for step in (10, 20):
        file.log(step, NOW + step, {"train/loss": 1.0, "train/grad_norm": 1.0})
    file.log(30, NOW + 30, {"train/loss": 0.0})
    assert values(stage.opened()) == [1.0, 1.0, 0.0]
    cursor = stage.opened().cursor
    file.log(30, NOW + 30, {"train/grad_norm": NAN})
    opened = stage.opened()
    assert math.isnan(values(opened)[-1])
    assert opened.since(cursor) is None
