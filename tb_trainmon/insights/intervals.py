"""Intervals between the points of a series: how long each took, and what else happened in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import FloatArray
from tb_trainmon.core.times import plausible_times
from tb_trainmon.insights.course import MOST_BUCKETS
from tb_trainmon.insights.finding import NothingToSee
from tb_trainmon.insights.robust import median
from tb_trainmon.insights.subject import Series, Subject

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pace:
    """Intervals between points: the step and the time at its end, its seconds, its steps.

    ``evaluated``: an evaluation was logged in it. ``busy``: that, or something else is known to
    have happened in it (a checkpoint).
    """

    step: FloatArray
    end: FloatArray
    seconds: FloatArray
    steps: FloatArray
    evaluated: Flags
    busy: Flags

    @property
    def per_step(self) -> FloatArray:
        """Seconds a step."""
        return self.seconds / self.steps

    def of(self, chosen: Flags) -> Pace:
        """The chosen intervals alone."""
        return Pace(
            self.step[chosen],
            self.end[chosen],
            self.seconds[chosen],
            self.steps[chosen],
            self.evaluated[chosen],
            self.busy[chosen],
        )


def paced(subject: Subject, least: float) -> tuple[Series, Pace]:
    """The latest intervals of the loss, else of the rate, else of the reward.

    Raises NothingToSee where they are fewer than ``least``, or their times tell no pace.
    """
    series = subject.find("loss") or subject.find("learning_rate") or subject.need("reward")
    points = series.points[-MOST_BUCKETS:]
    ok = plausible_times(points.wall_time)
    step, time = points.step[ok].astype(np.float64), points.wall_time[ok]
    last = np.append(step[1:] > step[:-1], True)[: len(step)]
    step, time = step[last], time[last]
    steps, seconds = np.diff(step), np.diff(time)
    good = (steps > 0) & (seconds >= 0)
    if good.sum() < least:
        raise NothingToSee(
            f"There are {int(good.sum())} intervals between points so far; it takes {least:g}."
        )
    if median(seconds[good]) <= 0.0:
        raise NothingToSee("Points are written in bursts: their times tell no pace.")
    evaluated = _contains(time, evaluation_times(subject))
    busy = evaluated | _contains(time, _checkpoint_times(subject)) | _configured(subject, step)
    return series, Pace(step[1:], time[1:], seconds, steps, evaluated, busy).of(good)


def evaluation_times(subject: Subject) -> FloatArray:
    """When evaluations were logged, ascending, each once."""
    found = [subject.find(name) for name in subject.task.evaluated_by]
    times = [one.points[-MOST_BUCKETS:].wall_time for one in found if one is not None]
    return np.unique(np.concatenate(times)) if times else np.empty(0)


def _checkpoint_times(subject: Subject) -> FloatArray:
    return np.sort(np.array([c.made_at for c in subject.task.checkpoints], dtype=np.float64))


def _contains(time: FloatArray, events: FloatArray) -> Flags:
    """For each interval between ``time``, whether an event lies in it; at its edge, in the next.

    An evaluation is logged when it is over, so what it took lies before its time.
    """
    found = np.zeros(max(len(time) - 1, 0), dtype=bool)
    inside = events[(events > time[0]) & (events <= time[-1])] if len(time) > 1 else events[:0]
    found[np.searchsorted(time, inside, side="left") - 1] = True
    return found


def _configured(subject: Subject, step: FloatArray) -> Flags:
    """Intervals in which an evaluation or a checkpoint is configured."""
    found = np.zeros(max(len(step) - 1, 0), dtype=bool)
    for name, strategy in (("eval_steps", "eval_strategy"), ("save_steps", "save_strategy")):
        every = subject.number_in_config(name)
        if every is None or every < 1 or subject.config.get(strategy) != "steps":
            continue
        # It happens after the step was logged, so in the interval that begins there.
        found |= np.floor(step[1:] / every) > np.floor(step[:-1] / every)
        found |= step[:-1] % every == 0
    return found
