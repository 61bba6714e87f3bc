"""How an event file is cut into parts: where training was restarted inside it.

A writer may say so (``SessionLog.START``), unless the session simply goes on: one process has
written the file, and may begin a session behind each of its evaluations. Steps that go back, and
stay below what they had reached, do not show it alone: counters begin anew with every epoch,
environments write in turn. With values that jump back as well they do, or with a pause that does
not fit the pace where values do not tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column
from tb_trainmon.core.joined import pieces_of
from tb_trainmon.event_files.batch import MOST_STARTS, SessionStart
from tb_trainmon.tasks.judged.parts.jumps import first_where
from tb_trainmon.tasks.judged.parts.part import (
    FilePart,
    Source,
)
from tb_trainmon.tasks.judged.parts.restarts import POINTS_THAT_STAY, restarts
from tb_trainmon.tasks.judged.parts.tag_facts import StepsOnce, climb_on, continued, facts_of
from tb_trainmon.tasks.judged.parts.tag_sets import TagSet, tag_set
from tb_trainmon.tasks.judged.parts.which_leads import Candidate, leading_of, sure_leader

_ALL_SEEN: frozenset[str] = frozenset()  # an empty set of its own takes 216 bytes


def parts_of(
    source: Source,
    scalars: Mapping[str, Column],
    session_starts: Iterable[SessionStart] = (),
    whole: bool = True,
) -> list[FilePart]:
    """The parts of a file with these points; one, unless training was restarted inside it.

    ``whole`` says that ``scalars`` are all points of the file: only then can it be cut.
    """
    said = tag_set(tuple(scalars), source.slot)
    meanings, leading = said.meanings, _leading(scalars, said)
    starts = _starts(scalars, leading, session_starts) if whole else []
    steps_of = StepsOnce()

    def part(number: int, session: int | None, cut: Mapping[str, slice]) -> FilePart:
        tags = {
            tag: facts_of(points, points, meanings[tag], steps_of, leads=tag == leading)
            for tag, all_points in scalars.items()
            if len(points := all_points[cut[tag]] if starts else all_points)
        }
        return FilePart(source, number, session, tags, cut)

    if not starts:
        return [part(0, _session(session_starts), dict.fromkeys(scalars, slice(0, None)))]
    edges = [_Edge(dict.fromkeys(scalars, 0), _session(session_starts)), *starts]
    ends = [*(edge.begin for edge in starts), {}]
    return [
        part(number, session, {tag: slice(begin[tag], end.get(tag)) for tag in scalars})
        for number, ((begin, session), end) in enumerate(zip(edges, ends, strict=True))
    ]


class _Edge(NamedTuple):
    """Where a part begins: by tag, the index of its first point; the session's step if one does."""

    begin: Mapping[str, int]
    session: int | None


def part_from_glance(
    source: Source,
    head: Mapping[str, Column],
    tail: Mapping[str, Column],
    session_starts: Iterable[SessionStart],
) -> FilePart:
    """The one part of a file of which only head and tail are known."""
    both = tag_set(tuple({**head, **tail}), source.slot)
    steps_of = StepsOnce()
    tags = {
        tag: facts_of(head.get(tag) or tail[tag], tail.get(tag) or head[tag], meaning, steps_of)
        for tag, meaning in both.meanings.items()
    }
    unseen = frozenset(tags.keys() - tail.keys()) or _ALL_SEEN
    return FilePart(source, 0, _session(session_starts), tags, {}, unseen=unseen)


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
    said = tag_set(tuple(scalars), source.slot)
    leading = _leading(scalars, said)
    settled = leading is None or leading == _leading(scalars, said, before)
    if not settled or not _simply_continues(parts, scalars, before, fresh, leading):
        return None
    last, steps_of = parts[-1], StepsOnce()
    tags, cut = dict(last.tags), dict(last.cut)
    for tag, points in fresh.items():
        cut.setdefault(tag, slice(before.get(tag, 0), None))
        facts = facts_of(points, points, said.meanings[tag], steps_of, leads=tag == leading)
        if tag in tags:
            climb = climb_on(tags[tag], points.step) if tag == leading else None
            facts = continued(tags[tag], facts, scalars[tag], climb)
        tags[tag] = facts
    earlier = [replace(part, source=source) for part in parts[:-1]]
    return [*earlier, replace(last, source=source, tags=tags, cut=cut)]


