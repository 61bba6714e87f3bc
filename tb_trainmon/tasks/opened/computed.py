"""What is computed of a file's points, one value for each, without keeping those values.

A perplexity or the steps a second of a long series would take as much again as its values; they
are computed in some milliseconds a million, of what is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import (
    Column,
    FloatArray,
    IntArray,
    Stretch,
    Values,
    ValuesAsked,
    concatenate,
)
from tb_trainmon.core.joined import joined, parts_of, stretches
from tb_trainmon.tasks.judged.metrics.metric import Metric

_LARGEST_EXPONENT = 700.0  # exp of more is no float64


def is_plain(metric: Metric) -> bool:
    """Whether its points are those that were logged."""
    return metric.scale == 1.0 and metric.derived is None


def _left_out(metric: Metric) -> int:
    """How many of the first points have no value: a rate has none before there are two."""
    return int(metric.derived == "rate")


def of_values(metric: Metric, value: FloatArray) -> FloatArray:
    """What is computed of each value by itself: scaled, or its exponential."""
    if metric.scale != 1.0:
        value = value * metric.scale
    if metric.derived == "exp":
        value = np.exp(np.minimum(value, _LARGEST_EXPONENT))
    return value


def computed_of(metric: Metric, logged: Sequence[Column]) -> Column:
    """What is computed of the points in several files, as if they stood in one."""
    filled = [part for points in logged for part in parts_of(points) if len(part)] or logged[:1]
    made: list[Column] = []
    for number, points in enumerate(filled):
        if number and metric.derived == "rate":
            made.append(Computed(metric, concatenate([filled[number - 1][-1:], points[:1]])))
        made.append(Computed(metric, points))
    return joined(made)


class Computed(Column):
    """The points of ``metric`` at those of ``logged``; values are made when they are asked for.

    Of a rate the steps and the times of ``logged`` must both go forward.
    """

    __slots__ = ("logged", "metric")

    logged: Column
    metric: Metric

    def __init__(self, metric: Metric, logged: Column) -> None:
        object.__setattr__(self, "logged", logged)
        object.__setattr__(self, "metric", metric)

    def __len__(self) -> int:
        return max(len(self.logged) - _left_out(self.metric), 0)

    @property
    def step(self) -> IntArray:
        """The steps of all points."""
        return self.logged.step[_left_out(self.metric) :]

    @property
    def wall_time(self) -> FloatArray:
        """The times of all points."""
        return self.logged.wall_time[_left_out(self.metric) :]

    @property
    def value(self) -> FloatArray:
        """The values of all points, made anew each time."""
        made = np.empty(len(self))
        for piece in stretches(len(self)):
            made[piece] = self.at(piece)
        return made

    @property
    def at_hand(self) -> bool:
        """See ``Column.at_hand``."""
        return self.logged.at_hand

    @property
    def origin(self) -> object:
        """See ``Column.origin``."""
        return self.metric, self.logged.origin

    @property
    def values(self) -> Values:
        """The values, each piece made when it is asked for."""
        return ValuesAsked(len(self), self.at)

    def __getitem__(self, part: slice) -> Column:
        begin, end, stride = part.indices(len(self))
        if stride != 1:
            return super().__getitem__(part)
        end = max(begin, end) + _left_out(self.metric)
        return Computed(self.metric, self.logged[begin:end])

    def take(self, order: npt.NDArray[np.intp]) -> Column:
        """The points at the indices in ``order``, in that order, with their values."""
        return Column(self.step[order], self.wall_time[order], self.at(order))

    def continues(self, earlier: Column) -> bool:
        """See ``Column.continues``."""
        if isinstance(earlier, Computed) and earlier.metric == self.metric:
            return self.logged.continues(earlier.logged)
        return super().continues(earlier)

    def at(self, which: Stretch) -> FloatArray:
        """The values of these points."""
        logged = self.logged
        if self.metric.derived != "rate":
            return of_values(self.metric, logged.value[which])
        steps = logged.step[1:][which] - logged.step[:-1][which]
        seconds = logged.wall_time[1:][which] - logged.wall_time[:-1][which]
        return np.asarray(self.metric.scale * steps / seconds)
