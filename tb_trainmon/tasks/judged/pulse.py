"""How often a task's points arrive, and how long a silence it may have."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from statistics import median

import numpy as np

from tb_trainmon.core.columns import Column, FloatArray

_SILENCE = 180.0  # seconds; writers flush up to every 120 s
_GAPS = 5.0
_RECENT_GAPS = 100
_CLOCK_ERROR = 3600.0  # seconds by which a clock may have been set while points were written


class Pulse:
    """The gaps between the recent points of the current attempt.

    ``points`` gives them (it is called once at most); ``span`` is the time in seconds between the
    attempt's first and last point, which no gap is longer than. All a long dead task takes is that.
    """

    def __init__(self, points: Callable[[], Column], span: float) -> None:
        self._points = points
        self._span = span

    @cached_property
    def points(self) -> Column:
        """The recent points, in the order in which they were written."""
        return self._points()

    @cached_property
    def limit(self) -> float:
        """Seconds without an event after which the task counts as no longer running."""
        return max(_GAPS * largest_gap(self.points), _SILENCE)

    @cached_property
    def usual(self) -> float | None:
        """The median gap in seconds; None if there are not two points."""
        return usual_gap(self.points)

    def outlasts(self, silence: float) -> bool:
        """Whether so many seconds without an event are not too many."""
        if silence > max(_GAPS * (self._span + _CLOCK_ERROR), _SILENCE):
            return False
        return silence <= self.limit


def largest_gap(points: Column) -> float:
    """The longest recent time between two points, seconds; 0 if there are not two."""
    gaps = _gaps(points)
    largest = float(gaps.max()) if len(gaps) else 0.0
    return largest if np.isfinite(largest) else 0.0


def usual_gap(points: Column) -> float | None:
    """The median recent time between two points, seconds."""
    # For a hundred numbers, NumPy's median takes longer to begin than a list takes to be sorted.
    gaps = [gap for gap in _gaps(points).tolist() if gap > 0]
    return median(gaps) if gaps else None


def _gaps(points: Column) -> FloatArray:
    recent = points.wall_time[-_RECENT_GAPS - 1 :]
    return recent[1:] - recent[:-1]
