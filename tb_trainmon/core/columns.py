"""Points as columns: what the event reader fills and what the series functions take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, Literal, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.record import record

_Number = TypeVar("_Number", bound=np.generic)

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Stretch = slice | npt.NDArray[np.intp]  # indices of a series, ascending; a slice has both ends


class Values(Protocol):
    """The values of a series: an array, or what makes them of the points that are asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, stretch: Stretch, /) -> FloatArray: ...


class ValuesAsked:
    """So many values, of which ``at`` makes those that are asked for."""

    def __init__(self, number: int, at: Callable[[Stretch], FloatArray]) -> None:
        self._number, self._at = number, at

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, stretch: Stretch) -> FloatArray:
        return self._at(stretch)


@record(frozen=True, slots=True)
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

    def copy(self) -> Column:
        """The same points in memory of their own."""
        return Column(self.step.copy(), self.wall_time.copy(), self.value.copy())

    def take(self, order: npt.NDArray[np.intp]) -> Column:
        """The points at the indices in ``order``, in that order."""
        return Column(self.step[order], self.wall_time[order], self.value[order])

    def rank(self, steps: IntArray, side: Literal["left", "right"]) -> npt.NDArray[np.intp]:
        """How many points lie before each of ``steps``, on the right side also those at it.

        The points' own steps must ascend.
        """
        return np.searchsorted(self.step, steps, side=side)

    @property
    def values(self) -> Values:
        """The values, for who takes them piece by piece."""
        return self.value

    @property
    def ascends(self) -> bool:
        """Whether no step is smaller than the one before it."""
        return ascends(self.step)

    @property
    def at_hand(self) -> bool:
        """Whether its arrays are there, and not made or read when they are asked for."""
        return True

    @property
    def origin(self) -> object:
        """Where the first of the points lies: two columns of one origin begin alike.

        Of what was logged, whose values are in nobody else's memory; steps may be shared.
        """
        return self.value.ctypes.data

    def continues(self, earlier: Column) -> bool:
        """Whether these points begin with those of ``earlier``, to the bit."""
        return (
            begins_with(self.step, earlier.step)
            and begins_with(self.wall_time, earlier.wall_time)
            and begins_with(self.value, earlier.value)
        )


def ascends(numbers: IntArray | FloatArray) -> bool:
    """Whether no step (or time) is smaller than the one before it."""
    return bool((numbers[1:] >= numbers[:-1]).all())


def begins_with(later: IntArray | FloatArray, earlier: IntArray | FloatArray) -> bool:
    """Whether ``later`` begins with the numbers of ``earlier``, to the bit."""
    if len(later) < len(earlier):
        return False
    if later.ctypes.data == earlier.ctypes.data:
        return True  # views of one GrowingArray, which never writes where numbers are
    # As bits, so that a NaN equals itself.
    return np.array_equal(later[: len(earlier)].view(np.int64), earlier.view(np.int64))


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
    """All points of ``parts``, one after another: not copied where one of them has all."""
    parts = [part for part in parts if len(part)] or parts[:1]
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return column()
    return Column(
        np.concatenate([part.step for part in parts]),
        np.concatenate([part.wall_time for part in parts]),
        np.concatenate([part.value for part in parts]),
    )


@record(frozen=True, slots=True)
class RoomyColumn(Column):
    """A column in front of free memory: ``room`` holds its points and goes on behind them.

    It belongs to whoever takes the column over, and to nobody else.
    """

    room: Column


