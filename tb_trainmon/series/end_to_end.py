"""A long series over several attempts, laid end to end without a copy of its points.

Their places and numbers would take twice as much as the points, of which the task has a copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, IntArray, ascends
from tb_trainmon.core.joined import joined, part_of, parts_between, parts_of, starts_of
from tb_trainmon.series.accumulate import (
    Accumulated,
    Piece,
    accumulate,
    alone,
    may_be_moved,
    moved,
)
from tb_trainmon.series.woven import woven

LONG = 1 << 21  # points from which on a series is worth the trouble


class EndToEnd(Accumulated):
    """What ``accumulate`` makes of ``pieces`` that ascend one behind the other: see ``follows``.

    Whole columns are made each time that they are asked for: take slices or points.
    """

    __slots__ = ("pieces", "starts")

    pieces: tuple[Piece, ...]
    starts: IntArray

    def __init__(self, pieces: Sequence[Piece]) -> None:
        object.__setattr__(self, "pieces", tuple(pieces))
        object.__setattr__(self, "starts", starts_of([piece.points for piece in pieces]))

    def __len__(self) -> int:
        return int(self.starts[-1])

    @property
    def x(self) -> IntArray:
        """The place of each point."""
        return np.concatenate([piece.place for piece in self.pieces])

    @property
    def attempt(self) -> IntArray:
        """The attempt of each point."""
        numbers = np.array([piece.attempt for piece in self.pieces], dtype=np.int64)
        return np.repeat(numbers, np.diff(self.starts))

    @property
    def points(self) -> Column:
        """The points as they were logged."""
        return joined([piece.points for piece in self.pieces])

    def __getitem__(self, part: slice) -> Accumulated:
        begin, end, stride = part.indices(len(self))
        if stride != 1:
            return self.take(np.arange(begin, end, stride))
        found = [self.pieces[n][cut] for n, cut in parts_between(self.starts, begin, end)]
        return EndToEnd(found) if len(found) > 1 else _one(found[0])

    def take(self, order: npt.NDArray[np.intp]) -> Accumulated:
        """The points at the indices in ``order``."""
        order = np.where(order < 0, order + len(self), order)
        of, points = part_of(self.starts, order), self.points.take(order)
        x = points.step + np.array([piece.shift for piece in self.pieces])[of]
        for number, piece in enumerate(self.pieces):
            if piece.x is not None:
                mine = of == number
                x[mine] = piece.x[order[mine] - self.starts[number]]
        return Accumulated(x, np.array([piece.attempt for piece in self.pieces])[of], points)

    def of_attempt(self, number: int) -> slice:
        """Where the points of one attempt stand."""
        numbers = [piece.attempt for piece in self.pieces]
        begin, end = np.searchsorted(numbers, [number, number + 1]).tolist()
        return slice(int(self.starts[begin]), int(self.starts[end]))

    def rank(self, x: IntArray, side: Literal["left", "right"]) -> npt.NDArray[np.intp]:
        """How many points lie before each of ``x``; on the right side, also those at it."""
        ranks = [_rank(piece, x, side) for piece in self.pieces]
        return np.asarray(np.sum(ranks, axis=0, dtype=np.intp))


def _one(piece: Piece) -> Accumulated:
    """A part of one piece: its places are made only if they are its steps."""
    is_cheap = piece.x is not None or not piece.shift or len(piece.points) < LONG
    return alone(piece) if is_cheap else EndToEnd([piece])


def _rank(piece: Piece, x: IntArray, side: Literal["left", "right"]) -> npt.NDArray[np.intp]:
    if piece.x is not None:
        return np.searchsorted(piece.x, x, side=side)
    return piece.points.rank(moved(x, -piece.shift), side)


def follows(pieces: Sequence[Piece]) -> bool:
    """Whether pieces that have points, each in order, lie one behind the other where they are."""
    if not all(may_be_moved(piece) for piece in pieces):
        return False
    ends = [(piece[:1].place.item(), piece[-1:].place.item()) for piece in pieces]
    return all(before[1] <= behind[0] for before, behind in pairwise(ends))


def laid(pieces: Sequence[Piece], long: int = LONG) -> Accumulated:
    """What ``accumulate`` gives, without a copy where a series of so many points allows that.

    One whose points are not at hand is as good as a long one.
    """
    filled = [piece for piece in pieces if len(piece.points)]
    is_long = sum(len(piece.points) for piece in filled) >= long
    if not filled or not (is_long or any(not piece.points.at_hand for piece in filled)):
        return accumulate(pieces)
    ordered = [in_sight for piece in filled if (in_sight := seen_in_order(piece)) is not None]
    if len(ordered) < len(filled) or not follows(ordered):
        return accumulate(pieces)
    return end_to_end(ordered)


def seen_in_order(piece: Piece) -> Piece | None:
    """``Piece.in_order`` without a copy; None where there is no way to see it so."""
    if piece.x is not None:
        return piece if ascends(piece.x) else None
    if piece.points.ascends:
        return piece
    points = woven(piece.points)
    return None if points is None else Piece(piece.attempt, piece.shift, points)


def end_to_end(pieces: Sequence[Piece]) -> Accumulated:
    """Pieces that follow one another, each in order."""
    filled = [part for piece in pieces for part in _parts(piece) if len(part.points)]
    is_one = len(filled) == 1 and filled[0].points.at_hand
    return _one(filled[0]) if is_one else EndToEnd(filled)


def _parts(piece: Piece) -> list[Piece]:
    """The piece, or the pieces of its points in several files."""
    parts, shift = parts_of(piece.points), piece.shift
    if len(parts) == 1:
        return [piece]
    if piece.x is None:
        return [Piece(piece.attempt, shift, part) for part in parts]
    ends = pairwise(starts_of(parts).tolist())
    return [
        Piece(piece.attempt, shift, part, piece.x[begin:end])
        for part, (begin, end) in zip(parts, ends, strict=True)
    ]
