"""How an attempt ended, judged by what left the ``with`` block."""

from __future__ import annotations

import time

from tb_trainmon.training_logs.entries import Ending

MOST_ERROR_CHARACTERS = 4000


class Interruption(BaseException):
    """Ends an attempt as stopped, for a reason in words, where nothing else was raised."""


def ending_of(error: BaseException | None, terminated: bool, reached_total: bool) -> Ending:
    """The ending for an exception (None: a clean exit), after SIGTERM or without one."""
    if error is None and (reached_total or not terminated):
        return Ending("completed", None, time.time())
    if error is None or terminated:
        return Ending("stopped", "SIGTERM", time.time())
    if isinstance(error, SystemExit) and error.code in (None, 0):
        return Ending("completed", None, time.time())
    if isinstance(error, Interruption):
        return Ending("stopped", str(error), time.time())
    if isinstance(error, KeyboardInterrupt | GeneratorExit):
        return Ending("stopped", type(error).__name__, time.time())
    return Ending("failed", _in_words(error), time.time())


def _in_words(error: BaseException) -> str:
    try:
        said = str(error)
    except Exception:  # noqa: BLE001  (whatever a foreign exception does when it is printed)
        said = "(its message cannot be shown)"
    name = type(error).__name__
    return (f"{name}: {said}" if said else name)[:MOST_ERROR_CHARACTERS]
