"""Evaluations that get worse, and stairs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tb_trainmon.insights.rules.overfitting import EPOCH_STAIRS, OVERFIT
from tests.insights.scenes import attempt, falling, found, points


def evaluations(rise: float, n: int = 20) -> npt.NDArray[np.float64]:
    """Falls for half of the time, then rises by ``rise`` in all."""
    falls, rises = np.linspace(3.0, 2.0, n // 2), 2.0 * np.linspace(1, 1 + rise, n // 2)
    return np.concatenate([falls, rises])


def seen(values: npt.ArrayLike, training: npt.ArrayLike | None = None) -> list[str]:
    loss = falling() if training is None else training
    subject = attempt({"loss": points(loss, 10), "eval_loss": points(values, 100)})
    return [f"{f.severity} {'open' if f.open else 'over'}" for f in found(OVERFIT, subject)]


def test_a_rising_evaluation_loss_is_told_by_how_much() -> None:
    assert seen(evaluations(0.4)) == ["warning open"]
    assert seen(evaluations(0.12)) == ["info open"]
    assert seen(evaluations(0.03)) == []


def test_an_accuracy_that_is_as_good_as_ever_makes_it_information() -> None:
    series = {"loss": points(falling()), "eval_loss": points(evaluations(0.4), 100)}
    for last, severity in ((0.9, "info"), (0.6, "warning")):
        accuracy = np.concatenate([np.linspace(0.1, 0.9, 10), np.linspace(0.9, last, 10)])
        subject = attempt({**series, "eval_accuracy": points(accuracy, 100)})
        assert [finding.severity for finding in found(OVERFIT, subject)] == [severity]


def test_it_names_the_best_evaluation() -> None:
    subject = attempt({"loss": falling(), "eval_loss": points(evaluations(0.5), 100)})
    (finding,) = found(OVERFIT, subject)
    assert finding.facts["best_step"] == finding.begin == 1000


def test_noisy_evaluations_are_healthy() -> None:
    for seed in range(20):
        values = 2.0 * np.exp(0.1 * np.random.default_rng(seed).standard_normal(60))
        values *= np.linspace(1.3, 1.0, 60)
        assert seen(values) == []


def test_evaluations_on_a_handful_of_examples_hardly_ever_warn() -> None:
    """Their deviation is that of logarithms: single ones are 1.6 times the next, or more."""
    falls = 2.0 + 1.2 * np.exp(-np.arange(30) / 5)
    draws = (np.random.default_rng(seed).standard_normal(30) for seed in range(40))
    said = [seen(falls * np.exp(0.5 * draw)) for draw in draws]
    assert said.count(["warning open"]) <= 1


def test_one_good_evaluation_is_no_best() -> None:
    values = np.linspace(3.0, 2.0, 40)
    values[20] = 1.5
    assert seen(values) == []


def test_a_training_loss_that_rose_too_is_something_else() -> None:
    assert seen(evaluations(0.4), np.linspace(2.0, 4.0, 200)) == []


def test_a_few_evaluations_are_taken_as_they_are() -> None:
    assert seen([2.0, 1.9, 2.0, 2.1]) == ["info open"]
    assert seen([2.0, 1.9, 2.1]) == []  # the best is but one evaluation old
    assert seen([2.0, 1.9]) == []


def test_what_was_a_warning_and_came_back_is_over() -> None:
    values = np.concatenate([evaluations(0.5), np.linspace(3.0, 1.5, 20)])
    assert seen(values) == ["info over"]


def stairs(fall: float, within: float) -> npt.NDArray[np.float64]:
    epochs = [4.0 - fall * k - np.linspace(0, within, 20) for k in range(6)]
    return np.concatenate(epochs) * (1 + 0.005 * np.random.default_rng(0).standard_normal(120))


def test_a_loss_that_falls_where_epochs_begin_has_stairs() -> None:
    epoch = points(np.arange(1, 121) / 20.0, 10)
    (finding,) = found(EPOCH_STAIRS, attempt({"loss": stairs(0.5, 0.0), "epoch": epoch}))
    assert finding.severity == "info"
    assert not found(EPOCH_STAIRS, attempt({"loss": stairs(0.5, 0.5), "epoch": epoch}))
    assert not found(EPOCH_STAIRS, attempt({"loss": falling(120), "epoch": epoch}))


def test_with_evaluations_that_get_worse_it_is_a_warning() -> None:
    series = {
        "loss": points(stairs(0.5, 0.0), 10),
        "epoch": points(np.arange(1, 121) / 20.0, 10),
        "eval_loss": points(evaluations(0.4, 12), 100),
    }
    (finding,) = found(EPOCH_STAIRS, attempt(series))
    assert finding.severity == "warning"
