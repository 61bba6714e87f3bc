"""Where the siblings of a task ended: most trainers write no end, but those beside them show it.

Siblings are tasks that are named alike but for numbers, else those whose folders lie beside one
another, and that train by the same leading tag. A sibling's end is the step at which it fell
silent, whatever it is called for it: so no verdict rests on a verdict that rests on it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from statistics import median

from tb_trainmon.core.record import record

FEWEST = 3  # so many others that ended at one step show that trainings like them end there
_TOGETHER = 60.0  # seconds within which what ended may have ended for one reason
_POINTS = 10  # intervals of logging: with fewer, several end at one step by chance
_KEPT = 1 << 8
_ALIKE = 10.0  # times the interval of one is that of another that counts the same


@record(frozen=True, slots=True)
class SiblingEnd:
    """The last leading step of a task that fell silent, when it was logged, its usual interval.

    ``is_meant``: it looks like an end that was meant. ``writer``: host, process and the process's
    count of its writers, where they are known.
    """

    step: int
    at: float
    interval: int
    is_meant: bool = True
    writer: tuple[str | None, int, int] | None = None


def is_telling(step: int, interval: int) -> bool:
    """Whether a series was logged often enough for its last step to be no chance."""
    return step >= _POINTS * interval


@record(frozen=True, slots=True)
class UsualEnd:
    """``count`` of ``others`` siblings ended at ``step``, logging every ``interval`` steps."""

    step: int
    count: int
    others: int
    interval: float

    @property
    def words(self) -> str:
        """The evidence, as a phrase."""
        who = "all" if self.count == self.others else f"{self.count:,} of"
        return f"the step where {who} {self.others:,} siblings ended"

    def is_for(self, interval: int | None) -> bool:
        """Whether a task with this interval counts the same and logs often enough."""
        if not interval or self.step < _POINTS * interval:
            return False
        return self.interval / _ALIKE <= interval <= self.interval * _ALIKE


_usual_end = lru_cache(_KEPT)(UsualEnd)  # one for all siblings that it is the same for


@record(frozen=True, slots=True)
class _Step:
    """What is known of the ``count`` that ended at a step, and how many went ``beyond`` it.

    The ``first`` two ended first, the ``last`` two last. ``interval`` is their usual one of
    logging. ``is_meant``: most look so, or their process lived on and trained another.
    """

    step: int
    count: int
    beyond: int
    first: tuple[float, ...]
    last: tuple[float, ...]
    interval: float
    is_meant: bool

    def ended_apart(self, own: SiblingEnd | None) -> bool:
        """Whether those but ``own`` did not fall silent in one minute, maybe killed together."""
        first = self.first[own is not None and own.at == self.first[0]]
        last = self.last[-2 if own is not None and own.at == self.last[-1] else -1]
        return last - first > _TOGETHER


def _step(step: int, ends: Sequence[SiblingEnd], beyond: int) -> _Step:
    times = sorted([end.at for end in ends])
    meant = sum(end.is_meant for end in ends)
    writers = {end.writer for end in ends if end.writer is not None}
    lived_on = len({writer[:2] for writer in writers}) < len(writers)
    return _Step(
        step=step,
        count=len(ends),
        beyond=beyond,
        first=tuple(times[:2]),
        last=tuple(times[-2:]),
        interval=median(end.interval for end in ends),
        is_meant=2 * meant >= len(ends) or lived_on,
    )


class Ends:
    """Where siblings ended: as many numbers as there are steps at which enough did."""

    def __init__(self, ends: Collection[SiblingEnd]) -> None:
        self._count = len(ends)
        by_step: dict[int, list[SiblingEnd]] = {}
        for end in ends:
            by_step.setdefault(end.step, []).append(end)
        steps, beyond = [], 0
        for step, there in sorted(by_step.items(), reverse=True):
            if len(there) >= FEWEST:
                steps.append(_step(step, there, beyond))
            beyond += len(there)
        # That of most first, of several the last.
        self._steps = sorted(steps, key=lambda each: -each.count)

    def are_enough_beside(self, own: SiblingEnd | None) -> bool:
        """Whether those but the one that ended at ``own`` are enough to show something."""
        return self._count - (own is not None) >= FEWEST

    def usual_beside(self, own: SiblingEnd | None) -> UsualEnd | None:
        """The step at which at least three of the others ended, more than ever went beyond it."""
        others = self._count - (own is not None)
        for there in self._steps:
            mine = own if own is not None and own.step == there.step else None
            count = there.count - (mine is not None)
            beyond = there.beyond - (own is not None and own.step > there.step)
            enough = count >= FEWEST and beyond < count and there.is_meant
            if enough and there.ended_apart(mine):
                return _usual_end(there.step, count, others, there.interval)
        return None
