"""Points that lie in a temporary file, of a task that is larger than the memory it may take.

They are looked at where they lie: the file is mapped for as long as somebody holds an array of it,
and only what is touched of that is in memory. All of it stays in the system's page cache while
there is room.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, FloatArray, GrowingColumn, IntArray, ascends
from tb_trainmon.core.joined import joined

BLOCK = 1 << 20  # points that lie together at most: what one look at an array of them may take
_WORTH = 1 << 12  # points that are worth a block; fewer than that are read, not mapped
_BYTES = 8  # of a step, of a time, of a value


class Store:
    """A file without a name, which is gone with the last column that lies in it.

    Raises OSError where none can be made, or written to.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="trainmon-", dir=folder(), buffering=0)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._size = 0

    def put(self, points: Column) -> list[Column]:
        """The same points, in blocks on disk."""
        starts = range(0, len(points), BLOCK)
        return [self._put(points[start : start + BLOCK]) for start in starts]

    def numbers(self, at: int, size: int, kind: type[Any]) -> npt.NDArray[Any]:
        """``size`` numbers that begin at this byte; they cannot be written to."""
        begin = at // mmap.ALLOCATIONGRANULARITY * mmap.ALLOCATIONGRANULARITY
        length = at - begin + size * _BYTES
        if not size:
            return np.empty(0, kind)
        mapping = mmap.mmap(self._file.fileno(), length, access=mmap.ACCESS_READ, offset=begin)
        return np.frombuffer(mapping, kind, size, at - begin)

    def _put(self, points: Column) -> Stored:
        at, columns = self._size, (points.step, points.wall_time, points.value)
        for numbers in columns:
            left = np.ascontiguousarray(numbers).data.cast("B")
            self._file.seek(self._size)
            while left:
                written = self._file.write(left)
                self._size, left = self._size + written, left[written:]
        return Stored(self, at, len(points), slice(0, len(points)), ascends(columns[0]))


def folder() -> str:
    """Where such files are made: a disk if there is one, for ``/tmp`` may be memory itself."""
    lasting = Path("/var/tmp")  # noqa: S108  (made there without a name)
    if "TMPDIR" not in os.environ and os.access(lasting, os.W_OK):
        return str(lasting)
    return tempfile.gettempdir()


class Stored(Column):
    """A stretch of a block of ``room`` points that begins at a byte of ``store``.

    Each array is mapped when it is asked for, and let go of with the last who holds it.
    """

    __slots__ = ("_at", "_known_to_ascend", "_room", "_store", "_stretch")

    _store: Store
    _at: int
    _room: int
    _stretch: slice
    _known_to_ascend: bool

    def __init__(self, store: Store, at: int, room: int, stretch: slice, ascends_: bool) -> None:
        object.__setattr__(self, "_store", store)
        object.__setattr__(self, "_at", at)
        object.__setattr__(self, "_room", room)
        object.__setattr__(self, "_stretch", stretch)
        object.__setattr__(self, "_known_to_ascend", ascends_)

    def __len__(self) -> int:
        return int(self._stretch.stop - self._stretch.start)

    @property
    def step(self) -> IntArray:
        """The steps."""
        return self._numbers(0, np.int64)

    @property
    def wall_time(self) -> FloatArray:
        """The times."""
        return self._numbers(1, np.float64)

    @property
    def value(self) -> FloatArray:
        """The values."""
        return self._numbers(2, np.float64)

    @property
    def ascends(self) -> bool:
        """See ``Column.ascends``."""
        return self._known_to_ascend or ascends(self.step)

    @property
    def at_hand(self) -> bool:
        """See ``Column.at_hand``."""
        return False

    @property
    def origin(self) -> object:
        """See ``Column.origin``."""
        return id(self._store), self._at, self._stretch.start

    def __getitem__(self, part: slice) -> Column:
        begin, end, stride = part.indices(len(self))
        if stride != 1:
            return super().__getitem__(part)
        first = self._stretch.start
        stretch = slice(first + begin, first + max(begin, end))
        found = Stored(self._store, self._at, self._room, stretch, self._known_to_ascend)
        if len(found) >= _WORTH:
            return found
        return found.copy()

    def continues(self, earlier: Column) -> bool:
        """See ``Column.continues``."""
        if isinstance(earlier, Stored) and earlier.origin == self.origin:
            return len(earlier) <= len(self)
        return super().continues(earlier)

    def _numbers(self, number: int, kind: type[Any]) -> npt.NDArray[Any]:
        at = self._at + (number * self._room + self._stretch.start) * _BYTES
        return self._store.numbers(at, len(self), kind)


class KeptColumn:
    """A ``GrowingColumn`` whose first points can be put away in a store."""

    __slots__ = ("_stored", "_tail")

    def __init__(self, points: Column | None = None) -> None:
        self._stored: list[Column] = []
        self._tail = GrowingColumn(points)

    def __len__(self) -> int:
        return sum(map(len, self._stored)) + len(self._tail)

    @property
    def tail(self) -> GrowingColumn:
        """What is in memory."""
        return self._tail

    @property
    def is_worth_a_block(self) -> bool:
        """Whether so much is in memory that ``put_away`` makes room."""
        return len(self._tail) >= _WORTH

    def extend(self, points: Column) -> None:
        """Append ``points`` behind those that are there."""
        self._tail.extend(points)

    def view(self) -> Column:
        """All points so far, without a copy; stays as it is while the column grows."""
        tail = self._tail.view()
        return joined([*self._stored, tail]) if self._stored else tail

    def put_away(self, store: Store) -> None:
        """Have the points in ``store``, unless they are few. Raises OSError; then nothing moved."""
        tail = self._tail.view()
        if self.is_worth_a_block:
            self._stored += store.put(tail)
            self._tail = GrowingColumn()
        elif len(tail):
            # Its steps may be the first of another's, whose memory they would keep.
            self._tail = GrowingColumn(tail.copy())
