"""Which process this is, so that a reader on the same machine can tell whether it still runs.

A process id alone is not enough: ids are used again. Together with the moment at which the
process started it names one process for ever.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

#: Two readings of one start time differ by up to this much: the kernel's clock is rounded.
SAME_START_SECONDS = 2.0


def started_at(pid: int) -> float | None:
    """When process ``pid`` started, in seconds since the epoch; None if that cannot be told."""
    try:
        ticks = int(_status(pid)[19])
        uptime = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
        return time.time() - uptime + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None


def is_running(pid: int, process_started_at: float | None) -> bool | None:
    """Whether the process runs on this machine; None if this machine cannot tell."""
    if not Path("/proc/self/stat").exists():
        return None
    found = started_at(pid)
    if found is None:
        return Path(f"/proc/{pid}").exists()
    if _is_dead(pid):
        return False
    if process_started_at is None:
        return True
    return abs(found - process_started_at) <= SAME_START_SECONDS


def _is_dead(pid: int) -> bool:
    """Whether it has ended and only waits for its parent to ask how: a zombie.

    In containers nobody may ever ask.
    """
    try:
        return _status(pid)[0] in ("Z", "X")
    except (OSError, IndexError):
        return True


def _status(pid: int) -> list[str]:
    """The fields of ``/proc/PID/stat`` from the state on: proc(5). Raises OSError."""
    status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    # The name is in parentheses and may hold anything, a parenthesis included.
    return status.rpartition(")")[2].split()
