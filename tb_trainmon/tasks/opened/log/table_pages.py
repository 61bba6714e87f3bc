"""Pages of a table's rows: counted, searched and turned over by the database that has them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.tasks.opened.log.entries import LogEntries
from tb_trainmon.tasks.opened.log.page import Page, Question
from tb_trainmon.tasks.opened.log.table_search import TableSearch
from tb_trainmon.tasks.opened.table.patience import Patience
from tb_trainmon.tasks.opened.table.rows import TableRows
from tb_trainmon.training_logs.rows import TYPES, LogRow

_WORK, _WAITING = 0.3, 1.0  # seconds that a search may take of a visit, see Patience
_SEARCHES = 4  # that are kept: a reader goes back to what was searched for before


class TablePages:
    """Answers questions about the rows of one task, and remembers what was counted and found."""

    def __init__(self) -> None:
        self._searches: OrderedDict[tuple[str, ...], TableSearch] = OrderedDict()

    def forget(self) -> None:
        """The rows are other ones now."""
        self._searches.clear()

    @property
    def memory(self) -> int:
        """Bytes that it takes."""
        return sum(search.memory for search in self._searches.values())

    def page(self, asked: Question, rows: TableRows, entries: LogEntries) -> Page:
        """The page of ``rows``, which are those of ``entries``.

        A cursor is the number of a row in the table: those with smaller ones are older.
        """
        search, is_readable = self._search(asked.words), True
        try:
            search.go_on(rows, Patience(_WORK, _WAITING))
        except DatabaseUnreadable:  # the rows of the page will say so
            is_readable = False
        of_all = not asked.words and not asked.types
        try:
            shown = _of_all(asked, rows) if of_all else _of_found(asked, rows, search)
        except DatabaseUnreadable:
            shown, is_readable = _Shown((), 0, 0, None), False
        return Page(
            entries=entries.told(shown.rows)[::-1],
            first=shown.first,
            next=shown.next,
            total=shown.total,
            counts=search.counts(),
            unsearched=search.unsearched,
            goes_on=is_readable and search.unsearched > 0,
            source="table",
        )

    def _search(self, words: Sequence[str]) -> TableSearch:
        known = self._searches.setdefault(tuple(words), TableSearch(words))
        self._searches.move_to_end(tuple(words))
        if len(self._searches) > _SEARCHES:
            self._searches.popitem(last=False)
        return known


@dataclass(frozen=True, slots=True)
class _Shown:
    """Rows, oldest first, the number of the first, of how many, and where older ones are."""

    rows: Sequence[LogRow]
    first: int
    total: int
    next: int | None


def _of_all(asked: Question, rows: TableRows) -> _Shown:
    total = len(rows)
    try:
        end = total if asked.before is None else rows.older_than(asked.before)
    except DatabaseUnreadable:
        return _Shown((), 0, total, None)
    window = asked.window(total, end)
    shown = rows.at(window)
    told = [row.id for row in shown if row.id > 0]
    return _Shown(shown, window.start, total, told[0] if told and window.start else None)


def _of_found(asked: Question, rows: TableRows, search: TableSearch) -> _Shown:
    types = asked.types or TYPES
    total = sum(search.counts()[name] for name in types)
    end = total if asked.before is None else search.rank(asked.before, types)
    window = asked.window(total, end)
    ids = search.ids(window, types)
    # Where the search has not come to the end, older ones may be found from there on.
    older = ids[0] if ids and window.start else search.goes_on_below
    return _Shown(rows.numbered(ids), window.start, total, older)
