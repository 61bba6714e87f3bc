"""Which points of a series lie in a range of one of the axes that a chart may have.

accumulated   attempts end to end, in steps: ``Accumulated.x``
step          the steps as logged: attempts lie over one another
active        seconds of training, attempts end to end without the time between them
wall          seconds since the epoch
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, FloatArray, IntArray, Stretch
from tb_trainmon.core.times import plausible_times
from tb_trainmon.series.accumulate import Accumulated, Piece, alone
from tb_trainmon.series.crop import within

Axis = Literal["accumulated", "step", "active", "wall"]
_PIECE = 1 << 18  # points that are looked at together
AXES: tuple[Axis, ...] = ("accumulated", "step", "active", "wall")


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high``, both included; None leaves a side open."""

    low: float | None = None
    high: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether everything lies in it, also what has no place on the axis."""
        return self.low is None and self.high is None


@dataclass(frozen=True, slots=True)
class Timing:
    """An attempt on the axis ``active``: the time of its first point, and where that lies."""

    first_at: float
    active_start: float

    def place(self, wall_time: FloatArray) -> FloatArray:
        """Where points of the attempt lie: none before it begins, though a clock was set back."""
        return np.asarray(np.maximum(wall_time - self.first_at, 0.0) + self.active_start)


def stretches(
    points: Accumulated, axis: Axis, range_: Range, timings: Mapping[int, Timing]
) -> list[Stretch]:
    """The points whose place on ``axis`` lies in ``range_``, ascending in accumulated x.

    One stretch for each attempt where attempts lie over one another, else one for all. A point
    without a time has no place on ``active`` and ``wall``, nor has an attempt that is not in
    ``timings`` on ``active``: they are in no range but the open one.
    """
    if axis == "step":
        return [_by_step(points, part, range_) for _, part in points.attempts()]
    if axis == "accumulated" or range_.is_open:
        return [within(points, range_.low, range_.high)]
    inside = np.zeros(len(points), dtype=bool)
    if axis == "wall":
        _mark(inside, points.points, range_, lambda times: times)
        return [_where(inside)]
    for number, part in points.attempts():
        if number in timings:
            _mark(inside[part], points.points[part], range_, timings[number].place)
    return [_where(inside)]


def _mark(
    inside: npt.NDArray[np.bool_],
    points: Column,
    range_: Range,
    place: Callable[[FloatArray], FloatArray],
) -> None:
    """Set what of ``inside`` has a time whose place lies in the range."""
    # In pieces: places of all points of a long series would be as long again.
    for begin in range(0, len(inside), _PIECE):
        times = points[begin : begin + _PIECE].wall_time
        inside[begin : begin + _PIECE] = _is_in(place(times), range_) & plausible_times(times)


def _by_step(points: Accumulated, part: slice, range_: Range) -> Stretch:
    logged = points.points[part]
    if logged.ascends:
        found = within(alone(Piece(0, 0, logged)), range_.low, range_.high)
        return slice(int(found.start) + part.start, int(found.stop) + part.start)
    # Steps that begin again and again, laid end to end.
    return np.asarray(np.flatnonzero(_is_in(logged.step, range_)) + part.start, dtype=np.intp)


def _is_in(place: FloatArray | IntArray, range_: Range) -> npt.NDArray[np.bool_]:
    low = -np.inf if range_.low is None else range_.low
    high = np.inf if range_.high is None else range_.high
    return np.asarray((place >= low) & (place <= high))


def _where(inside: npt.NDArray[np.bool_]) -> Stretch:
    """Indices of the points that are ``inside``: without an array of them, where they follow."""
    count = int(np.count_nonzero(inside))
    first = int(inside.argmax()) if count else 0
    together = slice(first, first + count)
    return together if inside[together].all() else np.flatnonzero(inside)
