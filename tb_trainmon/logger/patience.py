"""What to do about trouble with a disk or a database: say it once, wait, try again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

#: How many rows are kept in memory while they cannot be written; beyond, the oldest are given up.
MOST_KEPT = 100_000

#: A failing place is asked again after so many seconds, twice as many each time.
FIRST_WAIT, LONGEST_WAIT = 1.0, 15.0

logger = logging.getLogger("tb_trainmon")


class Patience:
    """Keeps trouble with ``what`` out of the training loop: one warning, then rarer attempts."""

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._clock = clock
        self._warned = False
        self._in_trouble = False
        self._wait = FIRST_WAIT
        self._not_before = 0.0

    def may_try(self) -> bool:
        """Whether it is time to try (again)."""
        return self._clock() >= self._not_before

    def failed(self, why: str) -> None:
        """Wait longer from now on, and warn if nobody was warned yet."""
        self._not_before = self._clock() + self._wait
        self._wait = min(2 * self._wait, LONGEST_WAIT)
        self._in_trouble = True
        if not self._warned:
            self._warned = True
            # Not warnings.warn: that raises where somebody has made warnings errors.
            logger.warning(
                "TrainMon cannot write to %s: %s. Training goes on; the latest %d rows are kept "
                "in memory and written when it can be.",
                self._what,
                why,
                MOST_KEPT,
            )

    def worked(self) -> None:
        """All is well (again)."""
        self._wait, self._not_before = FIRST_WAIT, 0.0
        if self._in_trouble:
            self._in_trouble = False
            logger.info("TrainMon can write to %s again.", self._what)

    def gave_up(self, rows: int) -> None:
        """Say at the end what was lost."""
        if rows:
            logger.warning("TrainMon could not write %d rows to %s.", rows, self._what)


def in_words(error: Exception) -> str:
    """An error of a driver or the system in one line."""
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__name__}: {cause}".splitlines()[0]
