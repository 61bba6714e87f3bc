"""When a task will be done: a range that the true end lies in eight times of ten.

The middle is by the pace of this attempt (``pace.py``). The range is by how wrong the same estimate
was earlier in this very task (split-conformal prediction: Lei et al., "Distribution-free predictive
inference for regression", 2018): at places behind it, with what was known there, it is asked for a
way as long, beside the way that had been made by then, as what is left now. Errors are taken as
log(actual / predicted), the range by their size. What an earlier attempt showed of them counts too,
its pace does not. While little is known, they are mixed with what is usual. Where all of them are
on one side (a training that slows down steadily), the middle is moved by the least of them.

Between two points it only counts down, until the next one is later than it may be: from then on
the end is put off with it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tb_trainmon.core.columns import Column
from tb_trainmon.core.record import record
from tb_trainmon.tasks.judged.timing.pace import FEWEST_INTERVALS, Way

_PLACES = np.linspace(0.35, 0.9, 10)  # shares of the way at which the estimate is asked again
_INSIDE = 0.8
_USUAL_ERROR = 0.1  # of a training's estimate, where as much is left as was made
_USUAL_WEIGHT = 2.0  # ... as if so many places had shown it
_FEWEST_ERRORS = 4  # that are on one side by more than chance
_WIDENS = 0.3  # power of (left / made) by which what is further away is less certain
_MOST_WRONG = 3.0  # twenty times: who was more wrong knows nothing
_LEAST_RATIO, _MOST_RATIO = 0.5, 4.0
_UNFLUSHED = 120.0  # seconds for which writers keep points to themselves


@record(frozen=True, slots=True)
class Eta:
    """Seconds from now, p10 to p90, and the time at which the task is done by the middle."""

    low_s: float
    high_s: float
    finish_at: float


def estimate(
    points: Column, total: int | None, now: float, earlier: Sequence[Column] = ()
) -> Eta | None:
    """When ``total`` is reached, by the leading ``points`` of this attempt; times by one clock.

    ``earlier`` are those of the attempts before it. None before five intervals and without a total.
    """
    way = way_of(points) if total is not None else None
    if way is None or total is None:
        return None
    left = float(max(total - int(points.step.max()), 0))
    last_at = float(points.wall_time[-1])
    ratio = left / way.made
    own = _errors(way, ratio)
    off = _off(own + _errors_before(earlier, ratio), ratio)
    middle = way.seconds(left) * math.exp(_bias(own))
    begins = last_at + _late(way, left, now - last_at)
    return Eta(
        low_s=max(begins + middle * math.exp(-off) - now, 0.0),
        high_s=max(begins + middle * math.exp(off) - now, 0.0),
        finish_at=max(begins + middle, now),
    )


def _late(way: Way, left: float, silence: float) -> float:
    """Seconds by which the next point is later than it may be: it stalls."""
    usual = way.seconds(min(way.interval, left), len(way) - 1)
    return max(silence - max(2.0 * usual, _UNFLUSHED), 0.0)


def _off(errors: Sequence[float], ratio: float) -> float:
    """By how much (as a logarithm) the estimate is wrong at the most, eight times of ten."""
    usual = _USUAL_ERROR * min(max(ratio, _LEAST_RATIO), _MOST_RATIO) ** _WIDENS
    shown = float(np.quantile(np.abs(errors), _INSIDE)) if errors else 0.0
    mixed = (len(errors) * shown + _USUAL_WEIGHT * usual) / (len(errors) + _USUAL_WEIGHT)
    return float(min(mixed, _MOST_WRONG))


def _bias(errors: Sequence[float]) -> float:
    """The least of them, where all are on one side; less of it while they are few."""
    if len(errors) < _FEWEST_ERRORS or min(errors) <= 0 <= max(errors):
        return 0.0
    least = min(errors, key=abs) * len(errors) / (len(errors) + _USUAL_WEIGHT)
    return max(-_MOST_WRONG, min(least, _MOST_WRONG))


def _errors_before(earlier: Sequence[Column], ratio: float) -> list[float]:
    """Those of the latest attempt that was long enough to show some."""
    ways = (way_of(points) for points in reversed(earlier))
    return next((_errors(way, ratio) for way in ways if way is not None), [])


def _errors(way: Way, ratio: float) -> list[float]:
    """Of the estimate at earlier places, each for ``ratio`` times the way made by then."""
    found = []
    places = np.searchsorted(way.step, way.step[0] + way.made * _PLACES)
    for place in dict.fromkeys(places.tolist()):
        if not FEWEST_INTERVALS - 2 <= place <= len(way) - 2:
            continue
        made = float(way.step[place] - way.step[0])
        ahead = min(ratio * made, float(way.step[-1] - way.step[place]))
        actual = float(np.interp(way.step[place] + ahead, way.step, way.time) - way.time[place])
        predicted = way.seconds(ahead, place)
        if actual > 0 and predicted > 0:
            wider = min(max(ratio * made / ahead, 1.0), _MOST_RATIO) ** _WIDENS
            found.append(math.log(actual / predicted) * wider)
    return found


def way_of(points: Column) -> Way | None:
    """How an attempt came along; None where it is too short to tell anything."""
    way = Way(points) if len(points) > FEWEST_INTERVALS else None
    return way if way is not None and len(way) > FEWEST_INTERVALS else None
