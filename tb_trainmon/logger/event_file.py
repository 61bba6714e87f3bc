"""One attempt's event file: appended record by record, visible at once, never torn for long."""

from __future__ import annotations

import itertools
import os
from io import FileIO
from pathlib import Path

from tb_trainmon.logger.event_records import version_record


class EventFile:
    """A new file ``events.out.tfevents.<unix>.<host>.<pid>.<uid>`` in ``folder``, for appending.

    The file appears with the first record. A record is written by one call and without a buffer,
    so that a reader sees it at once. If the disk is full in the middle of a record, its first
    part is cut off again: a torn record would hide everything behind it.
    """

    def __init__(self, folder: Path, host: str, pid: int, started_at: float) -> None:
        self._folder = folder
        self._name = f"events.out.tfevents.{int(started_at):010d}.{host}.{pid}"
        self._first_record = version_record(started_at)
        self._file: FileIO | None = None
        self._good_size = 0

    def append(self, records: bytes) -> None:
        """Write whole records; either all of them are in the file afterwards, or OSError."""
        if self._file is None or _is_deleted(self._file):
            self.close()
            self._file, self._good_size = self._create(), 0
        if self._good_size == 0:
            records = self._first_record + records
        try:
            _write_all(self._file, records)
        except OSError:
            self._file.truncate(self._good_size)
            self._file.seek(self._good_size)
            raise
        self._good_size += len(records)

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()

    def _create(self) -> FileIO:
        self._folder.mkdir(parents=True, exist_ok=True)
        # Exclusive: two writers never share a file, also if they look at the same moment.
        files = (_new_file(self._folder / f"{self._name}.{uid}") for uid in itertools.count())
        return next(file for file in files if file is not None)


def _new_file(path: Path) -> FileIO | None:
    try:
        return FileIO(path, "xb")
    except FileExistsError:
        return None


def _is_deleted(file: FileIO) -> bool:
    # Deleted under an open file, it would be written on and never be seen again.
    return os.fstat(file.fileno()).st_nlink == 0


def _write_all(file: FileIO, records: bytes) -> None:
    left = memoryview(records)
    while left:
        left = left[file.write(left) :]
