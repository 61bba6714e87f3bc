"""How long a visit may work on what can be done in several."""

from __future__ import annotations

import time
from collections.abc import Callable


class Patience:
    """Lasts for some seconds of work of this thread, or some more of waiting.

    On a machine that does ten other things, work counts; a server works elsewhere.
    """

    def __init__(
        self,
        work: float,
        waiting: float,
        effort: Callable[[], float] = time.thread_time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._effort, self._clock = effort, clock
        self._work_until, self._wait_until = effort() + work, clock() + waiting

    def lasts(self) -> bool:
        """Whether there is time left."""
        return self._effort() < self._work_until and self._clock() < self._wait_until
