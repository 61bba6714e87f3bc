"""Spikes, and losses that leave for good."""

from __future__ import annotations

import numpy as np
import pytest

from tb_trainmon.insights.rules.divergence import DIVERGE_LR
from tb_trainmon.insights.rules.spikes import SPIKE_PERSISTENT, SPIKE_RECOVERS
from tests.insights.scenes import attempt, falling, found

ALL = (SPIKE_RECOVERS, SPIKE_PERSISTENT, DIVERGE_LR)


@pytest.mark.parametrize("noise", [0.001, 0.01, 0.05, 0.2])
def test_a_healthy_loss_has_none(noise: float) -> None:
    for seed in range(20):
        subject = attempt({"loss": falling(noise=noise, seed=seed)})
        assert not [finding for rule in ALL for finding in found(rule, subject)]


@pytest.mark.parametrize("factor", [1.15, 1.5, 3.0, 1000.0])
def test_a_spike_that_recovers_is_found_at_its_step(factor: float) -> None:
    loss = falling()
    loss[100:102] *= factor
    (finding,) = found(SPIKE_RECOVERS, attempt({"loss": loss}))
    assert (finding.severity, finding.open) == ("info", False)
    assert finding.begin <= 1010 <= finding.end
    assert finding.facts["ratio"] == pytest.approx(factor, rel=0.1)
    assert not found(SPIKE_PERSISTENT, attempt({"loss": loss}))


def test_a_loss_that_stays_above_its_course_persists() -> None:
    loss = falling()
    loss[120:] *= 1.3
    (finding,) = found(SPIKE_PERSISTENT, attempt({"loss": loss}))
    assert (finding.severity, finding.open) == ("warning", True)
    assert not found(SPIKE_RECOVERS, attempt({"loss": loss}))


def test_spikes_again_and_again_persist() -> None:
    loss = falling()
    loss[100::3] *= 1.8
    assert found(SPIKE_PERSISTENT, attempt({"loss": loss}))


def test_a_warm_restart_of_the_rate_explains_a_jump() -> None:
    loss, rate = falling(), np.linspace(1.0, 0.05, 200)
    loss[100:110] *= 1.2
    rate[100:] = 1.0
    assert not found(SPIKE_RECOVERS, attempt({"loss": loss, "learning_rate": rate}))


def test_single_values_of_small_batches_are_no_spikes() -> None:
    for seed in range(20):
        chance = np.random.default_rng(seed)
        heavy = falling(400) * chance.chisquare(2, 400)  # squared errors of two samples
        assert not found(SPIKE_RECOVERS, attempt({"loss": heavy}))
        assert not found(SPIKE_PERSISTENT, attempt({"loss": heavy}))


def test_rare_examples_that_cost_more_and_more_beside_a_falling_loss_are_no_warning() -> None:
    """One in two hundred is positive: as the rest is learnt, each batch with one stands out."""
    chance = np.random.default_rng(0)
    loss = 0.4 * np.exp(-np.arange(300) / 60) + 0.004 + 0.001 * chance.standard_normal(300)
    loss[40:] += np.where(chance.random(260) < 0.3, 0.25, 0.0)
    severities = {f.severity for rule in ALL for f in found(rule, attempt({"loss": loss}))}
    assert severities == {"info"}


def test_a_loss_that_left_its_best_for_good_has_diverged() -> None:
    loss = falling()
    loss[80:] = 9.0
    (finding,) = found(DIVERGE_LR, attempt({"loss": loss}))
    assert (finding.severity, finding.open) == ("error", True)
    assert 700 <= finding.begin <= 800
    assert not found(SPIKE_PERSISTENT, attempt({"loss": loss}))


def test_gradients_that_grew_as_well_tell_earlier_of_a_loss_that_creeps_away() -> None:
    loss = falling()
    loss[120:] += 0.6 * (loss[0] - loss[119]) * np.linspace(0.0, 1.0, 80)
    steady, grown = np.ones(200), np.ones(200)
    grown[120:] += np.linspace(0.0, 4.0, 80)
    assert not found(DIVERGE_LR, attempt({"loss": loss[:190], "grad_norm": steady[:190]}))
    (finding,) = found(DIVERGE_LR, attempt({"loss": loss[:190], "grad_norm": grown[:190]}))
    assert finding.severity == "warning"
    assert not found(DIVERGE_LR, attempt({"loss": falling(), "grad_norm": grown}))


def test_a_loss_at_its_best_has_not_left_it_however_little_it_gained() -> None:
    assert DIVERGE_LR.look(attempt({"loss": np.linspace(1.0, 0.99, 100)})) == []


def test_a_loss_that_came_back_has_not() -> None:
    loss = falling()
    loss[80:120] = 9.0
    assert not found(DIVERGE_LR, attempt({"loss": loss}))
