"""Brings what waits to one address, in a thread of its own: one that hangs delays nobody else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from tb_trainmon.notifying.addresses import Address
from tb_trainmon.notifying.apprise_sender import Sender
from tb_trainmon.notifying.letters import Letter, letter_of
from tb_trainmon.notifying.memory import BadMemory, Memory, Waiting
from tb_trainmon.notifying.news import News

_FIRST_PAUSE = 30.0  # seconds after a first failure; doubled after each one more
_LONGEST_PAUSE = 3600.0
GIVEN_UP = 24 * 3600.0  # seconds after which news is no news,
_FEWEST_TRIES = 5  # ... but where nobody was there to try, it is tried so often at the least
_BEAT = 1.0  # seconds between two looks at what is due

_log = logging.getLogger("trainmon.notify")


class Postman:
    """Serves one address until the process ends.

    ``picture`` draws the course of a task, by its id; None where there is none.
    """

    def __init__(
        self,
        address: Address,
        send: Sender,
        memory: Memory,
        clock: Callable[[], float],
        link: str | None = None,
        picture: Callable[[str], bytes | None] = lambda _: None,
    ) -> None:
        self.address = address
        self._send = send
        self._memory = memory
        self._clock = clock
        self._link = link
        self._picture = picture
        self._woken = threading.Event()

    def start(self) -> None:
        """Go on in a thread that ends with the process."""
        name = f"trainmon-{self.address.number}"
        threading.Thread(target=self._serve, name=name, daemon=True).start()

    def wake(self) -> None:
        """There may be something to bring."""
        self._woken.set()

    def round(self) -> int:
        """Bring what is due, all of it in one letter; gives how many news were told."""
        now = self._clock()
        due = self._memory.due(self.address.key, now)
        if not due:
            return 0
        refused = self._send(self._letter([one.news for one in due]))
        if refused is None:
            self._memory.settle(due)
            return len(due)
        self._try_later(due, refused, now)
        return 0

    def _letter(self, news: list[News]) -> Letter:
        letter = letter_of(news, self._link)
        if len(news) > 1 or not self._send.takes_pictures:
            return letter
        return replace(letter, picture=self._picture(news[0].task))

    def _try_later(self, due: list[Waiting], refused: str, now: float) -> None:
        old = [one for one in due if now - one.news.at > GIVEN_UP and one.tries >= _FEWEST_TRIES]
        if old:
            self._memory.settle(old)
            _log.error("%s: %s. %d news given up.", self.address.name, refused, len(old))
        kept = [one for one in due if one not in old]
        if not kept:
            return
        tries = max(one.tries for one in kept)
        pause = min(_FIRST_PAUSE * 2**tries, _LONGEST_PAUSE)
        self._memory.put_off(kept, now + pause)
        _log.warning("%s: %s; tried again in %d s.", self.address.name, refused, pause)

    def _serve(self) -> None:
        while True:
            try:
                self.round()
            except BadMemory as error:
                _log.error("%s", error)
            except Exception:  # noqa: BLE001  whatever it is, it must not end the thread
                _log.exception("TrainMon failed to serve %s.", self.address.name)
            self._woken.wait(_BEAT)
            self._woken.clear()
