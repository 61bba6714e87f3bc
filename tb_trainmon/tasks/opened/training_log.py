"""The training log of an open task: the table's rows, or those that its event files tell of."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.weak import weakly
from tb_trainmon.series.accumulate import Accumulated
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.opened.derived_log import DerivedLog
from tb_trainmon.tasks.opened.log_entries import Entry, LogEntries
from tb_trainmon.tasks.opened.log_index import TYPES, Change, GrowingIndex, LogIndex, logged_metrics
from tb_trainmon.tasks.opened.log_search import LogSearch
from tb_trainmon.tasks.opened.table_rows import TableRows

REVISIONS_KEPT = 4_000  # of a task; what came since an older one cannot be told
_STILL_CHANGING = 3  # the latest rows may gain a metric that is logged a moment later


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first.

    ``total`` rows match what was asked for, and ``counts`` those of each type that match but for
    their type. ``first`` numbers the page's oldest row among the matching, from 0 at the oldest;
    ``next`` is the position to ask older rows with, None at the first. ``unsearched`` of the log's
    oldest rows were not looked at, because there are too many.
    """

    entries: Sequence[Entry]
    first: int
    next: int | None
    total: int
    counts: Mapping[str, int]
    unsearched: int
    source: Literal["event files", "table"]


class _Changes:
    """The first changed row of each revision, of as many as the task keeps marks at the least.

    Numbers side by side, because a task that is watched fills this up: as tuples they took 87 bytes
    each, and all were looked through for each viewer.
    """

    def __init__(self) -> None:
        self._revisions, self._firsts = array("q"), array("q")

    @property
    def memory(self) -> int:
        """Bytes that it takes."""
        return 2 * self._revisions.itemsize * len(self._revisions)

    def add(self, revision: int, first: int) -> None:
        """Note a revision, which is later than those before."""
        if len(self._revisions) >= 2 * REVISIONS_KEPT:
            del self._revisions[:REVISIONS_KEPT], self._firsts[:REVISIONS_KEPT]
        self._revisions.append(revision)
        self._firsts.append(first)

    def first_since(self, revision: int, rows: int) -> int:
        """The first row that changed after ``revision``; ``rows`` where none did."""
        return min(self._firsts[bisect_right(self._revisions, revision) :], default=rows)


