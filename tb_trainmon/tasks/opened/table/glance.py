"""A task's rows in the companion table as the list needs them: all of a few, the ends of many.

What a glance at head and tail is to an event file. What many tasks want to know of one database is
asked together: a list of ten thousand tasks takes some hundred questions.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from itertools import pairwise
from typing import TYPE_CHECKING

from tb_trainmon.core.columns import Column, concatenate
from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.opened.table.attempt_points import AttemptEnds, AttemptLog, points_of
from tb_trainmon.tasks.opened.table.log import begins_with
from tb_trainmon.tasks.opened.table.questions import Ends, Looking, Windows, answer_all
from tb_trainmon.training_logs.log_rows import LogRows, Mark

if TYPE_CHECKING:
    from tb_trainmon.training_logs.reading import TrainingLogs

_FIRST, _LAST = 32, 192  # rows at both ends of a task that may run: its pace and its pauses
_FIRST_ENDED, _LAST_ENDED = 8, 56  # ... of one that the table says has ended
_ENDED = ("completed", "failed", "stopped")
_LONGEST = 4 * _LAST  # points of one attempt, with what has come since, before it is looked at anew
_SIZE = 4  # rows of a window between the ends
_WINDOWS = 48  # evenly spaced, where they are looked at
_PROBES = 300  # ... and for where attempts begin

_Many = Sequence[LogRows]


@record(frozen=True, slots=True)
class SeenRows:
    """What the table's rows measure of a task.

    ``whole``: all of them are known; ``first`` is the number of the first.
    """

    columns: Mapping[int, Mapping[str, Sequence[Column]]] = field(default_factory=dict)
    whole: bool = True
    first: int = 0
    last: Mark | None = None

    @property
    def ids(self) -> tuple[int, int]:
        """The numbers of the first and of the last; 0 where there is none."""
        return self.first, self.last[0] if self.last else 0

    def points(self, table: TableTask | None) -> dict[int, dict[str, Column]]:
        """By attempt and metric what is known, with samples of what lies between the ends."""
        samples = [] if table is None or self.whole else _samples(table, *self.ids)
        found = {
            number: {name: [*of] for name, of in c.items()} for number, c in self.columns.items()
        }
        for number, windows in _by_attempt(samples).items():
            for name, points in (pair for one in windows for pair in points_of(one).items()):
                found.setdefault(number, {}).setdefault(name, []).append(points)
        return {n: {name: concatenate(of) for name, of in c.items()} for n, c in found.items()}


class TableGlance:
    """What is known of a task's rows without all of them.

    Of one that was looked at earlier perhaps no more than its ``last`` row, by which the next look
    tells whether there is anything new. ``revision`` is of the database, when it was looked at;
    None if unknown.
    """

    def __init__(self, last: Mark | None = None, revision: object = None) -> None:
        self._seen: dict[int, AttemptLog | AttemptEnds] = {}
        self._first = 0
        self._last = last
        self._is_whole = True
        self.revision = revision

    @property
    def is_whole(self) -> bool:
        """Whether all rows are known."""
        return self._is_whole

    @property
    def last_id(self) -> int:
        """The number of the last row; 0 where there is none."""
        return self._last[0] if self._last else 0

    @property
    def knows_last_only(self) -> bool:
        """Whether nothing but the last row is known, behind which nothing was found yet."""
        return self._last is not None and not self._seen

    def refresh(self, table: TableTask) -> None:
        """Look at what is new. Raises DatabaseUnreadable."""
        _look(table.database, [(self, table)])

    def parts(self, table: TableTask) -> dict[int, FilePart]:
        """By attempt, what its rows measure, as far as it is known."""
        rows = {row.attempt: row for row in table.attempts}
        return {number: seen.part(number, rows.get(number)) for number, seen in self._seen.items()}

    def seen(self) -> SeenRows:
        """The points that are known; stays as it is while rows come."""
        columns = {number: _columns(seen) for number, seen in self._seen.items()}
        return SeenRows(columns, self._is_whole, self._first, self._last)

    def stands(self, revision: object) -> bool:
        """Whether the database has not been written since it was looked at."""
        return revision is not None and revision == self.revision

    def looking(self, table: TableTask, revision: object) -> Looking:
        """The questions for what is new: each is sent its answer."""
        if not (yield from self._going_on(table)):
            yield from self._looking_anew(table)
        self.revision = revision

    def _going_on(self, table: TableTask) -> Generator[Windows, _Many, bool]:
        """Take over what is behind the last row; False where that has gone, or it is much."""
        known = self._last
        if known is None:
            return False
        most = 2 if self.knows_last_only else _LAST
        (rows,) = yield Windows(table.row.task_id, [self.last_id], most)
        if not begins_with(rows, known) or len(rows) == most:
            return False
        if len(rows) > 1:
            for number, mine in rows[1:].by_attempt().items():
                self._seen.setdefault(number, AttemptLog()).add(mine)
            self._last = rows.mark(-1)
        return max(map(len, self._seen.values()), default=0) <= _LONGEST

    def _looking_anew(self, table: TableTask) -> Looking:
        ended = table.row.status in _ENDED
        first, last = (_FIRST_ENDED, _LAST_ENDED) if ended else (_FIRST, _LAST)
        head, tail = yield Ends(table.row.task_id, first, last)
        whole = len(tail) < last
        if whole:
            windows: _Many = [head.and_these(tail)] if len(head) else []
        else:
            windows = yield from _along(table, [head, tail])
        self._seen = {number: _seen(mine) for number, mine in _by_attempt(windows).items()}
        self._is_whole = whole
        self._first = windows[0].ids[0] if windows else 0
        self._last = windows[-1].mark(-1) if windows else None


def look_together(glances: Iterable[tuple[TableGlance, TableTask]]) -> None:
    """Look at what is new of several tasks, for a list that does not wait for it.

    Of those of a database that cannot be read, which will have been said, nothing is new.
    """
    by_database: dict[int, list[tuple[TableGlance, TableTask]]] = {}
    for glance, table in glances:
        by_database.setdefault(id(table.database), []).append((glance, table))
    for mine in by_database.values():
        database = mine[0][1].database
        with database.patiently(), suppress(DatabaseUnreadable):
            _look(database, mine)


def _look(database: TrainingLogs, glances: Sequence[tuple[TableGlance, TableTask]]) -> None:
    revision = database.revision()
    due = [(glance, table) for glance, table in glances if not glance.stands(revision)]
    answer_all(database, [glance.looking(table, revision) for glance, table in due])


def _seen(windows: _Many) -> AttemptLog | AttemptEnds:
    head = AttemptLog(windows[0])
    return head if len(windows) == 1 else AttemptEnds(head, AttemptLog(windows[-1]))


def _columns(seen: AttemptLog | AttemptEnds) -> dict[str, Sequence[Column]]:
    if isinstance(seen, AttemptLog):
        return {name: [points] for name, points in seen.view().items()}
    head, tail = seen.head.view(), seen.tail.view()
    names = dict.fromkeys([*head, *tail])
    return {name: [of[name] for of in (head, tail) if name in of] for name in names}


def _by_attempt(windows: _Many) -> dict[int, list[LogRows]]:
    found: dict[int, list[LogRows]] = {}
    for window in windows:
        for number, rows in window.by_attempt().items():
            found.setdefault(number, []).append(rows)
    return found


def _samples(table: TableTask, first: int, last: int) -> list[LogRows]:
    """Windows evenly between two rows; none where the database cannot be read."""
    found: list[LogRows] = []

    def sampling() -> Looking:
        found.extend((yield Windows(table.row.task_id, _places(first, last), _SIZE)))

    with suppress(DatabaseUnreadable):
        answer_all(table.database, [sampling()])
    return _without_overlap(found)


def _places(first: int, last: int) -> list[int]:
    """Numbers evenly between two: no floats, which have no room for the largest."""
    return sorted({first + (last - first) * n // (_WINDOWS + 1) for n in range(1, _WINDOWS + 1)})


def _along(table: TableTask, ends: _Many) -> Generator[Windows, _Many, _Many]:
    """Windows between both ends: where attempts begin that rows or the table tell of."""
    task_id = table.row.task_id
    windows: _Many = [*ends, *(yield from _beginnings(task_id, ends))]
    listed = {row.attempt for row in table.attempts}
    if listed - {number for window in windows for number in window.attempts}:
        between = yield Windows(task_id, _places(ends[0].ids[-1], ends[-1].ids[0]), _SIZE)
        windows = _without_overlap([*windows, *between])
        windows = [*windows, *(yield from _beginnings(task_id, windows))]
    return windows if len(windows) == len(ends) else _without_overlap(windows)


def _beginnings(task_id: str, windows: _Many) -> Generator[Windows, _Many, list[LogRows]]:
    """Windows around the places where one attempt ends and the next begins.

    By halving the gaps between windows of different attempts, all of them at once.
    """
    found: list[LogRows] = []
    gaps = [gap for gap in pairwise(windows) if _hides_a_beginning(*gap)]
    while gaps and len(found) < _PROBES:
        halves = [(a.ids[-1] + b.ids[0] + 1) // 2 for a, b in gaps]
        middles = [*(yield Windows(task_id, halves, _SIZE))]
        # Where numbers of other tasks lie between, what follows the window before.
        beyond = [n for n, (_, b) in enumerate(gaps) if not _is_before(middles[n], b)]
        if beyond:
            behind = yield Windows(task_id, [gaps[n][0].ids[-1] + 1 for n in beyond], _SIZE)
            for n, middle in zip(beyond, behind, strict=True):
                middles[n] = middle
        halved = [(a, m, b) for (a, b), m in zip(gaps, middles, strict=True) if _is_before(m, b)]
        found += [middle for _, middle, _ in halved]
        gaps = [gap for a, middle, b in halved for gap in ((a, middle), (middle, b))]
        gaps = [gap for gap in gaps if _hides_a_beginning(*gap)]
    return found


def _hides_a_beginning(before: LogRows, behind: LogRows) -> bool:
    return before.attempts[-1] != behind.attempts[0] and behind.ids[0] - before.ids[-1] > 1


def _is_before(window: LogRows, behind: LogRows) -> bool:
    return len(window) > 0 and window.ids[0] < behind.ids[0]


def _without_overlap(windows: _Many) -> list[LogRows]:
    """Those that hold rows, in the order of their numbers, each row once."""

    def told() -> Iterator[LogRows]:
        reached = 0
        for window in sorted((one for one in windows if len(one)), key=lambda one: one.ids[0]):
            fresh = window.take([place for place, id_ in enumerate(window.ids) if id_ > reached])
            if len(fresh):
                reached = fresh.ids[-1]
                yield fresh

    return list(told())
