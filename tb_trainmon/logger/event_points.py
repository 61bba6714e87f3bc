"""The metrics of one attempt on their way into its event file: kept until they are there."""

from __future__ import annotations

from collections import deque

from tb_trainmon.logger.event_file import EventFile
from tb_trainmon.logger.event_records import ScalarRecords
from tb_trainmon.logger.patience import MOST_KEPT, Patience, in_words
from tb_trainmon.training_logs.entries import Entry


class EventPoints:
    """Everything that was measured and is not written yet. Not for two threads at once."""

    def __init__(self, file: EventFile, task_id: str) -> None:
        self._file = file
        self._patience = Patience(f"the event file of task {task_id!r}")
        self._encoder = ScalarRecords()
        self._records: deque[bytes] = deque(maxlen=MOST_KEPT)
        self._given_up = 0

    def add(self, entry: Entry) -> None:
        """Keep the metrics of ``entry`` for the next flush."""
        if entry.metrics and entry.step is not None and entry.wall_time is not None:
            self._given_up += len(self._records) == MOST_KEPT
            self._records.append(self._encoder.record(entry.step, entry.wall_time, entry.metrics))

    def flush(self, at_once: bool = False) -> bool:
        """Write all that is kept. False: it stays, to be tried again."""
        if not self._records:
            return True
        if not at_once and not self._patience.may_try():
            return False
        try:
            self._file.append(b"".join(self._records))
        except OSError as error:
            self._patience.failed(in_words(error))
            return False
        self._records.clear()
        self._patience.worked()
        return True

    def close(self) -> None:
        """Close the file, and say what did not get into it."""
        self._file.close()
        self._patience.gave_up(self._given_up + len(self._records))

    def abandon(self) -> None:
        """In a forked child: the file is the parent's. Its descriptor does no harm here."""
