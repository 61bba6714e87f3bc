"""Where a task's time went: every second from its first launch to its last event, counted once.

Between two leading points, what an evaluation took is what it logged, else the time since a point
of the same step, else what the interval took beyond the usual pace; a checkpoint or a stall is what
a long interval took beyond it. Where both an evaluation and a checkpoint lie in one interval, the
later one took what lies between them. What was logged as soon as a point was belongs to the
interval before it. The rest trained: steps that an attempt before had already made are repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, FloatArray, ascends
from tb_trainmon.core.joined import rank_by_time
from tb_trainmon.core.record import record

_LONG = 1.7  # times the usual pace: a stall, where it is also far beyond how intervals scatter
_SCATTER = 5.0  # times their median distance from the usual
_AT_ONCE = 0.02  # of the usual time between two points
_INTERVALS = 16_384  # at the most: of longer courses several are taken as one
_DISTANCES = 1 << 15  # between two points, of which the usual one is told


@record(frozen=True, slots=True)
class TimeSpent:
    """Seconds; ``start_s`` is from a launch to its training, ``down_s`` between two attempts."""

    training_s: float = 0.0
    evaluation_s: float = 0.0
    checkpoint_s: float = 0.0
    stalled_s: float = 0.0
    repeated_s: float = 0.0
    down_s: float = 0.0
    start_s: float = 0.0

    def __add__(self, other: TimeSpent) -> TimeSpent:
        return TimeSpent(*(a + b for a, b in zip(_seconds(self), _seconds(other), strict=True)))

    @property
    def whole(self) -> float:
        """All of it."""
        return float(sum(_seconds(self)))

    @property
    def goodput(self) -> float | None:
        """The share that made new steps; None where no time has passed."""
        return self.training_s / self.whole if self.whole > 0 else None


PARTS = tuple(field.name for field in fields(TimeSpent))
_seconds = attrgetter(*PARTS)


@record(frozen=True, slots=True)
class Course:
    """What one attempt did when. Times in seconds since the epoch.

    ``points`` are its leading points in the order of their times, ``base`` the step that it started
    from. ``runtimes`` are the evaluations that logged how long they took (in ``value``),
    ``evaluations`` what others logged, ``checkpoints`` the times at which one was saved.
    """

    launched_at: float
    ended_at: float
    base: int
    points: Column
    runtimes: Column
    evaluations: Column
    checkpoints: FloatArray


def time_spent(courses: Sequence[Course]) -> list[TimeSpent]:
    """For each attempt, the downtime before it included."""
    found: list[TimeSpent] = []
    reached, until = 0, None
    for course in courses:
        down = max(course.launched_at - until, 0.0) if until is not None else 0.0
        begin = course.launched_at if until is None else max(course.launched_at, until)
        found.append(_of_attempt(course, begin, reached) + TimeSpent(down_s=down))
        until = max(course.ended_at, begin)
        if len(course.points):
            points = course.points
            highest = points[-1:].step.item() if points.ascends else int(points.step.max())
            reached = max(reached, highest)
    return found


def together(spent: Iterable[TimeSpent]) -> TimeSpent:
    """The sum of all attempts."""
    return sum(spent, TimeSpent())


def _of_attempt(course: Course, begin: float, reached: int) -> TimeSpent:
    """From ``begin`` to the attempt's last event; ``reached`` is what those before it came to."""
    end = max(course.ended_at, begin)
    edges, steps = _edges(course, begin, end)
    seconds = np.diff(edges)
    if not len(seconds):
        return TimeSpent(start_s=end - begin)
    evaluated = _evaluated(course, edges)
    pace = _usual_pace(course, evaluated, edges, steps)
    usual = np.minimum(pace * steps, seconds)
    saves = _count(course.checkpoints, edges) > 0
    shown = _shown(course, evaluated, edges, steps, seconds - usual)
    logged = _count(course.runtimes.wall_time, edges, course.runtimes.value)
    evaluation = np.where(evaluated.any & (logged == 0), shown, np.minimum(logged, seconds))
    rest = seconds - evaluation
    usual = np.minimum(usual, rest)
    beyond = np.where(_is_long(rest, steps, pace) | saves, rest - usual, 0.0)
    beyond[0] = rest[0] - usual[0]  # up to the first point: the start
    training = rest - beyond
    repeated = training * _share_below(course.base, steps, reached)
    inner = np.arange(len(seconds)) > 0
    return TimeSpent(
        training_s=float(np.sum(training - repeated)),
        evaluation_s=float(np.sum(evaluation)),
        checkpoint_s=float(np.sum(beyond[inner & saves])),
        stalled_s=float(np.sum(beyond[inner & ~saves])),
        repeated_s=float(np.sum(repeated)),
        start_s=float(beyond[0]),
    )


@record(frozen=True, slots=True)
class _Evaluated:
    """The time of the last evaluation in each interval, and its step; NaN without one."""

    at: FloatArray
    step: FloatArray

    @property
    def any(self) -> npt.NDArray[np.bool_]:
        """In which intervals there was one."""
        return np.asarray(~np.isnan(self.at))


