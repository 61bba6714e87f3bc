"""A task that somebody looks at: every point of it, kept up to date by what is appended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar, cast

from tb_trainmon.core.columns import Column
from tb_trainmon.core.problem import Problem
from tb_trainmon.event_files.remote.disks import PatientDisk
from tb_trainmon.series.accumulate import Piece
from tb_trainmon.series.growing import GrowingSeries
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.judged.assessment import Assessment, say
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.judged.progress.siblings import UsualEnd
from tb_trainmon.tasks.judged.shown import Shown, shown_by
from tb_trainmon.tasks.judged.timing.time_spent import TimeSpent
from tb_trainmon.tasks.opened.ahead import Ahead, ahead_of
from tb_trainmon.tasks.opened.log.derived import steps_left_out
from tb_trainmon.tasks.opened.log.training_log import TrainingLog
from tb_trainmon.tasks.opened.log_index import logged_metrics
from tb_trainmon.tasks.opened.marks import Mark
from tb_trainmon.tasks.opened.memory_budget import DEFAULT_BUDGET
from tb_trainmon.tasks.opened.open_files import OpenFiles
from tb_trainmon.tasks.opened.revisions import Revisions
from tb_trainmon.tasks.opened.shape import Shape, shape_of, told_of, why_moved
from tb_trainmon.tasks.opened.table.open_rows import OpenRows
from tb_trainmon.tasks.opened.task_series import TaskSeries
from tb_trainmon.tasks.opened.time_told import time_told

_LARGE = 32 << 20  # bytes of a task whose answers take much for a moment
_BYTES_A_TASK = 60_000  # of a small one: what is said of it, and by which rules

_T = TypeVar("_T")


class OpenTask:
    """Not safe by itself: hold ``lock`` from a ``refresh`` to the last use of what it gave."""

    def __init__(
        self,
        layout: Layout,
        side_files: SideFiles,
        clock: Callable[[], float],
        disk: PatientDisk,
        budget: int = DEFAULT_BUDGET,
        *,
        reads_on: bool = False,
    ) -> None:
        self.lock = threading.RLock()
        # Bytes that it took when it was measured; whoever reads it need not hold the lock.
        self.memory = 0
        self._side_files = side_files
        self._clock = clock
        self._layout = layout
        self._files = OpenFiles(clock, disk, budget)
        self._rows = OpenRows(self.lock, clock, reads_on=reads_on)
        self._rows_seen: object = None  # their extent at the last look
        self._usual_end: UsualEnd | None = None
        self._shown: Shown | None = None
        self._spent: tuple[Shown | None, list[tuple[int, TimeSpent]]] = (None, [])
        self._unlisted: Problem | None = None
        self._shape: Shape | None = None
        self._series = TaskSeries()
        self._log = TrainingLog(self._series.points)
        self._revisions = Revisions()
        self._made: dict[object, tuple[int, object]] = {}
        self._kept: dict[object, object] = {}
        self.assessment: Assessment

    @property
    def revision(self) -> int:
        """The number of the present state."""
        return self._revisions.number

    @property
    def cursor(self) -> str:
        """Names the present state, for a later question of what came since."""
        return self._revisions.cursor

    @property
    def reset_reason(self) -> str:
        """Why ``since`` knows an earlier state no more, in a sentence."""
        return self._revisions.reset_reason

    def since(self, cursor: str | None) -> Mark | None:
        """The state that ``cursor`` names; None if what came since cannot be told any more."""
        return self._revisions.since(cursor)

    @property
    def has_all_rows(self) -> bool:
        """Whether the table's rows, if it has any, have been read to the last."""
        return self._rows.are_whole

    @property
    def is_large(self) -> bool:
        """Whether its answers take much memory for a moment."""
        return self._files.budget.is_exceeded or self.memory > _LARGE

    def refresh(self, layout: Layout, usual_end: UsualEnd | None = None) -> None:
        """Read what is new in the task's files and rows, and judge it again.

        ``usual_end`` is where its siblings ended.
        """
        self._layout, self._usual_end = layout, usual_end
        news = self._files.refresh(layout.runs)
        rewritten = self._rows.refresh(layout.table) or news.rewritten
        self._shown = self._look()
        self.assessment = self._judge(self._shown)
        self._series.follow(self.assessment, self._files, self._rows.log)
        before, self._shape = self._shape, shape_of(self.assessment)
        if rewritten or (before is not None and not before.grew_to(self._shape)):
            self._start_anew(why_moved(rewritten, before, self._shape))
        # Else only the clock went on, unless there is something new: points are where they were.
        seen, self._rows_seen = self._rows_seen, self._rows.log.extent
        grew = any(news) or self._rows_seen != seen or self._shape != before
        moved = self._series.update() if grew else []
        if moved:
            self._start_anew(f"Points of {', '.join(moved)} arrived out of order.")
        self._tell_unlisted()
        told = (told_of(self.assessment), self._rows_seen)
        self._revisions.mark(told, list(self._series.metrics), self._series.counts, grew=grew)

    def measure(self) -> None:
        """Count what it takes now, with all that was made since it was read."""
        # What other rooms keep of it says itself how much that is, where it is much.
        others = [*self._kept.values(), *(made for _, made in self._made.values())]
        kept = sum([getattr(other, "memory", 0) for other in others])
        own = (self._files, self._rows.log, self._series, self._revisions, self._log)
        self.memory = _BYTES_A_TASK + sum([part.memory for part in own]) + kept

    def judged(self, typed_total: int | None) -> Assessment:
        """As it was at the last refresh; with ``typed_total``, where no total is on record."""
        if typed_total is None:
            return self.assessment
        return self._judge(self.assessment.shown, typed_total)

    def _judge(self, shown: Shown, typed_total: int | None = None) -> Assessment:
        alone = say(shown, self._side_files, self._clock(), typed_total)
        return replace(alone.beside(self._usual_end), problems=self._problems(shown))

    def _problems(self, shown: Shown) -> tuple[Problem, ...]:
        own = (self._rows.problem, self._unlisted, self._files.budget.problem)
        return (*self._files.problems, *shown.problems, *filter(None, own))

    def _look(self) -> Shown:
        """What its files and rows show: what they showed, where nothing has come since."""
        layout, known = self._layout, self._shown
        parts = self._files.parts()
        logged = self._rows.parts(layout.table) if layout.table else {}
        seen = list(map(id, (*parts, *logged.values())))
        if known is not None and known.layout == layout and seen == list(map(id, known.parts)):
            return known
        # Of the files, not of the task: what is said of it would hold it in a circle.
        return shown_by(layout, parts, logged, self._files.known_points)

    def time_spent(self, assessment: Assessment) -> list[tuple[int, TimeSpent]]:
        """Where the time went, by attempt's number: worked out once where files alone tell."""
        shown, spent = self._spent
        if shown is assessment.shown and shown.layout.table is None:
            return spent
        spent = time_told(assessment, self._files.known_points, self._rows.log.marks())
        self._spent = assessment.shown, spent
        return spent

    def ahead(self, assessment: Assessment) -> Ahead:
        """What comes next, and what a crash would cost."""
        return ahead_of(assessment, self._files.known_points, self._rows.log.marks())

    def metric(self, name: str) -> Metric:
        """The metric of this name, offered ones included. Raises KeyError."""
        return self._series.metrics[name]

    def has(self, name: str) -> bool:
        """Whether ``metric`` knows this name."""
        return name in self._series.metrics

    def series(self, name: str) -> GrowingSeries:
        """The accumulated points of a metric. Raises KeyError."""
        return self._series.series(name)

    def pieces(self, metric: Metric) -> list[Piece]:
        """What each attempt has of a metric now; stays as it is while the task grows."""
        return self._series.pieces(metric)

    def count(self, metric: Metric) -> int:
        """How many points a metric has."""
        return self._series.count(metric)

    def latest(self, metric: Metric) -> Column:
        """The point with which its series ends; empty without one. Makes no series for it."""
        return self._series.latest(metric)

    def hidden_nans(self, metric: Metric) -> int:
        """How many of its points are shown as NaN that the trainer logged as 0.0."""
        return self._series.hidden_nans(metric)

    def once(self, make: Callable[[OpenTask], _T]) -> _T:
        """What ``make`` makes of the task: made anew only when the task has moved on."""
        revision, made = self._made.get(make, (-1, None))
        if revision != self.revision:
            made = make(self)
            self._made[make] = self.revision, made
        return cast(_T, made)

    def kept(self, make: Callable[[], _T]) -> _T:
        """What ``make`` made when it was asked for first, until points move or go.

        For what follows the task's points as they grow.
        """
        if make not in self._kept:
            self._kept[make] = make()
        return cast(_T, self._kept[make])

    def if_kept(self, make: Callable[[], _T]) -> _T | None:
        """The same if it is there; whoever asks need not hold the lock."""
        return cast("_T | None", self._kept.get(make))

    def log(self) -> TrainingLog:
        """The training log, up to date."""
        self._log.refresh(self.revision, self.assessment, self._rows.log.rows())
        return self._log

    def _tell_unlisted(self) -> None:
        """Say how many steps have no row in the log, where it is made from points."""
        logged = [] if len(self._rows.log) else logged_metrics(self.assessment, evaluation=False)
        most = max((self.count(metric) for metric in logged), default=0)
        before, self._unlisted = self._unlisted, _unlisted(steps_left_out(most), most)
        if before != self._unlisted:
            problems = self._problems(self.assessment.shown)
            self.assessment = replace(self.assessment, problems=problems)

    def _start_anew(self, why: str) -> None:
        self._revisions.start_anew(why)
        self._series.start_anew()
        self._log.start_anew()
        self._kept.clear()


def _unlisted(steps: int, most: int) -> Problem | None:
    return (
        Problem(
            "log_shortened",
            "training log",
            f"The log lists the latest {most - steps:,} of {most:,} steps; the charts have all.",
        )
        if steps
        else None
    )
