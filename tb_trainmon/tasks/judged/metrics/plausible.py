"""Whether the values of a tag can be what its words say."""

from __future__ import annotations

from math import inf

import numpy as np

from tb_trainmon.core.columns import Column, FloatArray
from tb_trainmon.tasks.judged.parts.part import TagFacts
from tb_trainmon.tasks.metric_names.table import Check

_MOST = 0.5  # of the recent values may be impossible: a single one may be a slip of the trainer
_LARGEST_RATE = 100.0
_LEAST_SCALE = 8.0  # of a loss: from here on a constant power of two is a scale
_AS_THE_CLOCK = 0.1  # of the seconds that pass: a step's time does not grow so
_FEW = 8  # points by which nothing is judged but what cannot be at all


def contradicts(facts: TagFacts) -> bool:
    """Whether the recent values of a tag speak against its role.

    A learning rate, a norm and a length are not negative, a share lies between 0 and 1 (or 100),
    what is a power of two throughout is the scale of a loss, and no loss, and no more is what only
    counts up; a time that goes on as the clock does is no step's, but what passed since the start,
    and one that fills the time between points that lie several steps apart is theirs together.
    """
    check, metric = facts.meaning.values, facts.meaning.metric
    if metric == "step_time":
        points = facts.recent
        return _is_a_clock(points) or (check == "of_a_step" and _is_of_several_steps(points))
    if check is None and metric != "loss":
        return False
    value = facts.recent.value
    if metric == "loss" and -inf < value.item(-1) < _LEAST_SCALE:
        return False  # as most losses are, told by one number
    value = value[np.isfinite(value)]
    if not len(value):
        return False
    if metric == "loss":
        return len(value) >= _FEW and (_is_scale(value) or _is_count(value))
    return check is not None and float(np.mean(_impossible(value, check))) > _MOST


def _impossible(value: FloatArray, check: Check) -> FloatArray:
    if check == "positive":
        return np.asarray(value < 0.0)
    most = _LARGEST_RATE if check == "rate" else 100.0
    return np.asarray((value < 0.0) | (value > most))


def _is_a_clock(points: Column) -> bool:
    if len(points) < _FEW or not np.all(np.diff(points.value) > 0.0):
        return False
    passed = points.wall_time[-1] - points.wall_time[0]
    return bool(points.value[-1] - points.value[0] > _AS_THE_CLOCK * passed > 0.0)


def _is_of_several_steps(points: Column) -> bool:
    steps, passed = np.diff(points.step), np.diff(points.wall_time)
    if not len(steps) or np.median(steps) <= 1:
        return False
    scale = float(np.median(passed))
    return bool(np.median(points.value[1:]) > _MOST * scale > 0.0)


def _is_count(value: FloatArray) -> bool:
    whole = np.all(value == np.round(value))
    return bool(whole and np.all(np.diff(value) >= 0.0) and value[-1] > value[0] >= 0.0)


def _is_scale(value: FloatArray) -> bool:
    if value.min() < _LEAST_SCALE:
        return False
    return bool(np.all(np.frexp(value)[0] == 0.5))
