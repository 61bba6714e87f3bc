"""Stat and range reads: the only place of this room that touches a file's bytes.

A test, or a remote file system, is another ``Disk``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from io import FileIO
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FileState:
    """Which file it is (device, inode), its size in bytes, when it was modified (nanoseconds)."""

    device: int
    inode: int
    size: int
    modified_ns: int

    @property
    def identity(self) -> tuple[int, int]:
        """What stays the same while a file grows, and changes when it is replaced."""
        return (self.device, self.inode)


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
        """The file that ``path`` leads to now; a folder raises IsADirectoryError."""
        return _opened(path)


@contextmanager
def _opened(path: str) -> Iterator[OpenedFile]:
    # Unbuffered: reads are large, and a buffer would hide what is written meanwhile.
    with FileIO(path) as file:
        yield _LocalFile(file)


class _LocalFile:
    __slots__ = ("_file",)

    def __init__(self, file: FileIO) -> None:
        self._file = file

    def state(self) -> FileState:
        return _state(os.fstat(self._file.fileno()))

    def read(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(size)


def _state(status: os.stat_result) -> FileState:
    return FileState(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
