"""What is known of each event file: in parts, where a training was restarted inside one file.

The list of tasks knows a large file by its head and tail alone, an open task knows all of it; both
come here as a ``FilePart`` and everything above treats them alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, FloatArray, IntArray, column
from tb_trainmon.event_files.batch import HyperParameter, SessionStart
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.metric_names import Meaning, meaning_of

RECENT_POINTS = 128  # what status and ETA look at
_FIRST_POINTS = 4  # what the logging interval is taken from: few, so that it is soon settled
_POINTS_THAT_STAY = 3  # so many points behind a step that went back make it a restart


@dataclass(frozen=True, slots=True)
class TagFacts:
    """A tag in one part of a file; ``recent`` holds its latest points.

    Of a file that is known by its head and tail, ``points`` are those that were seen.
    """

    meaning: Meaning
    points: int
    first_step: int
    min_step: int
    max_step: int
    first_wall_time: float
    interval: int | None
    recent: Column


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


@dataclass(frozen=True, slots=True)
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

    @property
    def measured(self) -> list[TagFacts]:
        """All tags but echoes of hyper-parameters, whose steps may count something else."""
        return [facts for facts in self.tags.values() if facts.meaning.role != "bookkeeping"]

    @property
    def trains(self) -> bool:
        """Whether any tag shows that this part was written by training."""
        return any(facts.meaning.shows_training for facts in self.tags.values())

    @property
    def measures(self) -> bool:
        """Whether there is any scalar that was measured."""
        return bool(self.measured)

    @property
    def first_wall_time(self) -> float:
        """Time of the first point, else of the first event, else what the file's name says."""
        times = (facts.first_wall_time for facts in self.tags.values())
        return min(filter(plausible, times), default=self.opened_at)

    @property
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

    @property
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
        times = (float(facts.recent.wall_time[-1]) for facts in self.tags.values())
        return filter(plausible, times)


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
    meanings = {tag: meaning_of(tag, source.run) for tag in scalars}
    starts = _starts(scalars, meanings, session_starts) if whole else []
    edges = [dict.fromkeys(scalars, 0), *starts]
    parts = []
    for number, begin in enumerate(edges):
        end = edges[number + 1] if number + 1 < len(edges) else {}
        cut = {tag: slice(begin[tag], end.get(tag)) for tag in scalars}
        tags = {
            tag: _facts(points[cut[tag]], meanings[tag])
            for tag, points in scalars.items()
            if len(points[cut[tag]])
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
    tags = {}
    for tag in dict.fromkeys([*head, *tail]):
        meaning = meaning_of(tag, source.run)
        begin = _facts(head.get(tag, tail.get(tag, column())), meaning)
        end = _facts(tail.get(tag, head.get(tag, column())), meaning)
        tags[tag] = replace(
            begin,
            points=sum(len(seen[tag]) for seen in (head, tail) if tag in seen),
            min_step=min(begin.min_step, end.min_step),
            max_step=max(begin.max_step, end.max_step),
            recent=end.recent,
        )
    return FilePart(source, 0, _begins_session(session_starts), tags, {})


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


def _facts(points: Column, meaning: Meaning) -> TagFacts:
    return TagFacts(
        meaning=meaning,
        points=len(points),
        first_step=int(points.step[0]),
        min_step=int(points.step.min()),
        max_step=int(points.step.max()),
        first_wall_time=float(points.wall_time[0]),
        interval=_interval(points.step[:_FIRST_POINTS]),
        recent=points[-RECENT_POINTS:],
    )


def _interval(steps: IntArray) -> int | None:
    """The usual distance between two logged steps; None if there are not two."""
    gaps = np.sort(np.diff(steps))
    gaps = gaps[gaps > 0]
    return int(gaps[len(gaps) // 2]) if len(gaps) else None
