"""What is known of each event file: in parts, where a training was restarted inside one file.

The list of tasks knows a large file by its head and tail alone, an open task knows all of it; both
come here as a ``FilePart`` and everything above treats them alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from itertools import pairwise

from tb_trainmon.core.cached import cached_property
from tb_trainmon.core.columns import Column
from tb_trainmon.core.record import record
from tb_trainmon.core.times import earliest, latest, plausible
from tb_trainmon.event_files.batch import HyperParameter
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.series.cycles import Climb
from tb_trainmon.tasks.judged.parts.tag_sets import TagSet, tag_set
from tb_trainmon.tasks.metric_names import Meaning

_BEGINNINGS_KEPT = 1 << 12
FIRST_POINTS = 4  # what the logging interval is taken from: few, so that it is soon settled
RECENT_POINTS = 128  # what status and ETA look at


@record(frozen=True, slots=True)
class TagFacts:
    """A tag in one part of a file.

    ``head`` begins with its first points, ``recent`` holds its latest; what follows from them is
    told once, as it is asked for again and again. Of a file that is known by its head and tail,
    ``points`` are those that were seen. ``climb`` is how the steps went of a series that leads its
    file, where they do not simply ascend. ``interval`` is the usual distance between two of the
    first logged steps; None if there are not two.
    """

    meaning: Meaning
    points: int
    min_step: int
    max_step: int
    head: Column
    recent: Column
    interval: int | None
    first_step: int
    last_step: int
    first_wall_time: float
    last_wall_time: float
    climb: Climb | None = None

    @property
    def beginning(self) -> Column:
        """Its first points: few, so that what is taken from them is soon settled."""
        return self.head[:FIRST_POINTS]

    @property
    def first_steps(self) -> list[int]:
        """Those of ``beginning``."""
        steps: list[int] = self.head.step[:FIRST_POINTS].tolist()
        return steps

    @property
    def first_times(self) -> list[float]:
        """When they were logged."""
        times: list[float] = self.head.wall_time[:FIRST_POINTS].tolist()
        return times

    @property
    def is_regular(self) -> bool:
        """Whether its first points lie at equal distances: enough of them to tell."""
        return is_regular(self.first_steps)


def first_steps(facts: Sequence[TagFacts]) -> tuple[int, ...]:
    """The first few steps of a series that may go on from file to file, as in one file."""
    if not facts or len(facts) == 1 or len(facts[0].head) >= FIRST_POINTS:
        return tuple(facts[0].first_steps) if facts else ()
    known = {step for one in facts for step in one.first_steps}
    return tuple(sorted(known)[:FIRST_POINTS])


def is_regular(steps: Sequence[int]) -> bool:
    """Whether first steps lie at equal distances: enough of them to tell.

    Some trainers log whichever step comes first (1, 10, 20, 30): the first distance may be less.
    """
    first, *others = [after - before for before, after in pairwise(steps)] or [0]
    return len(steps) >= FIRST_POINTS and len({*others}) == 1 and 0 < first <= others[0]


@lru_cache(_BEGINNINGS_KEPT)
def usual_gap(steps: tuple[int, ...]) -> int | None:
    """The usual one between first steps; None if there is none.

    Asked again and again, and what is logged together has the same steps.
    """
    forward = sorted(after - before for before, after in pairwise(steps) if after > before)
    return forward[len(forward) // 2] if forward else None


@record(frozen=True, slots=True)
class Source:
    """A file's content that is not points, and where the file belongs.

    Of a file that came while its task was open, ``seen`` and ``grew`` count the looks at the task
    when it was first seen and when its last event came (0: nobody has seen it come). Negative
    ``seen``: that was no file that is being written, but an older one, copied. ``others``: tags of
    images and the like, with the time of the latest. ``left_out``: it has more series than are
    admitted, or some of longer names.
    """

    run: str
    slot: str
    file: FoundFile
    texts: Mapping[str, str]
    hparams: Mapping[str, HyperParameter] | None
    first_wall_time: float | None
    last_wall_time: float | None
    seen: int = 0
    grew: int = 0
    others: Mapping[str, float] = field(default_factory=dict)
    left_out: bool = False


@record(frozen=True)
class FilePart:
    """One training's share of a file.

    ``cut`` gives, by tag, its first and (if it is not the last
    part) its end among the file's points. ``session``: the step at which the writer said that a
    session begins with this part. ``unseen``: tags of which the last points are not
    known, as of a file that is known by its head and a tail without them.
    """

    source: Source
    number: int
    session: int | None
    tags: Mapping[str, TagFacts]
    cut: Mapping[str, slice]
    unseen: frozenset[str] = frozenset()

    @cached_property
    def said(self) -> TagSet:
        """What its tags mean."""
        return tag_set(tuple(self.tags), self.source.slot)

    @property
    def trains(self) -> bool:
        """Whether any tag shows that training wrote this part, its end-of-run summary included."""
        return self.said.trains

    @property
    def measures(self) -> bool:
        """Whether there is any scalar that was measured."""
        return bool(self.said.measured)

    @cached_property
    def first_wall_time(self) -> float:
        """Time of the first point, else of the first event, else what the file's name says."""
        first = earliest([facts.first_wall_time for facts in self.tags.values()])
        return self.opened_at if first is None else first

    @cached_property
    def last_wall_time(self) -> float:
        """Time of the last point (a part that is followed by another ends there)."""
        last = self._last_point_at
        return self.first_wall_time if last is None else last

    @cached_property
    def point_times(self) -> tuple[float, ...]:
        """Times between which what was measured was logged: the least and the greatest, or none."""
        facts = [self.tags[tag] for tag in self.said.measured]
        ends = [*(f.first_wall_time for f in facts), *(f.last_wall_time for f in facts)]
        first, last = earliest(ends), latest(ends)
        return () if first is None or last is None else (first, last)

    @property
    def last_event_at(self) -> float:
        """Time of the file's last event; where clocks cannot be right, of its modification."""
        last = self.source.last_wall_time
        if last is not None and plausible(last):
            return last
        at = self._last_point_at
        return self.source.file.modified_at if at is None else at

    @cached_property
    def opened_at(self) -> float:
        """When the file was begun, as well as it can be told."""
        source = self.source
        times = (source.first_wall_time, source.file.name.created)
        return next((t for t in times if t and plausible(t)), source.file.modified_at)

    @property
    def launched_at(self) -> float:
        """When the training that wrote this part began, before its first point."""
        first = self.first_wall_time
        return first if self.number else min(self.opened_at, first)

    @cached_property
    def _last_point_at(self) -> float | None:
        return latest([facts.last_wall_time for facts in self.tags.values()])


def latest_text(parts: Sequence[FilePart], tag: str) -> str | None:
    """The text that was logged last under ``tag``, of files in the order of writing."""
    found = [part.source.texts[tag] for part in parts if tag in part.source.texts]
    return found[-1] if found else None
