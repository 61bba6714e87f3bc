"""The clock test tells whether the trainer had the time to train up to its first point.

From scratch, the seconds from the opening of the file to the first point are about those that so
many steps take: 0.63 to 1.55 of them in 70 launches of strangers' logs; resumed, 0.00 to 0.39,
where the steps take five seconds at least. Far more says nothing: a trainer may load for long.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Literal

from tb_trainmon.core.record import record
from tb_trainmon.core.times import plausible
from tb_trainmon.tasks.judged.parts.part import FIRST_POINTS, TagFacts

_LEAST = 5.0  # seconds that the steps must take for the clock to tell
_LOADING = 60.0
_RESUMED = 0.45
_FROM_SCRATCH = (0.55, 2.5)

Answer = Literal["scratch", "resumed"]


@record(frozen=True, slots=True)
class Clock:
    """``waited`` seconds from opening to the first point; ``needed`` for its steps from 0."""

    waited: float
    needed: float

    @property
    def answer(self) -> Answer | None:
        """What it says; None where it cannot tell."""
        if self.needed < _LEAST or self.waited < 0:
            return None
        share = self.waited / self.needed
        if share <= _RESUMED:
            return "resumed"
        return "scratch" if _FROM_SCRATCH[0] <= share <= _FROM_SCRATCH[1] else None

    def says_scratch(self, *, against: bool) -> bool:
        """Whether it says so; ``against`` a rhythm whose first steps are missing only if long.

        Loading takes seconds to a minute: that may look like training a few steps.
        """
        return self.answer == "scratch" and not (against and self.needed < _LOADING)


def clock_of(
    first_step: int, first_at: float, opened_at: float, pace: float | None
) -> Clock | None:
    """The clock of an attempt, by the step and time of its first point; None where it has none.

    ``pace`` in seconds a step, its own or that of the attempt before.
    """
    if pace is None or not plausible(first_at) or not plausible(opened_at):
        return None
    return Clock(first_at - opened_at, first_step * pace)


def pace_of(facts: Sequence[TagFacts]) -> float | None:
    """Seconds a step: of the first few intervals the median, pauses left out; None without any."""
    # Of so few points, NumPy takes longer to begin than Python to end.
    points = [point for f in facts for point in zip(f.first_steps, f.first_times, strict=True)]
    times = dict(reversed(points))  # of one step, the time that came first
    if len(times) <= 2:
        for f in facts:
            times.setdefault(f.last_step, f.last_wall_time)
    first = pairwise(sorted(times.items())[:FIRST_POINTS])
    paces = [(later - at) / (next_ - step) for (step, at), (next_, later) in first if later > at]
    return median(paces) if paces else None
