"""What share one series is of another."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, column
from tb_trainmon.series.shares import share


def at(points: dict[int, float]) -> Column:
    steps = sorted(points)
    return column(steps, [float(step) for step in steps], [points[step] for step in steps])


def test_a_share_is_taken_at_the_steps_that_both_have() -> None:
    found = share(at({1: 1.0, 2: 3.0, 4: 5.0}), at({2: 6.0, 3: 1.0, 4: 10.0}))
    assert (found.step.tolist(), found.value.tolist()) == ([2, 4], [0.5, 0.5])


def test_of_nothing_there_is_no_share() -> None:
    assert len(share(at({1: 1.0}), at({}))) == 0
    assert len(share(at({1: 1.0}), at({1: 0.0}))) == 0


@given(st.dictionaries(st.integers(0, 40), st.floats(0.1, 1e6)))
def test_a_whole_is_all_of_itself(points: dict[int, float]) -> None:
    assert np.array_equal(share(at(points), at(points)).value, np.ones(len(points)))
