"""How many of a task's rows hold some words, and which: block by block, the newest first.

The database looks through its rows. A visit takes some time, and the next goes on where it ended.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tb_trainmon.core.columns import IntArray
from tb_trainmon.tasks.opened.log.entries import entry_of
from tb_trainmon.tasks.opened.log.searched_text import holds, row_texts
from tb_trainmon.tasks.opened.table.patience import Patience
from tb_trainmon.tasks.opened.table.row_places import STRIDE
from tb_trainmon.tasks.opened.table.rows import TableRows
from tb_trainmon.training_logs.rows import TYPES, known_type

if TYPE_CHECKING:
    from tb_trainmon.training_logs.by_page import PagedRows

_KEPT = 1 << 20  # numbers of rows that a search keeps; those of other blocks are asked for anew
_BYTES_A_NUMBER, _BYTES_A_BLOCK = 8, 1000

_Ids = Mapping[str, IntArray]  # of rows, by type, ascending


@dataclass(frozen=True, slots=True)
class _Block:
    """How many rows were found up to number ``last``; the numbers of those that are kept."""

    last: int
    counts: Mapping[str, int]
    ids: _Ids

    def number(self, types: Collection[str]) -> int:
        """How many rows of these types were found."""
        return sum(self.counts[name] for name in types)

    def kept(self, types: Collection[str]) -> _Ids | None:
        """The numbers of the rows of these types, if none of them is missing."""
        there = all(self.counts[name] == 0 or name in self.ids for name in types)
        return self.ids if there else None


class TableSearch:
    """The rows that hold all ``words``, given in small letters; without words all rows.

    Of those blocks that have been looked at without a gap, from the newest row on.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(words)
        self._blocks: dict[int, _Block] = {}
        self._columns: frozenset[str] = frozenset()
        self._kept = 0
        self._first = 0  # the oldest block of those that count
        self._rows: TableRows

    def go_on(self, rows: TableRows, patience: Patience) -> None:
        """Look through the rows that are new, and as many of the old as there is time for.

        Of one block at the least. Raises DatabaseUnreadable, with what was found before in place.
        """
        self._rows, looked, first = rows, False, rows.places.blocks
        try:
            self._columns = self._columns or self._paged.columns()
            for number in reversed(range(first)):
                if not self._is_known(number):
                    if looked and not patience.lasts():
                        break
                    self._look_at(number)
                    looked = True
                first = number
        finally:
            self._first = first

    @property
    def unsearched(self) -> int:
        """How many rows, the oldest, have not been looked at."""
        return self._first * STRIDE

    @property
    def goes_on_below(self) -> int | None:
        """Rows with smaller numbers have not been looked at; None where there are none."""
        if self._first == 0:
            return None
        return self._rows.places.bounds(self._first)[0] + 1

    @property
    def memory(self) -> int:
        """Bytes that it takes."""
        return self._kept * _BYTES_A_NUMBER + len(self._blocks) * _BYTES_A_BLOCK

    def counts(self) -> dict[str, int]:
        """How many rows of each type were found."""
        blocks = [self._blocks[number] for number in self._looked_at()]
        return {name: sum(block.counts[name] for block in blocks) for name in TYPES}

    def rank(self, id_: int, types: Collection[str]) -> int:
        """How many were found of these types with a smaller number."""
        at = self._rows.places.block_of(id_)
        before = sum(self._blocks[n].number(types) for n in self._looked_at() if n < at)
        if at not in self._blocks or at < self._first:
            return before
        return before + int(np.searchsorted(self._ids(at, types), id_))

    def ids(self, part: range, types: Collection[str]) -> list[int]:
        """The numbers of those rows of these types that are so-manieth from the oldest found."""
        found: list[int] = []
        begin = 0
        for number in self._looked_at():
            size = self._blocks[number].number(types)
            mine = range(max(part.start - begin, 0), min(part.stop - begin, size))
            if mine:
                found += self._ids(number, types)[mine.start : mine.stop].tolist()
            begin += size
        return found

    @property
    def _paged(self) -> PagedRows:
        table = self._rows.table
        return table.database.paged(table.row.task_id)

    def _looked_at(self) -> range:
        return range(self._first, self._rows.places.blocks)

    def _is_known(self, number: int) -> bool:
        known = self._blocks.get(number)
        return known is not None and known.last == self._rows.places.bounds(number)[1]

    def _look_at(self, number: int) -> None:
        """Whatever was known of the block: it may have grown."""
        after, last = self._rows.places.bounds(number)
        if self._words:
            ids = self._matches(after, last)
            counts: Mapping[str, int] = {name: len(ids.get(name, ())) for name in TYPES}
        else:
            told = self._paged.counts(after, last, self._columns)
            counts, ids = told.by_type, _ascending(told.ids)
        known = self._blocks.get(number)
        self._kept -= 0 if known is None else _size(known.ids)
        kept = ids if self._kept + _size(ids) <= _KEPT else {}
        self._kept += _size(kept)
        self._blocks[number] = _Block(last, counts, kept)

    def _ids(self, number: int, types: Collection[str]) -> IntArray:
        """The numbers of a block's rows of these types, ascending."""
        block = self._blocks[number]
        ids = block.kept(types)
        if ids is None:
            ids = self._matches(self._rows.places.bounds(number)[0], block.last)
        return np.sort(np.concatenate([ids.get(name, _NONE) for name in types]))

    def _matches(self, after: int, last: int) -> _Ids:
        told = self._paged.search(after, last, self._columns, self._words)
        found = {name: list(ids) for name, ids in told.sure.items()}
        texts = row_texts([entry_of(row) for row in told.maybe])
        for row, text in zip(told.maybe, texts, strict=True):
            if holds(text, self._words):
                found.setdefault(known_type(row.type), []).append(row.id)
        return _ascending(found)


_NONE: IntArray = np.empty(0, dtype=np.int64)


def _ascending(ids: Mapping[str, Sequence[int]]) -> dict[str, IntArray]:
    return {name: np.sort(np.array(found, dtype=np.int64)) for name, found in ids.items()}


def _size(ids: _Ids) -> int:
    return sum(len(found) for found in ids.values())
