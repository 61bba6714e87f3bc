"""Audits of post-training."""

from __future__ import annotations

import numpy as np
import pytest

from tb_trainmon.insights.rule import Rule
from tb_trainmon.insights.rules.post_training import (
    ANSWERS_CUT_OFF,
    CLIP_FRACTION_HIGH,
    ENTROPY_COLLAPSE,
    GROUPS_WITHOUT_VARIANCE,
    KL_RISING,
    SAMPLER_GAP,
)
from tests.insights.scenes import attempt, found

SHARES = [
    (GROUPS_WITHOUT_VARIANCE, 0.4, 0.6, 0.8),
    (ANSWERS_CUT_OFF, 0.02, 0.1, 0.2),
    (CLIP_FRACTION_HIGH, 0.1, 0.3, 0.5),
    (SAMPLER_GAP, 0.02, 0.2, 0.5),
]
RISING, FLAT = np.linspace(0.0, 1.0, 200), np.full(200, 0.5)


@pytest.mark.parametrize(("rule", "healthy", "some", "much"), SHARES)
def test_shares_are_audited(rule: Rule, healthy: float, some: float, much: float) -> None:
    (metric,) = rule.needs
    assert not found(rule, attempt({metric: np.full(50, healthy)}))
    for level, severity in ((some, "info"), (much, "warning")):
        (finding,) = found(rule, attempt({metric: np.full(50, level)}))
        assert finding.severity == severity
        assert finding.title.startswith("Audit: ")


def test_an_entropy_that_collapsed_matters_where_the_reward_stalls() -> None:
    entropy = np.concatenate([np.full(20, 2.0), np.full(180, 0.05)])
    assert found(ENTROPY_COLLAPSE, attempt({"entropy": entropy, "reward": FLAT}))
    assert not found(ENTROPY_COLLAPSE, attempt({"entropy": entropy, "reward": RISING}))
    assert not found(ENTROPY_COLLAPSE, attempt({"entropy": np.full(200, 1.0), "reward": FLAT}))


def test_a_divergence_that_rises_matters_where_the_reward_does_not() -> None:
    kl = np.concatenate([np.full(150, 0.05), np.full(50, 1.0)])
    assert found(KL_RISING, attempt({"kl": kl, "reward": FLAT}))
    assert not found(KL_RISING, attempt({"kl": kl, "reward": RISING}))
    assert not found(KL_RISING, attempt({"kl": np.full(200, 0.5), "reward": FLAT}))
