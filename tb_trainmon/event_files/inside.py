"""What lies in a log directory: regular files, and links that do not lead out of it.

Who may write into a log directory must not thereby read with TensorBoard's eyes what lies beside
it: a link ``error.txt`` to any file would show its last line. Folders that are links are followed,
as TensorBoard does; what lies in them is in the log directory.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from contextlib import AbstractContextManager

from tb_trainmon.event_files.disk import Disk, FileState, OpenedFile, refuse_all_but_files
from tb_trainmon.event_files.urls import is_remote

LEADS_OUT = "It is a link that leads out of the log directory"


def check_inside(path: str, roots: Sequence[str] = ()) -> None:
    """Raise OSError unless ``path`` is a regular file that is no link out of its folder or a root.

    Costs one ``lstat`` for what is no link.
    """
    status = os.lstat(path)
    if stat.S_ISLNK(status.st_mode):
        target = os.path.realpath(path)
        around = [os.path.realpath(folder) for folder in (os.path.dirname(path), *roots)]
        if not any(is_below(target, folder) for folder in around):
            raise OSError(errno.ELOOP, LEADS_OUT, path)
        status = os.stat(target)
    refuse_all_but_files(path, status.st_mode)


def is_below(path: str, folder: str) -> bool:
    """Whether ``path`` lies in ``folder``, at any depth."""
    return path.startswith(folder.rstrip(os.sep) + os.sep)


class InsideDisk:
    """A disk that knows of regular files inside the log directories ``roots`` only.

    Remote stores have neither links nor pipes.
    """

    def __init__(self, disk: Disk, roots: Sequence[str] = ()) -> None:
        self._disk = disk
        self._roots = roots

    def stat(self, path: str) -> FileState:
        """The state of the file. Raises OSError, also for what is not to be read."""
        if not is_remote(path):
            check_inside(path, self._roots)
        return self._disk.stat(path)

    def open(self, path: str) -> AbstractContextManager[OpenedFile]:
        """The file at ``path``. Raises OSError, also for what is not to be read."""
        if not is_remote(path):
            check_inside(path, self._roots)
        return self._disk.open(path)
