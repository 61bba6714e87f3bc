"""A metric's accumulated series, kept while its task is open; follows what is appended."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from tb_trainmon.core.columns import Column, FloatArray, IntArray, concatenate
from tb_trainmon.series.accumulate import Accumulated, Piece, accumulate, ascends
from tb_trainmon.series.smooth import Smoother

_SMOOTHERS_KEPT = 4  # settings of the two sliders, of as many viewers


class GrowingSeries:
    """Accumulated points of one metric with the smoothings that were asked for.

    ``update`` is given all pieces each time. Where only points were appended to the last one, the
    work is proportional to those; anything else (a point with an earlier step, another value, a
    changed attempt) rebuilds the series, and ``update`` says so.
    """

    def __init__(self) -> None:
        self._points: Accumulated = accumulate([])
        self._pieces: tuple[Piece, ...] = ()
        self._smoothers: OrderedDict[tuple[float, int], Smoother] = OrderedDict()

    def __len__(self) -> int:
        return len(self._points)

    @property
    def points(self) -> Accumulated:
        """All points, ascending in x."""
        return self._points

    def update(self, pieces: Sequence[Piece]) -> bool:
        """Take over ``pieces``; False if points that were there have moved or gone."""
        before, self._pieces = self._pieces, tuple(pieces)
        new = _appended(before, self._pieces)
        if new is None:
            self._points = accumulate(self._pieces)
            self._smoothers.clear()
            return False
        if new:
            self._points = _join(self._points, accumulate(new))
        return True

    def smoothed(self, ema: float, ma: int) -> FloatArray:
        """The whole series smoothed (see ``series.smooth``), one value a point."""
        smoother = self._smoothers.setdefault((ema, ma), Smoother(ema, ma))
        self._smoothers.move_to_end((ema, ma))
        while len(self._smoothers) > _SMOOTHERS_KEPT:
            self._smoothers.popitem(last=False)
        done = len(smoother)
        smoother.extend(self._points.value[done:], self._points.attempt[done:])
        return smoother.values()


def _appended(before: tuple[Piece, ...], after: tuple[Piece, ...]) -> list[Piece] | None:
    """The parts of ``after`` that are not in ``before``; None if they do not simply follow it."""
    if len(after) < len(before):
        return None
    if not all(_continues(old, new) for old, new in zip(before, after, strict=False)):
        return None
    if any(
        len(old.points) != len(new.points) for old, new in zip(before[:-1], after, strict=False)
    ):
        return None
    if not before:
        return list(after)
    old, new = before[-1], after[len(before) - 1]
    fresh = new.points[len(old.points) :]
    if len(fresh) and not _follows(fresh, old.points):
        return None
    grown = Piece(new.attempt, new.shift, fresh)
    return [piece for piece in (grown, *after[len(before) :]) if len(piece.points)]


def _continues(old: Piece, new: Piece) -> bool:
    """Whether ``new`` begins with the points of ``old``, at their places.

    They may have changed: a metric that is computed from others learns more about its past.
    """
    if (old.attempt, old.shift) != (new.attempt, new.shift):
        return False
    columns = zip(_arrays(old.points), _arrays(new.points), strict=True)
    return all(_begins_with(later, earlier) for earlier, later in columns)


def _arrays(points: Column) -> tuple[IntArray | FloatArray, ...]:
    return points.step, points.wall_time, points.value


def _begins_with(later: IntArray | FloatArray, earlier: IntArray | FloatArray) -> bool:
    if len(later) < len(earlier):
        return False
    if later.ctypes.data == earlier.ctypes.data:
        return True  # views of one GrowingColumn, which never writes where points are
    # As bits, so that a NaN equals itself.
    return np.array_equal(later[: len(earlier)].view(np.int64), earlier.view(np.int64))


def _follows(fresh: Column, old: Column) -> bool:
    """Whether appending ``fresh`` keeps the steps of an attempt in order."""
    return ascends(fresh.step) and (not len(old) or bool(old.step.max() <= fresh.step[0]))


def _join(first: Accumulated, second: Accumulated) -> Accumulated:
    if not len(first):
        return second
    return Accumulated(
        np.concatenate([first.x, np.maximum(second.x, first.x[-1])]),
        np.concatenate([first.attempt, second.attempt]),
        concatenate([first.points, second.points]),
    )
