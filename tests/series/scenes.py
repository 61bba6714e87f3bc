"""What hypothesis draws for the series tests, and bridges between lists and columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from hypothesis import settings
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, column
from tb_trainmon.series.accumulate import Accumulated, Extent, Piece, shifts
from tests.series.reference import Execution, Point, Row

quick = settings(deadline=None, max_examples=40)

finite = st.floats(-1e9, 1e9, width=32)
values = st.one_of(finite, finite, st.sampled_from([float("nan"), float("inf"), float("-inf")]))
weights = st.one_of(st.just(0.0), st.floats(0.0, 0.999))
windows = st.one_of(st.just(1), st.integers(1, 12))
steps = st.integers(-5, 60)
METRICS = ("loss", "eval_loss")


@st.composite
def points(draw: st.DrawFn) -> list[Point]:
    """Points as a trainer writes them: mostly forward, sometimes late, repeated or negative."""
    drawn = draw(st.lists(st.tuples(steps, st.floats(1e9, 2e9), values), max_size=25))
    if draw(st.booleans()):
        drawn.sort(key=lambda point: point[0])
    return drawn


@st.composite
def tasks(draw: st.DrawFn, attempts: int = 4) -> list[Execution]:
    """Attempts, some without a point of any metric; none starts above its smallest step."""
    found = []
    for _ in range(draw(st.integers(1, attempts))):
        metrics = {name: draw(points()) for name in METRICS}
        lowest = min((s for drawn in metrics.values() for s, _, _ in drawn), default=20)
        found.append(Execution(lowest - draw(st.integers(0, 12)), metrics))
    return found


@st.composite
def smoothable(draw: st.DrawFn) -> tuple[list[float], list[int]]:
    """Values and, ascending, the attempt of each."""
    drawn = draw(st.lists(values, max_size=40))
    size = len(drawn)
    numbers = draw(st.lists(st.integers(1, 4), min_size=size, max_size=size))
    return drawn, sorted(numbers)


def as_column(drawn: Iterable[Point]) -> Column:
    """Points as the event reader hands them on."""
    rows = list(drawn)
    return column(*zip(*rows, strict=True)) if rows else column()


def shifts_of(task: Sequence[Execution]) -> list[int]:
    """What the room says each attempt's steps are moved by."""
    return shifts(Extent(e.base, max([*e.steps, e.base])) for e in task)


def pieces_of(task: Sequence[Execution], metric: str) -> list[Piece]:
    """A task's points of a metric as ``accumulate`` takes them."""
    return [
        Piece(number, shift, as_column(execution.metrics.get(metric, ())))
        for number, (execution, shift) in enumerate(
            zip(task, shifts_of(task), strict=True), start=1
        )
    ]


def as_rows(series: Accumulated) -> list[Row]:
    """What the room answers, as the reference answers it."""
    columns = (
        series.x,
        series.attempt,
        series.points.step,
        series.points.wall_time,
        series.points.value,
    )
    return [Row(*row) for row in zip(*(array.tolist() for array in columns), strict=True)]


def bits(array: npt.NDArray[np.float64]) -> list[int]:
    """Floats to the last bit; a NaN equals a NaN."""
    found: list[int] = np.where(np.isnan(array), np.nan, array).view(np.int64).tolist()
    return found


def same_rows(found: Sequence[Row], expected: Sequence[Row]) -> bool:
    """Equality for which a NaN equals a NaN."""
    return repr(list(found)) == repr(list(expected))
