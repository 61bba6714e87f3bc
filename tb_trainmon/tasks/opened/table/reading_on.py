"""Reads on in the rows of a task, in slices, while somebody looks at it.

Millions of rows take half a minute. A look at the task takes what has been read so far.
"""

from __future__ import annotations

import threading
import time
import weakref
from typing import Protocol

_PAUSE = 0.005  # seconds between two slices, for whoever waits to look


class Reader(Protocol):
    """What has rows to read."""

    def read_on(self) -> bool:
        """Read a slice; whether there is more, and somebody to read it for."""


def read_on(reader: Reader) -> None:
    """Have a thread, a daemon, read on as long as there is more. It keeps nothing alive."""
    reference = weakref.ref(reader)

    def work() -> None:
        while (one := reference()) is not None and one.read_on():
            del one
            time.sleep(_PAUSE)

    threading.Thread(target=work, name="trainmon-rows", daemon=True).start()
