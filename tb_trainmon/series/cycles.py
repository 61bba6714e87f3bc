"""Steps that begin anew again and again: those of the epoch, ``fit()`` in a loop, all at one step.

Such points are told apart in the order in which they were written: each lies one gap behind the
one before it where the steps do not say more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tb_trainmon.core.columns import IntArray

_STAY = 3  # so many points behind a step that went back tell that the steps begin anew there
_LAST = (1 << 63) - 1  # step that there can be


def begins_anew(steps: IntArray) -> bool:
    """Whether ``steps``, in the order of writing, are a counter that begins again and again.

    Either they never leave one step (three points and more), or wherever they go back they go to
    their beginning and climb from there. Late points and interleaved writers do neither.
    """
    if len(steps) < _STAY:
        return False
    moves = np.diff(steps)
    if not moves.any():
        return True
    back = np.flatnonzero(moves < 0) + 1
    settled = back[back <= len(steps) - _STAY]
    if not len(settled):
        return False
    lands = steps[settled]
    climbs = (moves[settled] > 0) & (moves[settled + 1] > 0)
    # What was reached before each: between two of them steps do not go back.
    stays = steps[settled + _STAY - 1] < steps[settled - 1]
    at_the_beginning = lands <= min(int(steps[0]) + _unit(moves), _LAST)
    return bool((climbs & stays & at_the_beginning).all())


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

    ``forward``: how far in all; ``repeats``: how often they did not; ``anew``: see begins_anew.
    """

    forward: int
    repeats: int
    anew: bool

    def then(self, steps: IntArray) -> Climb:
        """With more ``steps``, of which the first is the last one so far; they do not go back."""
        forward, repeats = _moves(steps)
        return Climb(self.forward + forward, self.repeats + repeats, self.anew)


def climb_of(steps: IntArray) -> Climb:
    """How ``steps`` went."""
    return Climb(*_moves(steps), begins_anew(steps))


def _moves(steps: IntArray) -> tuple[int, int]:
    moves = np.diff(steps)
    forward = moves > 0
    return int(moves.sum(where=forward)), len(moves) - int(np.count_nonzero(forward))


def _unit(moves: IntArray) -> int:
    """The first of the gaps between steps that goes forward, else 1."""
    return max(int(moves[np.argmax(moves > 0)]), 1) if len(moves) else 1
