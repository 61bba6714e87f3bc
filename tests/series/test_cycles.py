"""Steps that begin anew again and again."""

from __future__ import annotations

import numpy as np
import pytest

from tb_trainmon.series.cycles import begins_anew


@pytest.mark.parametrize("last", [2**53, 2**63 - 1])
def test_steps_at_the_end_of_what_there_are_begin_anew_like_any(last: int) -> None:
    steps = last - np.array([4, 3, 2, 1, 0] * 3)
    assert begins_anew(steps)
    assert not begins_anew(last - np.array([4, 2, 3, 1, 2, 0]))


@pytest.mark.parametrize("steps", [[2**63 - 1, -(2**63)] * 5, [2**63 - 1, 0, 5, 9, 1, 2, 3]])
def test_steps_that_leap_over_all_there_are_raise_nothing(steps: list[int]) -> None:
    begins_anew(np.array(steps))
