"""Steps that begin anew again and again."""

from __future__ import annotations

import numpy as np
import pytest

from tb_trainmon.core import joined
from tb_trainmon.core.columns import IntArray, column
from tb_trainmon.series.cycles import Climb, climb_of


@pytest.fixture(params=[1 << 18, 3], autouse=True)
def piece(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many points are looked at together does not matter."""
    monkeypatch.setattr(joined, "_PIECE", request.param)


def begins_anew(steps: IntArray) -> bool:
    return climb_of(column(steps, steps, steps)).anew


@pytest.mark.parametrize(
    ("steps", "climb"),
    [
        ([], Climb(0, 0, anew=False)),
        ([7, 7], Climb(0, 1, anew=False)),
        ([7, 7, 7], Climb(0, 2, anew=True)),
        ([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2], Climb(8, 2, anew=True)),
        ([0, 1, 2, 3, 2, 3, 4], Climb(5, 1, anew=False)),
        ([0, 1, 2, 3, 0], Climb(3, 1, anew=False)),
    ],
)
def test_how_steps_went(steps: list[int], climb: Climb) -> None:
    assert climb_of(column(steps, steps, steps)) == climb


@pytest.mark.parametrize("last", [2**53, 2**63 - 1])
def test_steps_at_the_end_of_what_there_are_begin_anew_like_any(last: int) -> None:
    steps = last - np.array([4, 3, 2, 1, 0] * 3)
    assert begins_anew(steps)
    assert not begins_anew(last - np.array([4, 2, 3, 1, 2, 0]))


@pytest.mark.parametrize("steps", [[2**63 - 1, -(2**63)] * 5, [2**63 - 1, 0, 5, 9, 1, 2, 3]])
def test_steps_that_leap_over_all_there_are_raise_nothing(steps: list[int]) -> None:
    begins_anew(np.array(steps))
