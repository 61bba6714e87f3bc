"""The rows that a task has in the companion table: what they are by columns, their words asked for.

A row in Python takes a kilobyte, and a task may have millions, of which somebody looks at two
hundred. So kept are 25 bytes of each, the newest rows whole, and the way to the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.opened.log_index import TYPES, LogIndex
from tb_trainmon.training_logs.rows import LogRow

GONE = "This row is not in the table any more."


@dataclass(frozen=True, slots=True)
class TableRows:
    """All rows so far, oldest first. ``generation`` is another one once rows that were are not.

    ``index`` has the rows' numbers where other logs have steps: rows never change places.
    ``newest`` are the last of them.
    """

    generation: object
    index: LogIndex
    newest: Sequence[LogRow]
    table: TableTask

    def __len__(self) -> int:
        return len(self.index)

    def frozen(self) -> TableRows:
        """The same rows, which stay as they are while the task grows."""
        return replace(self, index=self.index.copy())

    def at(self, positions: Sequence[int]) -> list[LogRow]:
        """The rows at ``positions``, in that order. What the database does not tell is said so."""
        newest = len(self) - len(self.newest)
        asked = sorted({position for position in positions if position < newest})
        found, why = self._asked(asked)
        return [
            self.newest[position - newest]
            if position >= newest
            else found.get(int(self.index.step[position])) or self._untold(position, why)
            for position in positions
        ]

    def _asked(self, positions: Sequence[int]) -> tuple[dict[int, LogRow], str]:
        """By their numbers, the rows that the database still has; and why it lacks others."""
        if not positions:
            return {}, ""
        ids = self.index.step[positions].tolist()
        database, task_id = self.table.database, self.table.row.task_id
        try:
            rows: Iterable[LogRow]
            if positions[-1] - positions[0] + 1 == len(positions):
                rows = database.logs(task_id, ids[0] - 1, len(ids))
            else:
                rows = database.logs_at(task_id, ids)
        except DatabaseUnreadable as error:
            return {}, str(error)
        return {row.id: row for row in rows}, GONE

    def _untold(self, position: int, why: str) -> LogRow:
        index = self.index
        return LogRow(
            id=int(index.step[position]),
            task_id=self.table.row.task_id,
            attempt=int(index.attempt[position]),
            type=TYPES[int(index.type[position])],
            step=None,
            wall_time=float(index.wall_time[position]) or None,
            message=why,
            metrics={},
        )
