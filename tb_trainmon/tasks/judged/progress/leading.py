"""The leading counter of the current attempt: the steps that decide about total and end.

Which series leads is settled with the attempts (``counters``, ``leader``); this is what it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from operator import sub
from statistics import median

import numpy as np

from tb_trainmon.core.cached import cached_property
from tb_trainmon.core.columns import Column, FloatArray, column, concatenate
from tb_trainmon.core.times import plausible, plausible_times
from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.parts.part import FilePart, TagFacts
from tb_trainmon.tasks.judged.progress.reached import Reached

_POINTS = 8_000  # of the latest points; more cost time at every tick and tell nothing new
_ATTEMPTS = 3  # ... of so many attempts before it
_INTERVALS = 100
_RECENT_GAPS = 100
_FEW = 200  # points that Python looks at in less time than NumPy

Columns = Callable[[FilePart, str], Column]
Piece = tuple[FilePart, str, TagFacts]


def recent_points(part: FilePart, tag: str) -> Column:
    """What a part remembers of a tag's points: the latest, which is all that the list knows."""
    return part.tags[tag].recent


class Leading:
    """The steps of the leading series in the latest of ``attempts``, which starts from ``base``.

    ``columns`` gives the points of a tag in a part: all of them, or those that are known.
    """

    def __init__(
        self,
        attempts: Sequence[Attempt],
        base: int,
        columns: Columns = recent_points,
    ) -> None:
        self.base = base
        self._attempts = attempts
        self._columns = columns

    @cached_property
    def pieces(self) -> list[Piece]:
        """The parts of the attempt that have the leading tag, in the order of their points."""
        return self.pieces_of(self._attempts[-1]) if self._attempts else []

    @property
    def tag(self) -> str | None:
        """Its tag; None where nothing was trained."""
        leading = self._attempts[-1].leading if self._attempts else None
        return leading[1] if leading else None

    @cached_property
    def first(self) -> int | None:
        """The attempt's first leading step."""
        return self.pieces[0][2].first_step if self.pieces else None

    @cached_property
    def last(self) -> int | None:
        """The attempt's highest leading step."""
        return max([facts.max_step for _, _, facts in self.pieces], default=None)

    @cached_property
    def last_at(self) -> float | None:
        """The time of its latest point."""
        return max([facts.last_wall_time for _, _, facts in self.pieces], default=None)

    @cached_property
    def reached(self) -> Reached:
        """What it has come to, in numbers."""
        return Reached(
            self.last,
            self.interval,
            self.longest_interval,
            self.from_zero,
            self.begins_late,
            self.trains,
        )

    @property
    def trains(self) -> bool:
        """Whether its steps are a training's, and seen up to the last."""
        seen = [f.meaning.shows_training and tag not in p.unseen for p, tag, f in self.pieces]
        return bool(seen) and all(seen)

    @cached_property
    def points(self) -> Column:
        """The latest points that are known, as they were written; without impossible times."""
        return self._points_of(self.pieces)

    @cached_property
    def earlier(self) -> list[Column]:
        """The same of the latest attempts before it."""
        return [self._points_of(self.pieces_of(a)) for a in self._attempts[:-1][-_ATTEMPTS:]]

    def _points_of(self, pieces: Sequence[Piece]) -> Column:
        columns = [self._columns(part, tag)[-_POINTS:] for part, tag, _ in pieces]
        points = concatenate(columns)[-_POINTS:] if columns else column()
        possible = plausible_times(points.wall_time)
        # Mostly all: then they are where they lie, and not there twice.
        if points.at_hand and possible.all():
            return points
        return points.take(np.flatnonzero(possible))

    @property
    def gaps(self) -> list[float]:
        """Seconds between points that followed one another, the latest last.

        Between two files of the attempt it is the time from the last point of one to the first of
        the other, whatever of them is known.
        """
        return self._gaps_between(_POINTS)

    @cached_property
    def recent_gaps(self) -> list[float]:
        """The last hundred of them."""
        return self._gaps_between(_RECENT_GAPS + 1)[-_RECENT_GAPS:]

    def _gaps_between(self, points: int) -> list[float]:
        """Those between so many points of each file, at the most."""
        gaps: list[float] = []
        before: TagFacts | None = None
        for part, tag, facts in self.pieces:
            if before is not None and plausible(facts.first_wall_time):
                gaps.append(facts.first_wall_time - before.last_wall_time)
            times = _plausible(self._columns(part, tag)[-_POINTS:].wall_time)[-points:]
            gaps += map(sub, times[1:], times)
            before = facts if plausible(facts.last_wall_time) else None
        return gaps

    @cached_property
    def interval(self) -> int | None:
        """The usual distance between two recent points, in steps; None if there are not two."""
        return int(median(self._distances)) if self._distances else None

    @property
    def longest_interval(self) -> int:
        """The largest distance between two recent points, in steps; 0 if there are not two."""
        return max(self._distances, default=0)

    @cached_property
    def from_zero(self) -> bool:
        """Whether steps are counted from 0: the first is 0, or lacks one to a whole interval.

        As the task's first attempt shows it: one that resumes begins anywhere.
        """
        parts = self._attempts[0].parts if self._attempts else []
        if 0 in [part.tags[tag].first_step for part in parts for tag in part.said.training]:
            return True
        first, interval = self._beginning
        return interval > 1 and first == interval - 1

    @property
    def begins_late(self) -> bool:
        """Whether nothing was logged at first, so that it is not known what steps count from."""
        first, interval = self._beginning
        return 0 < interval < first

    @cached_property
    def _beginning(self) -> tuple[int, int]:
        """First step and interval of the task's first leading piece; zeros if there is none."""
        first = self._attempts[0] if self._attempts else None
        if first is None:
            return 0, 0
        pieces = self.pieces if first is self._attempts[-1] else self.pieces_of(first)
        return (pieces[0][2].first_step, pieces[0][2].interval or 0) if pieces else (0, 0)

    @cached_property
    def _distances(self) -> list[int]:
        moves = [
            after - before
            for *_, facts in self.pieces[-2:]
            for before, after in pairwise(facts.recent.step[-_INTERVALS - 1 :].tolist())
            if after > before
        ]
        return moves[-_INTERVALS:]

    def pieces_of(self, attempt: Attempt) -> list[Piece]:
        """Those of any attempt: its parts with the leading tag, in the order of their points."""
        if attempt.leading is None:
            return []
        slot, tag = attempt.leading
        found = [
            (part, tag, part.tags[tag])
            for part in attempt.parts
            if part.source.slot == slot and tag in part.tags
        ]
        return sorted(found, key=lambda piece: piece[2].first_wall_time)


def _plausible(times: FloatArray) -> list[float]:
    """Those that can be one. Few are told as a list in less time than NumPy takes to begin."""
    if len(times) > _FEW:
        found: list[float] = times[plausible_times(times)].tolist()
        return found
    return [time for time in times.tolist() if plausible(time)]
