"""A task's rows in the companion table as the list needs them: all of a few, samples of many.

What a glance at head and tail is to an event file: a task of five million rows is listed by some
hundred questions of eight rows each, once, and from then on by its last rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from tb_trainmon.core.columns import Column, concatenate
from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.judged.cuts import part_from_glance
from tb_trainmon.tasks.judged.parts import FilePart
from tb_trainmon.tasks.opened.table_log import AttemptLog, TableLog, identity, source_of
from tb_trainmon.training_logs.rows import LogRow

MOST = 20_000  # rows of which all are looked at
_END = 256  # rows of the first and of the last window
_SIZE = 8  # ... and of those between
_WINDOWS = 48  # between the ends, evenly spaced
_PROBES = 300  # further ones, for where attempts begin
_KEPT = 1_000  # windows; more come to a task that is watched for weeks

Window = Sequence[LogRow]


class TableGlance:
    """What is known of a task's rows without all of them.

    ``is_whole``: whether all are known; ``last_id``: the number of the last.
    """

    def __init__(self) -> None:
        self._log = TableLog(newest=1)
        self._windows: list[Window] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all rows are known."""
        return self._windows is None

    @property
    def last_id(self) -> int:
        """The number of the last row; 0 where there is none."""
        return self._log.last_id if self._windows is None else self._windows[-1][-1].id

    def refresh(self, table: TableTask) -> None:
        """Look at what is new. Raises DatabaseUnreadable."""
        if self._windows is None:
            self._log.refresh(table, patience=0.0)
            if self._log.is_whole and len(self._log) <= MOST:
                return
            self._windows = _survey(table)
        elif not self._take_over(table.database.last_logs(table.row.task_id, _END)):
            self._windows = _survey(table)
        # No rows any more, or so few that they are no windows: all of them, next time.
        self._log = TableLog(newest=1)
        if len(self._windows) < _WINDOWS:
            self._windows = None
            self._log.refresh(table, patience=0.0)

    def parts(self, table: TableTask) -> dict[int, FilePart]:
        """By attempt, what its rows measure, as far as it is known."""
        if self._windows is None:
            return self._log.parts(table)
        return {
            number: _part(number, seen[0], seen[-1], table)
            for number, seen in self._by_attempt().items()
        }

    def columns(self) -> Mapping[int, Mapping[str, Column]]:
        """By attempt and metric, the points that are known; stays as it is while rows come."""
        if self._windows is None:
            return self._log.columns()
        return {number: _joined(seen) for number, seen in self._by_attempt().items()}

    def _take_over(self, last: Window) -> bool:
        """Put the ``last`` rows behind those that are known; False where those have gone."""
        assert self._windows is not None
        known = self._windows[-1][-1]
        if not last or last[-1].id < known.id:
            return False
        if last[0].id > known.id:  # more came than a window holds: there is a gap between them
            self._windows = [*self._windows[:1], *self._windows[1:][1 - _KEPT :], last]
            return True
        same = next((row for row in last if row.id == known.id), None)
        if same is None or identity(same) != identity(known):
            return False
        fresh = [row for row in last if row.id > known.id]
        self._windows[-1] = [*self._windows[-1], *fresh][-2 * _END :]
        return True

    def _by_attempt(self) -> dict[int, list[AttemptLog]]:
        """The windows of each attempt, in the order of their rows."""
        found: dict[int, list[AttemptLog]] = {}
        for window in self._windows or ():
            mine: dict[int, list[LogRow]] = {}
            for row in window:
                mine.setdefault(row.attempt, []).append(row)
            for number, rows in mine.items():
                log = AttemptLog()
                log.add(rows)
                found.setdefault(number, []).append(log)
        return found


def _part(number: int, head: AttemptLog, tail: AttemptLog, table: TableTask) -> FilePart:
    row = next((row for row in table.attempts if row.attempt == number), None)
    first = head.times[0] if head.times else None
    last = tail.times[-1] if tail.times else None
    return part_from_glance(source_of(number, row, first, last), head.view(), tail.view(), ())


def _joined(seen: Sequence[AttemptLog]) -> dict[str, Column]:
    names = dict.fromkeys(name for log in seen for name in log.columns)
    return {
        name: concatenate([log.columns[name].view() for log in seen if name in log.columns])
        for name in names
    }


def _survey(table: TableTask) -> list[Window]:
    """Windows along all rows: both ends, evenly between them, and where attempts begin."""
    database, task_id = table.database, table.row.task_id
    first, last = database.logs(task_id, 0, _END), database.last_logs(task_id, _END)
    if len(first) < _END or first[-1].id >= last[0].id:
        return []

    def window_at(id_: int) -> Window:
        return database.logs(task_id, id_ - 1, _SIZE)

    places = np.linspace(first[-1].id + 1, last[0].id - 1, _WINDOWS + 2)[1:-1].astype(np.int64)
    between = [window_at(place) for place in sorted(set(places.tolist()))]
    windows = [first, *(window for window in between if window), last]
    return _without_overlap([*windows, *_beginnings(windows, window_at)])


def _beginnings(windows: Sequence[Window], window_at: Callable[[int], Window]) -> list[Window]:
    """Windows around the places where one attempt ends and the next begins."""
    found: list[Window] = []
    waiting = list(pairwise(windows))
    while waiting and len(found) < _PROBES:
        before, behind = waiting.pop()
        low, high = before[-1], behind[0]
        if low.attempt == high.attempt or high.id - low.id <= 1:
            continue
        middle = window_at((low.id + high.id + 1) // 2)
        if not middle or middle[0].id >= high.id:
            middle = window_at(low.id + 1)  # numbers of other tasks lie between
            if not middle or middle[0].id >= high.id:
                continue
        found.append(middle)
        waiting += [(before, middle), (middle, behind)]
    return found


def _without_overlap(windows: Sequence[Window]) -> list[Window]:
    def told() -> Iterator[Window]:
        reached = 0
        for window in sorted(windows, key=lambda window: window[0].id):
            fresh = [row for row in window if row.id > reached]
            if fresh:
                reached = fresh[-1].id
                yield fresh

    return list(told())
