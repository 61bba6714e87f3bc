"""Points as columns: what the event reader fills and what the series functions take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Column:
    """The points of one tag, in the order in which they were written.

    Three arrays of one length: ``step`` (int64), ``wall_time`` (float64, seconds since the epoch)
    and ``value`` (float64, NaN and infinities included).
    """

    step: IntArray
    wall_time: FloatArray
    value: FloatArray

    def __len__(self) -> int:
        return len(self.step)

    def __getitem__(self, part: slice) -> Column:
        return Column(self.step[part], self.wall_time[part], self.value[part])

    def take(self, order: npt.NDArray[np.intp]) -> Column:
        """The points at the indices in ``order``, in that order."""
        return Column(self.step[order], self.wall_time[order], self.value[order])


def column(
    step: npt.ArrayLike = (), wall_time: npt.ArrayLike = (), value: npt.ArrayLike = ()
) -> Column:
    """A column from anything that NumPy can turn into arrays of one length."""
    return Column(
        np.asarray(step, dtype=np.int64),
        np.asarray(wall_time, dtype=np.float64),
        np.asarray(value, dtype=np.float64),
    )


def concatenate(parts: list[Column]) -> Column:
    """All points of ``parts``, one after another."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return column()
    return Column(
        np.concatenate([part.step for part in parts]),
        np.concatenate([part.wall_time for part in parts]),
        np.concatenate([part.value for part in parts]),
    )


class GrowingColumn:
    """A column that points are appended to, at amortised constant cost a point.

    The first points are taken over with their memory, so that what was read at once is there
    once: whoever appends them does not write into them any more.

    ``view()`` is a window on the same memory, so it costs nothing; a view taken earlier stays
    valid and unchanged while the column grows.
    """

    __slots__ = ("_size", "_step", "_value", "_wall_time")

    def __init__(self) -> None:
        self._size = 0
        self._step: IntArray = np.empty(0, dtype=np.int64)
        self._wall_time: FloatArray = np.empty(0, dtype=np.float64)
        self._value: FloatArray = np.empty(0, dtype=np.float64)

    def __len__(self) -> int:
        return self._size

    def extend(self, points: Column) -> None:
        """Append ``points`` behind those that are there."""
        if self._size == 0:
            self._step, self._wall_time, self._value = points.step, points.wall_time, points.value
            self._size = len(points)
            return
        needed = self._size + len(points)
        if needed > len(self._step):
            self._grow(max(needed, self._size + self._size // 2))
        self._step[self._size : needed] = points.step
        self._wall_time[self._size : needed] = points.wall_time
        self._value[self._size : needed] = points.value
        self._size = needed

    def view(self) -> Column:
        """All points so far, without a copy."""
        return Column(
            self._step[: self._size], self._wall_time[: self._size], self._value[: self._size]
        )

    def _grow(self, capacity: int) -> None:
        # New arrays instead of ndarray.resize: views handed out earlier keep the old memory.
        for name in ("_step", "_wall_time", "_value"):
            old = getattr(self, name)
            new = np.empty(capacity, dtype=old.dtype)
            new[: self._size] = old[: self._size]
            setattr(self, name, new)
