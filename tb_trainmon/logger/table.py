"""One attempt of one task on its way into the database: kept until it is there."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from tb_trainmon.logger.patience import MOST_KEPT, Patience
from tb_trainmon.training_logs.entries import Beginning, Ending, Entry
from tb_trainmon.training_logs.writing import TrainingLogsWriter, Transaction

#: How long a training waits for another program's write lock; after that, rows wait in memory.
BUSY_SECONDS = 2.0


class Table:
    """Everything that happened and is not written yet, and the one transaction that writes it.

    The attempt itself begins with the first transaction that succeeds: a database that is locked,
    or not there yet, when a training starts is filled later. Not for two threads at once.
    """

    def __init__(
        self, location: str, beginning: Beginning, clock: Callable[[], float] = time.time
    ) -> None:
        self._writer = TrainingLogsWriter(location, BUSY_SECONDS)
        self._beginning = beginning
        self._clock = clock
        self._patience = Patience(f"the training log of task {beginning.task_id!r}")
        self._attempt: int | None = None
        self._status = self._written_status = "pending"
        self._entries: deque[Entry] = deque(maxlen=MOST_KEPT)
        self._ending: Ending | None = None

    def run(self) -> None:
        """The task is no longer pending: from the next flush on it says so."""
        self._status = "running"

    def add(self, entry: Entry) -> None:
        """Keep ``entry`` for the next flush."""
        self._entries.append(entry)

    def end(self, ending: Ending) -> None:
        """Keep ``ending`` for the next flush."""
        self._ending = ending

    def flush(self, at_once: bool = False) -> bool:
        """Write all that is kept, with a sign of life. False: it stays, to be tried again."""
        if not at_once and not self._patience.may_try():
            return False
        try:
            with self._writer.transaction() as logs:
                attempt = self._write(logs)
        except Exception as error:  # noqa: BLE001  (no trouble of ours may break a training)
            self._patience.failed(error)
            return False
        self._attempt, self._written_status = attempt, self._status
        self._entries.clear()
        self._patience.worked()
        return True

    def close(self) -> None:
        """Let go of the database."""
        self._writer.close()

    def _write(self, logs: Transaction) -> int:
        task_id = self._beginning.task_id
        attempt = self._begun(logs)
        logs.heartbeat(task_id, self._clock())
        logs.add(task_id, attempt, list(self._entries))
        if self._ending is not None:
            logs.end(task_id, attempt, self._ending)
        elif self._status != self._written_status:
            logs.run(task_id, attempt)
        return attempt

    def _begun(self, logs: Transaction) -> int:
        known = self._attempt is not None and logs.has(self._beginning.task_id, self._attempt)
        if self._attempt is None or not known:
            # The first time, or somebody deleted the database: then begin again in a new one.
            return logs.begin(self._beginning, self._status)
        return self._attempt
