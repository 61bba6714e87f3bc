"""What a process costs, by the kernel's own books (Linux)."""

from __future__ import annotations

import os
import time
from pathlib import Path


class Usage:
    """CPU time and memory of one process, since this was made."""

    def __init__(self, pid: int) -> None:
        self._folder = Path("/proc") / str(pid)
        self._began = time.monotonic()
        self._before = self._cpu_seconds()

    def cpu_share(self) -> float:
        """Cores in use on average."""
        return (self._cpu_seconds() - self._before) / (time.monotonic() - self._began)

    def megabytes(self) -> float:
        """Resident memory."""
        pages = int((self._folder / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 2**20

    def threads(self) -> int:
        """How many threads it has."""
        return len(list((self._folder / "task").iterdir()))

    def _cpu_seconds(self) -> float:
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pid_listening_on(port: int) -> int:
    """The process that listens on a port of this machine."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {row[9] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            targets = {str(link.readlink()) for link in folder.iterdir()}
        except OSError:
            continue
        if targets & {f"socket:[{inode}]" for inode in inodes}:
            return int(folder.parent.name)
    raise LookupError(f"Nobody listens on port {port}.")
