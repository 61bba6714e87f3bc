"""A task's rows in the companion table as the list needs them: all of a few, samples of many.

What a glance at head and tail is to an event file: a task of five million rows is listed by a few
questions for some hundred rows, once, and from then on by what is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise

import numpy as np

from tb_trainmon.core.columns import Column, concatenate
from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.judged.cuts import part_from_glance
from tb_trainmon.tasks.judged.parts import FilePart
from tb_trainmon.tasks.opened.table_log import AttemptLog, TableLog, identity, source_of
from tb_trainmon.training_logs.rows import LogRow

MOST = 2_000  # rows of which all are looked at
_HEAD, _END = 64, 256  # rows of the first and of the last window
_SIZE = 4  # ... and of those between
_WINDOWS = 48  # between the ends, evenly spaced
_PROBES = 300  # further ones, for where attempts begin
_LONGEST = 4 * _END  # points of the last window, with what has come since
_KEPT = 16  # one in so many points of a last window is kept when it has become too long

Window = Sequence[LogRow]
_WindowsAt = Callable[[Sequence[int]], Sequence[Window]]


class TableGlance:
    """What is known of a task's rows without all of them.

    ``is_whole``: whether all are known; ``last_id``: the number of the last. The first rows may
    have been asked for ``ahead``.
    """

    def __init__(self, ahead: Sequence[LogRow] | None = None) -> None:
        self._log: TableLog | None = TableLog(newest=1, at_once=_END, ahead=ahead)
        self._seen: dict[int, _Seen] = {}
        self._last: LogRow | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all rows are known."""
        return self._log is not None

    @property
    def last_id(self) -> int:
        """The number of the last row; 0 where there is none."""
        if self._log is not None:
            return self._log.last_id
        return 0 if self._last is None else self._last.id

    def refresh(self, table: TableTask) -> None:
        """Look at what is new. Raises DatabaseUnreadable."""
        if self._log is not None:
            if _are_few(self._log, table):
                return
            self._look_along(table)
        elif not self._go_on(table):
            self._look_along(table)

    def parts(self, table: TableTask) -> dict[int, FilePart]:
        """By attempt, what its rows measure, as far as it is known."""
        if self._log is not None:
            return self._log.parts(table)
        return {number: seen.part(number, table) for number, seen in self._seen.items()}

    def columns(self) -> Mapping[int, Mapping[str, Column]]:
        """By attempt and metric, the points that are known; stays as it is while rows come."""
        if self._log is not None:
            return self._log.columns()
        return {number: seen.columns() for number, seen in self._seen.items()}

    def _look_along(self, table: TableTask) -> None:
        windows = _survey(table)
        if len(windows) < _WINDOWS:  # no rows any more, or so few: all of them
            self._log, self._seen, self._last = TableLog(newest=1, at_once=_END), {}, None
            self._log.refresh(table)
            return
        by_attempt: dict[int, list[Window]] = {}
        for window in windows:
            for number, rows in _by_attempt(window).items():
                by_attempt.setdefault(number, []).append(rows)
        self._seen = {number: _Seen(mine) for number, mine in by_attempt.items()}
        self._log, self._last = None, windows[-1][-1]

    def _go_on(self, table: TableTask) -> bool:
        """Take over what is behind the last row; False where that has gone."""
        known, task_id = self._last, table.row.task_id
        if known is None:
            return False
        rows = table.database.logs(task_id, known.id - 1, _END)
        if not rows or identity(rows[0]) != identity(known):
            return False
        fresh = _by_attempt(rows[1:])
        # More than a window holds, or such a long one: the last one anew.
        if len(rows) == _END or any(len(self._seen.get(n, ())) > _LONGEST for n in fresh):
            rows = table.database.last_logs(task_id, _END)
            if not rows or rows[-1].id < known.id:
                return False
            fresh = _by_attempt(rows)
            for number in fresh.keys() & self._seen.keys():
                self._seen[number].begin_anew()
        for number, mine in fresh.items():
            if number in self._seen:
                self._seen[number].add(mine)
            else:
                self._seen[number] = _Seen([mine])
        self._last = rows[-1]
        return True


def glances_of(tables: Mapping[str, TableTask]) -> dict[str, TableGlance]:
    """Glances at several tasks, by id, whose first rows each database has been asked for at once.

    A database that cannot be read will say so when a glance is refreshed.
    """
    by_database: dict[int, list[str]] = {}
    for id_, table in tables.items():
        by_database.setdefault(id(table.database), []).append(id_)
    found: dict[str, TableGlance] = {}
    for mine in by_database.values():
        database = tables[mine[0]].database
        with suppress(DatabaseUnreadable):
            rows = database.first_logs([tables[id_].row.task_id for id_ in mine], _END)
            found |= {id_: TableGlance(ahead) for id_, ahead in zip(mine, rows, strict=True)}
    return found


