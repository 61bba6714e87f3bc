"""An event file of a task that somebody looks at: all its points, in columns by tag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tb_trainmon.core.columns import Column, GrowingColumn, memory_of
from tb_trainmon.core.problem import Problem
from tb_trainmon.core.series_names import admitted
from tb_trainmon.core.stored import KeptColumn, Store
from tb_trainmon.event_files.batch import MOST_STARTS, Batch, HyperParameter, SessionStart
from tb_trainmon.event_files.disk import Disk
from tb_trainmon.event_files.event_file import EventFile
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.event_files.texts import Texts
from tb_trainmon.tasks.found.grouping import Run
from tb_trainmon.tasks.judged.parts.cuts import grown, parts_of
from tb_trainmon.tasks.judged.parts.part import FilePart, Source
from tb_trainmon.tasks.opened.memory_budget import MemoryBudget

_WORTH_SHARING = 4096  # points of a tag that come at once
_BYTES_A_TAG = 2_000  # of a tag in a file, whatever its points: its column, and what is told of it
_BYTES_AN_OTHER = 300  # ... of one of images, histograms and the like
_AXES = 3  # of training, of evaluation, of an epoch


class News(NamedTuple):
    """What a look at a file found: events, or that those are gone which were there."""

    events: bool
    rewritten: bool


class OpenFile:
    """One event file, read to its end and followed from there.

    ``file`` is what the latest scan saw of it; for ``seen`` see ``Source``.
    """

    def __init__(
        self,
        run: Run,
        file: FoundFile,
        clock: Callable[[], float],
        disk: Disk | None = None,
        seen: int = 0,
    ) -> None:
        self.run = run
        self.file = file
        self._seen, self._grew = seen, 0
        where = f"{run.path or '.'}/{file.path.rpartition('/')[2]}"
        self._reader = EventFile(file.path, where=where, clock=clock, disk=disk)
        self._parts: list[FilePart] | None = None
        # Bytes, while nothing has come since they were counted.
        self._memory: int | None = None
        self._movable: int | None = None
        self._forget()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All standing problems of the file."""
        return self._reader.problems

    @property
    def memory(self) -> int:
        """Bytes that it takes, for its points most of all."""
        if self._memory is None:
            tails = [column.tail for column in self._columns.values()]
            points = memory_of(tails) + _BYTES_A_TAG * len(tails)
            self._memory = points + self._texts.memory + _BYTES_AN_OTHER * len(self._others)
        return self._memory

    @property
    def movable(self) -> int:
        """Bytes of it that ``put_away`` makes free."""
        if self._movable is None:
            columns = self._columns.values()
            self._movable = memory_of([c.tail for c in columns if c.is_worth_a_block])
        return self._movable

    def points(self, tag: str) -> Column:
        """All points of a tag that the file has."""
        return self._columns[tag].view()

    def refresh(self, look: int = 0, budget: MemoryBudget | None = None) -> News:
        """Read what was appended; what it was. ``look`` counts those at the task.

        What is more than the task's ``budget`` allows at once is read in pieces.
        """
        came, goes_on, begins = News(False, False), True, not self._columns
        while goes_on:
            batch = self._reader.read(budget.piece if budget else None)
            came = News(came.events or batch.events > 0, came.rewritten or batch.rewritten)
            self._take_over(batch)
            goes_on = batch.more
            if goes_on and budget is not None:
                if begins:
                    self.parts()  # while these are few: they go on with what is read next
                begins = False
                budget.keep(more=True)
        if came.events:
            self._grew = look
        return came

    def put_away(self, store: Store) -> None:
        """Have the points in ``store``. Raises OSError."""
        self._memory = self._movable = None
        self._axes.clear()
        for column in self._columns.values():
            column.put_away(store)

    def _take_over(self, batch: Batch) -> None:
        if batch.rewritten:
            self._forget()
        if batch.events or batch.rewritten:
            before = {tag: len(points) for tag, points in self._columns.items()}
            self._take(batch)
            self._continue_parts(before, batch)

    def parts(self) -> list[FilePart]:
        """The parts of the file, with what is known of each."""
        if self._parts is None:
            self._parts = parts_of(self._source(), self._scalars(), self._session_starts)
        return self._parts

    def _scalars(self) -> dict[str, Column]:
        return {tag: points.view() for tag, points in self._columns.items()}

    def _continue_parts(self, before: Mapping[str, int], batch: Batch) -> None:
        """Have the parts end with what was appended, or be made anew."""
        if self._parts is not None and not batch.session_starts:
            self._parts = grown(self._parts, self._source(), self._scalars(), before)
        else:
            self._parts = None

    def _forget(self) -> None:
        self._columns: dict[str, KeptColumn] = {}
        self._memory = self._movable = None
        self._axes: list[GrowingColumn] = []  # the latest whose steps others may share
        self._texts = Texts()
        self._others: dict[str, float] = {}
        self._hparams: Mapping[str, HyperParameter] | None = None
        self._session_starts: list[SessionStart] = []
        self._times: list[float] = []
        self._left_out = False
        self._parts = None

    def _take(self, batch: Batch) -> None:
        self._memory = self._movable = None
        scalars = admitted(batch.scalars, self._columns)
        self._left_out |= len(scalars) < len(batch.scalars)
        for tag, points in scalars.items():
            column = self._columns.get(tag)
            if column is None:
                column = self._columns[tag] = KeptColumn(points)
            else:
                column.extend(points)
            if len(points) >= _WORTH_SHARING:
                self._share_steps(column.tail)
        batch.scalars = {}  # or steps that are shared by now would stay until it is dropped
        for tag, text in batch.texts.items():
            self._texts.add(tag, text)
        self._others.update(admitted(batch.others, self._others))
        self._hparams = batch.hparams or self._hparams
        self._session_starts += batch.session_starts
        del self._session_starts[:-MOST_STARTS]
        times = (*self._times, batch.first_wall_time, batch.last_wall_time)
        known = [time for time in times if time is not None]
        self._times = [min(known), max(known)] if known else []

    def _share_steps(self, column: GrowingColumn) -> None:
        if not any(column.share_steps(axis) for axis in self._axes):
            self._axes = [column, *self._axes][:_AXES]

    def _source(self) -> Source:
        first, last = self._times or (None, None)
        return Source(
            run=self.run.path,
            slot=self.run.slot,
            file=self.file,
            texts=self._texts.by_tag,
            hparams=self._hparams,
            first_wall_time=first,
            last_wall_time=last,
            seen=self._seen,
            grew=self._grew,
            others=self._others,
            left_out=self._left_out,
        )
