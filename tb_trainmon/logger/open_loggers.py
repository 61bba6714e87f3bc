"""What a process has only one of: SIGTERM, its exit, its forks. All open loggers share them.

SIGTERM is what schedulers send before they kill. It is noted, and passed on as if we were not here:

- A handler of the training's own is called as ever, and decides; the loggers remember the signal.
- With none, the process is about to die: all loggers are stopped, the signal is sent again.

A handler runs between any two instructions of the main thread, also while that is ending a logger.
Such code stands in ``postponed()``.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Protocol

SIGTERM = signal.SIGTERM


class OpenLogger(Protocol):
    """What a logger does when its process is told something."""

    def terminated(self) -> None:
        """SIGTERM came. That is all for now."""

    def stop(self) -> None:
        """End at once: the process dies of SIGTERM."""

    def exit(self) -> None:
        """End at once: the interpreter shuts down."""

    def before_fork(self) -> Callable[[], None]:
        """Hold still; what is returned is called in the parent after the fork."""

    def abandon(self) -> None:
        """This is a forked child: leave everything to the parent."""


class OpenLoggers:
    """The loggers of this process that are open, oldest first."""

    def __init__(self) -> None:
        self._loggers: list[OpenLogger] = []
        self._releases: list[Callable[[], None]] = []
        self._inside = False
        self._late: Callable[[FrameType | None], None] | None = None
        self._listening = False

    def add(self, logger: OpenLogger) -> None:
        """Tell ``logger`` from now on."""
        if not self._listening:
            self._listening = True
            atexit.register(self._exit)
            os.register_at_fork(
                before=self._before_fork,
                after_in_parent=self._after_fork,
                after_in_child=self._forked,
            )
        self._loggers.append(logger)
        if _in_main_thread():
            self._install()

    def remove(self, logger: OpenLogger) -> None:
        """Tell it no more. After the last one SIGTERM's previous handler is back in its place."""
        if logger in self._loggers:
            self._loggers.remove(logger)
        handler = signal.getsignal(SIGTERM)
        # Not if somebody has put another one in our place.
        if not self._loggers and isinstance(handler, _Handler) and _in_main_thread():
            signal.signal(SIGTERM, handler.previous)

    @contextlib.contextmanager
    def postponed(self) -> Iterator[None]:
        """A SIGTERM that arrives here, in the main thread, is handled on leaving."""
        if self._inside or not _in_main_thread():
            yield
            return
        self._inside = True
        try:
            yield
        finally:
            self._inside = False
            late, self._late = self._late, None
            if late is not None:
                late(None)

    def _install(self) -> None:
        previous = signal.getsignal(SIGTERM)
        # None: C code handles it, and cannot be called from here. Ignored is ignored.
        if previous not in (None, signal.SIG_IGN) and not isinstance(previous, _Handler):
            signal.signal(SIGTERM, _Handler(self, previous))

    def received(
        self, pass_on: Callable[[FrameType | None], None], frame: FrameType | None
    ) -> None:
        """SIGTERM: tell all, then ``pass_on``, or later if this is no good moment."""
        for logger in self._loggers:
            logger.terminated()
        if self._inside:
            self._late = pass_on
        else:
            pass_on(frame)

    def stop(self) -> None:
        """End all of them: the process is about to die."""
        for logger in self._loggers[::-1]:
            logger.stop()

    def _exit(self) -> None:
        for logger in self._loggers[::-1]:
            logger.exit()

    def _before_fork(self) -> None:
        self._releases = [logger.before_fork() for logger in self._loggers]

    def _after_fork(self) -> None:
        for release in self._releases:
            release()
        self._releases = []

    def _forked(self) -> None:
        for logger in self._loggers:
            logger.abandon()
        self._loggers, self._releases, self._late, self._inside = [], [], None, False


class _Handler:
    """Stands in front of ``previous``."""

    def __init__(
        self, loggers: OpenLoggers, previous: Callable[[int, FrameType | None], object] | int | None
    ) -> None:
        self._loggers = loggers
        self.previous = previous

    def __call__(self, _number: int, frame: FrameType | None) -> None:
        self._loggers.received(self._pass_on, frame)

    def _pass_on(self, frame: FrameType | None) -> None:
        if callable(self.previous):
            self.previous(SIGTERM, frame)
            return
        self._loggers.stop()
        signal.signal(SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), SIGTERM)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


#: The one for this process.
OPEN_LOGGERS = OpenLoggers()
