"""Where the siblings of a task ended: most trainers write no end, but those beside them show it.

Siblings are tasks that are named alike but for numbers, else those whose folders lie beside one
another, and that train by the same leading tag. A sibling's end is the step at which it fell
silent, whatever it is called for it: so no verdict rests on a verdict that rests on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from tb_trainmon.core.cached import cached_property
from tb_trainmon.core.record import record

FEWEST = 3  # so many others that ended at one step show that trainings like them end there
_TOGETHER = 60.0  # seconds within which what ended may have ended for one reason
_POINTS = 10  # intervals of logging: with fewer, several end at one step by chance
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


@record(frozen=True)
class _Step:
    """What ended at a step, and how many went ``beyond`` it."""

    step: int
    ends: list[SiblingEnd]  # by their times
    beyond: int

    @cached_property
    def times(self) -> list[float]:
        """When they ended, ascending."""
        return [end.at for end in self.ends]

    @cached_property
    def interval(self) -> float:
        """Their usual interval of logging."""
        return median(end.interval for end in self.ends)

    @cached_property
    def is_meant(self) -> bool:
        """Whether most look meant: or their process lived on and trained another."""
        meant = sum(end.is_meant for end in self.ends)
        writers = {end.writer for end in self.ends if end.writer is not None}
        lived_on = len({writer[:2] for writer in writers}) < len(writers)
        return 2 * meant >= len(self.ends) or lived_on

    def ended_apart(self, own: SiblingEnd | None) -> bool:
        """Whether those but ``own`` did not fall silent in one minute, maybe killed together."""
        times = self.times
        first = times[1] if own is not None and own.at == times[0] else times[0]
        last = times[-2] if own is not None and own.at == times[-1] else times[-1]
        return last - first > _TOGETHER


class Ends:
    """The ends of tasks that are siblings, by the tasks' ids."""

    def __init__(self, ends: Mapping[str, SiblingEnd]) -> None:
        self._ends = ends

    def are_enough_for(self, task_id: str) -> bool:
        """Whether so many others ended that they may show something."""
        return len(self._ends) - (task_id in self._ends) >= FEWEST

    def usual_for(self, task_id: str) -> UsualEnd | None:
        """The step at which at least three of the others ended, more than ever went beyond it."""
        own = self._ends.get(task_id)
        others = len(self._ends) - (own is not None)
        for there in self._steps:
            mine = own if own is not None and own.step == there.step else None
            count = len(there.times) - (mine is not None)
            beyond = there.beyond - (own is not None and own.step > there.step)
            enough = count >= FEWEST and beyond < count and there.is_meant
            if enough and there.ended_apart(mine):
                return UsualEnd(there.step, count, others, there.interval)
        return None

    @cached_property
    def _steps(self) -> list[_Step]:
        """Steps at which enough ended, that of most first, of several the last."""
        by_step: dict[int, list[SiblingEnd]] = {}
        for end in self._ends.values():
            by_step.setdefault(end.step, []).append(end)
        steps, beyond = [], 0
        for step, there in sorted(by_step.items(), reverse=True):
            if len(there) >= FEWEST:
                steps.append(_Step(step, sorted(there, key=lambda end: end.at), beyond))
            beyond += len(there)
        return sorted(steps, key=lambda each: -len(each.ends))
