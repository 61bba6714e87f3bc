"""Points whose steps go back now and then, seen in the order of their steps: without a copy.

They are runs that ascend. Cut at the same steps, what lies between two cuts is of one run, as most
of it, or is put in order when it is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, FloatArray, IntArray, concatenate
from tb_trainmon.core.joined import joined, pieces_of
from tb_trainmon.series.accumulate import by_step

_MOST = 64  # runs: what is put in order at once is so many times ...
_APART = 1 << 16  # ... these points of each


class Woven(Column):
    """The points of a few ``runs`` in the order of their steps; equal ones as they were written."""

    __slots__ = ("runs",)

    runs: tuple[Column, ...]

    def __init__(self, runs: Sequence[Column]) -> None:
        object.__setattr__(self, "runs", tuple(runs))

    def __len__(self) -> int:
        return sum(map(len, self.runs))

    @property
    def step(self) -> IntArray:
        """The steps of all points."""
        return np.sort(np.concatenate([run.step for run in self.runs]))

    @property
    def wall_time(self) -> FloatArray:
        """The times of all points."""
        return np.concatenate([run.wall_time for run in self.runs])[self._order()]

    @property
    def value(self) -> FloatArray:
        """The values of all points."""
        return np.concatenate([run.value for run in self.runs])[self._order()]

    @property
    def ascends(self) -> bool:
        """See ``Column.ascends``."""
        return True

    @property
    def at_hand(self) -> bool:
        """See ``Column.at_hand``."""
        return False

    def __getitem__(self, part: slice) -> Column:
        return self._made()[part]

    def take(self, order: npt.NDArray[np.intp]) -> Column:
        """The points at the indices in ``order``, in that order."""
        return self._made().take(order)

    def rank(self, steps: IntArray, side: Literal["left", "right"]) -> npt.NDArray[np.intp]:
        """See ``Column.rank``."""
        return np.asarray(np.sum([run.rank(steps, side) for run in self.runs], axis=0), np.intp)

    def _order(self) -> npt.NDArray[np.intp]:
        return np.argsort(np.concatenate([run.step for run in self.runs]), kind="stable")

    def _made(self) -> Column:
        return concatenate(list(self.runs)).take(self._order())


def woven(points: Column) -> Column | None:
    """``points`` in the order of their steps; None where those go back more often than that."""
    runs = _runs(points)
    if runs is None or len(runs) == 1:
        return None if runs is None else points
    cuts = _cuts(runs)
    found: list[Column] = []
    begin = 0
    while begin < cuts.shape[1] - 1:
        end = begin + 1
        of = np.flatnonzero(cuts[:, end] > cuts[:, begin])
        # What is of one run alone is seen as it lies.
        while end < cuts.shape[1] - 1 and len(of) == 1 and _is_of(of[0], cuts[:, end : end + 2]):
            end += 1
        parts = [runs[n][int(cuts[n, begin]) : int(cuts[n, end])] for n in of.tolist()]
        found.append(parts[0] if len(parts) == 1 else Woven(parts))
        begin = end
    return joined(found)


def in_order(points: Column) -> Column:
    """``points`` in the order of their steps, equal ones as they were written (maybe a copy)."""
    if points.at_hand and len(points) < _APART:
        return by_step(points)
    seen = woven(points)
    return by_step(points) if seen is None else seen


def _is_of(number: int, ends: IntArray) -> bool:
    """Whether only this run has points between two cuts."""
    return bool(np.count_nonzero(ends[:, 1] > ends[:, 0]) == (ends[number, 1] > ends[number, 0]))


def _cuts(runs: Sequence[Column]) -> IntArray:
    """Where each run is cut: by run, how many of its points lie before each of the same steps."""
    chosen = [run.take(np.arange(0, len(run), _APART)).step for run in runs]
    steps = np.unique(np.concatenate(chosen))
    ends = [[len(run)] for run in runs]
    before = [run.rank(steps, "left") for run in runs]
    return np.concatenate([np.array(before, np.int64), np.array(ends, np.int64)], axis=1)


def _runs(points: Column) -> list[Column] | None:
    """Stretches in which steps do not go back; None if they are too many."""
    begins, seen, last = [0], 0, points[:1].step
    for piece in pieces_of(points):
        step = np.concatenate([last, piece.step])
        begins += (np.flatnonzero(step[1:] < step[:-1]) + seen).tolist()
        if len(begins) > _MOST:
            return None
        seen, last = seen + len(piece), step[-1:]
    return [points[begin:end] for begin, end in pairwise([*begins, len(points)])]
