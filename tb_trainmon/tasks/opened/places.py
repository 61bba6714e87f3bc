"""Where points of an attempt lie on the axis whose steps do not tell it: by their times.

The leading series gives the places. A series that counts something else (epochs, seconds) lies
where the leading one was by then: at its last point that was not later, so that nothing which
comes afterwards moves it. Leading steps that begin again and again are laid end to end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tb_trainmon.core.columns import Column, FloatArray, IntArray, ascends, concatenate
from tb_trainmon.series.accumulate import moved
from tb_trainmon.series.cycles import laid_out


@dataclass(frozen=True, slots=True)
class Course:
    """Where the leading series of an attempt was by when: ``x`` at ``wall_time``, both ascending.

    ``start`` is where the attempt begins: whatever came before the first point lies there.
    """

    start: int
    wall_time: FloatArray
    x: IntArray

    def at(self, wall_time: FloatArray) -> IntArray:
        """The place of points of these times."""
        index = np.searchsorted(self.wall_time, wall_time, side="right") - 1
        if not len(self.x):
            return np.full(len(wall_time), self.start)
        found = np.where(index >= 0, self.x[np.maximum(index, 0)], self.start)
        return np.maximum(found, self.start)


def course_of(leading: Sequence[Column], shift: int, start: int, unit: int | None) -> Course:
    """The course that the columns of the leading series make, in the order of writing.

    ``unit``: the gap at which its steps are laid out that begin again and again; None if they do
    not.
    """
    points = concatenate(list(leading))
    x = moved(points.step if unit is None else laid_out(points.step, unit), shift)
    times = points.wall_time
    if not ascends(times):
        order = np.argsort(times, kind="stable")
        times, x = times[order], x[order]
    return Course(start, times, x if ascends(x) else np.maximum.accumulate(x))


class Placed:
    """The places of one series by time; of a series that grows, the work is that of new points."""

    def __init__(self) -> None:
        self._x: IntArray = np.empty(0, dtype=np.int64)
        self._passed = -np.inf  # the time up to which the course was known
        self._known: tuple[object, int] = (None, 0)  # where the points lie, and the course's start

    @property
    def memory(self) -> int:
        """Bytes that they take."""
        return self._x.nbytes

    def places(self, points: Column, course: Course) -> IntArray:
        """The x of each of ``points``; it stays once the course has passed the point's time."""
        known = (points.origin, course.start)
        keep = 0
        if known == self._known and len(points) >= len(self._x):
            times = points.wall_time[: len(self._x)]
            keep = int(np.searchsorted(times, self._passed)) if ascends(times) else 0
        self._x = np.concatenate([self._x[:keep], course.at(points.wall_time[keep:])])
        self._known = known
        self._passed = float(course.wall_time[-1]) if len(course.x) else -np.inf
        return self._x
