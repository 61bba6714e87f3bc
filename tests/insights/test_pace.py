"""Slower steps, stalls, and evaluations that take the time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tb_trainmon.core.columns import Column, column
from tb_trainmon.insights.finding import Finding
from tb_trainmon.insights.rule import Rule
from tb_trainmon.insights.rules.pace import DATA_STALL, EVAL_HEAVY, SLOW_DOWN
from tests.insights.scenes import BEGAN, attempt, found


def timed(seconds: npt.ArrayLike) -> Column:
    """A loss every ten steps that took these seconds."""
    n = len(np.asarray(seconds))
    return column(np.arange(1, n + 1) * 10, BEGAN + np.cumsum(seconds), np.ones(n))


def seconds(n: int = 200, noise: float = 0.05, seed: int = 0) -> npt.NDArray[np.float64]:
    return np.exp(noise * np.random.default_rng(seed).standard_normal(n))


def told(rule: Rule, taken: npt.ArrayLike, **more: Any) -> list[Finding]:
    loss = timed(taken)
    evaluations = more.pop("evaluations", None)
    series: dict[str, Any] = {"loss": loss}
    if evaluations is not None:
        time = loss.wall_time[evaluations] - 0.01
        series["eval_loss"] = column(loss.step[evaluations], time, np.ones(len(time)))
    return found(rule, attempt(series, **more))


def test_an_even_pace_is_healthy() -> None:
    for noise in (0.0, 0.05, 0.3):
        for rule in (SLOW_DOWN, DATA_STALL, EVAL_HEAVY):
            assert not told(rule, seconds(noise=noise))


@pytest.mark.parametrize("n", [200, 700])
def test_steps_that_take_longer_from_some_step_on(n: int) -> None:
    taken, at = seconds(n), n * 3 // 5
    taken[at:] *= 1.8
    (finding,) = told(SLOW_DOWN, taken)
    assert (finding.severity, finding.open) == ("warning", True)
    assert finding.begin == pytest.approx(10 * at, rel=0.1)


def test_it_is_over_when_the_pace_is_back() -> None:
    taken = seconds()
    taken[80:190] *= 2.0
    (finding,) = told(SLOW_DOWN, taken)
    assert (finding.severity, finding.open) == ("info", False)


def test_evaluations_do_not_slow_down() -> None:
    taken = seconds()
    at = np.arange(100, 200, 2)
    taken[at] += 2.0
    assert not told(SLOW_DOWN, taken, evaluations=at)


def test_stalls_at_even_distances() -> None:
    taken = seconds()
    taken[9::10] *= 3.0
    (finding,) = told(DATA_STALL, taken)
    assert (finding.severity, finding.facts["every"]) == ("info", 100.0)


def test_evaluations_and_configured_checkpoints_are_no_stalls() -> None:
    taken = seconds()
    at = np.arange(9, 200, 10)
    taken[at] *= 3.0
    assert not told(DATA_STALL, taken, evaluations=at)
    saved = {"save_strategy": "steps", "save_steps": 100}
    assert not told(DATA_STALL, taken, config=saved)


def test_long_intervals_here_and_there_are_none() -> None:
    taken = seconds()
    taken[[3, 11, 50, 51, 130, 170]] *= 4.0
    assert not told(DATA_STALL, taken)


def test_a_few_long_evaluations_take_the_share_that_they_take() -> None:
    """Three of 20 minutes each within 800 intervals of 4 s, as where a model writes out texts."""
    taken = 4.0 * seconds(800)
    at = np.array([200, 400, 600])
    taken[at] += 1200.0
    (finding,) = told(EVAL_HEAVY, taken, evaluations=at)
    assert abs(finding.facts["share"] - 3600 / 6800) < 0.02
    assert finding.title == "Evaluations take 53% of the time"


def test_evaluations_that_take_half_of_the_time() -> None:
    taken = seconds()
    at = np.arange(19, 200, 20)
    taken[at] += 20.0
    (finding,) = told(EVAL_HEAVY, taken, evaluations=at)
    assert finding.severity == "warning"
    assert 0.45 < finding.facts["share"] < 0.55
    taken[at] -= 19.0
    assert not told(EVAL_HEAVY, taken, evaluations=at)


def test_a_logged_share_of_waiting_for_data() -> None:
    for percent, severity in ((40.0, "warning"), (25.0, "info")):
        (finding,) = found(DATA_STALL, attempt({"data_percent": np.full(50, percent)}))
        assert finding.severity == severity
    assert not found(DATA_STALL, attempt({"data_percent": np.full(50, 5.0)}))
