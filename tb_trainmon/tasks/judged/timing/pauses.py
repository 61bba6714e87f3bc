"""Pauses of a training: intervals much longer than usual, and those that come at regular steps.

An evaluation or a checkpoint takes its time every so many steps. What it takes and how often it
comes tells how long a silence may be, when it comes again, and how much of it is still to come.
"""

from __future__ import annotations

from statistics import fmean

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, FloatArray, IntArray
from tb_trainmon.core.record import record

Mask = npt.NDArray[np.bool_]

_LONG = 3.0  # times the usual seconds a step: so long an interval holds a pause
_SHORTEST = 0.5  # seconds; below it, an interval is long by chance
_ALIKE = 2.0  # times the shortest of a kind is the longest of it
_FEWEST = 2  # pauses of a kind make it one
_KINDS = 3
_MANY = 10  # intervals: with fewer between, any step is one at which a pause may be due
_PRESENT = 0.75  # share of the times a regular pause was due at which it came


@record(frozen=True, slots=True)
class Intervals:
    """The ways from one leading point to the next, where steps and time went forward.

    ``begin`` and ``steps`` in steps, ``seconds`` as the wall times say.
    """

    begin: IntArray
    steps: IntArray
    seconds: FloatArray
    at: FloatArray  # wall time at which each ended

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def pace(self) -> FloatArray:
        """Seconds a step of each."""
        return self.seconds / self.steps


def intervals_of(points: Column) -> Intervals:
    """The intervals between ``points``, which are in the order in which they were written."""
    steps, seconds = np.diff(points.step), np.diff(points.wall_time)
    forward = np.flatnonzero((steps > 0) & (seconds > 0))
    return Intervals(
        points.step[forward], steps[forward], seconds[forward], points.wall_time[forward + 1]
    )


@record(frozen=True, slots=True)
class Pause:
    """A kind of pause: ``seconds`` that each took beyond the training, the latest last.

    ``period`` is the number of steps from one to the next, None where they do not come regularly.
    ``last_step`` is the step behind which the latest began.
    """

    seconds: tuple[float, ...]
    last_step: int
    period: int | None

    @property
    def usual(self) -> float:
        """Seconds that each of the latest of them took, one with another."""
        return fmean(self.seconds[-9:])

    @property
    def longest(self) -> float:
        """Seconds of the longest."""
        return max(self.seconds)

    def is_due(self, step: int, interval: int) -> bool:
        """Whether one begins behind ``step``, within the interval of logging."""
        if self.period is None:
            return False
        away = (step - self.last_step) % self.period
        return min(away, self.period - away) <= interval

    def due_until(self, step: int, end: int) -> int:
        """How many more begin at ``step`` or behind it, and before ``end``."""
        if self.period is None:
            return 0
        passed = max((step - 1 - self.last_step) // self.period, 0)
        return max((end - 1 - self.last_step) // self.period - passed, 0)


def middle_of(values: FloatArray | IntArray) -> float:
    """Their median; NumPy's own takes ten times as long for a few."""
    half = len(values) // 2
    halves = np.partition(values, (half - 1 + len(values) % 2, half))
    return float(halves[half - 1 + len(values) % 2] + halves[half]) / 2


def beyond(intervals: Intervals) -> FloatArray:
    """Seconds that each of the intervals took beyond what its steps usually take."""
    return intervals.seconds - middle_of(intervals.pace) * intervals.steps


def is_long(intervals: Intervals, extra: FloatArray, times: float = _LONG) -> Mask:
    """Which intervals hold a pause: took ``times`` the usual, ``extra`` seconds beyond it."""
    return (intervals.seconds > times * (intervals.seconds - extra)) & (extra > _SHORTEST)


def pauses_of(intervals: Intervals) -> list[Pause]:
    """The kinds of pauses, the longest first; a pause that came only once is none of them."""
    if len(intervals) < _FEWEST + 1:
        return []
    extra = beyond(intervals)
    long = is_long(intervals, extra)
    slack = int(middle_of(intervals.steps))
    return kinds_of(intervals.begin[long], extra[long], slack, int(intervals.begin[-1]))


def lone_pause(intervals: Intervals, base: int) -> Pause | None:
    """The longest pause, where no other was half as long, and many intervals lie behind ``base``.

    An evaluation that came once may come again behind as many steps.
    """
    if len(intervals) < _FEWEST + 1:
        return None
    extra = beyond(intervals)
    at = int(extra.argmax())
    alike = np.count_nonzero(extra * _ALIKE >= extra[at])
    if alike > 1 or not is_long(intervals, extra)[at]:
        return None
    begin = int(intervals.begin[at])
    if begin - base < _MANY * middle_of(intervals.steps):
        return None
    return Pause((float(extra[at]),), begin, begin - base)


def kinds_of(begins: IntArray, extra: FloatArray, slack: int, until: int) -> list[Pause]:
    """The same of long intervals that began at steps, and took ``extra`` seconds.

    Points are ``slack`` steps apart, and known until the interval that begins at ``until``.
    """
    kinds: list[Pause] = []
    while len(begins) >= _FEWEST and len(kinds) < _KINDS:
        alike = extra * _ALIKE >= extra.max()
        if np.count_nonzero(alike) >= _FEWEST:
            period = _period(begins[alike], slack, until)
            seconds = tuple(extra[alike].tolist())
            kinds.append(Pause(seconds, int(begins[alike][-1]), period))
        begins, extra = begins[~alike], extra[~alike]
    return kinds


def _period(begins: IntArray, slack: int, until: int) -> int | None:
    """Steps from one pause to the next; None where most of them do not keep to it."""
    distances = np.diff(begins)
    period = int(middle_of(distances))
    if period <= slack:
        return None
    off = np.abs(distances - np.round(distances / period) * period)
    due = max(round(int(until - begins[0]) / period), 1)
    regular = np.count_nonzero(off <= slack) >= _PRESENT * len(distances)
    return period if regular and len(begins) >= _PRESENT * due else None
