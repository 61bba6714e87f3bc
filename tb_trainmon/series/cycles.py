"""Steps that begin anew again and again: those of the epoch, ``fit()`` in a loop, all at one step.

Such points are told apart in the order in which they were written: each lies one gap behind the
one before it where the steps do not say more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, IntArray
from tb_trainmon.core.joined import windows

_STAY = 3  # so many points behind a step that went back tell that the steps begin anew there
_LAST = (1 << 63) - 1  # step that there can be


def laid_out(steps: IntArray, unit: int) -> IntArray:
    """``steps`` that begin anew, laid end to end; the first stays where it is.

    Where they do not go forward, a point lies ``unit`` behind the one before it.
    """
    if not len(steps):
        return steps
    moves = np.diff(steps)
    onward = np.where(moves > 0, moves, unit)
    return np.concatenate([steps[:1], steps[0] + np.cumsum(onward)])


class Climb(NamedTuple):
    """How steps went that do not simply ascend.

    ``forward``: how far in all; ``repeats``: how often they did not. ``anew``: they are a counter
    that begins again and again, in the order of writing. Either they never leave one step (three
    points and more), or wherever they go back they go to their beginning and climb from there.
    Late points and interleaved writers do neither.
    """

    forward: int
    repeats: int
    anew: bool

    def then(self, steps: IntArray) -> Climb:
        """With more ``steps``, of which the first is the last one so far; they do not go back."""
        forward, repeats = _moves(np.diff(steps))
        return Climb(self.forward + forward, self.repeats + repeats, self.anew)


def climb_of(points: Column) -> Climb:
    """How the steps of ``points`` went."""
    if not len(points):
        return Climb(0, 0, anew=False)
    forward, repeats, has_moved, is_anew = 0, 0, False, []
    lowest = min(points[:1].step.item() + _unit(points), _LAST)
    for _, own, window in windows(points, before=1, behind=_STAY - 1):
        steps = window.step
        moves = np.diff(steps)
        further, again = _moves(moves[: own - 1])
        forward, repeats = forward + further, repeats + again
        has_moved |= bool(moves.any())
        back = np.flatnonzero(moves[: own - 1] < 0) + 1
        back = back[back <= len(steps) - _STAY]
        if len(back):
            is_anew.append(_go_to(lowest, steps, moves, back))
    stands = not has_moved and len(points) >= _STAY
    return Climb(forward, repeats, stands or (bool(is_anew) and all(is_anew)))


def _go_to(lowest: int, steps: IntArray, moves: IntArray, back: npt.NDArray[np.intp]) -> bool:
    """Whether steps, wherever they go ``back``, go to their beginning and climb from there."""
    climbs = (moves[back] > 0) & (moves[back + 1] > 0)
    # What was reached before each: between two of them steps do not go back.
    stays = steps[back + _STAY - 1] < steps[back - 1]
    return bool((climbs & stays & (steps[back] <= lowest)).all())


def _moves(moves: IntArray) -> tuple[int, int]:
    forward = moves > 0
    return int(moves.sum(where=forward)), len(moves) - int(np.count_nonzero(forward))


def _unit(points: Column) -> int:
    """The first of the gaps between steps that goes forward, else 1."""
    for _, _, window in windows(points, before=1, behind=0):
        moves = np.diff(window.step)
        forward = np.flatnonzero(moves > 0)
        if len(forward):
            return int(moves[forward[0]])
    return 1
