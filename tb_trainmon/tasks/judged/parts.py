"""What is known of each event file: in parts, where a training was restarted inside one file.

The list of tasks knows a large file by its head and tail alone, an open task knows all of it; both
come here as a ``FilePart`` and everything above treats them alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from tb_trainmon.core.columns import Column
from tb_trainmon.core.times import plausible
from tb_trainmon.event_files.batch import HyperParameter
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.metric_names import Meaning

RECENT_POINTS = 128  # what status and ETA look at


@dataclass(frozen=True, slots=True)
class TagFacts:
    """A tag in one part of a file.

    ``beginning`` holds its first steps, ``recent`` its latest points. Of a file that is known by
    its head and tail, ``points`` are those that were seen.
    """

    meaning: Meaning
    points: int
    min_step: int
    max_step: int
    first_wall_time: float
    last_wall_time: float
    beginning: tuple[int, ...]
    recent: Column

    @property
    def first_step(self) -> int:
        """The step of the first point."""
        return self.beginning[0]

    @property
    def interval(self) -> int | None:
        """The usual distance between two of the first logged steps; None if there are not two."""
        gaps = sorted(after - before for before, after in pairwise(self.beginning))
        forward = [gap for gap in gaps if gap > 0]
        return forward[len(forward) // 2] if forward else None


@dataclass(frozen=True, slots=True)
class Source:
    """A file's content that is not points, and where the file belongs.

    Of a file that came while its task was open, ``seen`` and ``grew`` count the looks at the task
    when it was first seen and when its last event came (0: nobody has seen it come). Negative
    ``seen``: that was no file that is being written, but an older one, copied. ``others``: tags of
    images and the like, with the time of the latest.
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


@dataclass(frozen=True)
class FilePart:
    """One training's share of a file.

    ``cut`` gives, by tag, its first and (if it is not the last
    part) its end among the file's points. ``restarted``: the writer said or the steps show that
    training began anew here.
    """

    source: Source
    number: int
    restarted: bool
    tags: Mapping[str, TagFacts]
    cut: Mapping[str, slice]

    @cached_property
    def measured(self) -> list[TagFacts]:
        """All tags but echoes of hyper-parameters, whose steps may count something else."""
        return [facts for facts in self.tags.values() if facts.meaning.role != "bookkeeping"]

    @cached_property
    def trains(self) -> bool:
        """Whether any tag shows that this part was written by training."""
        return any(facts.meaning.shows_training for facts in self.tags.values())

    @property
    def measures(self) -> bool:
        """Whether there is any scalar that was measured."""
        return bool(self.measured)

    @cached_property
    def first_wall_time(self) -> float:
        """Time of the first point, else of the first event, else what the file's name says."""
        times = (facts.first_wall_time for facts in self.tags.values())
        return min(filter(plausible, times), default=self.opened_at)

    @cached_property
    def last_wall_time(self) -> float:
        """Time of the last point (a part that is followed by another ends there)."""
        return max(self._last_wall_times, default=self.first_wall_time)

    @cached_property
    def point_times(self) -> tuple[float, ...]:
        """Times between which what was measured was logged: the least and the greatest, or none."""
        facts = self.measured
        ends = (*(f.first_wall_time for f in facts), *(f.last_wall_time for f in facts))
        known = [time for time in ends if plausible(time)]
        return (min(known), max(known)) if known else ()

    @property
    def last_event_at(self) -> float:
        """Time of the file's last event; where clocks cannot be right, of its modification."""
        last = self.source.last_wall_time
        if last is not None and plausible(last):
            return last
        return max(self._last_wall_times, default=self.source.file.modified_at)

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

    @property
    def _last_wall_times(self) -> Iterator[float]:
        return filter(plausible, (facts.last_wall_time for facts in self.tags.values()))
