"""Stat and range reads: the only place of this room that touches a file's bytes.

A test, or a remote store (``remote``), is another ``Disk``.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import AbstractContextManager
from typing import Protocol

from tb_trainmon.core.record import record


@record(frozen=True, slots=True)
class FileState:
    """Which file it is (device, inode), its size in bytes, when it was modified (nanoseconds).

    Object stores have no device and no inode, and whoever appends to an object writes it anew:
    ``version`` is what they call each writing (an ETag, or its time), "" on disks.
    """

    device: int
    inode: int
    size: int
    modified_ns: int
    version: str = ""

    @property
    def identity(self) -> tuple[int, int]:
        """What stays the same while a file grows, and changes when it is replaced."""
        return (self.device, self.inode)


_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


class StillReading(OSError):
    """The bytes are on their way from a remote store: ask again soon."""


class OpenedFile(Protocol):
    """One file, whatever its path leads to by now. Both calls raise OSError."""

    def state(self) -> FileState:
        """The state of the opened file itself, as it was when it was opened."""

    def read(self, offset: int, size: int) -> bytes:
        """``size`` bytes from ``offset``, fewer where the file ends."""


class Disk(Protocol):
    """Where event files lie. Both calls raise OSError for what cannot be reached."""

    def stat(self, path: str) -> FileState:
        """The state of the file that ``path`` leads to now."""

    def open(self, path: str) -> AbstractContextManager[OpenedFile]:
        """The file that ``path`` leads to now, closed when the block is left."""


class LocalDisk:
    """The files of this machine, network mounts included."""

    def stat(self, path: str) -> FileState:
        """The state of the file that ``path`` leads to now."""
        return _state(os.stat(path))

    def open(self, path: str) -> AbstractContextManager[OpenedFile]:
        """The file that ``path`` leads to now, if it is a regular one.

        Entering raises IsADirectoryError for a folder, and OSError for a named pipe, a device or a
        socket: reading one may wait for ever, or do something.
        """
        return _LocalFile(path)


class _LocalFile:
    """One system call a read, and no buffer that would hide what is written meanwhile."""

    __slots__ = ("_descriptor", "_path", "_status")

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> _LocalFile:  # noqa: PYI034  (Self came with Python 3.11)
        # Not blocking: a named pipe that nobody writes to would be waited for before we could look.
        self._descriptor = os.open(self._path, os.O_RDONLY | _AT_ONCE)
        try:
            self._status = os.fstat(self._descriptor)
            refuse_all_but_files(self._path, self._status.st_mode)
        except OSError:
            os.close(self._descriptor)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def state(self) -> FileState:
        return _state(self._status)

    def read(self, offset: int, size: int) -> bytes:
        return os.pread(self._descriptor, size, offset)


def refuse_all_but_files(path: str, mode: int) -> None:
    """Raise OSError if ``mode`` is not that of a regular file."""
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "It is not a regular file", path)


def _state(status: os.stat_result) -> FileState:
    return FileState(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
