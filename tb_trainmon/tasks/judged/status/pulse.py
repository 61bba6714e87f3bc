"""How long a silence a task may have, by what its current attempt did so far."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from statistics import median

import numpy as np

from tb_trainmon.core.cached import cached_property
from tb_trainmon.core.record import record
from tb_trainmon.tasks.judged.parts.part import FilePart, TagFacts
from tb_trainmon.tasks.judged.progress.leading import Leading
from tb_trainmon.tasks.judged.sentences import duration
from tb_trainmon.tasks.judged.status.announced import LONGEST, first_due
from tb_trainmon.tasks.judged.timing.pauses import Pause, intervals_of, lone_pause, pauses_of

_SILENCE = 180.0  # seconds; writers flush up to every 120 s
GAPS = 5.0  # times the longest recent gap
_PAUSES = 2.0  # times what a pause, an evaluation or the wait for the first point took
_FAST = 10  # one of so many intervals is as fast as that
_FEW_GAPS = 5  # with fewer, the wait for the first point tells how long a gap may be
_CLOCK_ERROR = 3600.0  # seconds by which a clock may have been set while points were written
_RUNTIME = re.compile(r"(^|[/_])(eval|val|valid|validation|test)\w*[/_](runtime|run_?time)$")


@record(frozen=True, slots=True)
class Limit:
    """Seconds of silence that a task may have; ``due`` is the pause that may be, as a phrase."""

    seconds: float
    due: str = ""


def is_runtime(tag: str, facts: TagFacts) -> bool:
    """Whether a tag tells how many seconds an evaluation took."""
    return facts.meaning.role in ("eval", "test") and _RUNTIME.search(tag.lower()) is not None


class Pulse:
    """The gaps, pauses and waits of the current attempt.

    ``parts`` are the task's, ``span`` the time in seconds from the attempt's launch to its last
    point, which nothing in it is longer than: all that a long dead task takes is that.
    ``known_limit`` is what all points show, where not all of them are here.
    """

    def __init__(
        self,
        leading: Leading,
        parts: Sequence[FilePart],
        span: float,
        known_limit: Limit | None = None,
    ) -> None:
        self.known_limit = known_limit
        self.leading = leading
        self._parts = parts
        self.span = span

    def knowing(self, limit: Limit) -> Pulse:
        """The same, where all points have shown how long it may be silent."""
        return Pulse(self.leading, self._parts, self.span, limit)

    @cached_property
    def limit(self) -> Limit:
        """How long it may be silent before it counts as no longer running."""
        if self.known_limit is not None:
            return self.known_limit
        recent = self.leading.recent_gaps
        known = [_SILENCE, GAPS * max(recent, default=0.0), _PAUSES * self._runtime]
        if len(recent) < _FEW_GAPS or self._waits:
            known.append(_PAUSES * self._wait)
        return max([Limit(max(known)), *self._due], key=lambda limit: limit.seconds)

    @cached_property
    def usual(self) -> float | None:
        """The median recent gap in seconds; None if there are not two points."""
        # For a hundred numbers, NumPy's median takes longer to begin than a list to be sorted.
        gaps = [gap for gap in self.leading.recent_gaps if gap > 0]
        return median(gaps) if gaps else None

    @property
    def pauses(self) -> list[Pause]:
        """The kinds of pauses that the attempt makes."""
        return self._seen[0]

    @cached_property
    def _seen(self) -> tuple[list[Pause], float | None, Pause | None]:
        """Its pauses, its pace when it is fast, and the only long pause if there is but one.

        The pace is None where too few intervals are seen to tell.

        The intervals themselves, four numbers a point, are not kept.
        """
        intervals = intervals_of(self.leading.points)
        fast = None
        if len(intervals) >= _FAST:
            at = len(intervals) // _FAST
            fast = float(np.partition(intervals.pace, at)[at])
        return pauses_of(intervals), fast, lone_pause(intervals, self.leading.base)

    def outlasts(self, silence: float) -> bool:
        """Whether so many seconds without an event are not too many."""
        return not self.is_past(silence) and silence <= self.limit.seconds

    def is_past(self, silence: float) -> bool:
        """Whether so many seconds are too many whatever its points show."""
        return silence > max(GAPS * (self.span + _CLOCK_ERROR), _SILENCE)

    @property
    def unexplained(self) -> float:
        """Seconds of the attempt that its pace, when it is fast, leaves over: pauses, it may be."""
        first, last, pace = self.leading.first, self.leading.last, self._seen[1]
        if first is None or last is None or pace is None:
            return self.span  # too few are seen to tell
        return self.span - pace * (last - first)

    @property
    def _due(self) -> Iterator[Limit]:
        """What allows for a pause at the very step at which it fell silent."""
        last = self.leading.last
        if last is None:
            return
        slack = self.leading.interval or 0
        for pause in self.pauses:
            if pause.is_due(last, slack):
                every = f"as it does every {pause.period:,} steps, for up to"
                yield Limit(_PAUSES * pause.longest, f"{every} {duration(pause.longest)}")
        lone = self._seen[2]
        if lone is not None and lone.is_due(last, slack):
            once = f"as it did behind step {lone.last_step:,}, for {duration(lone.longest)}"
            yield Limit(_PAUSES * lone.longest, once)
        announced = first_due(self.leading, self._parts)
        if announced is not None:
            yield Limit(min(self.span, LONGEST), announced)

    @property
    def _runtime(self) -> float:
        """The longest evaluation that the trainer logged, seconds."""
        return max(
            (
                float(facts.recent.value.max())
                for part in self._parts
                for tag, facts in part.tags.items()
                if is_runtime(tag, facts)
            ),
            default=0.0,
        )

    @property
    def _wait(self) -> float:
        """The longest time from a launch to its first point, seconds."""
        return max(
            (part.first_wall_time - part.launched_at for part in self._parts if part.trains),
            default=0.0,
        )

    @property
    def _waits(self) -> bool:
        """Whether a launch is the last that was heard of it."""
        newest = max(self._parts, key=lambda part: part.opened_at, default=None)
        return newest is not None and not newest.measures
