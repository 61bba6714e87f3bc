"""A range of any axis has the points whose place lies in it, however times and steps run."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tb_trainmon.core.columns import column
from tb_trainmon.series.accumulate import Accumulated, Piece, accumulate
from tb_trainmon.series.axes import AXES, Axis, Range, Timing, stretches
from tb_trainmon.series.crop import size_of, thinned
from tests.series import reference
from tests.series.reference import Execution
from tests.series.scenes import as_rows, pieces_of, quick, same_rows, tasks

BEGAN = 1.7e9


def timings_of(task: list[Execution]) -> dict[int, Timing]:
    active = reference.active_times(task)
    return {number: Timing(*at) for number, at in enumerate(active, start=1) if at is not None}


@st.composite
def untimed(draw: st.DrawFn) -> list[Execution]:
    """A task some of whose points have no time."""
    task = draw(tasks())
    if draw(st.booleans()):
        return task
    return [
        Execution(
            execution.base,
            {
                name: [
                    (step, draw(st.sampled_from([0.0, time])), value) for step, time, value in of
                ]
                for name, of in execution.metrics.items()
            },
        )
        for execution in task
    ]


@given(untimed(), st.sampled_from(AXES), st.data())
@quick
def test_a_range_of_an_axis_is_that_of_the_reference(
    task: list[Execution], axis: Axis, data: st.DataObject
) -> None:
    """Both ends belong to it; a point without a place is in none."""
    rows = reference.accumulated(task, "loss")
    placed = reference.placed(rows, axis, reference.active_times(task))
    known = sorted({place for _, place in placed if place is not None})
    assume(known)
    low, high = sorted(data.draw(st.tuples(st.sampled_from(known), st.sampled_from(known))))
    asked = data.draw(st.sampled_from([Range(low, high), Range(low), Range(None, high)]))
    low = -inf if asked.low is None else low
    high = inf if asked.high is None else high
    series = accumulate(pieces_of(task, "loss"))
    found = stretches(series, axis, asked, timings_of(task))
    kept = thinned(series.value, found, len(rows))
    expected = [row for row, place in placed if place is not None and low <= place <= high]
    assert same_rows(as_rows(series.take(kept)), expected)
    assert sum(map(size_of, found)) == len(expected)


@given(untimed(), st.sampled_from(AXES))
@quick
def test_an_open_range_has_all_points_also_those_without_a_place(
    task: list[Execution], axis: Axis
) -> None:
    series = accumulate(pieces_of(task, "loss"))
    found = stretches(series, axis, Range(), timings_of(task))
    kept = thinned(series.value, found, len(series))
    assert kept.tolist() == list(range(len(series)))


@given(tasks())
@quick
def test_the_attempts_of_a_column_are_where_they_stand(task: list[Execution]) -> None:
    series = accumulate(pieces_of(task, "loss"))
    found = {number: series.attempt[part].tolist() for number, part in series.attempts()}
    assert all(set(numbers) == {number} for number, numbers in found.items())
    assert sum(map(len, found.values())) == len(series)


def two_attempts(long: int, short: int) -> Accumulated:
    """A long attempt, and a short one over its first steps, whose loss is another."""
    step = np.arange(long)
    pieces = [
        Piece(1, 0, column(step, BEGAN + step, np.sin(step))),
        Piece(2, long, column(step[:short], BEGAN + long + step[:short], np.ones(short))),
    ]
    return accumulate(pieces)


def test_attempts_that_lie_over_one_another_are_thinned_each_by_itself() -> None:
    """The short one keeps every point: in one heap it would be a single bucket of the long one."""
    series = two_attempts(100_000, 50)
    kept = thinned(series.value, stretches(series, "step", Range(), {}), 400)
    shown = series.take(kept)
    assert np.count_nonzero(shown.attempt == 2) == 50
    assert 300 <= np.count_nonzero(shown.attempt == 1) <= 350


def test_a_range_of_overlaid_attempts_has_those_steps_of_each() -> None:
    series = two_attempts(100, 50)
    found = stretches(series, "step", Range(40, 60), {})
    shown = series.take(thinned(series.value, found, 100))
    assert shown.points.step.tolist() == [*range(40, 61), *range(40, 50)]


def test_a_clock_that_was_set_back_moves_points_to_where_their_time_says() -> None:
    """Nobody assumes that times ascend; none lies before its attempt's beginning."""
    wall_time = BEGAN + np.array([0.0, 10.0, 20.0, -500.0, 40.0])
    series = accumulate([Piece(1, 0, column(range(5), wall_time, np.zeros(5)))])
    timings = {1: Timing(BEGAN, 7.0)}
    ranges: list[tuple[Axis, float, float, list[int]]] = [
        ("wall", BEGAN - 600, BEGAN + 10, [0, 1, 3]),
        ("active", 7.0, 17.0, [0, 1, 3]),
        ("active", 16.0, 50.0, [1, 2, 4]),
    ]
    for axis, low, high, steps in ranges:
        (found,) = stretches(series, axis, Range(low, high), timings)
        assert series.points.step[found].tolist() == steps


@pytest.mark.parametrize("axis", ["active", "wall"])
def test_what_follows_in_memory_is_no_list_of_indices(axis: Axis) -> None:
    """Ascending times of millions of points must not cost as many indices."""
    series = two_attempts(1000, 10)
    (found,) = stretches(series, axis, Range(100.0, 2e9), {1: Timing(BEGAN, 0.0)})
    assert isinstance(found, slice)
