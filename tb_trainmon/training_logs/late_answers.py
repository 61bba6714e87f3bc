"""Answers of a server for which somebody waits a while, and takes them when he asks again.

A server that has stopped keeps nobody waiting for half a minute, and one that is slow is not asked
the same again and again without ever being heard.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass

from tb_trainmon.training_logs.answer import Answer
from tb_trainmon.training_logs.deadline import NoAnswer, asked_apart

_BESIDE_LATE = 0.3  # seconds that one is waited for, while another is late
_MOST_WAITING = 8  # questions that may be late at once, each with a thread
_KEPT = 16  # late answers, each of which may be large
_KEPT_SECONDS = 60.0  # since they were asked for
_FAILURE_KEPT_SECONDS = 10.0  # ... if there is none: the server may be well again


class NotYet(Exception):
    """The answer is still expected."""


@dataclass(frozen=True, slots=True)
class _Late:
    answer: Future[Answer]
    asked_at: float

    def is_worth(self, now: float) -> bool:
        """Whether it tells of a server as it is now."""
        failed = self.answer.done() and self.answer.exception() is not None
        return now - self.asked_at < (_FAILURE_KEPT_SECONDS if failed else _KEPT_SECONDS)


class LateAnswers:
    """Answers by what was asked. Safe from any thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._late: dict[Hashable, _Late] = {}

    def answer(
        self, asked: Hashable, ask: Callable[[], Answer], patience: float, longest: float
    ) -> Answer:
        """What ``ask`` returns or raises; ``asked`` names the question.

        Raises NotYet after ``patience`` seconds, or at once where many are late; NoAnswer once it
        takes ``longest``.
        """
        late, waiting = self._taken(asked)
        if patience < longest:
            if late is None and waiting >= _MOST_WAITING:
                raise NotYet
            if waiting:
                patience = min(patience, _BESIDE_LATE)
            if late is not None:
                patience = 0.0  # it has been waited for already
        late = late or _Late(asked_apart(ask), self._clock())
        rest = late.asked_at + longest - self._clock()
        try:
            return late.answer.result(max(min(patience, rest), 0.0))
        except NoAnswer:
            if late.answer.done():  # just now; or this is what the driver says
                return late.answer.result()
            if rest <= patience:
                raise
        with self._lock:
            self._late[asked] = late
            told = [name for name, one in self._late.items() if one.answer.done()]
            for name in told[: max(len(self._late) - _KEPT, 0)]:
                del self._late[name]
        raise NotYet

    def _taken(self, asked: Hashable) -> tuple[_Late | None, int]:
        """The answer to it, if it is late, and how many others are still waited for."""
        now = self._clock()
        with self._lock:
            for name in [name for name, one in self._late.items() if not one.is_worth(now)]:
                del self._late[name]
            late = self._late.pop(asked, None)
            return late, sum(not one.answer.done() for one in self._late.values())

    def forget(self) -> None:
        """What was asked until now is expected no more."""
        with self._lock:
            self._late.clear()
