"""Stat and range reads: the only place of this room that touches a file's bytes.

A test, or a remote store (``remote``), is another ``Disk``.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
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


class StillReading(OSError):
    """The bytes are on their way from a remote store: ask again soon."""


class OpenedFile(Protocol):
    """One file, whatever its path leads to by now. Both calls raise OSError."""

    def state(self) -> FileState:
        """The state of the opened file itself."""

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
        """The file that ``path`` leads to now; reading a folder raises IsADirectoryError."""
        return _LocalFile(path)


class _LocalFile:
    """One system call a read, and no buffer that would hide what is written meanwhile."""

    __slots__ = ("_descriptor", "_path")

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> _LocalFile:  # noqa: PYI034  (Self came with Python 3.11)
        self._descriptor = os.open(self._path, os.O_RDONLY)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def state(self) -> FileState:
        return _state(os.fstat(self._descriptor))

    def read(self, offset: int, size: int) -> bytes:
        return os.pread(self._descriptor, size, offset)


def _state(status: os.stat_result) -> FileState:
    return FileState(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