class _Seen:
    """What is known of one attempt: its first rows, its last, and samples of those between.

    Its length is that of the last window.
    """

    def __init__(self, windows: Sequence[Window]) -> None:
        self._head, self._between = _log_of(windows[:1]), _log_of(windows[1:-1])
        self._tail = _log_of(windows[-1:]) if len(windows) > 1 else self._head

    def __len__(self) -> int:
        return len(self._tail)

    def add(self, rows: Window) -> None:
        """Rows behind those that are known."""
        self._tail.add(rows)

    def begin_anew(self) -> None:
        """The last window is another one: of this one some points are kept."""
        if self._tail is not self._head:
            for name, points in self._tail.columns.items():
                self._between.extend(name, points.view()[::_KEPT])
        self._tail = AttemptLog()

    def columns(self) -> dict[str, Column]:
        """The points that are known, by metric."""
        logs = [self._head, self._between, *([self._tail] if self._tail is not self._head else [])]
        names = dict.fromkeys(name for log in logs for name in log.columns)
        return {
            name: concatenate([log.columns[name].view() for log in logs if name in log.columns])
            for name in names
        }

    def part(self, number: int, table: TableTask) -> FilePart:
        """Like the part of an event file of which only head and tail are known."""
        row = next((row for row in table.attempts if row.attempt == number), None)
        first = self._head.times[0] if self._head.times else None
        last = self._tail.times[-1] if self._tail.times else None
        source = source_of(number, row, first, last)
        return part_from_glance(source, self._head.view(), self._tail.view(), ())


def _are_few(log: TableLog, table: TableTask) -> bool:
    """Read a task's rows, if they are so few that all of them are."""
    log.refresh(table, patience=0.0)
    paged = table.database.paged(table.row.task_id)
    if not log.is_whole and (len(log) >= MOST or paged.ends(log.last_id, MOST - len(log))):
        return False
    while not log.is_whole and len(log) <= MOST:
        log.refresh(table)
    return len(log) <= MOST


def _log_of(windows: Sequence[Window]) -> AttemptLog:
    log = AttemptLog()
    log.add([row for window in windows for row in window])
    return log


def _by_attempt(rows: Window) -> dict[int, list[LogRow]]:
    found: dict[int, list[LogRow]] = {}
    for row in rows:
        found.setdefault(row.attempt, []).append(row)
    return found


def _survey(table: TableTask) -> list[Window]:
    """Windows along all rows: both ends, evenly between them, and where attempts begin."""
    database, task_id = table.database, table.row.task_id
    first, last = database.logs(task_id, 0, _HEAD), database.last_logs(task_id, _END)
    if len(first) < _HEAD or first[-1].id >= last[0].id:
        return []
    paged = database.paged(task_id)

    def windows_at(places: Sequence[int]) -> Sequence[Window]:
        return paged.windows(places, _SIZE)

    places = np.linspace(first[-1].id + 1, last[0].id - 1, _WINDOWS + 2)[1:-1].astype(np.int64)
    between = windows_at(sorted(set(places.tolist())))
    windows = [first, *(window for window in between if window), last]
    return _without_overlap([*windows, *_beginnings(windows, windows_at)])


def _beginnings(windows: Sequence[Window], windows_at: _WindowsAt) -> list[Window]:
    """Windows around the places where one attempt ends and the next begins.

    By halving the gaps between windows of different attempts, all of them at once.
    """
    found: list[Window] = []
    gaps = list(pairwise(windows))
    while gaps and len(found) < _PROBES:
        gaps = [gap for gap in gaps if _hides_a_beginning(*gap)]
        middles = list(windows_at([(a[-1].id + b[0].id + 1) // 2 for a, b in gaps]))
        # Where numbers of other tasks lie between, what follows the window before.
        beyond = [n for n, (_, b) in enumerate(gaps) if not _is_before(middles[n], b)]
        behind = windows_at([gaps[n][0][-1].id + 1 for n in beyond])
        for n, middle in zip(beyond, behind, strict=True):
            middles[n] = middle
        halved = [(a, m, b) for (a, b), m in zip(gaps, middles, strict=True) if _is_before(m, b)]
        found += [middle for _, middle, _ in halved]
        gaps = [gap for a, middle, b in halved for gap in ((a, middle), (middle, b))]
    return found


def _hides_a_beginning(before: Window, behind: Window) -> bool:
    return before[-1].attempt != behind[0].attempt and behind[0].id - before[-1].id > 1


def _is_before(window: Window, behind: Window) -> bool:
    return bool(window) and window[0].id < behind[0].id


def _without_overlap(windows: Sequence[Window]) -> list[Window]:
    def told() -> Iterator[Window]:
        reached = 0
        for window in sorted(windows, key=lambda window: window[0].id):
            fresh = [row for row in window if row.id > reached]
            if fresh:
                reached = fresh[-1].id
                yield fresh

    return list(told())
