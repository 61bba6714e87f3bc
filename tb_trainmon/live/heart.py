"""The one thread that beats while there is something to watch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

Beat = Callable[[], float | None]


class Heart:
    """Calls ``beat`` again and again on a daemon thread, which exists only as long as it must.

    ``beat`` answers how many seconds to rest, or None when there is no more to do.
    """

    def __init__(self, beat: Beat, rest: Callable[[float], None] = time.sleep) -> None:
        self._beat = beat
        self._rest = rest
        self._lock = threading.Lock()
        self._is_beating = False
        self._is_wanted = False

    def start(self) -> None:
        """Make sure that it beats."""
        with self._lock:
            self._is_wanted = True
            if self._is_beating:
                return
            self._is_beating = True
        # A daemon: it must not keep Ctrl-C waiting.
        threading.Thread(target=self._run, name="TrainMon live", daemon=True).start()

    def _run(self) -> None:
        while True:
            seconds = self._beat()
            if seconds is not None:
                self._rest(seconds)
            elif self._may_stop():
                return

    def _may_stop(self) -> bool:
        """Whether nobody has called ``start`` since the last time; then it has stopped."""
        with self._lock:
            wanted, self._is_wanted = self._is_wanted, False
            self._is_beating = wanted
            return not wanted
