"""A task's rows in the companion table, while somebody looks at the task."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.core.problem import Problem
from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.opened.table.glance import TableGlance
from tb_trainmon.tasks.opened.table.log import TableLog
from tb_trainmon.tasks.opened.table.reading_on import ReadingOn


class OpenRows:
    """``log`` has what was read of them. Until that is all, the task is judged by a glance.

    With ``reads_on``, rows of which there are too many for one look are read by a thread between
    looks, each under ``lock``. ``problem`` is what is wrong with them.
    """

    def __init__(
        self,
        lock: AbstractContextManager[object],
        clock: Callable[[], float],
        *,
        reads_on: bool,
    ) -> None:
        self._lock, self._clock, self._reads_on = lock, clock, reads_on
        self.problem: Problem | None = None
        self._forget()

    def _forget(self) -> None:
        self.log = TableLog()
        self._reader = ReadingOn(self.log, self._lock, self._clock) if self._reads_on else self.log
        self._glance: TableGlance | None = None

    @property
    def are_whole(self) -> bool:
        """Whether all of them, if there are any, have been read."""
        return self._glance is None

    def parts(self, table: TableTask) -> dict[int, FilePart]:
        """By attempt, the points by which the task is judged."""
        return (self._glance or self.log).parts(table)

    def refresh(self, table: TableTask | None) -> bool:
        """Take over new rows; whether those that were there have gone."""
        self.problem = None
        if table is None:
            gone = len(self.log) > 0
            if gone:
                self._forget()
            return gone
        try:
            replaced = self._reader.refresh(table)
            if not self.log.is_whole:
                self.log.locate(table)
        except DatabaseUnreadable as error:
            self.problem = Problem("database_unreadable", "training_logs", str(error))
            return False
        if self.log.is_whole:
            self._glance = None
        else:
            self._glance_at(table)
        return replaced

    def _glance_at(self, table: TableTask) -> None:
        """What is said of the task meanwhile is what the list says."""
        self.problem = _still_reading(*self.log.extent[1:])
        self._glance = self._glance or TableGlance()
        with suppress(DatabaseUnreadable):
            self._glance.refresh(table)


def _still_reading(read: int, rows: int) -> Problem:
    return Problem(
        "still_reading",
        "training_logs",
        f"The charts are being read from the table's rows: {read:,} of {rows:,} so far. The rest "
        "appears by itself.",
    )
