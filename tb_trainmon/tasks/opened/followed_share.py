"""The points of a metric that is the share of another's, in one attempt."""

from __future__ import annotations

from collections.abc import Sequence

from tb_trainmon.core.columns import Column, column, concatenate
from tb_trainmon.series.accumulate import by_step
from tb_trainmon.series.shares import share
from tb_trainmon.tasks.judged.metrics.metric import Metric


class FollowedShare:
    """Follows a share: made anew when either of both was logged again, of a point a step."""

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self.zeros = 0  # hides no NaN: it was not logged
        self._of: tuple[int, int] = (0, 0)
        self._points = column()

    @property
    def memory(self) -> int:
        """Bytes that it takes beside the points that were logged."""
        points = self._points
        return points.step.nbytes + points.wall_time.nbytes + points.value.nbytes

    def points(self, part: Sequence[Column], whole: Sequence[Column]) -> Column:
        """What share the points of ``part`` are of those of ``whole``."""
        of = (sum(map(len, part)), sum(map(len, whole)))
        if of != self._of:
            found = share(by_step(concatenate(list(part))), by_step(concatenate(list(whole))))
            value = found.value * self.metric.unit
            self._of, self._points = of, Column(found.step, found.wall_time, value)
        return self._points
