"""What is told of a tag's points in a part of a file, and goes on as points are appended."""

from __future__ import annotations

from dataclasses import replace
from operator import lt
from typing import NamedTuple

import numpy as np

from tb_trainmon.core.columns import Column, IntArray, concatenate
from tb_trainmon.core.joined import pieces_of, windows
from tb_trainmon.series.cycles import Climb, climb_of
from tb_trainmon.tasks.judged.parts.part import FIRST_POINTS, RECENT_POINTS, TagFacts, usual_gap
from tb_trainmon.tasks.metric_names import Meaning

_FEW = 200  # steps that Python looks at in less time than NumPy
_MANY = 4096  # points whose memory may be needed, when they are put away


def facts_of(
    first: Column, last: Column, meaning: Meaning, steps_of: StepsOnce, *, leads: bool = False
) -> TagFacts:
    """Of a tag whose points begin with ``first`` and end with ``last``, which may be the same.

    ``leads``: its steps are those of its file.
    """
    begin = end = steps_of(first)
    points, lowest, highest = begin.size, begin.lowest, begin.highest
    if last is not first:
        end = steps_of(last)
        points += end.size
        lowest, highest = min(lowest, end.lowest), max(highest, end.highest)
    return TagFacts(
        meaning,
        points,
        lowest,
        highest,
        first if points <= RECENT_POINTS else _few(first, slice(FIRST_POINTS)),
        last if end.size <= RECENT_POINTS else _few(last, slice(-RECENT_POINTS, None)),
        begin.interval,
        begin.first,
        end.last,
        (first if first.at_hand else first[:1]).wall_time.item(0),
        (last if last.at_hand else last[-1:]).wall_time.item(-1),
        _climb(first) if leads else None,
    )


def continued(
    known: TagFacts, fresh: TagFacts, all_points: Column, climb: Climb | None
) -> TagFacts:
    """``known`` with the points of which ``fresh`` tells behind it; ``climb`` is that of all."""
    head = _first_of(known.beginning, fresh.beginning)
    return replace(
        known,
        points=known.points + fresh.points,
        min_step=min(known.min_step, fresh.min_step),
        max_step=max(known.max_step, fresh.max_step),
        head=head,
        recent=_few(all_points, slice(-min(RECENT_POINTS, known.points + fresh.points), None)),
        interval=usual_gap(tuple(head.step.tolist())),
        last_step=fresh.last_step,
        last_wall_time=fresh.last_wall_time,
        climb=climb,
    )


def _first_of(known: Column, fresh: Column) -> Column:
    if len(known) >= FIRST_POINTS:
        return known
    return concatenate([known, fresh])[:FIRST_POINTS]


def _few(points: Column, part: slice) -> Column:
    """A part of them, which does not keep the memory of many others."""
    return points[part].copy() if len(points) > _MANY else points[part]


class _Steps(NamedTuple):
    """What is asked of an array of steps; ``interval`` is the usual one of the first few."""

    array: IntArray
    size: int
    first: int
    last: int
    lowest: int
    highest: int
    interval: int | None


class StepsOnce:
    """Looks at an array of steps once: what was read and logged together shares one."""

    def __init__(self) -> None:
        self._known: dict[int, _Steps] = {}

    def __call__(self, points: Column) -> _Steps:
        """What is asked of their steps."""
        if not points.at_hand:
            return _steps_in_pieces(points)
        array = points.step
        known = self._known.get(id(array))  # which is no other's while it is kept here
        if known is None:
            known = self._known[id(array)] = _steps(array)
        return known


def _steps(array: IntArray) -> _Steps:
    few, size = array[:_FEW].tolist(), len(array)
    if size == len(few):  # a list takes the range of few in less time than NumPy
        last, lowest, highest = few[-1], min(few), max(few)
    else:
        last, lowest, highest = array.item(-1), int(array.min()), int(array.max())
    return _Steps(array, size, few[0], last, lowest, highest, usual_gap(tuple(few[:FIRST_POINTS])))


def _steps_in_pieces(points: Column) -> _Steps:
    each = [_steps(piece.step) for piece in pieces_of(points)]
    return each[0]._replace(
        size=len(points),
        last=each[-1].last,
        lowest=min(steps.lowest for steps in each),
        highest=max(steps.highest for steps in each),
    )


def _climb(points: Column) -> Climb | None:
    """How the steps went; None where they simply ascend."""
    if len(points) <= _FEW:
        few = points.step.tolist()
        simple = all(map(lt, few, few[1:]))
    else:
        each = (window.step for _, _, window in windows(points, before=1, behind=0))
        simple = all((steps[1:] > steps[:-1]).all() for steps in each)
    return None if simple else climb_of(points)


def climb_on(known: TagFacts, fresh: IntArray) -> Climb | None:
    """How they went, with steps behind them that do not go back."""
    steps = np.append(known.recent.step[-1:], fresh)
    if known.climb is None:
        if bool((steps[1:] > steps[:-1]).all()):
            return None
        return Climb(known.last_step - known.first_step, 0, anew=False).then(steps)
    return known.climb.then(steps)
