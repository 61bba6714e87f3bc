"""What of a task was told, and where its points lie: by which it is seen to have moved on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.parts.part import FilePart


def told_of(assessment: Assessment) -> object:
    """What a reader would notice of a task, without what changes by the clock alone."""
    return (
        assessment.verdict,
        assessment.step,
        assessment.total,
        assessment.last_event_at,
        assessment.launches_without_scalars,
        assessment.problems,
        [(a.number, a.status, a.last_step, a.ended_at) for a in assessment.attempts],
        len(assessment.layout.checkpoints),
    )


_Beginning = tuple[str, int, list[tuple[str, int]]]  # file, part, where the part's tags begin
_Place = tuple[int, int, int, list[_Beginning]]  # attempt, shift, start step, parts


@dataclass(frozen=True, slots=True)
class Shape:
    """Where points come from and where they lie; while it only grows, so do the series."""

    attempts: tuple[_Place, ...]
    sources: Mapping[str, object]

    def grew_to(self, other: Shape) -> bool:
        """Whether ``other`` only has more: metrics, or files of the current attempt."""
        known = {name: other.sources.get(name) for name in self.sources}
        return known == self.sources and _only_more_files(self.attempts, other.attempts)


def _only_more_files(before: tuple[_Place, ...], after: tuple[_Place, ...]) -> bool:
    if len(before) != len(after):
        return not before
    if not before:
        return True
    *old, (number, shift, start, parts) = before
    *new, (number_now, shift_now, start_now, parts_now) = after
    same = (number, shift, start) == (number_now, shift_now, start_now)
    return same and old == new and parts_now[: len(parts)] == parts


def shape_of(assessment: Assessment) -> Shape:
    """Where the points of a task lie that was judged so."""
    attempts = tuple(
        (attempt.number, attempt.shift, attempt.start_step, [_beginning(p) for p in attempt.parts])
        for attempt in assessment.attempts
    )
    sources = {m.name: (m.slots, m.tag, m.scale, m.derived, m.over) for m in assessment.metrics}
    return Shape(attempts, sources)


def _beginning(part: FilePart) -> _Beginning:
    cuts = [(tag, cut.start) for tag, cut in part.cut.items() if cut.start]
    return part.source.file.path, part.number, cuts


def why_moved(rewritten: bool, before: Shape | None, after: Shape) -> str:
    """Why points are not where they were, in a sentence."""
    if rewritten:
        return "An event file or the training_logs table was rewritten."
    if before is not None and len(after.attempts) > len(before.attempts):
        return "A new attempt began."
    return "What is known of the attempts has changed."
