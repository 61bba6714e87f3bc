"""The log rows of one task in the companion table, as rows and as points."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from tb_trainmon.core.columns import Column, column
from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.opened.log_index import GrowingIndex, LogIndex
from tb_trainmon.tasks.opened.table.attempt_points import AttemptLog
from tb_trainmon.tasks.opened.table.patience import Patience
from tb_trainmon.tasks.opened.table.row_places import RowPlaces
from tb_trainmon.tasks.opened.table.rows import TableRows
from tb_trainmon.tasks.opened.table.still_there import StillThere
from tb_trainmon.training_logs.log_rows import LogRows, Mark
from tb_trainmon.training_logs.rows import TYPES, LogRow, known_type

PATIENCE = 0.3  # seconds of CPU time that the rows of one task may take of a visit
_AT_ONCE = 2_000  # rows of one question
_NEWEST = 1_000  # rows that are kept whole: as many as anybody asks for at once
_MOST_BYTES = 1 << 24  # ... if they are no longer than this together
_BYTES_A_WHOLE_ROW, _BYTES_A_METRIC = 900, 100
_COUNTING = 0.005, 0.02  # seconds of work, or of waiting, that a visit may take to count them
_WORK, _WAITING = 1.0, 3.0  # seconds in which all rows are to be found; of 5 million it takes 0.2


class TableLog:
    """All points in a task's rows, asked for once and from then on only what is newer.

    ``is_whole``: whether nothing was left to the next visit. ``effort`` tells the CPU time of this
    thread, in seconds.
    """

    def __init__(self, effort: Callable[[], float] = time.thread_time) -> None:
        self._effort = effort
        self._table: TableTask | None = None
        self._read = 0
        self._places = RowPlaces.of_nothing()
        self._still_there = StillThere()
        self._forget()

    def __len__(self) -> int:
        return self._read

    def refresh(self, table: TableTask, patience: float = PATIENCE) -> bool:
        """Take over new rows; whether those that were known have gone. Raises DatabaseUnreadable.

        Rows never change and their numbers only grow, unless somebody replaced the database or
        deleted some. So the last known row is asked for again, and those before it are counted, a
        few thousand a visit. Takes little more than ``patience`` seconds and goes on from there
        the next time.
        """
        self._table = table
        until = self._effort() + patience
        known, revision = self._newest[-1:], table.database.revision()
        rows = self._ask(known[0].id - 1 if known else 0)
        replaced = not all(begins_with(rows, _mark(row)) for row in known) or not self._are_there(
            revision
        )
        if replaced:
            self._forget()
            rows, known = self._ask(0), ()
        if not known:
            self._still_there.begin(revision)
        reached, fresh = self.last_id, [rows[len(known) :]]
        while True:
            self._add(fresh[-1])
            # Numbers that do not grow are none: whoever made this table will not be read for ever.
            self.is_whole = len(rows) < _AT_ONCE or rows.ids[-1] <= reached
            if self.is_whole or self._effort() >= until:
                break
            reached = rows.ids[-1]
            rows = self._ask(reached)
            fresh.append(rows)
        self._keep_newest(fresh)
        return replaced

    def _are_there(self, revision: object) -> bool:
        if not self._places.total or self._table is None:
            return True
        rows = self._table.database.paged(self._table.row.task_id)
        return self._still_there.holds(rows, self._places, revision, Patience(*_COUNTING))

    def locate(self, table: TableTask) -> None:
        """Find where the rows lie that have not been read yet. Raises DatabaseUnreadable."""
        rows = table.database.paged(table.row.task_id)
        self._places = self._places.and_newer(rows, Patience(_WORK, _WAITING))

    @property
    def last_id(self) -> int:
        """The number of its last row; 0 where there is none."""
        return self._newest[-1].id if self._newest else 0

    @property
    def extent(self) -> tuple[object, int, int]:
        """What is another one when there are other rows, or more."""
        return self._generation, len(self), self._places.total

    def marks(self) -> LogIndex | None:
        """The rows that are no steps, their numbers where others have steps; None without a row."""
        return self._marks.view() if len(self) else None

    def rows(self) -> TableRows | None:
        """The rows as they are now; None where there are none."""
        if not self._places.total or self._table is None:
            return None
        newest = self._newest if len(self) == self._places.total else ()
        return TableRows(self._generation, self._places, self._marks.view(), newest, self._table)

    def parts(self, table: TableTask) -> dict[int, FilePart]:
        """By attempt, the points in its rows."""
        rows = {row.attempt: row for row in table.attempts}
        return {number: log.part(number, rows.get(number)) for number, log in self._logs.items()}

    def points(self, attempt: int, metric: str) -> Column:
        """The points that an attempt has of a metric, as far as its rows have been read."""
        log = self._logs.get(attempt)
        found = None if log is None else log.columns.get(metric)
        return column() if found is None else found.view()

    @property
    def memory(self) -> int:
        """Bytes that its rows and points take."""
        columns = (column for log in self._logs.values() for column in log.columns.values())
        points = sum([column.memory for column in columns])
        rows = self._marks.memory + sum([_bytes_of(row) for row in self._newest])
        return rows + self._places.ends.nbytes + points

    def _ask(self, after_id: int) -> LogRows:
        assert self._table is not None
        return self._table.database.log_rows(self._table.row.task_id, after_id, _AT_ONCE)

    def _forget(self) -> None:
        self._generation = object()
        self._read = 0
        self._places = RowPlaces.of_nothing()
        self._marks = GrowingIndex()
        self._newest: Sequence[LogRow] = ()
        self._logs: dict[int, AttemptLog] = {}
        self.is_whole = True

    def _add(self, rows: LogRows) -> None:
        if not len(rows):
            return
        known = max(self._places.total - self._read, 0)
        self._places = self._places.and_these(np.array(rows.ids[known:], dtype=np.int64))
        self._read += len(rows)
        marks = [place for place, told in enumerate(rows.types) if known_type(told) != "step"]
        self._marks.replace(len(self._marks), _index_of(rows.take(marks).rows()))
        for number, mine in rows.by_attempt().items():
            self._logs.setdefault(number, AttemptLog()).add(mine)

    def _keep_newest(self, fresh: Sequence[LogRows]) -> None:
        """Of rows that were added, the last."""
        found: list[LogRow] = []
        for rows in reversed(fresh):
            found = [*rows[len(found) - _NEWEST :].rows(), *found]
            if len(found) >= _NEWEST:
                break
        self._newest = _that_fit([*self._newest, *found][-_NEWEST:])


def _bytes_of(row: LogRow) -> int:
    return _BYTES_A_WHOLE_ROW + len(row.message) + _BYTES_A_METRIC * len(row.metrics)


def _that_fit(rows: Sequence[LogRow]) -> Sequence[LogRow]:
    """The last of them, one at the least: any program may write a message of megabytes."""
    sizes = np.cumsum([_bytes_of(row) for row in reversed(rows)])
    return rows[-max(int(np.searchsorted(sizes, _MOST_BYTES, side="right")), 1) :]


def _index_of(rows: Sequence[LogRow]) -> LogIndex:
    return LogIndex(
        np.array([TYPES.index(row.type) for row in rows], dtype=np.int8),
        np.array([row.attempt for row in rows], dtype=np.int64),
        np.array([row.id for row in rows], dtype=np.int64),
        np.array([row.wall_time or 0.0 for row in rows], dtype=np.float64),
    )


def begins_with(rows: LogRows, known: Mark) -> bool:
    """Whether ``known`` is the first of them, and not another one of its number."""
    return len(rows) > 0 and rows[:1].mark(0) == known


def _mark(row: LogRow) -> Mark:
    return row.id, row.attempt, row.step, row.wall_time
