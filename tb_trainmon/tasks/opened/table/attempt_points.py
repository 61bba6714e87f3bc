"""The points in the rows of one attempt, all of them or those at both ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tb_trainmon.core.columns import Column, GrowingColumn
from tb_trainmon.core.series_names import admitted
from tb_trainmon.event_files.names import EventFileName
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.found.layout import TABLE
from tb_trainmon.tasks.judged.parts.cuts import grown, part_from_glance, parts_of
from tb_trainmon.tasks.judged.parts.part import FilePart, Source
from tb_trainmon.training_logs.log_rows import LogRows
from tb_trainmon.training_logs.rows import AttemptRow


class AttemptLog:
    """The points in the rows of one attempt, and the time that the rows span."""

    def __init__(self, rows: LogRows | None = None) -> None:
        self.columns: dict[str, GrowingColumn] = {}
        self.times: list[float] = []
        self.left_out = False  # whether it has more series than are admitted
        self._told: FilePart | None = None
        self._view: Mapping[str, Column] | None = None
        if rows is not None:
            self.add(rows)

    def add(self, rows: LogRows) -> None:
        """Take over ``rows``."""
        found = points_of(rows)
        series = admitted(found, self.columns)
        self.left_out |= len(series) < len(found)
        # The first that come are all of it: their series share arrays, which are looked at once.
        self._view = None if self.columns else series
        for name, points in series.items():
            known = self.columns.get(name)
            if known is None:
                self.columns[name] = GrowingColumn(points)
            else:
                known.extend(points)
        times = [*self.times, *filter(None, rows.wall_times)]
        self.times = [min(times), max(times)] if times else []

    def __len__(self) -> int:
        """The points of the metric that has most."""
        return max(map(len, self.columns.values()), default=0)

    def view(self) -> Mapping[str, Column]:
        """The points by metric; stays as it is while rows come."""
        if self._view is None:
            self._view = {name: points.view() for name, points in self.columns.items()}
        return self._view

    def part(self, number: int, row: AttemptRow | None) -> FilePart:
        """What the rows measure, like the part of an event file: the same until rows come."""
        known, points = self._told, self.view()
        source = _source(number, row, self.times, self.left_out)
        before = {tag: facts.points for tag, facts in known.tags.items()} if known else {}
        now = {tag: len(column) for tag, column in points.items()}
        if known is None or known.source != source or before != now:
            parts = grown([known], source, points, before) if known else None
            known = (parts or parts_of(source, points, whole=False))[0]
        self._told = known
        return known


class AttemptEnds:
    """What is known of an attempt by its first rows and its last; grows at its end."""

    def __init__(self, head: AttemptLog, tail: AttemptLog) -> None:
        self.head, self.tail = head, tail
        self._told: FilePart | None = None

    def add(self, rows: LogRows) -> None:
        """Take over rows behind those that are known."""
        self.tail.add(rows)
        self._told = None

    def __len__(self) -> int:
        """The points at its end."""
        return len(self.tail)

    def part(self, number: int, row: AttemptRow | None) -> FilePart:
        """Like the part of an event file of which only head and tail are known; as above."""
        times = sorted([*self.head.times, *self.tail.times])  # a clock may have been set back
        source = _source(number, row, times, self.head.left_out or self.tail.left_out)
        if self._told is None or self._told.source != source:
            self._told = part_from_glance(source, self.head.view(), self.tail.view(), ())
        return self._told


def points_of(rows: LogRows) -> dict[str, Column]:
    """By metric, the points in rows; a row without a step has none, one without a time is of 0."""
    if None in rows.steps:
        rows = rows.take([place for place, step in enumerate(rows.steps) if step is not None])
    step = np.array(rows.steps, dtype=np.int64)
    time = np.array([time or 0.0 for time in rows.wall_times], dtype=np.float64)
    found: dict[str, Column] = {}
    # What is logged together shares its steps and times, in memory as well.
    before, at, when = None, step, time
    for name, (places, numbers) in rows.metrics.items():
        if places is not before:
            before = places
            where = slice(None) if len(places) == len(rows) else np.array(places, dtype=np.intp)
            at, when = step[where], time[where]
        found[name] = Column(at, when, np.array(numbers, dtype=np.float64))
    return found


def _source(number: int, row: AttemptRow | None, times: Sequence[float], left_out: bool) -> Source:
    """Where the points of an attempt's rows come from; ``times`` are the first and the last.

    The attempt's number stands where an event file counts the writers of a process.
    """
    first, last = (times[0], times[-1]) if times else (None, None)
    name = EventFileName(None, row.host if row else None, row.pid if row else None, number, "")
    file = FoundFile(f"{TABLE} of attempt {number}", name, 0, 0, 0, last or 0.0)
    return Source(TABLE, TABLE, file, {}, None, first, last, left_out=left_out)