def _simply_continues(
    parts: Sequence[FilePart],
    scalars: Mapping[str, Column],
    before: Mapping[str, int],
    fresh: Mapping[str, Column],
    leading: str | None,
) -> bool:
    """Whether none of the new points can move a cut, or make one."""
    if len(parts) > 1:
        reached = max(facts.last_wall_time for part in parts for facts in part.tags.values())
        late = any(points.wall_time.min() < reached for points in fresh.values())
        if late or not fresh.keys() <= before.keys():
            return False
    if leading is None:
        return True
    # A step that went back a moment ago may have been waiting for the points that make it stay.
    begin = max(before[leading] - POINTS_THAT_STAY - 1, 0)
    last = parts[-1].tags.get(leading)
    anew = last is not None and last.climb is not None and last.climb.anew
    if last is not None and (anew or last.min_step == last.max_step):
        return False  # its steps begin anew again and again, or may yet
    return scalars[leading][begin:].ascends


def _leading(
    scalars: Mapping[str, Column], said: TagSet, counts: Mapping[str, int] | None = None
) -> str | None:
    """The series whose steps are the file's: restarts are looked for in them.

    ``counts``: of each only so many points, if any.
    """

    def count(tag: str) -> int:
        return len(scalars[tag]) if counts is None else counts.get(tag, 0)

    sure = sure_leader(said, count)
    if sure is not None:
        return sure
    last = {tag: scalars[tag][n - 1 : n].step.item() for tag in said.training if (n := count(tag))}
    meant = said.meanings
    return leading_of({tag: Candidate(meant[tag], count(tag), step) for tag, step in last.items()})


def _session(session_starts: Iterable[SessionStart]) -> int | None:
    """The step of the session that the file begins with, if it does not begin at 0."""
    said = (s.step for s in session_starts if s.step > 0 and not any(s.points_before.values()))
    return next(said, None)


def _starts(
    scalars: Mapping[str, Column], leading: str | None, session_starts: Iterable[SessionStart]
) -> list[_Edge]:
    """Each restart inside the file; of restarts without number the latest."""
    said = [
        _Edge({tag: start.points_before.get(tag, 0) for tag in scalars}, start.step)
        for start in session_starts
        if any(start.points_before.values())
        if leading is None or not _goes_on(scalars[leading], start.points_before.get(leading, 0))
    ]
    if said or leading is None:
        return said[-MOST_STARTS:]
    starts: list[_Edge] = []
    for index in restarts(scalars[leading])[-MOST_STARTS:]:
        start = _split(scalars, scalars[leading], index) | {leading: index}
        before = starts[-1].begin if starts else {}
        starts.append(_Edge({tag: max(at, before.get(tag, 0)) for tag, at in start.items()}, None))
    return starts


def _goes_on(points: Column, index: int) -> bool:
    """Whether a session that begins there went on, as after an evaluation of the same process."""
    at_an_end = not 0 < index < len(points)
    return at_an_end or points[index : index + 1].step.item() > _highest(points[:index])


def _highest(points: Column) -> int:
    return max(int(piece.step.max()) for piece in pieces_of(points))


def _split(scalars: Mapping[str, Column], leading: Column, index: int) -> dict[str, int]:
    """By tag, the first point written after the restart that ``leading`` shows at ``index``.

    Points written between the last old and the first new point of ``leading`` are new if their
    step is below the old maximum.
    """
    old_time, new_time = leading[index - 1 : index + 1].wall_time.tolist()
    old_max = _highest(leading[:index])

    def is_new(points: Column) -> npt.NDArray[np.bool_]:
        late = points.wall_time >= new_time
        return np.asarray(late | ((points.wall_time > old_time) & (points.step < old_max)))

    return {tag: first_where(points, is_new) for tag, points in scalars.items()}
