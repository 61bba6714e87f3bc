"""Losses that do not fall, and rates of 0."""

from __future__ import annotations

import numpy as np

from tb_trainmon.insights.rules.learning import LR_ZERO, NO_LEARNING, PLATEAU, PLATEAU_STUCK
from tb_trainmon.insights.subject import TaskFacts
from tests.insights.scenes import attempt, falling, found


def flat(level: float, spread: float, n: int = 200) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return level * (1.0 + spread * np.random.default_rng(1).standard_normal(n))


def test_a_loss_at_chance_level_learns_nothing() -> None:
    (finding,) = found(NO_LEARNING, attempt({"loss": flat(2.3, 0.004)}))
    assert (finding.severity, finding.open) == ("warning", True)


def test_with_a_rate_of_zero_it_is_an_error() -> None:
    series = {"loss": flat(2.3, 0.2), "learning_rate": np.zeros(200)}
    (finding,) = found(NO_LEARNING, attempt(series))
    assert finding.severity == "error"
    assert not found(PLATEAU_STUCK, attempt(series))


def test_norms_that_are_all_nan_tell_of_no_gradient() -> None:
    series = {"loss": flat(2.3, 1e-4), "grad_norm": np.full(200, np.nan)}
    (finding,) = found(NO_LEARNING, attempt(series))
    assert "gradient" not in finding.evidence


def test_a_flat_and_noisy_loss_proves_nothing() -> None:
    """Diffusion models have one."""
    assert not found(NO_LEARNING, attempt({"loss": flat(0.1, 0.2)}))


def test_a_warm_up_is_waited_for() -> None:
    series = {"loss": flat(2.3, 0.004), "learning_rate": np.linspace(0, 1e-4, 200)}
    assert not found(NO_LEARNING, attempt(series))


def test_a_resume_far_on_has_learnt_before() -> None:
    """Of a long pretraining: in thousands of steps its loss falls by less than its noise."""
    series = {"loss": flat(2.2, 0.013)}
    before = attempt({"loss": falling()})
    resumed = attempt(series, number=2, kind="resume", start_step=13_000, before=before)
    assert not found(NO_LEARNING, resumed)
    zero = attempt(series | {"learning_rate": np.zeros(200)}, kind="resume", start_step=13_000)
    assert [each.severity for each in found(NO_LEARNING, zero)] == ["error"]
    assert found(NO_LEARNING, attempt(series, number=2, kind="restart", before=before))


def test_a_healthy_loss_learns() -> None:
    for seed in range(20):
        assert not found(NO_LEARNING, attempt({"loss": falling(noise=0.2, seed=seed)}))


def test_a_rate_of_zero_with_many_steps_left_is_stuck() -> None:
    loss, rate = falling(noise=0.02), np.maximum(np.linspace(1e-3, -1e-3, 200), 0.0)
    loss[100:] = loss[100] * (1 + 0.02 * np.random.default_rng(0).standard_normal(100))
    subject = attempt({"loss": loss, "learning_rate": rate})
    (finding,) = found(PLATEAU_STUCK, subject)
    assert (finding.metric, finding.begin) == ("learning_rate", 1010)
    assert not found(LR_ZERO, subject)
    assert found(LR_ZERO, attempt({"learning_rate": rate}))


def test_a_rate_that_reaches_zero_at_its_end_is_a_schedule() -> None:
    rate = np.maximum(np.linspace(1e-3, -1e-5, 200), 0.0)
    assert not found(PLATEAU_STUCK, attempt({"loss": falling(), "learning_rate": rate}))


def test_a_loss_that_falls_without_a_rate_has_another() -> None:
    rate = np.maximum(np.linspace(1e-3, -1e-3, 200), 0.0)
    loss = np.linspace(4.0, 1.0, 200)
    assert not found(PLATEAU_STUCK, attempt({"loss": loss, "learning_rate": rate}))


def test_half_of_the_steps_for_nothing_are_information_while_the_rate_is_high() -> None:
    loss = np.concatenate([np.linspace(4.0, 2.0, 200), flat(2.0, 0.01)])
    series = {"loss": loss, "learning_rate": np.full(400, 1e-3)}
    (finding,) = found(PLATEAU, attempt(series))
    assert finding.severity == "info"
    decays = {"loss": loss, "learning_rate": np.linspace(1e-3, 0, 400)}
    assert not found(PLATEAU, attempt(decays))
    assert not found(PLATEAU, attempt({"loss": falling(400), "learning_rate": np.ones(400)}))


def test_reinforcement_learning_is_left_alone() -> None:
    task = TaskFacts(kind="reinforcement")
    series = {"loss": flat(2.3, 0.004), "learning_rate": np.zeros(200)}
    for rule in (NO_LEARNING, PLATEAU_STUCK, PLATEAU):
        assert not found(rule, attempt(series, task=task))
