"""Writers that log one metric into one folder, at the same steps, with different values.

No restart, for they write at the same time, and no copies of one number either, as the ranks of a
training log them: what is drawn jumps between several curves. It is said, and nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone

import numpy as np

from tb_trainmon.core.columns import Column, concatenate
from tb_trainmon.core.problem import Problem
from tb_trainmon.core.times import plausible
from tb_trainmon.tasks.judged.attempts.launches import has_process, writer
from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.parts.part import FilePart, TagFacts

_FEWEST = 3  # points at the same steps: fewer may be an accident
_MOSTLY = 0.5  # share of them that differ
_SAME_VALUE = 1e-5  # relative: sums over ranks differ in their last digits

_Series = tuple[str, str]  # path of the run, tag
_Written = tuple[FilePart, TagFacts]


def rival_writers(attempts: Iterable[Attempt]) -> list[Problem]:
    """A sentence for each folder of each attempt in which writers contradict one another."""
    return [problem for attempt in attempts for problem in _in_attempt(attempt)]


def _in_attempt(attempt: Attempt) -> list[Problem]:
    if len(attempt.parts) < 2:
        return []
    found: dict[str, dict[str, list[_Written]]] = {}
    for (run, tag), written in _series(attempt.parts).items():
        rivals = _rivals(written)
        if rivals:
            found.setdefault(run, {})[tag] = rivals
    return [_problem(run, by_tag) for run, by_tag in found.items()]


def _series(parts: Sequence[FilePart]) -> Mapping[_Series, list[_Written]]:
    """What files of one folder have of each training series, in the order of their beginnings."""
    series: dict[_Series, list[_Written]] = {}
    for part in parts:
        for tag, facts in part.tags.items():
            if facts.meaning.shows_training:
                series.setdefault((part.source.run, tag), []).append((part, facts))
    return series


def _rivals(written: Sequence[_Written]) -> list[_Written]:
    """The first one and those that contradict it; none if nobody does."""
    if len(written) < 2:
        return []
    first, *others = written
    rivals = [other for other in others if _contradicts(other, first)]
    return [first, *rivals] if rivals else []


def _contradicts(one: _Written, other: _Written) -> bool:
    (part, facts), (known, before) = one, other
    if part.source.file.path == known.source.file.path:
        return False
    overlap = min(facts.last_wall_time, before.last_wall_time) - max(
        facts.first_wall_time, before.first_wall_time
    )
    if not overlap > 0.0:
        return False
    mine, theirs = _points(facts), _points(before)
    _, at, there = np.intersect1d(mine.step, theirs.step, return_indices=True)
    same = np.isclose(mine.value[at], theirs.value[there], rtol=_SAME_VALUE, equal_nan=True)
    return len(at) >= _FEWEST and bool(np.mean(~same) > _MOSTLY)


def _points(facts: TagFacts) -> Column:
    return concatenate([facts.beginning, facts.recent])


def _problem(run: str, by_tag: Mapping[str, list[_Written]]) -> Problem:
    tag, rivals = max(by_tag.items(), key=lambda item: (len(item[1]), item[1][0][1].points))
    others = len(by_tag) - 1
    also = f" and {others:,} more" if others else ""
    since = max(facts.first_wall_time for _, facts in rivals[:2])
    return Problem(
        "rival_writers",
        run or ".",
        f"{_who(rivals)} log {tag!r}{also} into this folder at the same steps with different "
        f"values{_since(since)}. All points are kept, so that the chart jumps between several "
        "curves: give each writer a folder of its own.",
    )


def _who(rivals: Sequence[_Written]) -> str:
    """How many write, and whether it is one process."""
    if not all(has_process(part) for part, _ in rivals):
        return f"{len(rivals):,} writers"
    processes = {writer(part) for part, _ in rivals}
    if len(processes) == 1:
        ((host, pid),) = processes
        return f"{len(rivals):,} writers of process {pid} on {host}"
    named = ", ".join(f"{pid} on {host}" for host, pid in sorted(processes, key=str)[:2])
    return f"{len(processes):,} processes ({named}{', ...' if len(processes) > 2 else ''})"


def _since(wall_time: float) -> str:
    if not plausible(wall_time):
        return ""
    return f", since {datetime.fromtimestamp(wall_time, timezone.utc):%Y-%m-%d %H:%M} UTC"
