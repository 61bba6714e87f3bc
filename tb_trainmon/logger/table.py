"""One attempt of one task on its way into the database: kept until it is there."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable

from sqlalchemy.exc import OperationalError

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.logger.patience import MOST_KEPT, Patience, in_words
from tb_trainmon.training_logs.entries import Beginning, Ending, Entry
from tb_trainmon.training_logs.writing import TrainingLogsWriter, Transaction

#: How long to wait for another program's write lock before the rows wait in memory instead.
BUSY_SECONDS = 2.0

HEARTBEAT_SECONDS = 10.0

#: Trouble with the place, which passes: not with what is written into it.
TROUBLE = (OperationalError, DatabaseUnreadable, OSError)

logger = logging.getLogger("tb_trainmon")


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
        self._written_at = float("-inf")
        self._given_up = 0
        self._warned_of_refusals = False

    def run(self) -> None:
        """The task is no longer pending: from the next flush on it says so."""
        self._status = "running"

    def begin(self) -> None:
        """Have the attempt in the database before anything that belongs to it, if that may be."""
        if self._attempt is None:
            self.flush()

    def add(self, entry: Entry) -> None:
        """Keep ``entry`` for the next flush."""
        self._given_up += len(self._entries) == MOST_KEPT
        self._entries.append(entry)

    def end(self, ending: Ending) -> None:
        """Keep ``ending`` for the next flush."""
        self._ending = ending

    def flush(self, at_once: bool = False) -> bool:
        """Write all that is kept, with a sign of life. False: it stays, to be tried again."""
        if not self._has_news():
            return True
        if not at_once and not self._patience.may_try():
            return False
        is_first = self._attempt is None
        try:
            self._attempt = self._write()
        except Exception as error:  # noqa: BLE001  (no trouble of ours may break a training)
            self._patience.failed(self._redacted(error))
            return False
        self._written_status = self._status
        self._written_at = self._clock()
        self._entries.clear()
        self._patience.worked()
        if is_first:
            self._say_what_to_know()
        return True

    def close(self) -> None:
        """Let go of the database, and say what did not get into it."""
        self._writer.close()
        self._patience.gave_up(self._given_up + len(self._entries))

    def abandon(self) -> None:
        """In a forked child: the connection is the parent's."""
        self._writer.abandon()

    def _has_news(self) -> bool:
        changed = bool(self._entries) or self._ending or self._status != self._written_status
        # A clock that was set back is no reason to be silent.
        return bool(changed) or not 0 <= self._clock() - self._written_at < HEARTBEAT_SECONDS

    def _write(self) -> int:
        """One transaction, or one more where something in it was refused."""
        try:
            with self._writer.transaction() as logs:
                return self._write_all(logs, logs.add)
        except TROUBLE:
            raise
        except Exception:  # noqa: BLE001
            # Another program began the same task at this moment, or a row cannot be stored.
            return self._write_with_care()

    def _write_with_care(self) -> int:
        refused: list[tuple[Entry, Exception]] = []

        def add(task_id: str, attempt: int, entries: list[Entry]) -> None:
            refused.extend(logs.add_one_by_one(task_id, attempt, entries))

        with self._writer.transaction() as logs:
            attempt = self._write_all(logs, add)
        if refused and not self._warned_of_refusals:
            self._warned_of_refusals = True
            entry, error = refused[0]
            logger.warning(
                "The database refused the %s of step %s of task %r: %s. A row that says so stands "
                "in its place; others are written as ever.",
                entry.type,
                entry.step,
                self._beginning.task_id,
                self._redacted(error),
            )
        return attempt

    def _write_all(
        self,
        logs: Transaction,
        add: Callable[[str, int, list[Entry]], None],
    ) -> int:
        task_id = self._beginning.task_id
        attempt = self._begun(logs)
        logs.heartbeat(task_id, self._clock(), attempt)
        add(task_id, attempt, list(self._entries))
        if self._ending is not None:
            logs.end(task_id, attempt, self._ending)
        elif self._status != self._written_status:
            logs.run(task_id, attempt)
        return attempt

    def _begun(self, logs: Transaction) -> int:
        known = self._attempt
        if known is None or not logs.has(self._beginning.task_id, known):
            # The first time, or somebody deleted the database: then begin again in a new one.
            return logs.begin(self._beginning, self._status)
        return known

    def _say_what_to_know(self) -> None:
        caution = self._writer.caution()
        if caution is not None:
            logger.warning("TrainMon: %s", caution)

    def _redacted(self, error: Exception) -> str:
        said = in_words(error)
        try:
            return self._writer.redacted(said)
        except DatabaseUnreadable as unreadable:
            return str(unreadable)
