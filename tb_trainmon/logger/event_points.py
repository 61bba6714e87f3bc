"""The metrics of one attempt on their way into its event file: kept until they are there."""

from __future__ import annotations

from collections import deque

from tb_trainmon.logger.event_file import EventFile
from tb_trainmon.logger.event_records import scalars_record
from tb_trainmon.logger.metric_names import tag
from tb_trainmon.logger.patience import MOST_KEPT, Patience
from tb_trainmon.training_logs.entries import Entry


class EventPoints:
    """Everything that was measured and is not written yet. Not for two threads at once."""

    def __init__(self, file: EventFile, task_id: str) -> None:
        self._file = file
        self._patience = Patience(f"the event file of task {task_id!r}")
        self._records: deque[bytes] = deque(maxlen=MOST_KEPT)

    def add(self, entry: Entry) -> None:
        """Keep the metrics of ``entry`` for the next flush."""
        if entry.metrics and entry.step is not None and entry.wall_time is not None:
            scalars = {tag(name): value for name, value in entry.metrics.items()}
            self._records.append(scalars_record(entry.step, entry.wall_time, scalars))

    def flush(self, at_once: bool = False) -> bool:
        """Write all that is kept. False: it stays, to be tried again."""
        if not self._records:
            return True
        if not at_once and not self._patience.may_try():
            return False
        try:
            self._file.append(b"".join(self._records))
        except OSError as error:
            self._patience.failed(error)
            return False
        self._records.clear()
        self._patience.worked()
        return True

    def close(self) -> None:
        """Close the file."""
        self._file.close()
