"""An answer that is waited for so long and no longer, whatever a driver or SQLite does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer
from contextlib import contextmanager
from math import inf
from typing import TypeVar

_T = TypeVar("_T")


def asked_apart(ask: Callable[[], _T]) -> Future[_T]:
    """What ``ask`` returns or raises, once it does, in a thread of its own.

    A daemon: a server that has stopped with its sockets open keeps a driver waiting for ever, and
    no setting of the driver's ends that.
    """
    answer: Future[_T] = Future()

    def work() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:  # noqa: BLE001  raised where it is waited for
            answer.set_exception(error)

    threading.Thread(target=work, name="trainmon-question", daemon=True).start()
    return answer


class Watch:
    """Interrupts, from a thread of its own, what takes too long: one piece of work after another.

    The thread, a daemon, begins with the first of them and lasts until ``end``.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._until, self._interrupt = inf, _nothing
        self._runs = False

    @contextmanager
    def interrupting_after(self, seconds: float, interrupt: Callable[[], None]) -> Iterator[None]:
        """Call ``interrupt`` once what is done inside has taken so long.

        Never afterwards: the next question is not interrupted for this one's sake.
        """
        with self._changed:
            self._until, self._interrupt = time.monotonic() + seconds, interrupt
            if not self._runs:
                self._runs = True
                threading.Thread(
                    target=self._work, args=(seconds,), name="trainmon-watch", daemon=True
                ).start()
        try:
            yield
        finally:
            with self._changed:
                self._until, self._interrupt = inf, _nothing

    def end(self) -> None:
        """Let the thread end; the next piece of work begins another."""
        with self._changed:
            self._runs = False
            self._changed.notify_all()

    def _work(self, seconds: float) -> None:
        """Whatever begins while it sleeps, for so many ``seconds``, has at least as many more."""
        with self._changed:
            while self._runs:
                self._changed.wait(max(min(self._until - time.monotonic(), seconds), 0.0))
                if time.monotonic() >= self._until:
                    self._interrupt()
                    self._until = inf


def _nothing() -> None:
    pass


__all__ = ["NoAnswer", "Watch", "asked_apart"]
