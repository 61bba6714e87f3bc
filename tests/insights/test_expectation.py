"""The expected final loss: near the truth on its own law, and silent where it knows nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tb_trainmon.insights.expectation import LEAST_BAND, expectation
from tb_trainmon.insights.finding import NothingToSee
from tb_trainmon.insights.subject import Subject, TaskFacts
from tests.insights.scenes import attempt, points

TOTAL = 10_000
STEPS = np.arange(10, TOTAL + 1, 10)


def cosine(share: float = 1.0) -> npt.NDArray[np.float64]:
    done = np.clip(STEPS / TOTAL, 0.0, 1.0)[: int(len(STEPS) * share)]
    return 2e-4 * 0.5 * (1 + np.cos(np.pi * done))


def loss_of(rate: npt.NDArray[np.float64], noise: float = 0.0) -> npt.NDArray[np.float64]:
    """What the law says, every step one by one."""
    rates = np.interp(np.arange(TOTAL + 1), STEPS, rate)
    momentum, annealing, total = 0.0, np.zeros(TOTAL + 1), 0.0
    for i in range(1, TOTAL + 1):
        momentum = 0.999 * momentum + rates[i - 1] - rates[i]
        total += momentum
        annealing[i] = total
    area = np.cumsum(rates)
    loss = 2.5 + 0.4 * np.maximum(area, 1e-9) ** -0.5 - 0.5 * annealing
    return loss[STEPS] + noise * np.random.default_rng(0).standard_normal(len(STEPS))


def half_way(share: float = 0.5, noise: float = 0.0, **more: Any) -> Subject:
    n = int(len(STEPS) * share)
    facts = {"total": TOTAL, "kind": "language_model", **more.pop("facts", {})}
    rate = more.pop("rate", cosine())
    series = {"loss": points(loss_of(cosine(), noise)[:n]), "learning_rate": points(rate[:n])}
    return attempt(series, task=TaskFacts(**facts), **more)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_half_way_it_is_near_the_truth(share: float, noise: float) -> None:
    found = expectation(half_way(share, noise))
    assert found.schedule == "cosine"
    assert found.step[-1] == TOTAL
    assert abs(found.value[-1] - loss_of(cosine())[-1]) < found.band < 0.15
    assert found.band >= LEAST_BAND


def test_it_begins_where_the_attempt_is() -> None:
    found = expectation(half_way(shift=700))
    assert (found.step[0], found.x[0]) == (5000.0, 5700.0)
    assert found.value[0] == pytest.approx(loss_of(cosine())[499], abs=0.01)


def test_the_configured_schedule_is_taken_before_a_guess() -> None:
    assert expectation(half_way(config={"lr_scheduler_type": "cosine"})).schedule == "cosine"
    with pytest.raises(NothingToSee, match="to come"):
        expectation(half_way(config={"lr_scheduler_type": "constant"}))


@pytest.mark.parametrize(
    ("subject", "why"),
    [
        (half_way(facts={"kind": "other"}), "language models"),
        (half_way(facts={"total": None}), "total"),
        (half_way(kind="resume"), "scratch"),
        (half_way(0.2), "30%"),
        (half_way(1.0), "has come to"),
        (half_way(rate=np.abs(np.sin(STEPS / 300.0)) * 1e-4), "to come"),
        (half_way(rate=np.zeros(len(STEPS))), "is 0"),
        (attempt({}, task=TaskFacts(total=TOTAL, kind="language_model")), "training loss"),
    ],
)
def test_it_says_why_it_is_silent(subject: Subject, why: str) -> None:
    with pytest.raises(NothingToSee, match=why):
        expectation(subject)
