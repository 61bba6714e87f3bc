"""Takes what happens in a training to where it is kept, from any thread, with a heartbeat."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from tb_trainmon.logger.event_points import EventPoints
from tb_trainmon.logger.table import Table
from tb_trainmon.training_logs.entries import Ending, Entry

HEARTBEAT_SECONDS = 10.0

#: What could not be written is tried so many times more when the attempt ends.
LAST_TRIES = 3


class Recorder:
    """Writes to the table and to the event file, either of which may be absent.

    Writing is synchronous: a row is in the database, and a point in the file, when ``record``
    returns (a quarter of a millisecond on a local disk), unless there is trouble. Between rows a
    daemon thread gives signs of life and tries again what could not be written.
    """

    def __init__(self, table: Table | None, points: EventPoints | None) -> None:
        self._table = table
        self._points = points
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="trainmon-heartbeat", daemon=True)

    def start(self, entry: Entry) -> None:
        """Begin the attempt and its heartbeat."""
        self.record(entry)
        self._thread.start()

    def run(self) -> None:
        """The first step is done: the task is no longer pending."""
        with self._lock:
            if self._table is not None:
                self._table.run()
        self._flush()

    def record(self, entry: Entry) -> None:
        """Keep ``entry`` and write all that is kept."""
        with self._lock:
            self._keep(entry)
        self._flush()

    def end(self, entries: Iterable[Entry], ending: Ending) -> None:
        """Write the last rows and how it ended; nothing is written afterwards."""
        self._ended.set()
        with self._lock:
            for entry in entries:
                self._keep(entry)
            if self._table is not None:
                self._table.end(ending)
            for keeper in self._keepers():
                any(keeper.flush(at_once=True) for _ in range(LAST_TRIES))
                keeper.close()

    def _keepers(self) -> list[EventPoints | Table]:
        # Points first: whoever is told of a row by the table finds its points in the file.
        return [keeper for keeper in (self._points, self._table) if keeper is not None]

    def _keep(self, entry: Entry) -> None:
        for keeper in self._keepers():
            keeper.add(entry)

    def _flush(self) -> None:
        with self._lock:
            if self._ended.is_set():
                return
            for keeper in self._keepers():
                keeper.flush()

    def _beat(self) -> None:
        while not self._ended.wait(HEARTBEAT_SECONDS):
            self._flush()
