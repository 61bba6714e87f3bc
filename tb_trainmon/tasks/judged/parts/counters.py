"""What the steps of a series count: what those of the leading series do, or something else.

Series that share their (step, time) pairs share a counter. Where the steps of one at its latest
point are far from those that the leading series had by then (epochs beside iterations, seconds,
frames), it counts something else: it lies on the axis by its times and moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from tb_trainmon.core.cached import cached_property
from tb_trainmon.core.columns import FloatArray, IntArray, concatenate
from tb_trainmon.tasks.found.layout import TABLE
from tb_trainmon.tasks.judged.parts.part import FilePart, TagFacts
from tb_trainmon.tasks.judged.parts.which_leads import Candidate, leading_of, sure_leader

Key = tuple[str, str]  # slot of the run, tag

_NEAR = 0.1  # share of a step by which counters that are the same may differ, and
_INTERVALS = 3  # so many logging intervals: an evaluation may be told after its training went on
_LONG_AGO = 0.5  # the same share where only neighbours far away tell what the step was
_AT_ONCE = 0.05  # of the training's time: what was written in less was not written beside it
_NO_OTHERS: frozenset[Key] = frozenset()  # an empty set of its own takes 216 bytes
_ON_THE_GRID = 3  # points that lie on the other's steps, and are no accident


def leading_key(parts: Sequence[FilePart]) -> Key | None:
    """The series that leads a task, by slot of its run and tag; None where nothing trains."""
    sure = _sure_key(parts)
    if sure is not None:
        return sure
    training: dict[Key, Candidate] = {}
    for part in parts:
        for tag in part.said.training:
            facts, key = part.tags[tag], (part.source.slot, tag)
            candidate = Candidate(facts.meaning, facts.points, facts.max_step)
            training[key] = candidate.joined(training.get(key))
    # What the table repeats of the event files leads nothing.
    filed = {key: known for key, known in training.items() if key[0] != TABLE}
    return leading_of(filed or training)


def _sure_key(parts: Sequence[FilePart]) -> Key | None:
    """The same where all of one folder log the same, as almost always."""
    if not parts:
        return None
    said, slot = parts[0].said, parts[0].source.slot
    if any(part.said is not said or part.source.slot != slot for part in parts[1:]):
        return None
    tag = sure_leader(said, lambda tag: sum([part.tags[tag].points for part in parts]))
    return None if tag is None else (slot, tag)


def leading_here(
    parts: Sequence[FilePart], leading: Key | None, others: frozenset[Key]
) -> Key | None:
    """``leading`` where ``parts`` have it, else what leads them on the same counter."""
    if facts_of(parts, leading):
        return leading
    return leading_key(
        [
            replace(
                part,
                tags={t: f for t, f in part.tags.items() if (part.source.slot, t) not in others},
            )
            for part in parts
        ]
    )


def facts_of(parts: Iterable[FilePart], key: Key | None) -> list[TagFacts]:
    """What the parts have of one series, in their order."""
    if key is None:
        return []
    slot, tag = key
    return [p.tags[tag] for p in parts if tag in p.tags and p.source.slot == slot]


def unit_of(facts: Iterable[TagFacts]) -> int:
    """The gap at which steps that begin anew are told apart: their usual one, else 1."""
    return next((f.interval for f in facts if f.interval), 1)


def others_of(attempts: Iterable[Sequence[FilePart]], leading: Key | None) -> frozenset[Key]:
    """The series that count something else than the leading one.

    Where attempts differ, the one speaks in which the leading series went furthest.
    """
    known = ((parts, facts_of(parts, leading)) for parts in attempts)
    courses = [(parts, _Course(facts)) for parts, facts in known if facts]
    doubted = {key for parts, course in courses for key in course.others_in(parts)} - {leading}
    if not doubted:
        return _NO_OTHERS  # as almost always
    votes: dict[Key, tuple[int, bool]] = {}
    for parts, course in courses:
        for part in parts:
            for tag in part.said.measured:
                key = (part.source.slot, tag)
                if key in doubted:
                    vote = (course.reach, not course.counts_alike(part.tags[tag]))
                    votes[key] = max(votes.get(key, vote), vote)
    return frozenset(key for key, (_, other) in votes.items() if other)


class _Course:
    """How the leading series of one attempt went: its step by time, where it is known."""

    def __init__(self, facts: Sequence[TagFacts]) -> None:
        self.facts = facts
        self.reach = max(f.max_step for f in facts)
        self._spans = {(f.max_step, f.first_step) for f in facts}

    @cached_property
    def _known(self) -> tuple[FloatArray, IntArray]:
        points = concatenate([c for f in self.facts for c in (f.beginning, f.recent)])
        order = np.argsort(points.wall_time, kind="stable")
        return points.wall_time[order], np.maximum.accumulate(points.step[order])

    def others_in(self, parts: Iterable[FilePart]) -> Iterator[Key]:
        """The series in parts of the attempt that count something else."""
        for part in parts:
            for tag in part.said.measured:
                facts = part.tags[tag]
                together = (facts.max_step, facts.first_step) in self._spans  # as almost always
                if not together and not self.counts_alike(facts):
                    yield part.source.slot, tag

    def counts_alike(self, other: TagFacts) -> bool:
        """Whether ``other`` counts what this one does."""
        if (other.max_step, other.first_step) in self._spans:
            return True
        step, time = other.last_step, other.last_wall_time
        interval = max(facts.interval or 1 for facts in (*self.facts, other))
        expected, is_known = self._at(time)
        share = _NEAR if is_known else _LONG_AGO
        if abs(step - expected) <= max(share * max(step, expected), _INTERVALS * interval):
            return True
        return self._was_written_apart(other) or self._lies_on_the_grid(other)

    def _at(self, time: float) -> tuple[float, bool]:
        """The step at ``time``, and whether points near to it tell."""
        times, steps = self._known
        at = int(np.searchsorted(times, time))
        if 0 < at < len(times) and steps[at] > 2 * max(int(steps[at - 1]), 1):
            return float(np.interp(time, times, steps)), False
        return float(np.interp(time, times, steps)), True

    def _was_written_apart(self, other: TagFacts) -> bool:
        """Whether it was written all at once or later, and covers the same steps."""
        begun = min(facts.first_wall_time for facts in self.facts)
        ended = max(facts.last_wall_time for facts in self.facts)
        lasted = other.last_wall_time - other.first_wall_time
        apart = other.first_wall_time >= ended or lasted <= _AT_ONCE * (ended - begun)
        alike = self.reach / 2 <= other.max_step <= self.reach * (1 + _NEAR)
        return apart and alike and other.points >= _ON_THE_GRID

    def _lies_on_the_grid(self, other: TagFacts) -> bool:
        """Whether an evaluator that lags behind tells of this training's steps."""
        interval = next((f.interval for f in self.facts if f.interval), None)
        if interval is None or interval < _INTERVALS or other.points < _ON_THE_GRID:
            return False
        first = self.facts[0].first_step
        steps = other.recent.step[-_ON_THE_GRID:]
        on = ((steps - first) % interval == 0) & (steps <= self.reach)
        return bool(on.all()) and other.max_step * 4 >= self.reach