def _evaluated(course: Course, edges: FloatArray) -> _Evaluated:
    """What was logged as soon as a point was, was evaluated at that point.

    However many there are, only those at the edges are looked at.
    """
    points, evaluations = course.points, course.evaluations
    if not ascends(evaluations.wall_time):
        evaluations = evaluations.take(np.argsort(evaluations.wall_time, kind="stable"))
    at_once = _AT_ONCE * _usual_distance(points) if len(points) > 1 else 0.0
    before, behind = _around(points, edges)
    until = np.maximum(
        np.searchsorted(evaluations.wall_time, edges, side="right"),
        np.searchsorted(evaluations.wall_time, np.minimum(behind, before + at_once), side="left"),
    )
    there = until[1:] > until[:-1]
    last = evaluations.take(until[1:][there] - 1)
    before, _ = _around(points, last.wall_time)
    found = _Evaluated(np.full(len(there), np.nan), np.full(len(there), np.nan))
    found.at[there] = np.where(last.wall_time - before < at_once, before, last.wall_time)
    found.step[there] = last.step
    return found


def _around(points: Column, times: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The time of the last point that is not later than each of ``times``, and of the next one."""
    if not len(points):
        return np.full(len(times), -np.inf), np.full(len(times), np.inf)
    rank, most = rank_by_time(points, times), len(points)
    before = points.take(np.maximum(rank - 1, 0)).wall_time
    behind = points.take(np.minimum(rank, most - 1)).wall_time
    return np.where(rank > 0, before, -np.inf), np.where(rank < most, behind, np.inf)


def _usual_distance(points: Column) -> float:
    """The time from one to the next, in the middle of those that are looked at."""
    chosen = np.arange(0, len(points) - 1, -(-len(points) // _DISTANCES))
    behind = points.take(chosen + 1).wall_time
    return float(np.median(behind - points.take(chosen).wall_time))


def _edges(course: Course, begin: float, end: float) -> tuple[FloatArray, FloatArray]:
    """The times that cut the attempt into intervals, ascending, and the steps made in each.

    From the launch over the leading points to the last event, in which no more steps are made.
    """
    points = course.points
    if not len(points):
        return np.array([begin]), np.zeros(0)
    stride = 1 << max(int(np.ceil(np.log2(len(points) / _INTERVALS))), 0)
    chosen = np.arange(0, len(points), stride)
    if chosen[-1] < len(points) - 1:
        chosen = np.append(chosen, len(points) - 1)
    taken = points.take(chosen)
    step = taken.step if points.ascends else np.maximum.accumulate(points.step)[chosen]
    time = np.maximum.accumulate(np.clip(taken.wall_time, begin, end))
    steps = np.diff(step.astype(np.float64), prepend=float(course.base))
    edges = np.concatenate([[begin], time, [end]])
    return edges, np.append(np.maximum(steps, 0.0), 0.0)


def _usual_pace(
    course: Course, evaluated: _Evaluated, edges: FloatArray, steps: FloatArray
) -> float:
    """Seconds a step between two points where nothing else was done, in the middle."""
    seconds = np.diff(edges)
    other = evaluated.any | (_count(course.runtimes.wall_time, edges) > 0)
    plain = (steps > 0) & ~other
    plain[0] = False
    if not plain.any():
        plain = steps > 0
        plain[0] &= not plain[1:].any()
    return float(np.median(seconds[plain] / steps[plain])) if plain.any() else 0.0


def _shown(
    course: Course,
    evaluated: _Evaluated,
    edges: FloatArray,
    steps: FloatArray,
    beyond: FloatArray,
) -> FloatArray:
    """Seconds of evaluation where it logged none.

    From the latest point to the evaluation, where no step was made between them; else what is
    ``beyond`` the pace. A checkpoint in the same interval has what the later of the
    two took behind the earlier one.
    """
    saved = _last_in(course.checkpoints, edges)
    later = np.minimum(np.abs(saved - evaluated.at), beyond)  # NaN where there are not both
    share = np.where(saved >= evaluated.at, beyond - later, later)
    share = np.where(np.isnan(later), beyond, share)
    reached = course.base + np.cumsum(steps) - steps
    begun = np.fmax(edges[:-1], np.where(saved < evaluated.at, saved, np.nan))
    taken = np.minimum(evaluated.at - begun, np.diff(edges))
    return np.where(evaluated.step == reached, taken, share)


def _last_in(times: FloatArray, edges: FloatArray) -> FloatArray:
    """The last of ``times`` in each interval, its end included; NaN without one."""
    if not len(times):
        return np.full(len(edges) - 1, np.nan)
    times = np.sort(times)
    last = times[np.searchsorted(times, edges[1:], side="right") - 1]
    return np.where((last > edges[:-1]) & (last <= edges[1:]), last, np.nan)


def _is_long(seconds: FloatArray, steps: FloatArray, pace: float) -> npt.NDArray[np.bool_]:
    made = np.where(steps > 0, steps, 1.0)
    each = seconds / made
    trained = each[1:][steps[1:] > 0]
    scatter = float(np.median(np.abs(trained - pace))) if len(trained) else 0.0
    return np.asarray((each > max(_LONG * pace, pace + _SCATTER * scatter)) & (steps > 0))


def _share_below(base: int, steps: FloatArray, reached: int) -> FloatArray:
    """Which share of each interval's steps was made before, by the steps that were reached."""
    ends = base + np.cumsum(steps)
    begins = ends - steps
    below = np.clip(reached - begins, 0.0, steps)
    return np.divide(below, steps, out=np.zeros_like(steps), where=steps > 0)


def _count(times: FloatArray, edges: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """How many of ``times`` lie in each interval, its end included; or the sum of their weights."""
    inside = (times > edges[0]) & (times <= edges[-1])
    at = np.searchsorted(edges, times[inside], side="left") - 1
    chosen = None if weights is None else weights[inside]
    return np.bincount(at, weights=chosen, minlength=len(edges) - 1).astype(np.float64)
