"""How often points arrive, and how long a silence a task may have."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, column
from tb_trainmon.tasks.judged.pulse import Pulse, largest_gap, usual_gap
from tests.tasks.scenes import NOW


def paced(gaps: list[float]) -> Column:
    times = NOW + np.cumsum([0.0, *gaps])
    return column(np.arange(len(times)), times, np.zeros(len(times)))


def test_gaps_are_those_of_recent_points() -> None:
    points = paced([1000.0] + [5.0] * 50 + [7.0] + [5.0] * 50)
    assert (largest_gap(points), usual_gap(points)) == (7.0, 5.0)
    assert (largest_gap(paced([])), usual_gap(paced([]))) == (0.0, None)


def test_a_silence_may_take_three_minutes_or_five_times_the_largest_gap() -> None:
    assert Pulse(lambda: paced([5.0, 5.0]), 10.0).limit == 180.0
    assert Pulse(lambda: paced([5.0, 100.0]), 105.0).limit == 500.0


@given(
    gaps=st.lists(st.floats(0.0, 1e5), max_size=20),
    silence=st.floats(-10.0, 1e6),
)
def test_the_span_alone_never_says_otherwise_than_the_gaps(
    gaps: list[float], silence: float
) -> None:
    pulse = Pulse(lambda: paced(gaps), sum(gaps))
    assert pulse.outlasts(silence) == (silence <= pulse.limit)


def test_the_points_of_a_long_dead_task_are_not_asked_for() -> None:
    def points() -> Column:
        raise AssertionError("asked")

    assert not Pulse(points, 600.0).outlasts(86_400.0)
