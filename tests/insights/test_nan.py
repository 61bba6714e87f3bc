"""Values that are not finite."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tb_trainmon.insights.rules.nan import EVAL_NAN, NAN_HIDDEN, NAN_LOSS
from tests.insights.scenes import attempt, falling, found


def with_nans(begin: int, end: int, what: float = np.nan) -> npt.NDArray[np.float64]:
    values = falling()
    values[begin:end] = what
    return values


def test_a_loss_that_becomes_nan_is_an_error_from_its_first_step_on() -> None:
    (finding,) = found(NAN_LOSS, attempt({"loss": with_nans(50, 200)}))
    assert (finding.severity, finding.open, finding.begin) == ("error", True, 510)
    assert finding.facts == {"first_step": 510, "not_finite": 150, "points": 150}


def test_it_is_over_when_the_loss_came_back() -> None:
    (finding,) = found(NAN_LOSS, attempt({"loss": with_nans(50, 52)}))
    assert (finding.severity, finding.open, finding.end) == ("warning", False, 520)


def test_infinities_count_as_well() -> None:
    (finding,) = found(NAN_LOSS, attempt({"loss": with_nans(199, 200, np.inf)}))
    assert "infinite" in finding.title


def test_norms_that_a_loss_scaler_skips_are_nothing() -> None:
    norms = np.ones(200)
    norms[::20] = np.inf
    assert not found(NAN_LOSS, attempt({"loss": falling(), "grad_norm": norms}))


def test_norms_that_stay_nan_are_told() -> None:
    norms = np.ones(200)
    norms[20] = norms[150:] = np.nan
    (finding,) = found(NAN_LOSS, attempt({"loss": falling(), "grad_norm": norms}))
    assert (finding.metric, finding.begin, finding.severity) == ("grad_norm", 1510, "warning")


def test_a_loss_of_exactly_zero_out_of_nothing_was_nan() -> None:
    (finding,) = found(NAN_HIDDEN, attempt({"loss": with_nans(60, 200, 0.0)}))
    assert (finding.severity, finding.begin, finding.open) == ("error", 610, True)


def test_one_zero_is_a_masked_batch() -> None:
    assert not found(NAN_HIDDEN, attempt({"loss": with_nans(60, 61, 0.0)}))


def test_a_loss_that_is_learnt_to_zero_is_none() -> None:
    values = np.maximum(np.linspace(1.0, -0.2, 200), 0.0)
    assert not found(NAN_HIDDEN, attempt({"loss": values}))


def test_what_the_trainer_hid_is_told_once() -> None:
    subject = attempt({"loss": with_nans(60, 200)}, hides_nans=True)
    assert len(found(NAN_HIDDEN, subject)) == 1
    assert not found(NAN_LOSS, subject)


def test_an_evaluation_without_a_loss() -> None:
    evaluations = np.array([3.0, np.nan, 2.0])
    (finding,) = found(EVAL_NAN, attempt({"loss": falling(), "eval_loss": evaluations}))
    assert (finding.severity, finding.open) == ("warning", False)
    (finding,) = found(EVAL_NAN, attempt({"loss": falling(), "eval_loss": evaluations[:2]}))
    assert (finding.severity, finding.open) == ("error", True)


def test_nan_of_training_explains_those_of_evaluations() -> None:
    series = {"loss": with_nans(50, 200), "eval_loss": np.array([3.0, np.nan])}
    assert not found(EVAL_NAN, attempt(series))
