"""For how long nothing was heard of a task: by its events, or by the file system's clock.

A writer's clock may be wrong (a guest that slept, a laptop without the time): the file system then
says when it wrote last. Two things look alike: a copy of an old log, just made, whose events are
days older than the file; and a file that its system dates only when it is closed, whose events are
newer than the file. Where several files that stopped at different times were written at one time,
they were copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tb_trainmon.core.record import record

Heard = tuple[float, float | None]  # last event, and when the file system says it was written

_BEHIND = 300.0  # seconds: a writer flushes that late, a file system's clock is that wrong
_AHEAD = 3600.0  # ... and for so long a file may be open before its system dates it
_AT_ONE_TIME = 60.0
_A_COPY = 2 * 86400.0  # a clock that differs more than so many seconds is none


@record(frozen=True, slots=True)
class Silence:
    """``seconds`` without a sign of life; ``clock_off`` is how far the writer's clock is ahead.

    0.0 where it agrees with the file system's, or the file system is not to be asked.
    """

    seconds: float
    clock_off: float = 0.0


def silence(now: float, last_event_at: float, modified_at: float | None) -> Silence:
    """How long it has been silent at ``now``; all times in seconds since the epoch."""
    if modified_at is None:
        return Silence(now - last_event_at)
    ahead = last_event_at - modified_at
    is_wrong = _AHEAD < ahead < _A_COPY or _BEHIND < -ahead < _A_COPY
    if is_wrong or last_event_at > now + _BEHIND:
        return Silence(now - modified_at, ahead)
    return Silence(now - last_event_at)


def dated_when_opened(opened_at: float, last_event_at: float, written_at: float) -> bool:
    """Whether its system dates a file when it is opened and not when it is written: HDFS does.

    A writer's clock that is ahead by just as long as it wrote would be an accident.
    """
    return last_event_at - written_at > _AHEAD and abs(written_at - opened_at) <= _AT_ONE_TIME


def shortest(now: float, heard: Iterable[Heard]) -> Silence | None:
    """That of all files: a task lives while one of them does. None where nothing was heard."""
    found = [silence(now, event_at, written_at) for event_at, written_at in heard]
    return min(found, key=lambda each: each.seconds, default=None)


def were_copied(files: Sequence[Heard]) -> bool:
    """Whether ``files`` of one task were written together, long after they had stopped apart."""
    behind = [(at, written) for at, written in files if written and written - at > _BEHIND]
    if len(behind) < 2:
        return False
    latest = max(written for _, written in behind)
    stopped = [at for at, written in behind if latest - written <= _AT_ONE_TIME]
    return max(stopped) - min(stopped) > _BEHIND
