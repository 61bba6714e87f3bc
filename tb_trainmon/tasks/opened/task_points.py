"""The points of a task's metrics: from its files or its table rows, attempt by attempt."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, column, concatenate
from tb_trainmon.series.accumulate import Piece, by_step
from tb_trainmon.tasks.found.layout import TABLE
from tb_trainmon.tasks.judged.assessment import Assessment, AttemptView
from tb_trainmon.tasks.judged.hidden_nans import HIDING_TAG, filters_nans, hidden
from tb_trainmon.tasks.judged.metrics import Metric
from tb_trainmon.tasks.judged.parts import FilePart, plausible_times
from tb_trainmon.tasks.opened.open_files import OpenFile
from tb_trainmon.tasks.opened.table_log import TableLog

_LARGEST_EXPONENT = 700.0  # exp of more is no float64


class TaskPoints:
    """Finds the points of a metric in what is open of a task."""

    def __init__(
        self, assessment: Assessment, files: Mapping[str, OpenFile], table: TableLog
    ) -> None:
        self._assessment = assessment
        self._files = files
        self._table = table
        # A task may have thousands of runs, and each metric is in one of them.
        self._parts: dict[tuple[int, str], list[FilePart]] = {}
        for attempt in assessment.attempts:
            for part in attempt.parts:
                self._parts.setdefault((attempt.number, part.source.slot), []).append(part)

    def pieces(self, metric: Metric) -> list[Piece]:
        """What each attempt has of ``metric``, in the metric's unit."""
        found = []
        for attempt in self._assessment.attempts:
            points = self._of_attempt(attempt, metric)
            if len(points):
                found.append(Piece(attempt.number, attempt.shift, points))
        return found

    def hidden_nans(self, metric: Metric) -> int:
        """How many points are shown as NaN that the trainer logged as 0.0."""
        if not self._may_hide_nans(metric):
            return 0
        return sum(
            int(np.count_nonzero(self._hidden(attempt, self._logged(attempt, metric))))
            for attempt in self._assessment.attempts
        )

    def _of_attempt(self, attempt: AttemptView, metric: Metric) -> Column:
        points = self._logged(attempt, metric)
        if metric.scale != 1.0 and metric.derived != "rate":
            points = Column(points.step, points.wall_time, points.value * metric.scale)
        if self._may_hide_nans(metric):
            hidden = self._hidden(attempt, points)
            if hidden.any():
                value = np.where(hidden, np.nan, points.value)
                points = Column(points.step, points.wall_time, value)
        if metric.derived == "exp":
            value = np.exp(np.minimum(points.value, _LARGEST_EXPONENT))
            return Column(points.step, points.wall_time, value)
        if metric.derived == "rate":
            return rate(points, metric.scale)
        return points

    def _logged(self, attempt: AttemptView, metric: Metric) -> Column:
        parts = self._parts.get((attempt.number, metric.slot), [])
        return concatenate(
            [self._of_part(part, metric) for part in parts if metric.tag in part.tags]
        )

    def _of_part(self, part: FilePart, metric: Metric) -> Column:
        if metric.slot == TABLE:
            return self._table.points(part.source.file.name.uid or 0, metric.tag)
        return self._files[part.source.file.path].points(metric.tag)[part.cut[metric.tag]]

    def _may_hide_nans(self, metric: Metric) -> bool:
        """The Hugging Face Trainer logs its loss as 0.0 where it was NaN, unless told not to."""
        return metric.tag == HIDING_TAG and metric.derived != "rate"

    def _hidden(self, attempt: AttemptView, points: Column) -> npt.NDArray[np.bool_]:
        """Which of an attempt's losses were NaN."""
        if not np.any(points.value == 0.0) or not filters_nans(attempt.parts):
            return np.zeros(len(points), dtype=bool)
        norms = self._other(attempt, "grad_norm")
        return hidden(points, norms, self._other(attempt, "eval_loss"))

    def _other(self, attempt: AttemptView, name: str) -> Column:
        metric = next((m for m in self._assessment.metrics if m.name == name), None)
        return self._logged(attempt, metric) if metric else column()


def rate(points: Column, amount: float) -> Column:
    """Steps a second times ``amount``, at each point but the first, over the time since the last.

    Points of one moment or of one step have no rate, nor have those at times that cannot be: they
    are left out.
    """
    ordered = by_step(points.take(np.flatnonzero(plausible_times(points.wall_time))))
    seconds = np.diff(ordered.wall_time)
    steps = np.diff(ordered.step)
    forward = (seconds > 0) & (steps > 0)
    later = ordered[1:]
    return Column(
        later.step[forward],
        later.wall_time[forward],
        amount * steps[forward] / seconds[forward],
    )
