"""A metric's accumulated series, kept while its task is open; follows what is appended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tb_trainmon.core.columns import (
    FloatArray,
    GrowingArray,
    GrowingColumn,
    Stretch,
    ascends,
    begins_with,
)
from tb_trainmon.series.accumulate import Accumulated, Piece, accumulate, alone
from tb_trainmon.series.end_to_end import LONG, EndToEnd, end_to_end, follows, laid
from tb_trainmon.series.smoothings import Smoothings

_BYTES_A_POINT = 40  # of points that are laid end to end: x, attempt, step, wall time, value


class GrowingSeries:
    """Accumulated points of one metric with the smoothings that were asked for.

    ``update`` is given all pieces each time. Where only points were appended to the last one, the
    work is proportional to those; anything else (a point with an earlier step, another value, a
    changed attempt) rebuilds the series, and ``update`` says so.
    """

    def __init__(self, long: int = LONG) -> None:
        self._long = long
        self._points: Accumulated = accumulate([])
        self._pieces: tuple[Piece, ...] = ()
        self._joined: _Joined | None = None
        self._woven: _Woven | None = None
        self._is_alone = False
        self._smoothings = Smoothings()

    def __len__(self) -> int:
        return len(self._points)

    @property
    def points(self) -> Accumulated:
        """All points, ascending in x."""
        return self._points

    def update(self, pieces: Sequence[Piece]) -> bool:
        """Take over ``pieces``; False if points that were there have moved or gone."""
        before, self._pieces = self._pieces, tuple(pieces)
        self._is_alone = self._is_alone and len(self._pieces) == 1
        new = _appended(before, self._pieces, self._highest(before))
        if new is None or not len(self._points):
            self._points, self._joined = laid(self._pieces, self._long), None
            self._woven = _woven(self._points, self._pieces)
            self._smoothings.start_anew()
            self._is_alone = _is_alone(self._pieces)
        elif new:
            self._points = self._grown(new)
            self._smoothings.grew()
        return new is not None

    def _highest(self, pieces: Sequence[Piece]) -> int | None:
        """The largest step of the last attempt that has points; its x where no step tells that."""
        if not len(self._points):
            return None
        placed = bool(pieces) and pieces[-1].x is not None
        last = self._points[-1:]
        return int(last.x[0] if placed else last.points.step[0])

    def _grown(self, new: Sequence[Piece]) -> Accumulated:
        if self._is_alone:
            return alone(self._pieces[0])
        if isinstance(self._points, EndToEnd):
            before = list(self._woven.pieces) if self._woven is not None else []
            behind = [piece for piece in self._behind() if len(piece.points)]
            if all(piece.in_order() is piece for piece in new) and follows(before[-1:] + behind):
                return end_to_end(before + behind)
        if self._joined is None:
            self._joined = _Joined(self._points)
        self._joined.extend(accumulate(new))
        return self._joined.view()

    def _behind(self) -> Sequence[Piece]:
        """The pieces that are laid one behind the other as they are."""
        if self._woven is None:
            return self._pieces
        last, size = self._woven.last, self._woven.size
        return self._pieces[last][size:], *self._pieces[last + 1 :]

    def smoothed(self, ema: float, ma: int, at: Stretch | None = None) -> FloatArray:
        """The whole series smoothed (see ``series.smooth``): the values ``at`` these points.

        One value for each point where ``at`` is not given.
        """
        wanted = slice(0, len(self)) if at is None else at
        return self._smoothings.smoothed(self._points, ema, ma, wanted)

    @property
    def memory(self) -> int:
        """Bytes that it takes beside the pieces that it was given."""
        return self._smoothings.memory + self._own_memory()

    def _own_memory(self) -> int:
        if self._joined is not None:
            return self._joined.memory
        is_copy = not self._is_alone and not isinstance(self._points, EndToEnd)
        return len(self._points) * _BYTES_A_POINT if is_copy else 0


class _Woven(NamedTuple):
    """What was seen in the order of its steps when it was laid: the ``pieces`` that it makes.

    It holds ``size`` points of the ``last`` one of those that it was made of; in what came since,
    steps do not go back.
    """

    pieces: tuple[Piece, ...]
    last: int
    size: int


def _woven(points: Accumulated, of: Sequence[Piece]) -> _Woven | None:
    """None where ``points`` are those of the pieces as they are."""
    ascend = all(piece.x is not None or piece.points.ascends for piece in of)
    if ascend or not isinstance(points, EndToEnd):
        return None
    return _Woven(points.pieces, len(of) - 1, len(of[-1].points))


def _is_alone(pieces: Sequence[Piece]) -> bool:
    """Whether the points are those of one piece as they are, so that there need be no others."""
    if len(pieces) != 1 or pieces[0].shift or pieces[0].x is not None:
        return False
    return pieces[0].points.at_hand and pieces[0].points.ascends


def _appended(
    before: tuple[Piece, ...], after: tuple[Piece, ...], highest: int | None
) -> list[Piece] | None:
    """The parts of ``after`` that are not in ``before``; None if they do not simply follow it.

    ``highest`` is the largest step of the last attempt in ``before``.
    """
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
    begin = len(old.points)
    grown = new[begin:]
    if len(grown.points) and not _follows(grown, highest):
        return None
    return [piece for piece in (grown, *after[len(before) :]) if len(piece.points)]


def _continues(old: Piece, new: Piece) -> bool:
    """Whether ``new`` begins with the points of ``old``, at their places.

    They may have changed: a metric that is computed from others learns more about its past.
    """
    if (old.attempt, old.shift) != (new.attempt, new.shift):
        return False
    if (old.x is None) != (new.x is None):
        return False
    if old.x is not None and new.x is not None and not begins_with(new.x, old.x):
        return False
    return new.points.continues(old.points)


def _follows(fresh: Piece, highest: int | None) -> bool:
    """Whether appending ``fresh`` keeps the points of an attempt in order."""
    place = fresh.points.step if fresh.x is None else fresh.x
    return ascends(place) and (highest is None or highest <= int(place[0]))


class _Joined:
    """Points of several attempts, or moved ones, in memory of their own that grows."""

    def __init__(self, points: Accumulated) -> None:
        self._x = GrowingArray(points.x)
        self._attempt = GrowingArray(points.attempt)
        self._points = GrowingColumn()
        self._points.extend(points.points)

    def extend(self, points: Accumulated) -> None:
        """Append points of the last attempt, or of one that follows it."""
        reached = self._x.view()[-1:]
        self._x.extend(np.maximum(points.x, reached) if len(reached) else points.x)
        self._attempt.extend(points.attempt)
        self._points.extend(points.points)

    @property
    def memory(self) -> int:
        """Bytes that it takes."""
        return self._x.memory + self._attempt.memory + self._points.memory

    def view(self) -> Accumulated:
        """All points so far, without a copy."""
        return Accumulated(self._x.view(), self._attempt.view(), self._points.view())
