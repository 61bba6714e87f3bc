"""An answer that is waited for so long and no longer, whatever a driver or SQLite does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer
from contextlib import contextmanager
from typing import TypeVar

_T = TypeVar("_T")


def answered_within(seconds: float, ask: Callable[[], _T]) -> _T:
    """What ``ask`` returns or raises. Raises ``NoAnswer`` where that takes longer.

    Then it goes on in its thread, a daemon: a server that has stopped with its sockets open keeps
    a driver waiting for ever, and no setting of the driver's ends that.
    """
    answer: Future[_T] = Future()

    def work() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:  # noqa: BLE001  raised where it is waited for
            answer.set_exception(error)

    threading.Thread(target=work, name="trainmon-question", daemon=True).start()
    return answer.result(seconds)


@contextmanager
def interrupted_after(seconds: float, interrupt: Callable[[], None]) -> Iterator[None]:
    """Call ``interrupt`` from another thread once what is done inside has taken so long.

    Never afterwards: the next question is not interrupted for this one's sake.
    """
    is_over, lock = False, threading.Lock()

    def late() -> None:
        with lock:
            if not is_over:
                interrupt()

    timer = threading.Timer(seconds, late)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            is_over = True
        timer.cancel()


__all__ = ["NoAnswer", "answered_within", "interrupted_after"]
