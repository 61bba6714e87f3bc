"""How long so many steps more will take, by how an attempt came along.

The pace is taken over three stretches of the latest way. Pauses that come at regular steps
(evaluations, checkpoints) are taken out of it and added as often as they still come. One that came
once is taken for the first of such, until it should have come again. If it did not, or was longer
than all the training before it, it was a stall, and is taken out too: it tells nothing of what
comes.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from tb_trainmon.core.columns import Column, FloatArray, IntArray
from tb_trainmon.tasks.judged.timing.pauses import (
    Intervals,
    Pause,
    beyond,
    is_long,
    kinds_of,
    middle_of,
)

FEWEST_INTERVALS = 5
_STRETCHES = np.array([0.2, 0.4, 0.8])  # shares of the way that the pace is taken over
_REGULAR = 1.5  # times the usual: so long an interval holds a pause, if others at regular steps do
_STALL = 3.0  # ... and so long one does, whenever it came


class Way:
    """The points of an attempt at which both its steps and its time had gone forward."""

    def __init__(self, points: Column) -> None:
        forward = _forward(points.step, points.wall_time)
        self.step = points.step[forward]
        self.time = points.wall_time[forward]

    def __len__(self) -> int:
        return len(self.step)

    @property
    def made(self) -> float:
        """Steps from its first point to its last."""
        return float(self.step[-1] - self.step[0])

    @property
    def interval(self) -> int:
        """Steps from one of the latest points to the next, in the middle."""
        return int(middle_of(np.diff(self.step[-9:])))

    def steps_at(self, times: FloatArray) -> IntArray:
        """The steps that had been reached at ``times``, none of which is before its first."""
        return self.step[np.searchsorted(self.time, times, side="right") - 1]

    def seconds(self, steps: float, place: int | None = None) -> float:
        """Of so many ``steps`` more, as it is seen from the point at ``place``.

        By default from the last point, to the end of the training.
        """
        at = len(self) - 1 if place is None else place
        if not self._long.searchsorted(at):  # it never paused until then
            return self._pace(at, np.zeros(at)) * steps
        regular = self._regular(at)
        trained = self._pace(at, self._taken(at, regular)) * steps
        step = int(self.step[at])
        end = int(step + steps)
        # One in the last interval may as well come behind the last point.
        ends = (end, end) if place is not None else (end, max(end - self.interval, step))
        due = [sum(pause.due_until(step, end) for end in ends) / 2 for pause in regular]
        return trained + sum(n * pause.usual for n, pause in zip(due, regular, strict=True))

    def _pace(self, at: int, taken: FloatArray) -> float:
        """Seconds a step without what is ``taken`` out: the geometric mean over the stretches."""
        first = 1 if at > FEWEST_INTERVALS else 0  # the first one warms up
        step, time = self.step[at], self.time[at]
        begins = self.step[: at + 1].searchsorted(step - (step - self.step[0]) * _STRETCHES)
        total = 0.0
        for begin in begins.tolist():
            place = min(max(begin, first), at - 1)
            seconds = time - self.time[place] - taken[place:].sum()
            total += math.log(max(seconds / (step - self.step[place]), 1e-12))
        return math.exp(total / len(_STRETCHES))

    def _regular(self, at: int) -> list[Pause]:
        """Pauses that had shown, by the point at ``at``, at which steps they come."""
        stalls = np.flatnonzero(self._stalled[:at])
        if len(stalls) == 1:
            return self._first_of_its_kind(int(stalls[0]), at)
        long = self._long[: np.searchsorted(self._long, at)]
        begins, extra = self.step[long], self._beyond[long]
        kinds = kinds_of(begins, extra, self._slack, int(self.step[at - 1]))
        return [kind for kind in kinds if kind.period is not None]

    def _first_of_its_kind(self, stall: int, at: int) -> list[Pause]:
        seconds, begin = float(self._beyond[stall]), int(self.step[stall])
        period = int(self.step[stall + 1] - self.step[0])
        is_stall = seconds > self.time[stall] - self.time[0]
        if is_stall or self.step[at] > begin + period + self.interval:
            return []
        return [Pause((seconds,), begin, period)]

    def _taken(self, at: int, regular: list[Pause]) -> FloatArray:
        """Seconds of each interval up to ``at`` that are no part of the pace."""
        shortest = min((min(pause.seconds) for pause in regular), default=np.inf)
        taken = self._extra[:at] >= shortest
        stalls = np.flatnonzero(self._stalled[:at] & ~taken)
        if len(stalls) == 1:
            taken[stalls] = True
        return np.where(taken, self._beyond[:at], 0.0)

    @cached_property
    def _intervals(self) -> Intervals:
        return Intervals(self.step[:-1], np.diff(self.step), np.diff(self.time), at=self.time[1:])

    @cached_property
    def _slack(self) -> int:
        return int(middle_of(self._intervals.steps))

    @cached_property
    def _beyond(self) -> FloatArray:
        return beyond(self._intervals)

    @cached_property
    def _long(self) -> np.typing.NDArray[np.intp]:
        return np.flatnonzero(is_long(self._intervals, self._beyond, _REGULAR))

    @cached_property
    def _extra(self) -> FloatArray:
        """Seconds of each interval that may be a pause; of the others, none."""
        extra = np.zeros(len(self._beyond))
        extra[self._long] = self._beyond[self._long]
        return extra

    @cached_property
    def _stalled(self) -> np.typing.NDArray[np.bool_]:
        return is_long(self._intervals, self._beyond, _STALL)


def _forward(step: np.typing.NDArray[np.int64], time: FloatArray) -> np.typing.NDArray[np.intp]:
    """Places at which both are beyond all before them; of points of one time, the first."""
    for_step = np.flatnonzero(np.diff(np.maximum.accumulate(step), prepend=step[:1] - 1) > 0)
    reached = np.maximum.accumulate(time[for_step])
    return for_step[np.diff(reached, prepend=reached[:1] - 1.0) > 0]
