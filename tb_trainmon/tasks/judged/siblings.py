"""Where the siblings of a task ended: most trainers write no end, but those beside them show it.

Siblings are tasks whose folders lie beside one another and that train by the same leading metric.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

FEWEST = 3  # so many others that ended at one step show that trainings like them end there
_TOGETHER = 60.0  # seconds within which what ended may have ended for one reason


@dataclass(frozen=True, slots=True)
class SiblingEnd:
    """The last leading step of a sibling that has fallen silent, and when it was logged."""

    step: int
    at: float


@dataclass(frozen=True, slots=True)
class UsualEnd:
    """``count`` of ``others`` siblings ended at ``step``."""

    step: int
    count: int
    others: int

    @property
    def words(self) -> str:
        """The evidence, as a phrase."""
        who = "all" if self.count == self.others else f"{self.count} of"
        return f"the step where {who} {self.others} siblings ended"


class Siblings:
    """The ends of a task's siblings, itself left out."""

    def __init__(self, ends: Sequence[SiblingEnd] = ()) -> None:
        self._ends = ends

    @cached_property
    def usual_end(self) -> UsualEnd | None:
        """The step at which at least three ended, more than ever went beyond it; None without.

        What fell silent in the same minute may have been killed together: that counts once.
        """
        steps = Counter(end.step for end in self._ends)
        for step, count in steps.most_common():
            beyond = sum(n for other, n in steps.items() if other > step)
            if count < FEWEST or step <= 0:
                return None
            if beyond < count and self._ended_apart(step):
                return UsualEnd(step, count, len(self._ends))
        return None

    def _ended_apart(self, step: int) -> bool:
        times = [end.at for end in self._ends if end.step == step]
        return max(times) - min(times) > _TOGETHER


NO_SIBLINGS = Siblings()
