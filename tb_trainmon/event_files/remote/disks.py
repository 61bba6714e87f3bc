"""Local and remote files behind one ``Disk``.

``Disks`` itself never waits: of remote files it knows their states, and the contents of small ones.
Whoever needs whole event files takes a ``PatientDisk`` from it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType

from tb_trainmon.event_files.disk import FileState, LocalDisk, OpenedFile
from tb_trainmon.event_files.glance import Glance
from tb_trainmon.event_files.remote.asking import Start, in_a_daemon_thread
from tb_trainmon.event_files.remote.blocks import Blocks
from tb_trainmon.event_files.remote.logdir import REST, Interest, RemoteLogdir
from tb_trainmon.event_files.remote.manifest import Manifest
from tb_trainmon.event_files.remote.side_files import Content
from tb_trainmon.event_files.remote.store import Store
from tb_trainmon.event_files.urls import is_remote

# Seconds that the event files of one task may keep a page waiting. What is not there by then comes
# with the next question, a second later.
PATIENCE = 2.0


class Disks:
    """The files of this machine, and what is known of remote ones. Safe to ask from any thread.

    ``rest``: seconds between two refreshes of a remote log directory, at the least. ``cache`` is
    the folder in which what was read of stores is kept; None: it is forgotten with the process.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        start: Start = in_a_daemon_thread,
        rest: float = REST,
        cache: Path | None = None,
    ) -> None:
        self.start = start
        self._rest = rest
        self._cache = cache
        self._clock = clock
        self._local = LocalDisk()
        self._logdirs: dict[str, RemoteLogdir] = {}

    def logdir(self, url: str, interest: Interest) -> RemoteLogdir:
        """The remote log directory ``url``, whose files are known from now on."""
        store = Store(url)
        manifest = Manifest(self._cache, store.url)
        made = RemoteLogdir(store, interest, self._clock, self.start, self._rest, manifest)
        return self._logdirs.setdefault(store.url, made)

    def logdir_of(self, path: str) -> RemoteLogdir:
        """The log directory that the remote ``path`` lies in. Raises FileNotFoundError."""
        for url, logdir in self._logdirs.items():
            if path == url or path.startswith(url + "/"):
                return logdir
        raise FileNotFoundError(path)

    def glance(self, path: str) -> Glance | None:
        """The ends of a remote event file; None while it was not looked at."""
        return self.logdir_of(path).glance(path)

    def stat(self, path: str) -> FileState:
        """The state of the file, or of the folder, at ``path``."""
        if is_remote(path):
            return self.logdir_of(path).state(path)
        return self._local.stat(path)

    def open(self, path: str) -> AbstractContextManager[OpenedFile]:
        """The file at ``path``; if it is remote, as much of it as is known."""
        if is_remote(path):
            return nullcontext(_KnownFile(self.logdir_of(path).content(path)))
        return self._local.open(path)

    def patient(self, patience: float = PATIENCE) -> PatientDisk:
        """A disk that reads remote files too, for one thread at a time."""
        return PatientDisk(self, patience)


class _KnownFile:
    def __init__(self, content: Content) -> None:
        self._content = content

    def state(self) -> FileState:
        return self._content.state

    def read(self, offset: int, size: int) -> bytes:
        return self._content.read(offset, size)


class PatientDisk:
    """Reads remote files, and waits for them, but only so long: ``patience`` seconds a visit.

    A read that comes too late raises StillReading; what was on its way by then is kept, so that
    the same read, in a later visit, goes on.
    """

    def __init__(self, disks: Disks, patience: float) -> None:
        self._disks = disks
        self._patience = patience
        self.until = 0.0  # of time.monotonic
        self._unfinished: dict[str, tuple[FileState, Blocks]] = {}

    def begin_visit(self) -> None:
        """From now on, for all files together, one patience."""
        self.until = time.monotonic() + self._patience

    def stat(self, path: str) -> FileState:
        """The state of the file, by the latest listing if it is remote."""
        return self._disks.stat(path)

    def open(self, path: str) -> AbstractContextManager[OpenedFile]:
        """The file at ``path``."""
        if not is_remote(path):
            return self._disks.open(path)
        return _RemoteFile(self, path, *self._resume(path))

    def keep(self, path: str, state: FileState, blocks: Blocks) -> None:
        """Remember what is on its way of a file that is not read to its end."""
        self._unfinished[path] = state, blocks

    def _resume(self, path: str) -> tuple[FileState, Blocks]:
        logdir = self._disks.logdir_of(path)
        if logdir.trouble is not None:
            raise OSError(logdir.trouble.message.rstrip("."))
        state = logdir.state(path)
        kept = self._unfinished.pop(path, None)
        if kept is not None and kept[0] == state:
            return kept
        return state, Blocks(logdir.store, path, state.size, self._disks.start)


class _RemoteFile:
    """One version of a file, for the time of a ``with`` block."""

    def __init__(self, disk: PatientDisk, path: str, state: FileState, blocks: Blocks) -> None:
        self._disk = disk
        self._path = path
        self._state = state
        self._blocks = blocks

    def __enter__(self) -> _RemoteFile:  # noqa: PYI034  (Self came with Python 3.11)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._disk.keep(self._path, self._state, self._blocks)

    def state(self) -> FileState:
        return self._state

    def read(self, offset: int, size: int) -> bytes:
        return self._blocks.read(offset, size, self._disk.until)
