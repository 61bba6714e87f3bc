"""The rows that a task has in the companion table: how many, and the way to each of them.

A row in Python takes a kilobyte, and a task may have millions, of which somebody looks at two
hundred. So the newest are kept whole, and the others are asked for where they are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.opened.log_index import LogIndex
from tb_trainmon.tasks.opened.table.row_places import STRIDE, RowPlaces
from tb_trainmon.training_logs.rows import LogRow

GONE = "This row is not in the table any more."


@record(frozen=True, slots=True)
class TableRows:
    """All rows so far, oldest first. ``generation`` is another one once rows that were are not.

    ``newest`` are the last of them. ``marks`` has those that are no steps, as far as they have been
    read, their numbers where other logs have steps.
    """

    generation: object
    places: RowPlaces
    marks: LogIndex
    newest: Sequence[LogRow]
    table: TableTask

    def __len__(self) -> int:
        return self.places.total

    def at(self, part: range) -> list[LogRow]:
        """The rows at these positions. What the database does not tell is said so."""
        newest = len(self) - len(self.newest)
        kept = self.newest[max(part.start - newest, 0) : max(part.stop - newest, 0)]
        return [*self._asked(range(part.start, min(part.stop, newest))), *kept]

    def older_than(self, id_: int) -> int:
        """How many rows have smaller numbers. Raises DatabaseUnreadable."""
        block = self.places.block_of(id_)
        if block >= self.places.blocks or id_ > self.places.last:
            return len(self)
        if self.newest and self.newest[0].id <= id_:
            return len(self) - sum(row.id >= id_ for row in self.newest)
        after, _ = self.places.bounds(block)
        paged = self.table.database.paged(self.table.row.task_id)
        return block * STRIDE + paged.number(after, id_ - 1)

    def numbered(self, ids: Sequence[int]) -> list[LogRow]:
        """The rows with these numbers, which ascend."""
        found = {row.id: row for row in self.newest}
        asked = [id_ for id_ in ids if id_ not in found]
        why = GONE
        try:
            rows = self.table.database.paged(self.table.row.task_id).rows(asked) if asked else ()
        except DatabaseUnreadable as error:
            rows, why = (), str(error)
        found |= {row.id: row for row in rows}
        return [found.get(id_) or self._untold(id_, why) for id_ in ids]

    def _asked(self, part: range) -> Iterable[LogRow]:
        at = part.start
        while at < part.stop:
            database, task_id = self.table.database, self.table.row.task_id
            block = at // STRIDE
            most = min(part.stop, (block + 1) * STRIDE) - at
            after, last = self.places.bounds(block)
            last = min([last, *(row.id - 1 for row in self.newest[:1])])
            why = GONE
            try:
                rows = database.logs(task_id, after, most, at % STRIDE)
            except DatabaseUnreadable as error:
                rows, why = [], str(error)
            found = [row for row in rows if row.id <= last]
            yield from found
            # Where some have been deleted, the block ends before it should.
            yield from (self._untold(-at - n, why) for n in range(len(found), most))
            at += most

    def _untold(self, id_: int, why: str) -> LogRow:
        return LogRow(
            id=id_,
            task_id=self.table.row.task_id,
            attempt=1,
            type="step",
            step=None,
            wall_time=None,
            message=why,
            metrics={},
        )
