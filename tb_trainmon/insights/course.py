"""The course of a series: at most a few thousand buckets, however many points it has.

Rules look at courses, so that their cost is bounded. A bucket holds the same number of points, a
power of two, one while the series is short; it is made when its last point has come. What is
appended to a series costs only what is new.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, FloatArray, GrowingArray
from tb_trainmon.core.joined import pieces_of

MOST_BUCKETS = 2048
_PIECE = 1 << 18  # points that are looked at together


@dataclass(frozen=True, slots=True)
class Course:
    """Buckets in order. ``step`` and ``wall_time`` are those of each bucket's last point.

    ``value`` is the mean of its finite values, NaN where there is none. ``size`` points make a
    bucket. ``bad`` counts the points that are not finite, the first of them at index
    ``first_bad`` of the series and the last at ``last_bad``: in all points, those of no bucket yet
    included.
    """

    step: FloatArray
    wall_time: FloatArray
    value: FloatArray
    size: int
    bad: int
    first_bad: int
    last_bad: int

    def __len__(self) -> int:
        return len(self.value)

    @property
    def version(self) -> tuple[int, int, int]:
        """Equal as long as a rule would see the same."""
        return self.size, len(self.value), self.bad

    def finite(self) -> Course:
        """Without the buckets that have no finite value."""
        keep = np.isfinite(self.value)
        if keep.all():
            return self
        return Course(
            self.step[keep],
            self.wall_time[keep],
            self.value[keep],
            self.size,
            self.bad,
            self.first_bad,
            self.last_bad,
        )


class Condenser:
    """Makes the course of a series that grows at its end."""

    def __init__(self) -> None:
        self._size = 1
        self._seen = self._bucketed = 0  # points
        self._bad, self._first_bad, self._last_bad = 0, -1, -1
        empty = np.empty(0)
        self._columns = [GrowingArray(empty), GrowingArray(empty), GrowingArray(empty)]
        self._course: Course | None = None

    @property
    def memory(self) -> int:
        """Bytes that it takes."""
        return sum([column.memory for column in self._columns])

    def course(self, points: Column) -> Course:
        """The course of ``points``, which begin with those that were given before."""
        if len(points) != self._seen or self._course is None:
            for piece in pieces_of(points[self._seen :]):
                self._note_bad(piece.value)
                self._seen += len(piece)
            self._condense(points)
            step, wall_time, value = (column.view() for column in self._columns)
            self._course = Course(
                step, wall_time, value, self._size, self._bad, self._first_bad, self._last_bad
            )
        return self._course

    def _note_bad(self, new: FloatArray) -> None:
        at = np.flatnonzero(~np.isfinite(new))
        if len(at):
            self._first_bad = self._first_bad if self._bad else self._seen + int(at[0])
            self._last_bad = self._seen + int(at[-1])
            self._bad += len(at)

    def _condense(self, points: Column) -> None:
        if len(points) // self._size > MOST_BUCKETS:
            # By the number of points alone, so that it does not matter how they came.
            while len(points) // self._size > MOST_BUCKETS:
                self._size *= 2
            self._columns = [GrowingArray(np.empty(0)) for _ in self._columns]
            self._bucketed = 0
        # In pieces, so that what it takes besides is bounded.
        step = max(_PIECE // self._size, 1) * self._size
        for begin in range(self._bucketed, len(points) - self._size + 1, step):
            self._add_buckets(points[begin : begin + step])

    def _add_buckets(self, points: Column) -> None:
        end = len(points) // self._size * self._size
        new, last = points[:end], slice(self._size - 1, None, self._size)
        for column, numbers in zip(
            self._columns,
            (new.step[last], new.wall_time[last], _means(new.value, self._size)),
            strict=True,
        ):
            column.extend(np.asarray(numbers, dtype=np.float64))
        self._bucketed += end


def _means(values: FloatArray, size: int) -> npt.NDArray[np.float64]:
    if size == 1:
        return np.asarray(np.where(np.isfinite(values), values, np.nan))
    finite = np.isfinite(values)
    if finite.all():
        return np.asarray(values.reshape(-1, size).mean(axis=1))
    counts = finite.reshape(-1, size).sum(axis=1)
    sums = np.where(finite, values, 0.0).reshape(-1, size).sum(axis=1)
    return np.asarray(np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0))