class GrowingArray(Generic[_Number]):
    """An array that numbers are appended to, at amortised constant cost a number.

    ``memory`` is taken over, so whoever appends does not write into it any more; its first ``size``
    numbers (default: all) are there already, and behind them there is room.
    """

    __slots__ = ("_room", "_size")

    def __init__(self, memory: npt.NDArray[_Number], size: int | None = None) -> None:
        self._room = memory
        self._size = len(memory) if size is None else size

    def __len__(self) -> int:
        return self._size

    @property
    def memory(self) -> int:
        """Bytes that it takes, the room behind its numbers included."""
        return self._room.nbytes

    def extend(self, numbers: npt.NDArray[_Number]) -> None:
        """Append ``numbers``."""
        needed = self._size + len(numbers)
        if needed > len(self._room):
            self._move(max(needed + needed // 32, self._size + self._size // 2))
        self._room[self._size : needed] = numbers
        self._size = needed

    def reserve(self, size: int) -> None:
        """Make room for ``size`` numbers in all, where that is much more than there is.

        What is not written to costs nothing; growing there in steps would take half as much again.
        """
        if size > 2 * len(self._room):
            self._move(size + size // 32)

    def _move(self, room: int) -> None:
        # A new array instead of ndarray.resize: views handed out earlier keep the old memory.
        grown = np.empty(room, dtype=self._room.dtype)
        grown[: self._size] = self._room[: self._size]
        self._room = grown

    def cut(self, size: int) -> None:
        """Keep the first ``size`` numbers. What is appended now shows in views taken before."""
        self._size = min(size, self._size)

    def view(self) -> npt.NDArray[_Number]:
        """All numbers so far, without a copy; stays as it is while the array grows."""
        return self._room[: self._size]


class GrowingColumn:
    """A column that points are appended to, at amortised constant cost a point.

    The first points are taken over with their memory, so that what was read at once is there
    once: whoever appends them does not write into them any more.

    ``view()`` is a window on the same memory, so it costs nothing; a view taken earlier stays
    valid and unchanged while the column grows.
    """

    __slots__ = ("_step", "_value", "_wall_time")

    _step: GrowingArray[np.int64]
    _wall_time: GrowingArray[np.float64]
    _value: GrowingArray[np.float64]

    def __init__(self, points: Column | None = None) -> None:
        self._take_over(column() if points is None else points)

    def __len__(self) -> int:
        return len(self._value)

    def extend(self, points: Column) -> None:
        """Append ``points`` behind those that are there."""
        if not len(self):
            self._take_over(points)
            return
        self._extend_steps(points.step)
        self._wall_time.extend(points.wall_time)
        self._value.extend(points.value)

    def share_steps(self, other: GrowingColumn) -> bool:
        """Use the steps of ``other`` from now on, if they begin with those of this column.

        Most of what is logged at the same steps goes on so; where it does not, they part again.
        """
        theirs = other._step
        if self._step is not theirs:
            if not np.array_equal(self.view().step, theirs.view()[: len(self)]):
                return False
            self._step = theirs
        return True

    @property
    def memory(self) -> int:
        """Bytes that it takes, the room behind its points included."""
        return memory_of([self])

    def parts(self) -> tuple[GrowingArray[np.int64] | GrowingArray[np.float64], ...]:
        """Where its numbers lie."""
        return self._step, self._wall_time, self._value

    def view(self) -> Column:
        """All points so far, without a copy."""
        step = self._step.view()[: len(self)]
        return Column(step, self._wall_time.view(), self._value.view())

    def _take_over(self, points: Column) -> None:
        memory = points.room if isinstance(points, RoomyColumn) else points
        self._step = GrowingArray(memory.step, len(points))
        self._wall_time = GrowingArray(memory.wall_time, len(points))
        self._value = GrowingArray(memory.value, len(points))

    def _extend_steps(self, steps: IntArray) -> None:
        there = self._step.view()[len(self) : len(self) + len(steps)]
        if np.array_equal(there, steps[: len(there)]):
            self._step.extend(steps[len(there) :])
            return
        # Whoever shares them went on to another step.
        own = np.concatenate([self._step.view()[: len(self)], steps])
        self._step = GrowingArray(own)


def memory_of(columns: Iterable[GrowingColumn]) -> int:
    """Bytes that columns take, with steps that several share counted once."""
    return sum({id(part): part.memory for each in columns for part in each.parts()}.values())
