"""SIGTERM, which schedulers send before they kill: noted, and passed on as if we were not here."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

SIGTERM = signal.SIGTERM


class Termination:
    """Watches for SIGTERM while a task is logged.

    With no handler of the training's own, the process is about to die: ``stop`` is called, then
    the signal is sent again with Python's default. A handler of the training's own is called as
    ever, and decides; ``requested`` remembers the signal for the end of the attempt.

    A handler runs between any two instructions of the main thread, also while that is in our own
    code and holds a lock that ``stop`` needs. Such code stands in ``postponed()``.
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        self.requested = False
        self._stop = stop
        self._pid = os.getpid()
        self._previous: Callable[[int, FrameType | None], object] | int | None = None
        self._installed = False
        self._inside = False
        self._late = False

    def install(self) -> None:
        """Watch, if this is the main thread and SIGTERM is neither ignored nor C code's."""
        if threading.current_thread() is not threading.main_thread():
            return
        self._previous = signal.getsignal(SIGTERM)
        if self._previous not in (None, signal.SIG_IGN):
            signal.signal(SIGTERM, self._received)
            self._installed = True

    def restore(self) -> None:
        """Put the previous handler back, unless somebody has put another one in our place."""
        ours = self._installed and signal.getsignal(SIGTERM) == self._received
        if ours and threading.current_thread() is threading.main_thread():
            signal.signal(SIGTERM, self._previous)
        self._installed = False

    @contextlib.contextmanager
    def postponed(self) -> Iterator[None]:
        """A signal that arrives here, in the main thread, is handled on leaving."""
        if self._inside or threading.current_thread() is not threading.main_thread():
            yield
            return
        self._inside = True
        try:
            yield
        finally:
            self._inside = False
            if self._late:
                self._late = False
                self._pass_on(None)

    def _received(self, _number: int, frame: FrameType | None) -> None:
        # After a fork the child has this handler too, but the task is its parent's.
        if os.getpid() == self._pid and self._installed:
            self.requested = True
            if self._inside:
                self._late = True
                return
        self._pass_on(frame)

    def _pass_on(self, frame: FrameType | None) -> None:
        if callable(self._previous):
            self._previous(SIGTERM, frame)
            return
        if os.getpid() == self._pid and self._installed:
            self._stop()
        signal.signal(SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), SIGTERM)
