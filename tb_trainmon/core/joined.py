"""Columns behind one another that are seen as one: nothing is copied before it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import (
    Column,
    FloatArray,
    IntArray,
    Stretch,
    Values,
    ValuesAsked,
    concatenate,
)

_PIECE = 1 << 18  # points that are looked at, or computed, together


class Joined(Column):
    """All points of ``parts``, one part after another.

    Whole arrays are made each time that they are asked for: take slices, points, or ``values``.
    """

    __slots__ = ("parts", "starts")

    parts: tuple[Column, ...]
    starts: IntArray

    def __init__(self, parts: Sequence[Column]) -> None:
        object.__setattr__(self, "parts", tuple(parts))
        object.__setattr__(self, "starts", starts_of(parts))

    def __len__(self) -> int:
        return int(self.starts[-1])

    @property
    def step(self) -> IntArray:
        """The steps of all points."""
        return np.concatenate([part.step for part in self.parts])

    @property
    def wall_time(self) -> FloatArray:
        """The times of all points."""
        return np.concatenate([part.wall_time for part in self.parts])

    @property
    def value(self) -> FloatArray:
        """The values of all points."""
        return np.concatenate([part.value for part in self.parts])

    @property
    def values(self) -> Values:
        """The values, for who takes them piece by piece."""
        return ValuesAsked(len(self), self.at)

    @property
    def ascends(self) -> bool:
        """See ``Column.ascends``."""
        filled = [part for part in self.parts if len(part)]
        follow = all(one.step[-1] <= other.step[0] for one, other in pairwise(filled))
        return follow and all(part.ascends for part in filled)

    @property
    def at_hand(self) -> bool:
        """See ``Column.at_hand``."""
        return False

    @property
    def origin(self) -> object:
        """See ``Column.origin``."""
        return self.parts[0].origin

    def __getitem__(self, part: slice) -> Column:
        begin, end, stride = part.indices(len(self))
        if stride != 1:
            return self.take(np.arange(begin, end, stride))
        found = [self.parts[number][cut] for number, cut in parts_between(self.starts, begin, end)]
        return found[0] if len(found) == 1 else Joined(found)

    def take(self, order: npt.NDArray[np.intp]) -> Column:
        """The points at the indices in ``order``, in that order."""
        order = np.where(order < 0, order + len(self), order)
        of = part_of(self.starts, order)
        numbers = np.unique(of).tolist()
        taken = [self.parts[n].take(order[of == n] - self.starts[n]) for n in numbers]
        found = concatenate(taken)
        if len(taken) < 2 or (of[1:] >= of[:-1]).all():
            return found
        return found.take(np.argsort(np.argsort(of, kind="stable"), kind="stable"))

    def rank(self, steps: IntArray, side: Literal["left", "right"]) -> npt.NDArray[np.intp]:
        """See ``Column.rank``."""
        return np.asarray(np.sum([part.rank(steps, side) for part in self.parts], axis=0), np.intp)

    def at(self, which: Stretch) -> FloatArray:
        """The values of these points."""
        return (self[which] if isinstance(which, slice) else self.take(which)).value

    def continues(self, earlier: Column) -> bool:
        """See ``Column.continues``."""
        *whole, last = earlier.parts if isinstance(earlier, Joined) else (earlier,)
        if (
            len(whole) < len(self.parts)
            and all(map(_is_same, self.parts, whole))
            and self.parts[len(whole)].continues(last)
        ):
            return True
        # In pieces: what lay in one array may lie in blocks by now.
        return len(self) >= len(earlier) and all(
            map(Column.continues, pieces_of(self[: len(earlier)]), pieces_of(earlier))
        )


def joined(parts: Sequence[Column]) -> Column:
    """The points of ``parts`` behind one another, without a copy."""
    each = [one for part in parts for one in parts_of(part)]
    filled = [part for part in each if len(part)] or each[:1]
    return filled[0] if len(filled) == 1 else Joined(filled)


def parts_of(points: Column) -> tuple[Column, ...]:
    """The columns behind one another that ``points`` are; itself if it is none of these."""
    return points.parts if isinstance(points, Joined) else (points,)


def pieces_of(points: Column) -> Iterator[Column]:
    """All of ``points``, in stretches that take little memory to look at."""
    return (points[stretch] for stretch in stretches(len(points)))


def stretches(number: int) -> Iterator[slice]:
    """All of so many points, in stretches that take little memory to look at or to compute."""
    return (slice(at, min(at + _PIECE, number)) for at in range(0, number, _PIECE))


def windows(points: Column, before: int, behind: int) -> Iterator[tuple[int, int, Column]]:
    """``points`` in the same stretches, each with so many before and behind it, where there are.

    With where a window begins, and how many of its points lie in front of those behind the stretch.
    """
    for own in stretches(len(points)):
        begin = max(own.start - before, 0)
        yield begin, own.stop - begin, points[begin : own.stop + behind]


def rank_by_time(points: Column, times: FloatArray) -> npt.NDArray[np.intp]:
    """How many of ``points``, whose times ascend, are not later than each of ``times``."""
    ranks = [np.searchsorted(part.wall_time, times, side="right") for part in parts_of(points)]
    return np.asarray(np.sum(ranks, axis=0, dtype=np.intp))


def starts_of(parts: Sequence[Column]) -> IntArray:
    """Where each of ``parts`` begins, one behind the other; and where the last one ends."""
    return np.cumsum([0, *map(len, parts)], dtype=np.int64)


def part_of(starts: IntArray, index: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The number of the part in which each of these points is."""
    return np.searchsorted(starts, index, side="right") - 1


def parts_between(starts: IntArray, begin: int, end: int) -> list[tuple[int, slice]]:
    """The parts that have the points from ``begin`` to ``end``, at least one; and which of theirs.

    ``starts``: see ``starts_of``.
    """
    last = len(starts) - 2
    first = min(int(np.searchsorted(starts, begin, side="right")) - 1, last)
    behind = max(int(np.searchsorted(starts[:-1], end, side="left")), first + 1)
    found = []
    for number in range(first, behind):
        start, stop = starts[number : number + 2].tolist()
        low = max(begin, start) - start
        found.append((number, slice(low, max(min(end, stop) - start, low))))
    return found


def _is_same(one: Column, other: Column) -> bool:
    return len(one) == len(other) and one.continues(other)
