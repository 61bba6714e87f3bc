"""The points of a task's metrics: from its files or its table rows, attempt by attempt."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, IntArray, column, concatenate
from tb_trainmon.core.stored import KeptColumn
from tb_trainmon.series.accumulate import Piece, moved
from tb_trainmon.series.cycles import laid_out
from tb_trainmon.tasks.found.layout import TABLE
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.attempt_views import AttemptView
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.judged.parts.counters import Key
from tb_trainmon.tasks.judged.parts.hidden_nans import HIDING_TAG, filters_nans, hidden
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.opened.computed import of_values
from tb_trainmon.tasks.opened.followed import Followed
from tb_trainmon.tasks.opened.followed_share import FollowedShare
from tb_trainmon.tasks.opened.places import Course, Placed, course_of
from tb_trainmon.tasks.opened.table.log import TableLog


class TaskPoints:
    """Finds the points of a metric in what is open of a task.

    ``of_file`` gives those of a tag in a part of a file, ``table`` those of rows.
    ``followed`` keeps, by attempt and metric, what was computed of them from one time to the next,
    ``placed`` where those lie that do not count in the attempt's steps.
    """

    def __init__(
        self,
        assessment: Assessment,
        of_file: Callable[[FilePart, str], Column],
        table: TableLog,
        followed: dict[tuple[int, str], Followed | FollowedShare] | None = None,
        placed: dict[tuple[int, str], Placed] | None = None,
        put_away: Callable[[KeptColumn], None] = lambda _: None,
    ) -> None:
        self._put_away = put_away
        self._followed = {} if followed is None else followed
        self._placed = {} if placed is None else placed
        self._courses: dict[int, Course] = {}
        self._assessment = assessment
        self._of_file = of_file
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
                x = self._x(attempt, metric, points)
                found.append(Piece(attempt.number, attempt.shift, points, x))
        return found

    def count(self, metric: Metric) -> int:
        """How many points there are of ``metric``: told by its parts where it has one for each."""
        if metric.derived in ("rate", "share"):
            return sum(len(piece.points) for piece in self.pieces(metric))
        return sum(
            self._count_of_part(part, slot, metric.tag)
            for attempt in self._assessment.attempts
            for slot in metric.slots
            for part in self._parts.get((attempt.number, slot), ())
            if metric.tag in part.tags
        )

    def latest(self, metric: Metric) -> Column | None:
        """The point with which the series of ``metric`` ends; None if only the series tells."""
        if metric.derived in ("rate", "share") or metric.tag == HIDING_TAG:
            return None
        for attempt in reversed(self._assessment.attempts):
            keys = [(attempt.number, slot) for slot in metric.slots]
            parts = [part for key in keys for part in self._parts.get(key, ())]
            facts = [part.tags[metric.tag] for part in parts if metric.tag in part.tags]
            if facts:
                highest = max(each.max_step for each in facts)
                # Points of one step keep the order in which they were written.
                last = [each for each in facts if each.max_step == highest][-1]
                if last.last_step != highest or not attempt.lies_by_step(metric):
                    return None
                point = last.recent[-1:]
                value = of_values(metric, point.value)
                return Column(point.step, point.wall_time, value)
        return column()

    def _x(self, attempt: AttemptView, metric: Metric, points: Column) -> IntArray | None:
        """The places of points whose steps do not tell them; None where they do."""
        if attempt.lies_by_step(metric):
            return None
        files, unit = attempt.files, attempt.files.unit
        keys = [(slot, metric.tag) for slot in metric.slots]
        if unit is not None and keys == [files.leading] and metric.derived != "rate":
            return moved(laid_out(points.step, unit), attempt.shift)
        course = self._courses.get(attempt.number)
        if course is None:
            leading = self._of_key(attempt, files.leading)
            course = course_of(leading, attempt.shift, attempt.x_start, unit)
            self._courses[attempt.number] = course
        placed = self._placed.setdefault((attempt.number, metric.name), Placed())
        return placed.places(points, course)

    def hidden_nans(self, metric: Metric) -> int:
        """How many points are shown as NaN that the trainer logged as 0.0."""
        if not self._may_hide_nans(metric):
            return 0
        return sum(
            int(np.count_nonzero(self._hidden(attempt, self._logged(attempt, metric))))
            for attempt in self._assessment.attempts
            if self._follow(attempt, metric)[1].zeros
        )

    def _of_attempt(self, attempt: AttemptView, metric: Metric) -> Column:
        points, followed = self._follow(attempt, metric)
        if not (followed.zeros and self._may_hide_nans(metric)):
            return points
        hidden = self._hidden(attempt, self._logged(attempt, metric))
        if not hidden.any():
            return points
        return Column(points.step, points.wall_time, np.where(hidden, np.nan, points.value))

    def _follow(
        self, attempt: AttemptView, metric: Metric
    ) -> tuple[Column, Followed | FollowedShare]:
        key = (attempt.number, metric.name)
        followed = self._followed.get(key)
        if followed is None or followed.metric != metric:
            own = Followed(metric, put_away=self._put_away)
            followed = own if metric.over is None else FollowedShare(metric)
            self._followed[key] = followed
        columns = self._columns(attempt, metric)
        if isinstance(followed, Followed):
            return followed.points(columns), followed
        whole = [] if metric.over is None else self._columns(attempt, metric.over)
        return followed.points(columns, whole), followed

    def _logged(self, attempt: AttemptView, metric: Metric) -> Column:
        return concatenate(self._columns(attempt, metric))

    def _columns(self, attempt: AttemptView, metric: Metric) -> list[Column]:
        keys = [(slot, metric.tag) for slot in metric.slots]
        return [points for key in keys for points in self._of_key(attempt, key)]

    def _of_key(self, attempt: AttemptView, key: Key | None) -> list[Column]:
        slot, tag = key or ("", "")
        parts = self._parts.get((attempt.number, slot), [])
        return [self._of_part(part, slot, tag) for part in parts if tag in part.tags]

    def _of_part(self, part: FilePart, slot: str, tag: str) -> Column:
        if slot == TABLE:
            return self._table.points(part.source.file.name.uid or 0, tag)
        return self._of_file(part, tag)

    def _count_of_part(self, part: FilePart, slot: str, tag: str) -> int:
        if slot == TABLE:
            return len(self._table.points(part.source.file.name.uid or 0, tag))
        return part.tags[tag].points

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
