"""Reads on in the rows of a task, in slices, while somebody looks at it.

Millions of rows take half a minute. A look at the task takes what has been read so far.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.opened.table.log import TableLog

_SLICE = 0.02  # seconds of work between two looks
_PAUSE = 0.005  # seconds between two slices, for whoever waits to look
_UNSEEN = 10.0  # seconds after a look in which the thread reads on


class ReadingOn:
    """Looks at ``log`` as it does itself, but has a thread read what does not come at once.

    Who looks holds ``lock`` from then to the last use of the log, the thread for each slice.
    """

    def __init__(
        self, log: TableLog, lock: AbstractContextManager[object], clock: Callable[[], float]
    ) -> None:
        self._log, self._lock, self._clock = log, lock, clock
        self._table: TableTask | None = None
        self._is_reading = False
        self._replaced = False  # since the last look
        self._looked_at = 0.0

    def refresh(self, table: TableTask) -> bool:
        """As that of the log, whether the rows are read now or were since the last look."""
        self._table, self._looked_at = table, self._clock()
        if not self._is_reading:
            self._replaced |= self._log.refresh(table, patience=0.0)
            if not self._log.is_whole:
                self._is_reading = True
                _have_read(self)
        replaced, self._replaced = self._replaced, False
        return replaced

    def read_on(self) -> bool:
        """Read a slice, between two looks; whether there is more, and somebody to see it."""
        with self._lock, suppress(DatabaseUnreadable):  # the next look will say so
            self._is_reading = False
            if self._table is not None and self._clock() - self._looked_at < _UNSEEN:
                self._replaced |= self._log.refresh(self._table, _SLICE)
                self._is_reading = not self._log.is_whole
        return self._is_reading


def _have_read(reading: ReadingOn) -> None:
    """Have a thread, a daemon, read on as long as there is more. It keeps nothing alive."""
    reference = weakref.ref(reading)

    def work() -> None:
        while (one := reference()) is not None and one.read_on():
            del one
            time.sleep(_PAUSE)

    threading.Thread(target=work, name="trainmon-rows", daemon=True).start()