class TrainingLog:
    """Follows one open task, whose accumulated points ``series`` gives by metric.

    ``shrunk_at`` is the latest revision at which a row that had been told was no more.
    """

    def __init__(self, series: Callable[[str], Accumulated]) -> None:
        self._series = series
        self._revision = -1
        self._rows: TableRows | None = None
        self._index = GrowingIndex()
        self._derived = DerivedLog(self._index)
        self._search = LogSearch(weakly(self.entries))
        self._searched: dict[str, int] = {}  # points by metric, when it was last searched
        self._changes = _Changes()
        self.shrunk_at: int = -1
        self._assessment: Assessment

    def refresh(self, revision: int, assessment: Assessment, rows: TableRows | None) -> None:
        """Take over what the task has at ``revision``; ``rows`` are those of the table."""
        self._assessment = assessment
        if self._revision == revision:
            return
        self._revision = revision
        known = len(self._index)
        change = self._take_over(assessment, rows)
        if change.lost:
            self.shrunk_at = revision
        first = max(min(change.begin, known - _STILL_CHANGING), 0)
        self._search.cut(first)
        self._changes.add(revision, first)

    def start_anew(self) -> None:
        """The points that the rows were made from have moved or gone."""
        self._derived.forget()
        self._search.cut(0)

    @property
    def memory(self) -> int:
        """Bytes that it takes, those that are kept for searching included."""
        return self._index.memory + self._search.memory + self._changes.memory

    def all(self) -> LogEntries:
        """All rows; to be used up (or frozen) before the next ``refresh``."""
        return LogEntries(self._index.view(), self._rows, self._assessment, self._series)

    def _take_over(self, assessment: Assessment, rows: TableRows | None) -> Change:
        before, self._rows = self._rows, rows
        if rows is None and before is None:
            return self._derived.update(assessment, self._series)
        if rows is not None and before is not None and rows.generation is before.generation:
            known = len(self._index)
            return self._index.replace(known, rows.index.behind(known))
        # Other rows altogether, also where they look like those that were there.
        self._derived.forget()
        lost = self._index.replace(0, LogIndex.of_nothing()).lost
        if rows is None:
            self._derived.update(assessment, self._series)
        else:
            self._index.replace(0, rows.index)
        return Change(0, lost)

    def page(
        self,
        limit: int,
        before: int | None,
        types: Iterable[str],
        words: Sequence[str] = (),
        first: int | None = None,
    ) -> Page:
        """``limit`` rows of ``types`` (none named: all) whose text holds all ``words``.

        The newest below position ``before``; or those from number ``first`` on, see Page.
        """
        wanted = [TYPES.index(name) for name in types]
        rows, counts = self._matching(wanted, words)
        end = len(rows) if before is None else bisect_left(rows, before)
        begin = max(end - limit, 0)
        if first is not None:
            begin, end = min(first, len(rows)), min(first + limit, len(rows))
        shown = [int(row) for row in rows[begin:end]][::-1]
        return Page(
            entries=self.all().entries(shown),
            first=begin,
            next=shown[-1] if shown and begin > 0 else None,
            total=len(rows),
            counts=dict(zip(TYPES, counts.tolist(), strict=True)),
            unsearched=self._search.unsearched(len(self._index)) if words else 0,
            source="event files" if self._rows is None else "table",
        )

    def _matching(
        self, wanted: Sequence[int], words: Sequence[str]
    ) -> tuple[Sequence[int], npt.NDArray[np.int64]]:
        """Positions of the rows that match, oldest first, and how many of each type do."""
        kinds = self._index.view().type
        if not wanted and not words:
            return range(len(kinds)), self._index.counts
        found, counts = np.ones(len(kinds), dtype=bool), self._index.counts
        if words:
            self._forget_touched()
            found = self._search.rows_with(words, len(kinds))
            counts = np.bincount(kinds[found], minlength=len(TYPES))
        if wanted:
            found &= np.isin(kinds, wanted)
        positions: Sequence[int] = np.flatnonzero(found)  # type: ignore[assignment]  # as good as
        return positions, counts

    def _forget_touched(self) -> None:
        """Rows that gained a metric since they were last searched are to be read again."""
        if self._rows is not None:
            return
        kinds = (logged_metrics(self._assessment, evaluation) for evaluation in (False, True))
        series = {metric.name: self._series(metric.name) for kind in kinds for metric in kind}
        before, self._searched = self._searched, {name: len(of) for name, of in series.items()}
        if before.keys() != series.keys():
            self._search.cut(0)
            return
        index = self._index.view()
        for name, points in series.items():
            new = points[before[name] :]
            if len(new):
                mine = (index.attempt == new.attempt[0]) & (index.step >= new.points.step[0])
                self._search.cut(int(np.argmax(mine)) if mine.any() else len(index))

    def positions(self, type_: str) -> npt.NDArray[np.intp]:
        """Where the rows of one type stand, oldest first."""
        return np.flatnonzero(self._index.view().type == TYPES.index(type_))

    def entries(self, positions: Sequence[int]) -> list[Entry]:
        """The rows at these positions."""
        return self.all().entries(positions)

    def since(self, revision: int) -> tuple[Sequence[Entry], int]:
        """The rows that are new or changed since ``revision``, oldest first; and the total."""
        first = len(self._index) - self.news(revision)
        return self.all().entries(range(first, len(self._index))), len(self._index)

    def news(self, revision: int) -> int:
        """How many rows are new or changed since ``revision``."""
        return len(self._index) - self._changes.first_since(revision, len(self._index))
