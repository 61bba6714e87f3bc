"""An SQLite file opened for reading, without a trace: nothing is created, nothing is locked.

SQLite's own read-only mode is not quite that. A database in WAL mode that nobody has open has no
``-wal`` file beside it; opening it read-only creates one, and ``-shm``, and leaves both behind.
Where that is not allowed (a read-only mount) it fails instead. Reading it as *immutable* does
neither, but is right only while nobody writes: hence ``Opened.still_true``.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from dataclasses import dataclass
from pathlib import Path

#: Two writes within the clock tick of a file system can leave the same time stamp behind.
RACY_NS = 50_000_000

#: Files beside a database that SQLite opens by itself.
BESIDE = ("-journal", "-wal", "-shm")

#: How long a reader waits for a writer that holds the whole file (rollback journals, VACUUM).
BUSY_SECONDS = 1.0

Trace = tuple[tuple[int, int, int] | None, ...]


@dataclass(slots=True)
class Opened:
    """A connection, and what the file looked like when it was opened immutable (else None)."""

    connection: sqlite3.Connection
    path: Path
    before: Trace | None

    def still_true(self) -> bool:
        """Whether what was read is one consistent state of the database."""
        return self.before is None or self.before == trace(self.path)


def open_read_only(path: Path, immutable: bool = False) -> Opened:
    """Open ``path`` for reading; immutable when asked, or when nobody is writing in WAL mode."""
    before = trace(path) if immutable or _is_wal_at_rest(path) else None
    options = "mode=ro" if before is None else "mode=ro&immutable=1"
    uri = f"{path.absolute().as_uri()}?{options}"
    return Opened(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS), path, before)


def trace(path: Path) -> Trace:
    """What tells that the file or its write-ahead log was written: inode, size and time."""
    return _trace_of(f"{path}"), _trace_of(f"{path}-wal")


def revision(path: Path) -> object:
    """A token that differs after every write. Two calls may differ without one, never the reverse.

    A file that was written a moment ago may be written again under the same time stamp: until
    that moment has passed, no two tokens are equal.
    """
    found = trace(path)
    now = time.time_ns()
    settled = all(part is None or abs(now - part[2]) > RACY_NS for part in found)
    return found if settled else (found, now)


def _trace_of(path: str) -> tuple[int, int, int] | None:
    # As text: a Path takes longer to be asked than the file.
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def odd_neighbour(path: Path) -> str | None:
    """What SQLite would open beside the database though it is no file, such as a named pipe.

    It would wait for whoever writes there, perhaps for ever. Raises OSError.
    """
    real = Path(os.path.realpath(path))
    for suffix in BESIDE:
        beside = real.with_name(real.name + suffix)
        try:
            mode = beside.lstat().st_mode
        except FileNotFoundError:
            continue
        if not stat.S_ISREG(mode):
            return beside.name
    return None


def is_in_wal_mode(path: Path) -> bool:
    """Whether the database has a write-ahead log. Raises OSError."""
    with path.open("rb") as file:
        header = file.read(20)
    # Byte 18 is the file format's "write version": 2 means write-ahead log.
    return header[18:19] == b"\x02"


def has_hot_journal(path: Path) -> bool:
    """Whether somebody was, or is, in the middle of changing the file itself."""
    journal = path.with_name(path.name + "-journal")
    return journal.exists() and journal.stat().st_size > 0


def _is_wal_at_rest(path: Path) -> bool:
    return is_in_wal_mode(path) and not _wal(path).exists()
