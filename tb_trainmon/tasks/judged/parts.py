"""What is known of each event file: in parts, where a training was restarted inside one file.

The list of tasks knows a large file by its head and tail alone, an open task knows all of it; both
come here as a ``FilePart`` and everything above treats them alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, FloatArray, IntArray
from tb_trainmon.event_files.batch import HyperParameter, SessionStart
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.metric_names import Meaning, meaning_of

RECENT_POINTS = 128  # what status and ETA look at
_FIRST_POINTS = 4  # what the logging interval is taken from: few, so that it is soon settled
_FEW = 200  # points that a list takes the range of in less time than NumPy
_POINTS_THAT_STAY = 3  # so many points behind a step that went back make it a restart


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
    """A file's content that is not points, and where the file belongs."""

    run: str
    slot: str
    file: FoundFile
    texts: Mapping[str, str]
    hparams: Mapping[str, HyperParameter] | None
    first_wall_time: float | None
    last_wall_time: float | None


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


_EARLIEST = 946_684_800.0  # the year 2000
_LATEST = 3_999_999_999.0  # the year 2096; a round 4e9 is a test's or a broken clock's


def plausible(wall_time: float) -> bool:
    """Whether a wall time can be one: not 0, not NaN, of this century."""
    return _EARLIEST <= wall_time <= _LATEST


def plausible_times(wall_time: FloatArray) -> npt.NDArray[np.bool_]:
    """``plausible`` for each of an array."""
    return np.asarray((wall_time >= _EARLIEST) & (wall_time <= _LATEST))


def parts_of(
    source: Source,
    scalars: Mapping[str, Column],
    session_starts: Iterable[SessionStart] = (),
    whole: bool = True,
) -> list[FilePart]:
    """The parts of a file with these points; one, unless training was restarted inside it.

    ``whole`` says that ``scalars`` are all points of the file: only then can it be cut.
    """
    meanings = _meanings(scalars, source.run)
    starts = _starts(scalars, meanings, session_starts) if whole else []
    edges = [dict.fromkeys(scalars, 0), *starts]
    parts = []
    for number, begin in enumerate(edges):
        end = edges[number + 1] if number + 1 < len(edges) else {}
        cut = {tag: slice(begin[tag], end.get(tag)) for tag in scalars}
        tags = {
            tag: _facts(points, points, meanings[tag])
            for tag, points in ((tag, points[cut[tag]]) for tag, points in scalars.items())
            if len(points)
        }
        restarted = number > 0 or _begins_session(session_starts)
        parts.append(FilePart(source, number, restarted, tags, cut))
    return parts


def part_from_glance(
    source: Source,
    head: Mapping[str, Column],
    tail: Mapping[str, Column],
    session_starts: Iterable[SessionStart],
) -> FilePart:
    """The one part of a file of which only head and tail are known."""
    tags = {
        tag: _facts(head.get(tag) or tail[tag], tail.get(tag) or head[tag], meaning)
        for tag, meaning in _meanings((*head, *tail), source.run).items()
    }
    return FilePart(source, 0, _begins_session(session_starts), tags, {})


def _meanings(tags: Iterable[str], run: str) -> dict[str, Meaning]:
    return {tag: meaning_of(tag, run) for tag in tags}


def _begins_session(session_starts: Iterable[SessionStart]) -> bool:
    return any(start.step > 0 and not any(start.points_before.values()) for start in session_starts)


def _starts(
    scalars: Mapping[str, Column],
    meanings: Mapping[str, Meaning],
    session_starts: Iterable[SessionStart],
) -> list[dict[str, int]]:
    """For each restart inside the file, by tag, the index of the first point that belongs to it."""
    said = [
        {tag: start.points_before.get(tag, 0) for tag in scalars}
        for start in session_starts
        if any(start.points_before.values())
    ]
    if said:
        return said
    training = [tag for tag in scalars if meanings[tag].shows_training]
    if not training:
        return []
    leading = max(training, key=lambda tag: len(scalars[tag]))
    starts: list[dict[str, int]] = []
    for index in regressions(scalars[leading].step):
        start = _split(scalars, scalars[leading], index) | {leading: index}
        before = starts[-1] if starts else {}
        starts.append({tag: max(at, before.get(tag, 0)) for tag, at in start.items()})
    return starts


def _split(scalars: Mapping[str, Column], leading: Column, index: int) -> dict[str, int]:
    """By tag, the first point written after the restart that ``leading`` shows at ``index``.

    Points written between the last old and the first new point of ``leading`` are new if their
    step is below the old maximum.
    """
    old_time, new_time = leading.wall_time[index - 1], leading.wall_time[index]
    old_max = leading.step[:index].max()
    cut = {}
    for tag, points in scalars.items():
        new = (points.wall_time >= new_time) | (
            (points.wall_time > old_time) & (points.step < old_max)
        )
        cut[tag] = int(np.argmax(new)) if new.any() else len(points)
    return cut


def regressions(steps: IntArray) -> list[int]:
    """Where training began anew: indices at which the step goes back *and stays* below.

    A single point with an earlier step is none (some frameworks log an evaluation at step = epoch
    among steps counted in iterations).
    """
    found: list[int] = []
    highest: int | None = None  # step since the last restart
    for index in (np.flatnonzero(steps[1:] < steps[:-1]) + 1).tolist():
        # Between two regressions steps ascend: the last of them is the largest.
        last = int(steps[index - 1])
        highest = last if highest is None else max(highest, last)
        following = steps[index : index + _POINTS_THAT_STAY]
        stays = len(following) == _POINTS_THAT_STAY and bool(np.all(following[1:] > following[:-1]))
        if stays and following[-1] < highest:
            found.append(index)
            highest = None
    return found


def _facts(first: Column, last: Column, meaning: Meaning) -> TagFacts:
    """Of a tag whose points begin with ``first`` and end with ``last``, which may be the same."""
    lowest, highest = _range(first.step)
    points = len(first)
    if last is not first:
        low, high = _range(last.step)
        lowest, highest, points = min(lowest, low), max(highest, high), points + len(last)
    return TagFacts(
        meaning=meaning,
        points=points,
        min_step=lowest,
        max_step=highest,
        first_wall_time=first.wall_time.item(0),
        last_wall_time=last.wall_time.item(-1),
        beginning=tuple(first.step[:_FIRST_POINTS].tolist()),
        recent=last if len(last) <= RECENT_POINTS else last[-RECENT_POINTS:],
    )


def _range(steps: IntArray) -> tuple[int, int]:
    # For a glance's few points, NumPy takes longer to begin than all the rest takes.
    if len(steps) <= _FEW:
        few = steps.tolist()
        return min(few), max(few)
    return int(steps.min()), int(steps.max())
