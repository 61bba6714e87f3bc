"""Whether anybody wrote to a task, by the traces that writing leaves: cheap enough to ask often.

A ``stat`` for each event file, and the revision of the companion database. Changes of an inotify
queue would tell the same some 25 ms earlier, on local disks alone: see docs/decisions/0008.
"""

from __future__ import annotations

import os

from tb_trainmon.tasks.found.layout import Layout

_Stat = tuple[int, int, int] | None  # inode, size, time of the last change; None: not there


class Traces:
    """Remembers how a task's files and rows looked, and notices when they look different."""

    def __init__(self) -> None:
        self._layout: Layout | None = None
        self._paths: list[str] = []
        self._seen: object = None

    def follow(self, layout: Layout) -> None:
        """Look at the files of ``layout`` from now on; those that are new count as changed."""
        if layout is self._layout:
            return
        self._layout = layout
        paths = [file.path for run in layout.runs for file in run.files]
        if paths != self._paths:
            self._paths, self._seen = paths, None

    def changed(self) -> bool:
        """Whether anything is different from the last time; to be asked before reading."""
        if self._layout is None:
            return False
        now = ([_stat(path) for path in self._paths], self._rows())
        changed, self._seen = now != self._seen, now
        return changed

    def _rows(self) -> object:
        table = self._layout.table if self._layout else None
        if table is None:
            return None
        # A server's revision is not known without asking it: then its rows count as new.
        revision = table.database.revision()
        return object() if revision is None else revision


def _stat(path: str) -> _Stat:
    try:
        found = os.stat(path)  # noqa: PTH116  twenty times a second, for every file: no Path object
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
