"""A long series over several attempts says what one says that has a copy of its points."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, column
from tb_trainmon.core.joined import joined
from tb_trainmon.series.accumulate import Piece, accumulate
from tb_trainmon.series.axes import AXES, Axis, Range, stretches
from tb_trainmon.series.end_to_end import EndToEnd, laid
from tb_trainmon.series.growing import GrowingSeries
from tests.series.scenes import as_rows, quick, same_rows


@st.composite
def following(draw: st.DrawFn) -> list[Piece]:
    """Attempts that ascend, one behind the other; of some the steps do not tell the place."""
    pieces: list[Piece] = []
    x = 0
    for number in range(1, draw(st.integers(1, 4)) + 1):
        files = [_file(draw) for _ in range(draw(st.integers(1, 3)))]
        steps = np.cumsum(np.concatenate([file.step for file in files]))
        ends = np.cumsum([len(file) for file in files]).tolist()
        points = joined(
            [
                column(steps[end - len(file) : end], file.wall_time, file.value)
                for file, end in zip(files, ends, strict=True)
            ]
        )
        shift = x - int(steps[0]) if len(steps) else 0
        placed = steps + shift if draw(st.booleans()) else None
        pieces.append(Piece(number, shift if placed is None else 7, points, placed))
        x += int(steps[-1] - steps[0]) if len(steps) else 0
    return pieces


def _file(draw: st.DrawFn) -> Column:
    size = draw(st.integers(0, 5))
    of = st.lists(st.integers(0, 3), min_size=size, max_size=size)
    return column(draw(of), 1e9 + np.array(draw(of)), draw(of))


indices = st.integers(-40, 40)


@given(following(), indices, indices, st.integers(1, 2))
@quick
def test_parts_of_it_are_those_of_the_copy(
    pieces: list[Piece], begin: int, end: int, stride: int
) -> None:
    copy, seen = accumulate(pieces), laid(pieces, long=0)
    assert same_rows(as_rows(seen), as_rows(copy))
    assert same_rows(as_rows(seen[begin:end:stride]), as_rows(copy[begin:end:stride]))
    order = np.arange(len(copy))[begin:end][::-1]
    assert same_rows(as_rows(seen.take(order)), as_rows(copy.take(order)))


@given(following(), st.lists(st.integers(-5, 60)))
@quick
def test_places_and_attempts_are_found_where_they_are_in_the_copy(
    pieces: list[Piece], x: list[int]
) -> None:
    copy, seen = accumulate(pieces), laid(pieces, long=0)
    for side in ("left", "right"):
        asked = np.array(x, dtype=np.int64)
        assert seen.rank(asked, side).tolist() == copy.rank(asked, side).tolist()
    assert seen.attempts() == copy.attempts()
    assert [seen.of_attempt(number) for number, _ in copy.attempts()] == [
        part for _, part in copy.attempts()
    ]


@given(following(), st.sampled_from(AXES), st.floats(-5, 60), st.floats(0, 60))
@quick
def test_a_range_of_an_axis_has_the_points_of_the_copy(
    pieces: list[Piece], axis: Axis, low: float, size: float
) -> None:
    copy, seen = accumulate(pieces), laid(pieces, long=0)
    begin = low + 1e9 if axis == "wall" else low
    found = [
        [np.arange(len(copy))[stretch].tolist() for stretch in stretches(of, axis, asked, {})]
        for of in (copy, seen)
        for asked in [Range(begin, begin + size)]
    ]
    assert found[0] == found[1]


def test_two_attempts_take_no_memory_beside_their_points() -> None:
    points = column([1, 2, 3], [1.0, 2.0, 3.0], [0.1, 0.2, 0.3])
    series = GrowingSeries(long=0)
    assert series.update([Piece(1, 0, points), Piece(2, 3, points[:1])])
    assert series.update([Piece(1, 0, points), Piece(2, 3, points[:2])])
    assert isinstance(series.points, EndToEnd)
    assert series.memory == 0
    assert series.points.x.tolist() == [1, 2, 3, 4, 5]
    assert np.shares_memory(series.points[:2].value, points.value)


def test_attempts_that_lie_over_one_another_are_laid_anew() -> None:
    """An echo at step 0 is shown where the attempt ahead of it ends, as it always was."""
    points = column([1, 2, 3], [1.0, 2.0, 3.0], [0.1, 0.2, 0.3])
    pieces = [Piece(1, 0, points), Piece(2, 0, points)]
    assert laid(pieces, long=0).x.tolist() == accumulate(pieces).x.tolist() == [1, 2, 3, 3, 3, 3]
