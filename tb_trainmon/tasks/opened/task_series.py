"""A task's metrics, each as one series that grows as the task does."""

from __future__ import annotations

from collections.abc import Mapping

from tb_trainmon.core.columns import Column
from tb_trainmon.series.accumulate import Accumulated, Piece
from tb_trainmon.series.growing import GrowingSeries
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.opened.followed import Followed
from tb_trainmon.tasks.opened.followed_share import FollowedShare
from tb_trainmon.tasks.opened.open_files import OpenFiles
from tb_trainmon.tasks.opened.places import Placed
from tb_trainmon.tasks.opened.table.log import TableLog
from tb_trainmon.tasks.opened.task_points import TaskPoints


class TaskSeries:
    """A series is made when it is asked for first, and goes on from there."""

    def __init__(self) -> None:
        self._metrics: Mapping[str, Metric] = {}
        self._series: dict[str, GrowingSeries] = {}
        # What was made of the points of an attempt and a metric goes on, too.
        self._followed: dict[tuple[int, str], Followed | FollowedShare] = {}
        self._placed: dict[tuple[int, str], Placed] = {}
        self._points: TaskPoints

    @property
    def memory(self) -> int:
        """Bytes that they take beside the points that were logged."""
        parts = (self._series, self._followed, self._placed)
        return sum([sum([part.memory for part in of.values()]) for of in parts])

    @property
    def metrics(self) -> Mapping[str, Metric]:
        """By name, offered ones included."""
        return self._metrics

    def follow(self, assessment: Assessment, files: OpenFiles, rows: TableLog) -> None:
        """Take over which metrics there are, and where their points come from."""
        offered = (offer.metric for offer in assessment.offered)
        self._metrics = {metric.name: metric for metric in (*assessment.metrics, *offered)}
        self._points = TaskPoints(
            assessment, files.points, rows, self._followed, self._placed, files.budget.put_away
        )

    def update(self) -> list[str]:
        """Take over new points; the metrics some of whose points moved."""
        return [
            name
            for name, series in self._series.items()
            if not series.update(self._points.pieces(self._metrics[name]))
        ]

    def start_anew(self) -> None:
        """Points are not where they were."""
        self._series.clear()
        self._followed.clear()
        self._placed.clear()

    def series(self, name: str) -> GrowingSeries:
        """The accumulated points of a metric. Raises KeyError."""
        if name not in self._series:
            metric = self._metrics[name]
            self._series[name] = series = GrowingSeries()
            series.update(self._points.pieces(metric))
        return self._series[name]

    def points(self, name: str) -> Accumulated:
        """The points of its series. Raises KeyError."""
        return self.series(name).points

    def pieces(self, metric: Metric) -> list[Piece]:
        """What each attempt has of a metric now; stays as it is while the task grows."""
        return self._points.pieces(metric)

    def counts(self) -> list[int]:
        """How many points each of ``metrics`` has."""
        return [self.count(metric) for metric in self._metrics.values()]

    def count(self, metric: Metric) -> int:
        """How many points a metric has."""
        if metric.name in self._series:
            return len(self._series[metric.name])
        return self._points.count(metric)

    def latest(self, metric: Metric) -> Column:
        """The point with which its series ends; empty without one. Makes no series for it."""
        if metric.name not in self._series:
            known = self._points.latest(metric)
            if known is not None:
                return known
        return self.series(metric.name).points[-1:].points

    def hidden_nans(self, metric: Metric) -> int:
        """How many of its points are shown as NaN that the trainer logged as 0.0."""
        return self._points.hidden_nans(metric)
