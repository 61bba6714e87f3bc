"""Answers of a server for which somebody waits a while, and takes them when he asks again.

A server that has stopped keeps nobody waiting for half a minute, and one that is slow is not asked
the same again and again without ever being heard.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass

from tb_trainmon.training_logs.answer import Answer
from tb_trainmon.training_logs.deadline import NoAnswer, asked_apart

_BESIDE_LATE = 0.3  # seconds that one is waited for, while another is late
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
        self._late: OrderedDict[Hashable, _Late] = OrderedDict()

    def answer(
        self, asked: Hashable, ask: Callable[[], Answer], patience: float, longest: float
    ) -> Answer:
        """What ``ask`` returns or raises; ``asked`` names the question.

        Raises NotYet after ``patience`` seconds, NoAnswer once it takes ``longest``.
        """
        late, is_one_late = self._taken(asked)
        if late is not None and patience < longest:
            patience = 0.0  # it has been waited for already
        elif is_one_late and patience < longest:
            patience = min(patience, _BESIDE_LATE)
        late = late or _Late(asked_apart(ask), self._clock())
        rest = late.asked_at + longest - self._clock()
        try:
            return late.answer.result(max(min(patience, rest), 0.0))
        except NoAnswer:
            if late.answer.done() or rest <= patience:
                raise
        with self._lock:
            self._late[asked] = late
            while len(self._late) > _KEPT:
                self._late.popitem(last=False)
        raise NotYet

    def _taken(self, asked: Hashable) -> tuple[_Late | None, bool]:
        """The answer to it, if it is late, and whether another one is."""
        now = self._clock()
        with self._lock:
            for name in [name for name, one in self._late.items() if not one.is_worth(now)]:
                del self._late[name]
            late = self._late.pop(asked, None)
            return late, any(not one.answer.done() for one in self._late.values())

    def forget(self) -> None:
        """What was asked until now is expected no more."""
        with self._lock:
            self._late.clear()
