"""What was read of the files of a store, kept on this machine from one TensorBoard to the next.

A store with twenty thousand objects is asked for the end of each of them when it is looked at for
the first time. What has not changed since, by the store's own listing, need not be asked for
again. It is only a memory: where it cannot be read or written, the store is asked.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import struct
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

from tb_trainmon.event_files.disk import FileState
from tb_trainmon.event_files.glance import PART

Reads = Sequence[tuple[int, bytes]]  # what was read of a file, and where it begins

_LARGEST = 1 << 28  # bytes of the file, compressed; then nothing is added any more
_PATIENCE = 0.5  # seconds that another TensorBoard may be writing
_PLACE = struct.Struct("<QQ")
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS reads (url TEXT PRIMARY KEY, state TEXT, data BLOB) WITHOUT ROWID"
)


class Manifest:
    """Of the store of the log directory ``url``; in ``folder``, if there is one. Never raises."""

    def __init__(self, folder: Path | None, url: str) -> None:
        name = hashlib.sha256(url.encode()).hexdigest()[:32]
        self._path = None if folder is None else folder / f"{name}.db"

    def of(self, states: Mapping[str, FileState]) -> dict[str, Reads]:
        """What was read of these files (by URL) when they were in this state."""
        found: dict[str, Reads] = {}

        def look(database: sqlite3.Connection) -> None:
            for url, state in states.items():
                asked = database.execute("SELECT state, data FROM reads WHERE url = ?", (url,))
                known = asked.fetchone()
                if known is not None and known[0] == _told(state):
                    found[url] = _unpacked(known[1])

        self._with_it(look)
        return found

    def keep(self, read: Mapping[str, tuple[FileState, Reads]]) -> None:
        """Remember what was read of files (by URL) in these states."""
        rows = [(url, _told(state), _packed(reads)) for url, (state, reads) in read.items()]

        def add(database: sqlite3.Connection) -> None:
            (pages,), (size,) = (
                database.execute(f"PRAGMA {of}").fetchone() for of in ("page_count", "page_size")
            )
            if pages * size < _LARGEST:
                database.executemany("INSERT OR REPLACE INTO reads VALUES (?, ?, ?)", rows)

        if rows:
            self._with_it(add)

    def forget_all_but(self, urls: Collection[str]) -> None:
        """Drop what is known of files that are gone."""

        def drop(database: sqlite3.Connection) -> None:
            gone = {url for (url,) in database.execute("SELECT url FROM reads")} - set(urls)
            database.executemany("DELETE FROM reads WHERE url = ?", [(url,) for url in gone])

        self._with_it(drop)

    def _with_it(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do this with the database, as far as it can be done."""
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # What a store holds may be nobody else's business.
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(self._path, timeout=_PATIENCE)) as database, database:
                database.execute("PRAGMA synchronous = OFF")  # it may be lost, and is found out
                database.execute(_SCHEMA)
                work(database)
        except (OSError, sqlite3.OperationalError):
            return  # no room, no rights, somebody else writes
        except (sqlite3.Error, zlib.error, struct.error):
            with suppress(OSError):
                self._path.unlink()  # it is spoilt: anew the next time


def _told(state: FileState) -> str:
    # With the size of the parts in which a glance reads: who asks for others was not answered.
    return f"{PART} {state.size} {state.modified_ns} {state.version}"


def _packed(reads: Reads) -> bytes:
    places = b"".join(_PLACE.pack(begin, len(data)) for begin, data in reads)
    whole = struct.pack("<I", len(reads)) + places + b"".join(data for _, data in reads)
    return zlib.compress(whole, 1)


def _unpacked(packed: bytes) -> Reads:
    whole = zlib.decompress(packed)
    (number,) = struct.unpack_from("<I", whole)
    behind = struct.calcsize("<I") + number * _PLACE.size
    found = []
    for begin, size in _PLACE.iter_unpack(whole[struct.calcsize("<I") : behind]):
        found.append((begin, whole[behind : behind + size]))
        behind += size
    return found
