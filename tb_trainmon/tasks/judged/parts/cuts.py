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
from operator import lt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, IntArray, concatenate
from tb_trainmon.core.joined import pieces_of, windows
from tb_trainmon.event_files.batch import MOST_STARTS, SessionStart
from tb_trainmon.series.cycles import Climb, climb_of
from tb_trainmon.tasks.judged.parts.jumps import any_number, differences, first_where, jumped_back
from tb_trainmon.tasks.judged.parts.part import (
    FIRST_POINTS,
    RECENT_POINTS,
    FilePart,
    Source,
    TagFacts,
    usual_gap,
)
from tb_trainmon.tasks.judged.parts.tag_sets import TagSet, tag_set
from tb_trainmon.tasks.judged.parts.which_leads import Candidate, leading_of, sure_leader
from tb_trainmon.tasks.metric_names import Meaning

_ALL_SEEN: frozenset[str] = frozenset()  # an empty set of its own takes 216 bytes
_FEW = 200  # steps that Python looks at in less time than NumPy
_MANY = 4096  # points whose memory may be needed, when they are put away
_POINTS_THAT_STAY = 3  # so many points behind a step that went back make it a restart
_A_PAUSE = 10.0  # times the usual gap between points, and at the least so many seconds:
_SHORTEST_PAUSE = 30.0


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
    edges = [_Edge(dict.fromkeys(scalars, 0), _session(session_starts)), *starts]
    steps_of = _StepsOnce()
    parts = []
    for number, (begin, session) in enumerate(edges):
        end = edges[number + 1].begin if number + 1 < len(edges) else {}
        cut = {tag: slice(begin[tag], end.get(tag)) for tag in scalars}
        tags = {
            tag: _facts(points, points, meanings[tag], steps_of, leads=tag == leading)
            for tag, points in (_within(cut, scalars) if starts else scalars).items()
            if len(points)
        }
        parts.append(FilePart(source, number, session, tags, cut))
    return parts


