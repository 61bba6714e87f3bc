"""Work that waits for a network, in threads that nobody waits for in vain."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

Start = Callable[[Callable[[], None]], None]

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


def in_a_daemon_thread(work: Callable[[], None]) -> None:
    """Run ``work`` where nobody waits for it, neither a page nor the end of the program."""
    threading.Thread(target=work, name="trainmon remote", daemon=True).start()


def asked(start: Start, ask: Callable[[], _Answer]) -> Future[_Answer]:
    """What ``ask`` answers, or raises, once it has."""
    answer: Future[_Answer] = Future()

    def work() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:  # noqa: BLE001  it is raised where the answer is waited for
            answer.set_exception(error)

    start(work)
    return answer


def one_ahead(
    start: Start, ask: Callable[[_Asked], _Answer], each: Iterable[_Asked]
) -> Iterator[_Answer]:
    """The answers for ``each``, in their order: one is on its way while that before it is used."""
    coming: Future[_Answer] | None = None
    for one in each:
        before, coming = coming, asked(start, partial(ask, one))
        if before is not None:
            yield before.result()
    if coming is not None:
        yield coming.result()
