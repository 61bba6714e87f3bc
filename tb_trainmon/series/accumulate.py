"""Lay the attempts of a task end to end on one axis.

``x = offset(k) + step - base(k)``: ``base(k)`` is the step that attempt k starts from,
``offset(1) = base(1)``, and ``offset(k + 1)`` is the largest x of attempt k on its leading counter.
Steps and x are whole numbers of 64 bits: where a sum would be beyond, it is the largest there is.
A task that never restarted has x = step; trained to 30 and then from 0 to 40, the second attempt's
steps 10, 20, 30, 40 lie at 40, 50, 60, 70. What does not count in those steps lies there by time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, FloatArray, IntArray, ascends, concatenate
from tb_trainmon.core.record import record

_NOTHING = np.empty(0, dtype=np.int64)
_LARGEST = (1 << 63) - 1
_SMALLEST = -_LARGEST - 1


@record(frozen=True, slots=True)
class Extent:
    """How far one attempt reaches: the step that it starts from and its largest step."""

    base: int
    last_step: int


@record(frozen=True, slots=True)
class Piece:
    """The points that one attempt has of a metric, and what to add to a step to get its x.

    ``x`` has the place of each point where that is not told by its step: the metric counts
    something else than the attempt's leading series, or its steps begin again and again.
    """

    attempt: int
    shift: int
    points: Column
    x: IntArray | None = None

    @property
    def place(self) -> IntArray:
        """The x of each point."""
        if self.x is not None:
            return self.x
        return moved(self.points.step, self.shift)

    def __getitem__(self, part: slice) -> Piece:
        x = None if self.x is None else self.x[part]
        return Piece(self.attempt, self.shift, self.points[part], x)

    def in_order(self) -> Piece:
        """The same points, ascending in x; those at one place keep the order of writing."""
        if self.points.ascends if self.x is None else ascends(self.x):
            return self
        place = self.points.step if self.x is None else self.x
        order = np.argsort(place, kind="stable")
        x = None if self.x is None else self.x[order]
        return Piece(self.attempt, self.shift, self.points.take(order), x)


@record(frozen=True, slots=True)
class Accumulated:
    """A metric over all attempts, ascending in ``x``; all arrays have one length."""

    x: IntArray
    attempt: IntArray
    points: Column

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, part: slice) -> Accumulated:
        return Accumulated(self.x[part], self.attempt[part], self.points[part])

    def take(self, order: npt.NDArray[np.intp]) -> Accumulated:
        """The points at the indices in ``order``."""
        return Accumulated(self.x[order], self.attempt[order], self.points.take(order))

    def of_attempt(self, number: int) -> slice:
        """Where the points of one attempt stand."""
        attempt = self.attempt
        if len(attempt) and attempt[0] == attempt[-1]:
            # One number seen as many: a search would make the column that it stands for.
            return slice(0, len(attempt) if attempt[0] == number else 0)
        begin, end = np.searchsorted(attempt, [number, number + 1])
        return slice(int(begin), int(end))

    def attempts(self) -> list[tuple[int, slice]]:
        """Each attempt that has points, and where they stand."""
        found, begin = [], 0
        while begin < len(self):
            number = self[begin : begin + 1].attempt.item()
            here = self.of_attempt(number)
            found.append((number, here))
            begin = here.stop
        return found

    def rank(self, x: IntArray, side: Literal["left", "right"]) -> npt.NDArray[np.intp]:
        """How many points lie before each of ``x``; on the right side, also those at it."""
        return np.searchsorted(self.x, x, side=side)

    @property
    def value(self) -> FloatArray:
        """The values, as in ``points``."""
        return self.points.value


def shifts(extents: Iterable[Extent]) -> list[int]:
    """For each attempt, ``offset - base``: what its steps are moved by."""
    result: list[int] = []
    offset: int | None = None
    for extent in extents:
        offset = extent.base if offset is None else offset
        shift = min(_held(offset - extent.base), _LARGEST - max(extent.last_step, extent.base, 0))
        result.append(shift)
        offset = _held(offset + max(extent.last_step - extent.base, 0))
    return result


def moved(steps: IntArray, shift: int) -> IntArray:
    """``steps`` at their x."""
    if not (shift and len(steps)):
        return steps
    if _is_in_bounds(int(steps.min()) + shift) and _is_in_bounds(int(steps.max()) + shift):
        return steps + shift
    return np.clip(steps, _SMALLEST - min(shift, 0), _LARGEST - max(shift, 0)) + shift


def may_be_moved(piece: Piece) -> bool:
    """Whether every step of a piece in order, plus its shift, is a whole number of 64 bits."""
    if piece.x is not None or not len(piece.points):
        return True
    ends = piece.points[:1].step.item(), piece.points[-1:].step.item()
    return all(_is_in_bounds(step + piece.shift) for step in ends)


def _is_in_bounds(x: int) -> bool:
    return _SMALLEST <= x <= _LARGEST


def moved_step(step: int, shift: int) -> int:
    """One step at its x."""
    return _held(step + shift)


def _held(number: int) -> int:
    return min(max(number, _SMALLEST), _LARGEST)


def accumulate(pieces: Sequence[Piece]) -> Accumulated:
    """All points of a metric, ascending in x; points of one attempt with one step keep their order.

    Steps that go back within an attempt (late or interleaved points) are sorted, never dropped.
    A point that counts something else and would lie before the attempt ahead of it (an echo of
    hyper-parameters at step 0) is shown where that one ends.
    """
    ordered = [piece.in_order() for piece in pieces if len(piece.points)]
    if len(ordered) == 1:
        return alone(ordered[0])
    points = concatenate([piece.points for piece in ordered])
    lengths = [len(piece.points) for piece in ordered]
    attempt = np.repeat(np.array([piece.attempt for piece in ordered], dtype=np.int64), lengths)
    x = np.concatenate([_NOTHING, *(piece.place for piece in ordered)])
    return Accumulated(x if ascends(x) else np.maximum.accumulate(x), attempt, points)


def alone(piece: Piece) -> Accumulated:
    """The points of a piece that has no other beside it and whose x ascends: not copied."""
    size = len(piece.points)
    # One number, seen as many: what ``broadcast_to`` gives, without what that takes to begin.
    attempt = np.ndarray(size, np.int64, np.array([piece.attempt]), strides=(0,))
    return Accumulated(piece.place, attempt, piece.points)


def by_step(points: Column) -> Column:
    """``points`` in ascending order of step; equal steps keep the order they were written in."""
    if points.ascends:
        return points
    return points.take(np.argsort(points.step, kind="stable"))
