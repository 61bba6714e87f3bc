"""Whether the rows that were read are still in their table: somebody may delete some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tb_trainmon.tasks.opened.table.patience import Patience
from tb_trainmon.tasks.opened.table.row_places import RowPlaces

if TYPE_CHECKING:
    from tb_trainmon.training_logs.by_page import PagedRows


class StillThere:
    """Counts block by block, in turn, and as long as the database was written since.

    Of a table whose rows never are as many as were read nothing is counted any more: its numbers
    are none, and it would be read anew for ever.
    """

    def __init__(self) -> None:
        self._revision: object = None
        self._due = self._next = 0  # blocks that are to be counted, and the one whose turn it is
        self._failed = self._is_odd = False

    def begin(self, revision: object) -> None:
        """All rows are about to be read of a database that is at ``revision``."""
        self._revision, self._due = revision, 0

    def holds(
        self, rows: PagedRows, places: RowPlaces, revision: object, patience: Patience
    ) -> bool:
        """Whether ``places`` are still right, as far as is known. Raises DatabaseUnreadable."""
        if revision is None or revision != self._revision:
            self._revision, self._due = revision, places.blocks
        while self._due and places.blocks and not self._is_odd:
            self._next %= places.blocks
            after, last = places.bounds(self._next)
            if rows.number(after, last) != places.size(self._next):
                self._failed, self._is_odd = True, self._failed
                return self._is_odd
            self._next, self._due = self._next + 1, self._due - 1
            self._failed &= self._due > 0
            if not patience.lasts():
                break
        return True
