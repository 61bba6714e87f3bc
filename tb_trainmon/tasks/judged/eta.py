"""When a task will be done: a range that the true end lies in eight times of ten.

The middle is the pace of this attempt, over three stretches of its latest way, with regular pauses
taken out and added as often as they still come. The range is by how wrong the same estimate was
earlier in this very task (split-conformal prediction: Lei et al., "Distribution-free predictive
inference for regression", 2018): at places behind it, it is asked for a way as long, beside the way
that had been made by then, as what is left now. Errors are taken as |log(actual / predicted)|. What
an earlier attempt showed of them counts too, its pace does not. While little is known, they are
mixed with what is usual.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tb_trainmon.core.columns import Column, FloatArray
from tb_trainmon.tasks.judged.pauses import Pause, intervals_of, is_long, pauses_of

FEWEST_INTERVALS = 5
_STRETCHES = (0.2, 0.4, 0.8)  # shares of the way that the pace is taken over
_PLACES = np.linspace(0.2, 0.9, 12)  # shares of the way at which the estimate is asked again
_INSIDE = 0.8
_USUAL_ERROR = 0.1  # of a training's estimate, where as much is left as was made
_USUAL_WEIGHT = 2.0  # ... as if so many places had shown it
_WIDENS = 0.3  # power of (left / made) by which what is further away is less certain
_MOST_WRONG = 3.0  # twenty times: who was more wrong knows nothing
_LEAST_RATIO, _MOST_RATIO = 0.05, 4.0


@dataclass(frozen=True, slots=True)
class Eta:
    """Seconds from now, p10 to p90, and the time at which the task is done by the middle."""

    low_s: float
    high_s: float
    finish_at: float


@dataclass(frozen=True, slots=True)
class _Way:
    """How an attempt came along: ascending steps, and seconds of which pauses are taken out."""

    step: FloatArray
    time: FloatArray

    def __len__(self) -> int:
        return len(self.step)

    @property
    def made(self) -> float:
        return float(self.step[-1] - self.step[0])

    def until(self, place: int) -> _Way:
        return _Way(self.step[: place + 1], self.time[: place + 1])

    def seconds(self, steps: float) -> float:
        """Of so many steps more: the mean (geometric) of the pace over the stretches."""
        first = 1 if len(self) > FEWEST_INTERVALS + 1 else 0  # the first one warms up
        begins = np.searchsorted(self.step, self.step[-1] - self.made * np.array(_STRETCHES))
        begins = np.clip(begins, first, len(self) - 2)
        pace = (self.time[-1] - self.time[begins]) / (self.step[-1] - self.step[begins])
        return float(np.exp(np.mean(np.log(np.maximum(pace, 1e-12))))) * steps

    def errors(self, ratio: float) -> list[float]:
        """Of the estimate at earlier places, each for ``ratio`` times the way made by then."""
        found = []
        places = np.searchsorted(self.step, self.step[0] + self.made * _PLACES)
        for place in dict.fromkeys(places.tolist()):
            if not FEWEST_INTERVALS - 2 <= place <= len(self) - 2:
                continue
            made = float(self.step[place] - self.step[0])
            ahead = min(ratio * made, float(self.step[-1] - self.step[place]))
            actual = float(np.interp(self.step[place] + ahead, self.step, self.time))
            actual -= float(self.time[place])
            predicted = self.until(place).seconds(ahead)
            if actual > 0 and predicted > 0:
                wider = min(max(ratio * made / ahead, 1.0), _MOST_RATIO) ** _WIDENS
                found.append(abs(math.log(actual / predicted)) * wider)
        return found


def estimate(
    points: Column,
    total: int | None,
    now: float,
    earlier: Sequence[Column] = (),
    pauses: Sequence[Pause] | None = None,
) -> Eta | None:
    """When ``total`` is reached, by the leading ``points`` of this attempt.

    ``earlier`` are those of the attempts before it. None before five intervals and without a total.
    """
    intervals = intervals_of(points)
    if total is None or len(intervals) < FEWEST_INTERVALS:
        return None
    kinds = pauses_of(intervals) if pauses is None else pauses
    regular = [pause for pause in kinds if pause.period is not None]
    way = _way(points, regular)
    if way is None:
        return None
    last_step, last_at = int(points.step.max()), float(points.wall_time[-1])
    left = max(total - last_step, 0)
    middle = way.seconds(left) + sum(p.usual * p.due_until(last_step, total) for p in regular)
    off = _error(way, left / way.made, earlier)
    return Eta(
        low_s=max(last_at + middle * math.exp(-off) - now, 0.0),
        high_s=max(last_at + middle * math.exp(off) - now, 0.0),
        finish_at=max(last_at + middle, now),
    )


def _error(way: _Way, ratio: float, earlier: Sequence[Column]) -> float:
    """By how much (as a logarithm) the estimate is wrong at the most, eight times of ten."""
    errors = way.errors(ratio)
    for points in earlier:
        before = _way(points, ())
        errors += before.errors(ratio) if before is not None else []
    usual = _USUAL_ERROR * min(max(ratio, _LEAST_RATIO), _MOST_RATIO) ** _WIDENS
    shown = float(np.quantile(errors, _INSIDE)) if errors else 0.0
    mixed = (len(errors) * shown + _USUAL_WEIGHT * usual) / (len(errors) + _USUAL_WEIGHT)
    return float(min(mixed, _MOST_WRONG))


def _way(points: Column, regular: Sequence[Pause]) -> _Way | None:
    """The forward steps of ``points``; None where they are too few."""
    reached = np.maximum.accumulate(points.step)
    forward = np.concatenate([[True], np.diff(reached) > 0])
    step, time = points.step[forward].astype(np.float64), points.wall_time[forward]
    if len(step) <= FEWEST_INTERVALS:
        return None
    return _Way(step, time - _paused(points, regular, time) if regular else time)


def _paused(points: Column, regular: Sequence[Pause], time: FloatArray) -> FloatArray:
    """Seconds of regular pauses before each of ``time``."""
    intervals = intervals_of(points)
    usual = float(np.median(intervals.pace))
    extra = intervals.seconds - usual * intervals.steps
    shortest = min(min(pause.seconds) for pause in regular)
    taken = np.where(is_long(intervals) & (extra >= shortest), extra, 0.0)
    at = np.searchsorted(intervals.at, time, side="right")
    return np.concatenate([[0.0], np.cumsum(taken)])[at]
