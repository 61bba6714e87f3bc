"""Where the rows of a task lie in its table: the numbers by which any of them is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tb_trainmon.core.columns import IntArray
from tb_trainmon.core.record import record
from tb_trainmon.tasks.opened.table.patience import Patience

if TYPE_CHECKING:
    from tb_trainmon.training_logs.by_page import PagedRows

STRIDE = 1 << 13  # rows of a block

_NO_IDS = np.empty(0, dtype=np.int64)


@record(frozen=True, slots=True)
class RowPlaces:
    """``total`` rows, counted from the oldest, in blocks of STRIDE.

    ``ends`` are the numbers of the last row of each whole block, ``last`` that of the last of all.
    """

    ends: IntArray
    total: int
    last: int

    @classmethod
    def of_nothing(cls) -> RowPlaces:
        """No rows."""
        return cls(_NO_IDS, 0, 0)

    def and_these(self, ids: IntArray) -> RowPlaces:
        """With rows of these numbers behind them."""
        if not len(ids):
            return self
        whole = ids[STRIDE - 1 - self.total % STRIDE :: STRIDE]
        return RowPlaces(_joined(self.ends, whole), self.total + len(ids), int(ids[-1]))

    def and_newer(self, rows: PagedRows, patience: Patience) -> RowPlaces:
        """With those that the table has behind them, as far as ``patience`` reaches.

        Raises DatabaseUnreadable.
        """
        ends = self.ends
        while patience.lasts():
            after = _last(ends)
            found = [end for end in rows.ends(after, STRIDE) if end > after]
            if not found:
                behind, last = rows.extent(after)
                return RowPlaces(ends, len(ends) * STRIDE + behind, last)
            ends = _joined(ends, np.array(found, dtype=np.int64))
        total = len(ends) * STRIDE
        return RowPlaces(ends, total, _last(ends)) if total > self.total else self

    @property
    def blocks(self) -> int:
        """How many blocks there are; the last may be shorter than the others."""
        return -(-self.total // STRIDE)

    def bounds(self, block: int) -> tuple[int, int]:
        """The number before a block's first row, and that of its last."""
        last = int(self.ends[block]) if block < len(self.ends) else self.last
        return _last(self.ends[:block]), last

    def size(self, block: int) -> int:
        """How many rows a block has."""
        return min(self.total - block * STRIDE, STRIDE)

    def block_of(self, id_: int) -> int:
        """The block in which a row of this number would be."""
        return int(np.searchsorted(self.ends, id_))


def _joined(ends: IntArray, more: IntArray) -> IntArray:
    return np.concatenate([ends, more]) if len(more) else ends


def _last(ends: IntArray) -> int:
    return int(ends[-1]) if len(ends) else 0
