"""A task that somebody looks at: every point of it, kept up to date by what is appended."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TypeVar, cast

from tb_trainmon.core.columns import Column
from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.core.problem import Problem
from tb_trainmon.core.revisions import revision_in
from tb_trainmon.core.weak import weakly
from tb_trainmon.event_files.remote.disks import PatientDisk
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.series.accumulate import Accumulated, Piece
from tb_trainmon.series.growing import GrowingSeries
from tb_trainmon.tasks.found.layout import Layout, TableTask
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.judged.assessment import Assessment, say
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.judged.progress.siblings import UsualEnd
from tb_trainmon.tasks.judged.shown import Shown, shown_by
from tb_trainmon.tasks.judged.timing.time_spent import TimeSpent
from tb_trainmon.tasks.opened.ahead import Ahead, ahead_of
from tb_trainmon.tasks.opened.followed import Followed
from tb_trainmon.tasks.opened.log.derived import steps_left_out
from tb_trainmon.tasks.opened.log.training_log import REVISIONS_KEPT, TrainingLog
from tb_trainmon.tasks.opened.log_index import logged_metrics
from tb_trainmon.tasks.opened.marks import Mark, Marks
from tb_trainmon.tasks.opened.open_files import OpenFile
from tb_trainmon.tasks.opened.places import Placed
from tb_trainmon.tasks.opened.room import DEFAULT_BUDGET, Room
from tb_trainmon.tasks.opened.shape import Shape, shape_of, told_of, why_moved
from tb_trainmon.tasks.opened.shared import Shared
from tb_trainmon.tasks.opened.table.glance import TableGlance
from tb_trainmon.tasks.opened.table.log import TableLog
from tb_trainmon.tasks.opened.table.reading_on import read_on
from tb_trainmon.tasks.opened.task_points import TaskPoints
from tb_trainmon.tasks.opened.time_told import time_told

_SLICE = 0.02  # seconds of work between two looks
_UNSEEN = 10.0  # seconds after a look in which its thread reads on
_JUST_WRITTEN = 60.0  # seconds since a file was modified that somebody writes, not copies
_LARGE = 32 << 20  # bytes of a task whose answers take much for a moment
_BYTES_A_TASK = 60_000  # of a small one: what is said of it, and by which rules
_COUNTS_KEPT = 500_000  # numbers in them: a task with thousands of metrics keeps fewer

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
        self.boot = secrets.token_hex(6)
        self.revision = 0
        # Bytes that it took when it was measured; whoever reads it need not hold the lock.
        self.memory = 0
        self.reset_reason = "This cursor is from before TensorBoard was started, or too old."
        self._side_files = side_files
        self._clock = clock
        self._disk = disk
        self._layout = layout
        self._usual_end: UsualEnd | None = None
        self._shown: Shown | None = None
        self._spent: tuple[Shown | None, list[tuple[int, TimeSpent]]] = (None, [])
        self._files: dict[str, OpenFile] = {}
        self._room = Room(budget, self._files)
        self._looks = 0
        self._has_news = True  # points or rows came when it was looked at last
        self._table = TableLog()
        self._reads_on, self._is_reading = reads_on, False
        self._rows_told: object = None  # the extent of the rows at the last look
        self._rows_replaced = False  # since then
        self._looked_at = 0.0
        self._table_glance: TableGlance | None = None
        self._table_problem: Problem | None = None
        self._unlisted: Problem | None = None
        self._metrics: Mapping[str, Metric] = {}
        self._series: dict[str, GrowingSeries] = {}
        self._followed: dict[tuple[int, str], Followed | Shared] = {}
        self._placed: dict[tuple[int, str], Placed] = {}
        self._marks = Marks(REVISIONS_KEPT, _COUNTS_KEPT)
        self._told: object = None  # the task, as it was told at the last of them
        self._shape: Shape | None = None
        self._made: dict[object, tuple[int, object]] = {}
        self._kept: dict[object, object] = {}
        self._log = TrainingLog(weakly(self._points_of))
        self.assessment: Assessment
        self._points: TaskPoints

    @property
    def cursor(self) -> str:
        """Names the present state, for a later question of what came since."""
        return f"{self.boot}:{self.revision}"

    @property
    def has_all_rows(self) -> bool:
        """Whether the table's rows, if it has any, have been read to the last."""
        return self._table_glance is None

    @property
    def is_large(self) -> bool:
        """Whether its answers take much memory for a moment."""
        return self._room.is_left or self.memory > _LARGE

    def refresh(self, layout: Layout, usual_end: UsualEnd | None = None) -> None:
        """Read what is new in the task's files and rows, and judge it again.

        ``usual_end`` is where its siblings ended.
        """
        self._usual_end = usual_end
        rewritten = self._read(layout)
        self._shown = self._look()
        self.assessment = self._judge(self._shown)
        offered = (offer.metric for offer in self.assessment.offered)
        self._metrics = {metric.name: metric for metric in (*self.assessment.metrics, *offered)}
        self._points = TaskPoints(
            self.assessment,
            self._files,
            self._table,
            self._followed,
            self._placed,
            self._room.put_away,
        )
        shape = shape_of(self.assessment)
        moved = self._shape is not None and not self._shape.grew_to(shape)
        if rewritten or moved:
            self._start_anew(why_moved(rewritten, self._shape, shape))
        # Else only the clock went on: points are where they were.
        self._has_news |= shape != self._shape
        self._shape = shape
        moved_series = [
            name
            for name, series in (self._series.items() if self._has_news else ())
            if not series.update(self._points.pieces(self.metric(name)))
        ]
        if moved_series:
            self._start_anew(f"Points of {', '.join(moved_series)} arrived out of order.")
        self._tell_unlisted()
        self._mark()

    def measure(self) -> None:
        """Count what it takes now, with all that was made since it was read."""
        parts = (self._files, self._series, self._followed, self._placed)
        found = sum([sum([part.memory for part in of.values()]) for of in parts])
        # What other rooms keep of it says itself how much that is, where it is much.
        others = [*self._kept.values(), *(made for _, made in self._made.values())]
        kept = sum([getattr(other, "memory", 0) for other in others])
        own = self._marks.memory + self._table.memory + self._log.memory
        self.memory = _BYTES_A_TASK + found + own + kept

    def judged(self, typed_total: int | None) -> Assessment:
        """As it was at the last refresh; with ``typed_total``, where no total is on record."""
        if typed_total is None:
            return self.assessment
        return self._judge(self.assessment.shown, typed_total)

    def _judge(self, shown: Shown, typed_total: int | None = None) -> Assessment:
        alone = say(shown, self._side_files, self._clock(), typed_total)
        problems = [problem for file in self._files.values() for problem in file.problems]
        problems += shown.problems
        own = (self._table_problem, self._unlisted, self._room.problem)
        problems += filter(None, own)
        return replace(alone.beside(self._usual_end), problems=tuple(problems))

    def _look(self) -> Shown:
        """What its files and rows show: what they showed, where nothing has come since."""
        layout, known = self._layout, self._shown
        parts = [part for file in self._files.values() for part in file.parts()]
        logged = self._rows_seen().parts(layout.table) if layout.table else {}
        seen = list(map(id, (*parts, *logged.values())))
        if known is not None and known.layout == layout and seen == list(map(id, known.parts)):
            return known
        # Of the files, not of the task: what is said of it would hold it in a circle.
        return shown_by(layout, parts, logged, partial(_all_points, self._files))

    def time_spent(self, assessment: Assessment) -> list[tuple[int, TimeSpent]]:
        """Where the time went, by attempt's number: worked out once where files alone tell."""
        shown, spent = self._spent
        if shown is assessment.shown and shown.layout.table is None:
            return spent
        spent = time_told(assessment, partial(_all_points, self._files), self._table.marks())
        self._spent = assessment.shown, spent
        return spent

    def ahead(self, assessment: Assessment) -> Ahead:
        """What comes next, and what a crash would cost."""
        return ahead_of(assessment, partial(_all_points, self._files), self._table.marks())

    def metric(self, name: str) -> Metric:
        """The metric of this name, offered ones included. Raises KeyError."""
        return self._metrics[name]

    def has(self, name: str) -> bool:
        """Whether ``metric`` knows this name."""
        return name in self._metrics

    def series(self, name: str) -> GrowingSeries:
        """The accumulated points of a metric. Raises KeyError."""
        if name not in self._series:
            metric = self.metric(name)
            self._series[name] = series = GrowingSeries()
            series.update(self._points.pieces(metric))
        return self._series[name]

    def _points_of(self, name: str) -> Accumulated:
        return self.series(name).points

    def pieces(self, metric: Metric) -> list[Piece]:
        """What each attempt has of a metric now; stays as it is while the task grows."""
        return self._points.pieces(metric)

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
        self._log.refresh(self.revision, self.assessment, self._table.rows())
        return self._log

    @property
    def table_log(self) -> TableLog:
        """The task's rows in the companion table."""
        return self._table

    def since(self, cursor: str | None) -> Mark | None:
        """The state that ``cursor`` names; None if what came since cannot be told any more."""
        revision = revision_in(cursor, self.boot)
        return None if revision is None else self._marks.at(revision)

    def _read(self, layout: Layout) -> bool:
        """Take over new files, points and rows; whether points that were there have gone."""
        self._layout = layout
        self._looks += 1
        for run in layout.runs:
            for file in run.files:
                known = self._files.get(file.path)
                if known is None or (known.run.path, known.run.slot) != (run.path, run.slot):
                    seen = self._seen_coming(file) if known is None else 0
                    self._files[file.path] = OpenFile(run, file, self._clock, self._disk, seen)
                else:
                    known.file = file
        self._disk.begin_visit()
        # Files that are gone stay: what was read of them is still shown, with a problem.
        came = [file.refresh(self._looks, self._room) for file in self._files.values()]
        rewritten, rows_told = any(news.rewritten for news in came), self._rows_told
        replaced = self._read_table(layout.table)
        self._rows_told = self._table.extent
        self._has_news = (
            rewritten or replaced or self._rows_told != rows_told or any(n.events for n in came)
        )
        if self._has_news:
            self._room.make()
        return replaced or rewritten

    def _seen_coming(self, file: FoundFile) -> int:
        """See ``Source.seen``."""
        if self._looks == 1:
            return 0
        copied = file.modified_at < self._clock() - _JUST_WRITTEN
        return -self._looks if copied else self._looks

    def _read_table(self, table: TableTask | None) -> bool:
        """Take over new rows; whether those that were there have gone."""
        self._table_problem = None
        if table is None:
            gone = len(self._table) > 0
            if gone:
                self._table = TableLog()
            return gone
        try:
            replaced = self._take_rows(table)
            if not self._table.is_whole:
                self._table.locate(table)
        except DatabaseUnreadable as error:
            self._table_problem = Problem("database_unreadable", "training_logs", str(error))
            return False
        if self._table.is_whole:
            self._table_glance = None
            return replaced
        # Until all rows have been read, what is said of the task is what the list says.
        self._table_problem = _still_reading(*self._table.extent[1:])
        self._table_glance = self._table_glance or TableGlance()
        with suppress(DatabaseUnreadable):
            self._table_glance.refresh(table)
        return replaced

    def _take_rows(self, table: TableTask) -> bool:
        """Read what is new, or leave that to the thread; whether rows that were known have gone."""
        self._looked_at = self._clock()
        if not self._is_reading:
            patience = {"patience": 0.0} if self._reads_on else {}
            self._rows_replaced |= self._table.refresh(table, **patience)
            if self._reads_on and not self._table.is_whole:
                self._is_reading = True
                read_on(self)
        replaced, self._rows_replaced = self._rows_replaced, False
        return replaced

    def read_on(self) -> bool:
        """Read some more rows, between two looks; whether there is more, and somebody to see it."""
        with self.lock, suppress(DatabaseUnreadable):  # the next look will say so
            table = self._layout.table
            self._is_reading = False
            if table is not None and self._clock() - self._looked_at < _UNSEEN:
                self._rows_replaced |= self._table.refresh(table, _SLICE)
                self._is_reading = not self._table.is_whole
        return self._is_reading

    def _rows_seen(self) -> TableLog | TableGlance:
        """What the task is judged by."""
        return self._table_glance or self._table

    def _tell_unlisted(self) -> None:
        """Say how many steps have no row in the log, where it is made from points."""
        logged = [] if len(self._table) else logged_metrics(self.assessment, evaluation=False)
        most = max((self.count(metric) for metric in logged), default=0)
        before, self._unlisted = self._unlisted, _unlisted(steps_left_out(most), most)
        if before != self._unlisted:
            known = [p for p in self.assessment.problems if p != before]
            now = [] if self._unlisted is None else [self._unlisted]
            self.assessment = replace(self.assessment, problems=(*known, *now))

    def _start_anew(self, reason: str) -> None:
        self.reset_reason = reason
        self.revision += 1
        self._marks.clear()
        self._series.clear()
        self._followed.clear()
        self._kept.clear()
        self._placed.clear()
        self._log.start_anew()

    def _mark(self) -> None:
        last, names = self._marks.last, list(self._metrics)
        same = last is not None and list(last.places) == names
        if last is not None and same and not self._has_news:
            counts = list(last.counts)
        else:
            counts = [self.count(metric) for metric in self._metrics.values()]
        told = (told_of(self.assessment), self._table.extent)
        if last is not None:
            if same and list(last.counts) == counts and self._told == told:
                return
            self.revision += 1
        self._told = told
        self._marks.add(self.revision, names, counts)


def _all_points(files: Mapping[str, OpenFile], part: FilePart, tag: str) -> Column:
    """Every point of a tag in a part; of the table's rows, the latest."""
    file = files.get(part.source.file.path)
    return part.tags[tag].recent if file is None else file.points(tag)[part.cut[tag]]


def _still_reading(read: int, rows: int) -> Problem:
    return Problem(
        "still_reading",
        "training_logs",
        f"The charts are being read from the table's rows: {read:,} of {rows:,} so far. The rest "
        "appears by itself.",
    )


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
