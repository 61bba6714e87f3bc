"""What happened where attempts meet."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, column
from tb_trainmon.insights.rules.resumes import (
    BAD_RESUME,
    DUPLICATE_ATTEMPT,
    NO_NEW_STEP,
    RESUME_OVERLAP,
)
from tb_trainmon.insights.subject import Subject
from tests.insights.scenes import attempt, falling, found

LOSS = falling(300, noise=0.02)


def second(
    loss: npt.ArrayLike | Column, start: int = 1000, kind: str = "resume", n: int = 100
) -> Subject:
    before = attempt({"loss": LOSS[:n]})
    return attempt({"loss": loss}, number=2, kind=kind, start_step=start, before=before)


def test_a_resume_that_goes_on_is_healthy() -> None:
    assert not found(BAD_RESUME, second(LOSS[100:]))
    assert not found(BAD_RESUME, second(LOSS[50:], 500))


def test_a_loss_well_above_where_it_was_says_that_nothing_was_loaded() -> None:
    (finding,) = found(BAD_RESUME, second(LOSS[:200]))
    assert (finding.severity, finding.open) == ("error", False)
    assert "above where the loss was" in finding.title
    (finding,) = found(BAD_RESUME, second(LOSS[:20]))
    assert finding.open


def test_a_restart_from_the_beginning_is_no_resume() -> None:
    assert not found(BAD_RESUME, second(LOSS, 0, "restart"))


def test_a_noisy_loss_must_be_far_above_it() -> None:
    noisy = falling(300, noise=0.3)
    before = attempt({"loss": noisy[:100]})
    for part in (noisy[100:], noisy[150:], noisy[200:]):
        after = attempt({"loss": part}, number=2, kind="resume", start_step=1000, before=before)
        assert not found(BAD_RESUME, after)


def test_steps_that_were_done_twice_are_counted_with_their_time() -> None:
    (finding,) = found(RESUME_OVERLAP, second(LOSS[50:], 500))
    assert (finding.severity, finding.begin, finding.end) == ("info", 500, 1000)
    assert finding.facts == {"steps": 500, "seconds": 500.0, "equal": 50, "common": 50}


def test_a_clean_resume_repeats_nothing() -> None:
    assert not found(RESUME_OVERLAP, second(LOSS[100:]))
    assert not found(RESUME_OVERLAP, second(LOSS[99:], 990))


def test_equal_losses_are_the_proof_that_nothing_was_changed() -> None:
    (finding,) = found(DUPLICATE_ATTEMPT, second(LOSS, 0, "restart"))
    assert finding.facts == {"equal": 100, "common": 100}
    other = falling(300, noise=0.02, seed=1)
    assert not found(DUPLICATE_ATTEMPT, second(other, 0, "restart"))
    assert not found(DUPLICATE_ATTEMPT, second(np.ones(300), 0, "restart"))


def test_losses_at_steps_in_any_order_are_compared_by_step() -> None:
    """A table's rows come in any order, and tell of a step more than once."""
    mixed = column([*range(1000, 0, -10), 500, 500], np.arange(102), [*LOSS[99::-1], 9.0, LOSS[49]])
    (finding,) = found(DUPLICATE_ATTEMPT, second(mixed, 0, "restart"))
    assert finding.facts == {"equal": 100, "common": 100}


def chain(lengths: list[int], **more: Any) -> Subject:
    """Attempts that were all resumed from step 500."""
    one = attempt({"loss": LOSS[:100]}, is_current=False)
    for number, length in enumerate(lengths, 2):
        one = attempt(
            {"loss": LOSS[50 : 50 + length]},
            number=number,
            kind="resume",
            start_step=500,
            before=one,
            is_current=number == len(lengths) + 1,
            **more,
        )
    return one


def test_attempt_after_attempt_without_a_new_step() -> None:
    (finding,) = found(NO_NEW_STEP, chain([10, 20, 10]))
    assert (finding.severity, finding.facts["attempts"]) == ("warning", 3)
    assert not found(NO_NEW_STEP, chain([10, 20]))
    assert not found(NO_NEW_STEP, chain([10, 80, 10, 20]))
    assert not found(NO_NEW_STEP, chain([10, 20, 10, 80]))
    assert not found(NO_NEW_STEP, chain([10, 20, 10], status="completed"))
