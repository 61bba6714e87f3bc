"""One who watches a task: what they have been given, and what waits for them."""

from __future__ import annotations

import math
import threading
from collections import deque

from tb_trainmon.live.parcel import Parcel, Question

MOST_WAITING = 16  # parcels: some five seconds of a busy task

_TOO_SLOW = "This reader took longer than the news came; what waited for it was dropped."


class Viewer:
    """A mailbox that one thread fills and another empties. It never holds much.

    A reader too slow for the news finds one ``reset`` in place of all that waited, and gets
    nothing more until it has taken that. ``client`` is the name that it gave itself, if it did;
    ``until`` is when it has to come again, by the watcher's clock.
    """

    def __init__(
        self, question: Question, cursor: str | None, client: str = "", until: float = math.inf
    ) -> None:
        self.question = question
        self.client = client
        self.until = until
        self._cursor = cursor
        self._waiting: deque[Parcel] = deque()
        self._is_behind = False
        self._arrived = threading.Condition()

    @property
    def cursor(self) -> str | None:
        """The state behind all that was put here: news since then is what comes next."""
        return self._cursor

    @property
    def keeps_up(self) -> bool:
        """False for one who has a ``reset`` to take before anything else."""
        return not self._is_behind

    def put(self, parcel: Parcel) -> None:
        """Leave ``parcel`` here; never waits."""
        with self._arrived:
            self._cursor = parcel.cursor
            if not parcel.content and not parcel.last:
                return
            if len(self._waiting) >= MOST_WAITING:
                self._waiting.clear()
                self._is_behind = True
                parcel = self.question.reset(parcel.cursor, _TOO_SLOW, last=parcel.last)
            self._waiting.append(parcel)
            self._arrived.notify()

    def end(self) -> None:
        """Leave here that nothing comes any more: what waits is taken first."""
        self.put(Parcel(self._cursor or "", b"", last=True))

    def take(self, seconds: float) -> Parcel | None:
        """The next parcel, waited for so many seconds; None if none came."""
        with self._arrived:
            if not self._waiting and not self._arrived.wait_for(lambda: self._waiting, seconds):
                return None
            self._is_behind = False
            return self._waiting.popleft()
