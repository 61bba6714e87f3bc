"""How an event file is cut into parts: where training was restarted inside it.

A writer may say so (``SessionLog.START``); else steps that go back, and stay below what they had
reached, show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from tb_trainmon.core.columns import Column, IntArray
from tb_trainmon.event_files.batch import SessionStart
from tb_trainmon.series.accumulate import ascends
from tb_trainmon.tasks.judged.parts import RECENT_POINTS, FilePart, Source, TagFacts
from tb_trainmon.tasks.metric_names import Meaning, meaning_of

_FIRST_POINTS = 4  # what the logging interval is taken from: few, so that it is soon settled
_FEW = 200  # points that a list takes the range of in less time than NumPy
_POINTS_THAT_STAY = 3  # so many points behind a step that went back make it a restart


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


def grown(
    parts: Sequence[FilePart],
    source: Source,
    scalars: Mapping[str, Column],
    before: Mapping[str, int],
) -> list[FilePart] | None:
    """``parts`` with the points that were appended; None where the file must be cut anew.

    ``before`` gives how many of the points in ``scalars`` the parts hold, by tag; no session has
    started since. Costs what is new.
    """
    fresh = {tag: points[before.get(tag, 0) :] for tag, points in scalars.items()}
    fresh = {tag: points for tag, points in fresh.items() if len(points)}
    if not _simply_continues(parts, scalars, before, fresh):
        return None
    last = parts[-1]
    tags, cut = dict(last.tags), dict(last.cut)
    for tag, points in fresh.items():
        cut.setdefault(tag, slice(before.get(tag, 0), None))
        facts = _facts(points, points, meaning_of(tag, source.run))
        tags[tag] = _continued(tags[tag], facts, scalars[tag]) if tag in tags else facts
    earlier = [replace(part, source=source) for part in parts[:-1]]
    return [*earlier, replace(last, source=source, tags=tags, cut=cut)]


def _simply_continues(
    parts: Sequence[FilePart],
    scalars: Mapping[str, Column],
    before: Mapping[str, int],
    fresh: Mapping[str, Column],
) -> bool:
    """Whether none of the new points can move a cut, or make one."""
    if len(parts) > 1:
        reached = max(facts.last_wall_time for part in parts for facts in part.tags.values())
        late = any(points.wall_time.min() < reached for points in fresh.values())
        if late or not fresh.keys() <= before.keys():
            return False
    meanings = _meanings(scalars, parts[-1].source.run)
    leading = _leading(meanings, {tag: len(points) for tag, points in scalars.items()})
    if leading is None:
        return True
    same = leading == _leading(meanings, before)
    # A step that went back a moment ago may have been waiting for the points that make it stay.
    begin = max(before[leading] - _POINTS_THAT_STAY - 1, 0) if same else 0
    return same and ascends(scalars[leading].step[begin:])


def _continued(known: TagFacts, fresh: TagFacts, all_points: Column) -> TagFacts:
    return replace(
        known,
        points=known.points + fresh.points,
        min_step=min(known.min_step, fresh.min_step),
        max_step=max(known.max_step, fresh.max_step),
        last_wall_time=fresh.last_wall_time,
        beginning=(known.beginning + fresh.beginning)[:_FIRST_POINTS],
        recent=all_points[-min(RECENT_POINTS, known.points + fresh.points) :],
    )


def _leading(meanings: Mapping[str, Meaning], counts: Mapping[str, int]) -> str | None:
    """The training tag that is logged most often: restarts are looked for in its steps."""
    training = [tag for tag in counts if meanings[tag].shows_training]
    return max(training, key=lambda tag: counts[tag], default=None)


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
    leading = _leading(meanings, {tag: len(points) for tag, points in scalars.items()})
    if leading is None:
        return []
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
