"""The training log of an open task: the table's rows, or those that its event files tell of."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.weak import weakly
from tb_trainmon.series.accumulate import Accumulated
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.opened.log.derived import DerivedLog
from tb_trainmon.tasks.opened.log.entries import Entry, LogEntries
from tb_trainmon.tasks.opened.log.page import Page, Question
from tb_trainmon.tasks.opened.log.search import LogSearch
from tb_trainmon.tasks.opened.log.table_pages import TablePages
from tb_trainmon.tasks.opened.log_index import Change, GrowingIndex, LogIndex, logged_metrics
from tb_trainmon.tasks.opened.marks import REVISIONS_KEPT
from tb_trainmon.tasks.opened.table.rows import TableRows
from tb_trainmon.training_logs.rows import TYPES

_STILL_CHANGING = 3  # the latest rows may gain a metric that is logged a moment later


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
        self._pages = TablePages()
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
        known = len(self)
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
        parts = (self._index, self._search, self._pages, self._changes)
        return sum([part.memory for part in parts])

    def __len__(self) -> int:
        return len(self._index) if self._rows is None else len(self._rows)

    def all(self) -> LogEntries:
        """All rows; to be used up (or frozen) before the next ``refresh``."""
        return LogEntries(self._index.view(), self._rows, self._assessment, self._series)

    def _take_over(self, assessment: Assessment, rows: TableRows | None) -> Change:
        before, self._rows = self._rows, rows
        if rows is None and before is None:
            return self._derived.update(assessment, self._series)
        if rows is not None and before is not None and rows.generation is before.generation:
            return Change(len(before), lost=len(rows) < len(before))
        # Other rows altogether, also where they look like those that were there.
        lost = len(self._index) > 0 if before is None else len(before) > 0
        self._pages.forget()
        self._derived.forget()
        self._index.replace(0, LogIndex.of_nothing())
        if rows is None:
            self._derived.update(assessment, self._series)
        return Change(0, lost)

    def page(
        self,
        limit: int,
        before: int | None,
        types: Iterable[str],
        words: Sequence[str] = (),
        first: int | None = None,
    ) -> Page:
        """The rows that are asked for, see Question."""
        asked = Question(limit, before, tuple(types), tuple(words), first)
        if self._rows is not None:
            return self._pages.page(asked, self._rows, self.all())
        rows, counts = self._matching([TYPES.index(name) for name in asked.types], asked.words)
        end = len(rows) if asked.before is None else bisect_left(rows, asked.before)
        window = asked.window(len(rows), end)
        shown = [int(row) for row in rows[window.start : window.stop]][::-1]
        return Page(
            entries=self.all().entries(shown),
            first=window.start,
            next=shown[-1] if shown and window.start > 0 else None,
            total=len(rows),
            counts=dict(zip(TYPES, counts.tolist(), strict=True)),
            unsearched=self._search.unsearched(len(self._index)) if asked.words else 0,
            goes_on=False,
            source="event files",
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

    def keys(self, type_: str) -> npt.NDArray[np.int64]:
        """By which ``entries`` gives the rows of one type that is not ``step``, oldest first."""
        index = self._index.view() if self._rows is None else self._rows.marks
        mine = np.flatnonzero(index.type == TYPES.index(type_))
        return mine if self._rows is None else index.step[mine]

    def entries(self, keys: Sequence[int]) -> list[Entry]:
        """The rows that have these keys, in that order."""
        return self.all().entries(keys)

    def since(self, revision: int) -> tuple[Sequence[Entry], int]:
        """The rows that are new or changed since ``revision``, oldest first; and the total."""
        first = len(self) - self.news(revision)
        return self.all().part(range(first, len(self))), len(self)

    def news(self, revision: int) -> int:
        """How many rows are new or changed since ``revision``."""
        return len(self) - self._changes.first_since(revision, len(self))
