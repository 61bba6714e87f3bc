"""How far a task is and when it will be done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_trainmon.core.columns import Column, FloatArray

_RECENT_INTERVALS = 100
_FEWEST_INTERVALS = 3
_A_PAUSE = 3.0  # times the median: an interval this long holds an evaluation or a checkpoint


@dataclass(frozen=True, slots=True)
class Eta:
    """Seconds from now, p20 to p80, and the time at which the task is done at the median pace."""

    low_s: float
    high_s: float
    finish_at: float


def progress(step: int | None, total: int | None) -> float | None:
    """Share of the total that is done, 0 to 1; None where either is unknown."""
    if step is None or not total:
        return None
    return min(max(step / total, 0.0), 1.0)


def estimate(points: Column, total: int | None, now: float) -> Eta | None:
    """When ``total`` is reached, from the recent intervals between ``points`` of this attempt.

    Seconds a step are taken from ordinary intervals; pauses (evaluation, checkpoint) are counted
    as the share of time that they took. None before three intervals and without a total.
    """
    if total is None or not len(points):
        return None
    seconds, steps = _intervals(points)
    if len(seconds) < _FEWEST_INTERVALS:
        return None
    pace = seconds / steps
    ordinary = pace <= _A_PAUSE * np.median(pace)
    spent = float(np.sum(np.median(pace[ordinary]) * steps))
    pauses = float(np.sum(seconds[~ordinary])) - float(
        np.sum(np.median(pace[ordinary]) * steps[~ordinary])
    )
    stretch = 1.0 + (pauses / spent if spent > 0 else 0.0)
    low, middle, high = np.quantile(pace[ordinary], [0.2, 0.5, 0.8]) * stretch
    remaining = max(total - int(points.step.max()), 0)
    last = float(points.wall_time[-1])
    age = max(now - last, 0.0)
    return Eta(
        low_s=max(float(low) * remaining - age, 0.0),
        high_s=max(float(high) * remaining - age, 0.0),
        finish_at=max(last + float(middle) * remaining, now),
    )


def _intervals(points: Column) -> tuple[FloatArray, FloatArray]:
    """Seconds and steps between the latest points, where both went forward."""
    recent = points[-_RECENT_INTERVALS - 1 :]
    seconds = np.diff(recent.wall_time)
    steps = np.diff(recent.step).astype(np.float64)
    forward = (seconds > 0) & (steps > 0)
    return seconds[forward], steps[forward]
