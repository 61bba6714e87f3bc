"""Gradient norms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tb_trainmon.insights.rules.gradients import CLIPPED_ALWAYS, GRAD_EXPLODE, GRAD_VANISH
from tests.insights.scenes import attempt, falling, found


def norms(level: float = 1.0, n: int = 200, seed: int = 0) -> npt.NDArray[np.float64]:
    return np.asarray(level * np.exp(0.5 * np.random.default_rng(seed).standard_normal(n)))


def test_norms_that_grow_and_stay_explode() -> None:
    values = norms()
    values[120:] *= 300.0
    (finding,) = found(GRAD_EXPLODE, attempt({"grad_norm": values}))
    assert (finding.severity, finding.open) == ("error", True)
    assert 1200 <= finding.begin <= 1260


def test_norms_that_came_back_are_over() -> None:
    values = norms()
    values[120:150] *= 50.0
    (finding,) = found(GRAD_EXPLODE, attempt({"grad_norm": values}))
    assert (finding.severity, finding.open) == ("info", False)


def test_single_norms_and_slow_growth_are_healthy() -> None:
    for seed in range(20):
        values = norms(seed=seed) * np.linspace(1.0, 8.0, 200)
        values[::25] *= 100.0
        assert not found(GRAD_EXPLODE, attempt({"grad_norm": values}))


def test_a_gradient_of_nothing_while_the_loss_is_not_learnt_vanishes() -> None:
    series = {"loss": np.full(200, 2.3), "grad_norm": norms(1e-9)}
    (finding,) = found(GRAD_VANISH, attempt(series))
    assert (finding.severity, finding.begin) == ("error", 10)
    (later,) = found(GRAD_VANISH, attempt({**series, "grad_norm": np.repeat([1.0, 1e-9], 100)}))
    assert later.begin == 1010
    assert not found(GRAD_VANISH, attempt({**series, "loss": np.linspace(2.3, 0.001, 200)}))
    assert not found(GRAD_VANISH, attempt({**series, "grad_norm": norms(0.01)}))


def test_norms_far_above_the_limit_in_nearly_every_step() -> None:
    series = {"grad_norm": norms()}
    (finding,) = found(CLIPPED_ALWAYS, attempt(series, config={"max_grad_norm": 0.01}))
    assert finding.facts["limit"] == 0.01
    assert not found(CLIPPED_ALWAYS, attempt(series, config={"max_grad_norm": 0.5}))
    assert not found(CLIPPED_ALWAYS, attempt(series))


def test_growing_losses_do_not_explode_by_the_scale_of_the_norm() -> None:
    values = norms()
    values[120:] *= 300.0
    for scale in (1e-6, 1e6):
        assert len(found(GRAD_EXPLODE, attempt({"grad_norm": scale * values}))) == 1
    assert not found(GRAD_EXPLODE, attempt({"grad_norm": 0.0 * falling()}))
