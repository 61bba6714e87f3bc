from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, GrowingColumn, column
from tb_trainmon.series.accumulate import Piece, accumulate
from tb_trainmon.series.end_to_end import LONG
from tb_trainmon.series.growing import GrowingSeries
from tb_trainmon.series.smooth import smooth
from tests.series.reference import Execution, Point
from tests.series.scenes import (
    as_column,
    as_rows,
    bits,
    pieces_of,
    quick,
    same_rows,
    tasks,
    weights,
    windows,
)


def prefixes(task: Sequence[Execution], cuts: Sequence[float]) -> list[list[Execution]]:
    """The task as it was at moments of its life: attempt by attempt, more and more points."""
    sizes = [max(map(len, execution.metrics.values())) for execution in task]
    moments = sorted(round(cut * sum(sizes)) for cut in cuts)
    return [_until(task, sizes, moment) for moment in moments] + [list(task)]


def _until(task: Sequence[Execution], sizes: Sequence[int], moment: int) -> list[Execution]:
    found: list[Execution] = []
    for execution, size in zip(task, sizes, strict=True):
        if moment > 0:
            metrics = {name: drawn[:moment] for name, drawn in execution.metrics.items()}
            found.append(Execution(execution.base, metrics))
        moment -= size
    return found


cuts = st.lists(st.floats(0, 1), max_size=6)


@given(tasks(), cuts, weights, windows, st.sampled_from([LONG, 0, 30]))
@quick
def test_a_series_that_grew_is_the_series_read_at_once(
    task: list[Execution], moments: list[float], weight: float, window: int, long: int
) -> None:
    """Points, and their smoothing to the last bit, through late points and new attempts.

    Whether it is long, and lies where its points are, or has a copy of them.
    """
    series = GrowingSeries(long)
    for then in prefixes(task, moments):
        series.update(pieces_of(then, "loss"))
        series.smoothed(weight, window)
    whole = accumulate(pieces_of(task, "loss"))
    assert same_rows(as_rows(series.points), as_rows(whole))
    expected = smooth(whole.value, whole.attempt, weight, window)
    assert bits(series.smoothed(weight, window)) == bits(expected)


@given(tasks(), cuts, weights, windows)
@quick
def test_unless_it_says_so_what_was_there_stays_as_it_was(
    task: list[Execution], moments: list[float], weight: float, window: int
) -> None:
    """So that a reader who holds the points so far needs nothing but the new ones."""
    series = GrowingSeries()
    for then in prefixes(task, moments):
        rows, smoothed = as_rows(series.points), bits(series.smoothed(weight, window))
        if series.update(pieces_of(then, "loss")):
            assert same_rows(as_rows(series.points)[: len(rows)], rows)
            assert bits(series.smoothed(weight, window))[: len(smoothed)] == smoothed


def piece(*points: Point, attempt: int = 1, shift: int = 0) -> Piece:
    return Piece(attempt, shift, as_column(points))


def test_appended_points_and_a_new_attempt_keep_what_was_there() -> None:
    series = GrowingSeries()
    assert series.update([piece((10, 1.0, 3.0))])
    assert series.update([piece((10, 1.0, 3.0), (20, 2.0, 2.0))])
    assert series.update(
        [piece((10, 1.0, 3.0), (20, 2.0, 2.0)), piece((10, 3.0, 5.0), attempt=2, shift=20)]
    )
    assert series.points.x.tolist() == [10, 20, 30]


def test_a_late_point_is_sorted_in_and_said() -> None:
    series = GrowingSeries()
    series.update([piece((10, 1.0, 3.0), (30, 2.0, 1.0))])
    assert not series.update([piece((10, 1.0, 3.0), (30, 2.0, 1.0), (20, 3.0, 2.0))])
    assert series.points.x.tolist() == [10, 20, 30]


def test_an_attempt_that_moved_on_the_axis_is_said() -> None:
    """Another metric of the attempt before has reached further."""
    series = GrowingSeries()
    series.update([piece((10, 1.0, 3.0)), piece((10, 2.0, 3.0), attempt=2, shift=10)])
    assert not series.update([piece((10, 1.0, 3.0)), piece((10, 2.0, 3.0), attempt=2, shift=15)])
    assert series.points.x.tolist() == [10, 25]


def test_points_that_have_gone_are_said() -> None:
    series = GrowingSeries()
    series.update([piece((10, 1.0, 3.0), (20, 2.0, 2.0))])
    assert not series.update([piece((10, 1.0, 3.0))])
    assert not series.update([])
    assert len(series) == 0


def test_a_value_that_has_changed_is_said() -> None:
    """A loss that the trainer logged as 0.0 turns out to be NaN when its gradient norm arrives."""
    series = GrowingSeries()
    series.update([piece((10, 1.0, 3.0), (20, 2.0, 0.0))])
    assert not series.update([piece((10, 1.0, 3.0), (20, 2.0, math.nan), (30, 3.0, 1.0))])
    assert np.isnan(series.points.value).tolist() == [False, True, False]


def test_a_value_that_has_changed_in_an_earlier_attempt_is_said() -> None:
    series = GrowingSeries()
    later = piece((10, 3.0, 5.0), attempt=2, shift=10)
    series.update([piece((10, 1.0, 0.0)), later])
    assert not series.update([piece((10, 1.0, math.nan)), later])
    assert np.isnan(series.points.value).tolist() == [True, False]


def test_a_point_that_was_sorted_in_behind_the_series_back_is_said() -> None:
    """A derived metric sorts its points itself, so a late one shifts those that were there."""
    series = GrowingSeries()
    series.update([piece((20, 2.0, 1.0), (40, 4.0, 1.0))])
    assert not series.update([piece((20, 2.0, 1.0), (30, 3.0, 1.0), (40, 4.0, 1.0))])
    assert series.points.x.tolist() == [20, 30, 40]


def test_the_same_points_in_another_piece_of_memory_are_the_same_points() -> None:
    """NaN included."""
    series = GrowingSeries()
    series.update([piece((10, 1.0, math.nan), (20, 2.0, 2.0))])
    assert series.update([piece((10, 1.0, math.nan), (20, 2.0, 2.0), (30, 3.0, 3.0))])
    assert len(series) == 3


def test_more_settings_of_the_sliders_than_are_kept_still_agree() -> None:
    """The least recently used is forgotten, never a wrong answer given."""
    series, written = GrowingSeries(), GrowingColumn()
    settings = [(weight / 10, 1 + weight) for weight in range(7)]
    for step in range(1, 40):
        written.extend(column([step], [float(step)], [1.0 / step]))
        series.update([Piece(1, 0, written.view())])
        weight, window = settings[step % len(settings)]
        points: Column = written.view()
        expected = smooth(points.value, np.ones(step, dtype=np.int64), weight, window)
        assert bits(series.smoothed(weight, window)) == bits(expected)
