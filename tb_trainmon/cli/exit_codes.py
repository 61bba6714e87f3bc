"""What the commands tell a script. docs/terminal.md has the same table."""

from __future__ import annotations

DONE = 0
FAILED = 1
USAGE = 2  # argparse's own
NO_TASK = 6
NO_LOGDIR = 7
NOT_SO = 8  # of ``wait``: it has completed, and what was waited for is not so
TIMED_OUT = 124  # as timeout(1) says it
INTERRUPTED = 130  # as a shell says it of Ctrl-C
PIPE_CLOSED = 141
TERMINATED = 143

#: Of ``status --task ID``.
BY_STATUS = {"completed": DONE, "failed": FAILED, "running": 3, "pending": 4, "stopped": 5}