def _within(cut: Mapping[str, slice], scalars: Mapping[str, Column]) -> dict[str, Column]:
    return {tag: points[cut[tag]] for tag, points in scalars.items()}


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
    steps_of = _StepsOnce()
    tags = {
        tag: _facts(head.get(tag) or tail[tag], tail.get(tag) or head[tag], meaning, steps_of)
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
    last, steps_of = parts[-1], _StepsOnce()
    tags, cut = dict(last.tags), dict(last.cut)
    for tag, points in fresh.items():
        cut.setdefault(tag, slice(before.get(tag, 0), None))
        facts = _facts(points, points, said.meanings[tag], steps_of, leads=tag == leading)
        if tag in tags:
            climb = _climb_on(tags[tag], points.step) if tag == leading else None
            facts = _continued(tags[tag], facts, scalars[tag], climb)
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
    begin = max(before[leading] - _POINTS_THAT_STAY - 1, 0)
    last = parts[-1].tags.get(leading)
    anew = last is not None and last.climb is not None and last.climb.anew
    if last is not None and (anew or last.min_step == last.max_step):
        return False  # its steps begin anew again and again, or may yet
    return scalars[leading][begin:].ascends


def _continued(
    known: TagFacts, fresh: TagFacts, all_points: Column, climb: Climb | None
) -> TagFacts:
    head = _first_of(known.beginning, fresh.beginning)
    return replace(
        known,
        points=known.points + fresh.points,
        min_step=min(known.min_step, fresh.min_step),
        max_step=max(known.max_step, fresh.max_step),
        head=head,
        recent=_few(all_points, slice(-min(RECENT_POINTS, known.points + fresh.points), None)),
        interval=usual_gap(tuple(head.step.tolist())),
        last_step=fresh.last_step,
        last_wall_time=fresh.last_wall_time,
        climb=climb,
    )


def _first_of(known: Column, fresh: Column) -> Column:
    if len(known) >= FIRST_POINTS:
        return known
    return concatenate([known, fresh])[:FIRST_POINTS]


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


def restarts(points: Column) -> list[int]:
    """Where training began anew: indices at which the steps went back, and more than that shows it.

    More: values that jump back to what they were there; where they do not tell, a pause that does
    not fit the pace. Values that go on show a counter of each epoch, however long it is evaluated.
    """
    found: list[int] = []
    begin = 0
    for index in regressions(points):
        before, after = points[begin:index], points[index : index + _POINTS_THAT_STAY]
        with any_number():
            jumped = jumped_back(before, after)
            jumped = _paused(before, after) if jumped is None else jumped
        if jumped:
            found.append(index)
            begin = index
    return found


def _paused(before: Column, after: Column) -> bool:
    """Whether there was a pause between the two that does not fit the pace."""
    pause = after[:1].wall_time.item() - before[-1:].wall_time.item()
    if not pause > _SHORTEST_PAUSE:
        return False
    gaps = differences(before, lambda piece: piece.wall_time)
    return bool(len(gaps) == 0 or pause > _A_PAUSE * max(np.quantile(gaps, 0.9), 0.0))


def regressions(points: Column) -> list[int]:
    """Indices at which the step goes back *and stays* below what it had reached.

    A single point with an earlier step is none (some frameworks log an evaluation at step = epoch
    among steps counted in iterations).
    """
    found: list[int] = []
    highest: int | None = None  # step since the last one found
    for begin, own, window in windows(points, before=1, behind=_POINTS_THAT_STAY - 1):
        steps = window.step
        for at in (np.flatnonzero(steps[1:own] < steps[: own - 1]) + 1).tolist():
            # Between two regressions steps ascend: the last of them is the largest.
            last = int(steps[at - 1])
            highest = last if highest is None else max(highest, last)
            stay = steps[at : at + _POINTS_THAT_STAY]
            ascend = len(stay) == _POINTS_THAT_STAY and bool(np.all(stay[1:] > stay[:-1]))
            if ascend and stay[-1] < highest:
                found.append(begin + at)
                highest = None
    return found


def _facts(
    first: Column, last: Column, meaning: Meaning, steps_of: _StepsOnce, *, leads: bool = False
) -> TagFacts:
    """Of a tag whose points begin with ``first`` and end with ``last``, which may be the same."""
    begin = steps_of(first)
    end = begin if last is first else steps_of(last)
    points = begin.size if last is first else begin.size + end.size
    return TagFacts(
        meaning,
        points,
        min(begin.lowest, end.lowest),
        max(begin.highest, end.highest),
        first if points <= RECENT_POINTS else _few(first, slice(FIRST_POINTS)),
        last if end.size <= RECENT_POINTS else _few(last, slice(-RECENT_POINTS, None)),
        begin.interval,
        begin.first,
        end.last,
        (first if first.at_hand else first[:1]).wall_time.item(0),
        (last if last.at_hand else last[-1:]).wall_time.item(-1),
        _climb(first) if leads else None,
    )


def _few(points: Column, part: slice) -> Column:
    """A part of them, which does not keep the memory of many others."""
    return points[part].copy() if len(points) > _MANY else points[part]


class _Steps(NamedTuple):
    """What is asked of an array of steps; ``interval`` is the usual one of the first few."""

    array: IntArray
    size: int
    first: int
    last: int
    lowest: int
    highest: int
    interval: int | None


class _StepsOnce:
    """Looks at an array of steps once: what was read and logged together shares one."""

    def __init__(self) -> None:
        self._known: dict[int, _Steps] = {}

    def __call__(self, points: Column) -> _Steps:
        if not points.at_hand:
            return _steps_in_pieces(points)
        array = points.step
        known = self._known.get(id(array))  # which is no other's while it is kept here
        if known is None:
            known = self._known[id(array)] = _steps(array)
        return known


def _steps(array: IntArray) -> _Steps:
    few, size = array[:_FEW].tolist(), len(array)
    if size == len(few):  # a list takes the range of few in less time than NumPy
        last, lowest, highest = few[-1], min(few), max(few)
    else:
        last, lowest, highest = array.item(-1), int(array.min()), int(array.max())
    return _Steps(array, size, few[0], last, lowest, highest, usual_gap(tuple(few[:FIRST_POINTS])))


def _steps_in_pieces(points: Column) -> _Steps:
    each = [_steps(piece.step) for piece in pieces_of(points)]
    return each[0]._replace(
        size=len(points),
        last=each[-1].last,
        lowest=min(steps.lowest for steps in each),
        highest=max(steps.highest for steps in each),
    )


def _climb(points: Column) -> Climb | None:
    """How the steps went; None where they simply ascend."""
    if len(points) <= _FEW:
        few = points.step.tolist()
        simple = all(map(lt, few, few[1:]))
    else:
        each = (window.step for _, _, window in windows(points, before=1, behind=0))
        simple = all((steps[1:] > steps[:-1]).all() for steps in each)
    return None if simple else climb_of(points)


def _climb_on(known: TagFacts, fresh: IntArray) -> Climb | None:
    """How they went, with steps behind them that do not go back."""
    steps = np.append(known.recent.step[-1:], fresh)
    if known.climb is None:
        if bool((steps[1:] > steps[:-1]).all()):
            return None
        return Climb(known.last_step - known.first_step, 0, anew=False).then(steps)
    return known.climb.then(steps)
