"""When what comes at regular steps, or else at regular times, comes next."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tb_trainmon.core.columns import FloatArray
from tb_trainmon.tasks.judged.timing.pace import Way
from tb_trainmon.tasks.judged.timing.pauses import middle_of

_RECENT = 12  # of the latest times it came
_PRESENT = 0.75  # share of the distances between them that keep to the period
_OF_TIME = 0.1  # of a period in seconds, by which one comes earlier or later


def next_at(times: FloatArray, way: Way, base: int, end: int | None) -> float | None:
    """The wall time of the next, where it came at ``times`` of an attempt that made ``way``.

    ``base`` is the step that the attempt started from. None where there is no period, or the next
    would come at the step ``end`` or behind it.
    """
    known = np.sort(times[times >= way.time[0]])[-_RECENT:]
    if len(known) < 2:
        return None
    steps = way.steps_at(known).astype(np.float64)
    period = _period(steps, base, lambda period: way.interval if period > way.interval else 0.0)
    if period is not None:
        left = float(steps[-1] + period - way.step[-1])
        if end is not None and way.step[-1] + left >= end:
            return None
        return float(way.time[-1] + way.seconds(max(left, 0.0), len(way) - 1))
    seconds = _period(known, None, lambda period: _OF_TIME * period)
    return None if seconds is None else float(known[-1]) + seconds


def _period(
    places: FloatArray, base: float | None, slack: Callable[[float], float]
) -> float | None:
    """From one to the next, also where some of them are not known any more.

    Two say so only if they keep to it from ``base`` on.
    """
    distances = np.diff(places)
    if base is not None and len(distances) == 1:
        distances = np.append(distances, places[0] - base)
    if len(distances) < 2:
        return None
    for period in (middle_of(distances), float(distances.min())):
        if period <= 0.0:
            continue
        off = np.abs(distances - np.round(distances / period) * period)
        if np.count_nonzero(off <= slack(period)) >= _PRESENT * len(distances):
            return period
    return None
