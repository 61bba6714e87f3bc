"""A metric's points in one attempt, from what was logged of it; the work is that of new points."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tb_trainmon.core.columns import (
    Column,
    GrowingArray,
    ascends,
    column,
    concatenate,
)
from tb_trainmon.core.joined import joined, pieces_of
from tb_trainmon.core.stored import KeptColumn
from tb_trainmon.core.times import plausible_times
from tb_trainmon.series.woven import in_order
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.opened.computed import computed_of, is_plain, of_values

_PIECE = 1 << 18  # points that are computed at once: what that takes besides is bounded
KEPT = 1 << 21  # points of the longest series of which what is computed is kept


class Followed:
    """Follows ``metric`` in one attempt: scaled, computed, joined from several files.

    What is computed of the points of one file, one value for each, lies at their steps and times:
    those are not kept twice. Nor are, of more than ``kept`` points or of those that lie on disk,
    the values, nor the points of several files behind one another. ``zeros`` is how many of the
    points that were logged are exactly 0.0.
    """

    def __init__(
        self,
        metric: Metric,
        kept: int = KEPT,
        put_away: Callable[[KeptColumn], None] = lambda _: None,
    ) -> None:
        self.metric = metric
        self._put_away = put_away
        self.zeros = 0
        self._most_kept = kept
        self._logged: tuple[Column, ...] = ()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._values = GrowingArray(np.empty(0))
        self._is_apart = False  # its points are its own: in ``_made``, not at those of the file
        self._made = KeptColumn()
        self._rest = column()  # the point that a rate goes on from
        self._forward = 0  # points that are known to go forward

    @property
    def memory(self) -> int:
        """Bytes that it takes beside the points that were logged."""
        return self._values.memory + self._made.tail.memory

    def points(self, logged: Sequence[Column]) -> Column:
        """The points that ``logged``, the attempt's columns of the tag, make now."""
        fresh = _appended(self._logged, logged)
        if fresh is None:
            self.zeros = 0
            self._begin_anew()
            fresh = list(logged)
        self._logged = tuple(logged)
        self.zeros += sum(map(_zeros, fresh))
        at_hand = all(points.at_hand for points in logged)
        is_long = not at_hand or sum(map(len, logged)) > self._most_kept
        if self._is_apart and is_long and self.metric.derived != "rate":
            self._begin_anew()  # it was short until now
        if (is_long or len(logged) == 1) and not self._is_apart:
            found = joined(logged) if is_plain(self.metric) else self._beside(logged, is_long)
            if found is not None:
                return found
        if not (self._is_apart and self._extend(concatenate(fresh))):
            self._begin_anew()
            self._is_apart = True
            self._extend(concatenate(list(logged)))
        return self._made.view()

    def _beside(self, logged: Sequence[Column], is_long: bool) -> Column | None:
        """What the points of files make, at their steps and times; None if not one for each."""
        if self.metric.derived == "rate" and not self._goes_forward(joined(logged)):
            return None
        computed = computed_of(self.metric, logged)
        if is_long:
            self._values = GrowingArray(np.empty(0))
            return computed
        self._values.reserve(len(computed))
        self._values.extend(computed[len(self._values) :].value)
        return Column(computed.step, computed.wall_time, self._values.view())

    def _goes_forward(self, logged: Column) -> bool:
        """Whether every point is later than the one before it, in step and in time."""
        # In pieces, so that what it takes besides is bounded; each with the point before it.
        for begin in range(max(self._forward - 1, 0), len(logged), _PIECE):
            points = logged[begin : begin + _PIECE + 1]
            before, behind = points[:-1], points[1:]
            forward = (behind.wall_time > before.wall_time) & (behind.step > before.step)
            if not (forward.all() and plausible_times(points.wall_time).all()):
                return False
        self._forward = len(logged)
        return True

    def _extend(self, fresh: Column) -> bool:
        """Append what ``fresh`` makes; False where it does not simply follow."""
        if self.metric.derived == "rate":
            return self._extend_rate(fresh)
        made = of_values(self.metric, fresh.value)
        self._made.extend(Column(fresh.step, fresh.wall_time, made))
        return True

    def _extend_rate(self, fresh: Column) -> bool:
        # Made at once it is sorted; what is behind a rate that was told stays as it is.
        ordered = fresh if len(self._rest) else in_order(fresh)
        for piece in pieces_of(ordered):
            timed = piece.take(np.flatnonzero(plausible_times(piece.wall_time)))
            following = concatenate([self._rest, timed])
            if not ascends(following.step):
                return False
            if len(following):
                self._made.extend(rate(following, self.metric.scale))
                self._rest = following[-1:].copy()
            if not fresh.at_hand:
                self._put_away(self._made)
        return True


def _zeros(points: Column) -> int:
    return sum(int(np.count_nonzero(piece.value == 0.0)) for piece in pieces_of(points))


def rate(points: Column, amount: float) -> Column:
    """Steps a second times ``amount``, at each point but the first, over the time since the last.

    ``points`` ascend in step. Those of one moment or of one step have no rate: they are left out.
    """
    seconds = np.diff(points.wall_time)
    steps = np.diff(points.step)
    forward = (seconds > 0) & (steps > 0)
    later = points[1:]
    return Column(
        later.step[forward],
        later.wall_time[forward],
        amount * steps[forward] / seconds[forward],
    )


def _appended(before: Sequence[Column], after: Sequence[Column]) -> list[Column] | None:
    """What ``after`` has behind ``before``; None if it does not begin with it.

    Told by where they lie: a column that only grows stays there, or leaves for a larger place.
    """
    if not before:
        return list(after)
    *whole, last = before
    if len(after) < len(before) or not all(map(_is_same, whole, after)):
        return None
    grew = after[len(whole)]
    if grew.origin != last.origin or len(grew) < len(last):
        return None
    return [grew[len(last) :], *after[len(before) :]]


def _is_same(one: Column, other: Column) -> bool:
    return one.origin == other.origin and len(one) == len(other)
