"""A task as a launch that may go on from another: what is compared of it, in numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.judged.attempts.starts import Track
from tb_trainmon.tasks.judged.parts.counters import Key
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.judged.parts.tag_sets import SETS_KEPT, TagSet
from tb_trainmon.tasks.judged.shown import Shown

MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_CHANGES = re.compile(rf"{MONTH}|\d+")
# A date or a time in the folders above: a name that nobody but a clock has given.
_STAMP = re.compile(rf"(?:(?:{MONTH})[a-z]*[-_.]?)?\d(?:[-_.:T+]?\d){{5,}}(?:[AP]M)?")
_INTERVALS = 2  # of logging, behind which a first step tells of steps that were trained elsewhere

Family = str  # what the paths of launches of one training share


@record(frozen=True, slots=True)
class Launch:
    """The task ``id``: ``track`` is its first attempt's, up to the last step of all.

    ``family`` is what its path shares with its siblings'. ``leading`` leads that attempt,
    ``metrics`` are what it logs while it trains. ``resumes``: it does not show the beginning of a
    training. ``began_afresh``: it was trained from scratch.
    """

    id: str
    family: Family
    launched_at: float
    ended_at: float
    track: Track
    leading: Key
    metrics: frozenset[Key]
    resumes: bool
    began_afresh: bool

    def may_follow(self, others: Iterable[Launch]) -> list[Launch]:
        """Those where whose steps ended, or on their way there, its own begin.

        One that begins at the same step went on from the same checkpoint, not from the other.
        """
        first, interval = self.track.first_step, self.track.longest_interval
        return [
            other
            for other in others
            if other.track.first_step < first
            if first <= other.track.last_step + max(interval, other.track.longest_interval)
        ]


def launch_of(task: Shown) -> Launch | None:
    """The task as such a launch; None where it cannot be one."""
    executions = task.executions
    family = family_of(task.layout) if executions else None
    if family is None:
        return None
    if any(not each.files.parts for each in executions):
        return None
    first, last = executions[0], executions[-1].files
    track, leading = first.files.track, first.files.leading
    if track is None or leading is None:
        return None
    if last.track is not None and last.track is not track:
        track = replace(track, last_step=last.track.last_step)
    return Launch(
        id=task.layout.id,
        family=family,
        launched_at=min([part.launched_at for part in first.files.parts]),
        ended_at=max([each.files.ended_at for each in executions]),
        track=track,
        leading=leading,
        metrics=_metrics(first.files.parts),
        resumes=first.base > 0 or track.first_step > _INTERVALS * max(track.longest_interval, 1),
        began_afresh=first.base <= 0,
    )


def family_of(layout: Layout) -> Family | None:
    """What its path shares with those of launches like it; None where it stands by itself.

    So it does where the table or the user says which runs it has.
    """
    fixed = layout.table is not None or layout.rule.pattern is not None
    return None if fixed else family_called(layout.id)


def family_called(id_: str) -> Family | None:
    """The same by its id alone; None if nothing in it changes.

    Any number in its own name may change, and every stamp of a clock in the folders above it
    (``2026-11-27/10-00-00/tb``, ``20261127_100000/vis_data``).
    """
    above, slash, name = id_.rpartition("/")
    stem = _STAMP.sub("#", above) + slash + _CHANGES.sub("#", name)
    return None if stem == id_ else stem


def _metrics(parts: Iterable[FilePart]) -> frozenset[Key]:
    # One for all files of a sweep: it is kept for each of them.
    sets = {(part.said, part.source.slot) for part in parts}
    found = [_metrics_of(said, slot) for said, slot in sets]
    return found[0] if len(found) == 1 else frozenset().union(*found)


@lru_cache(SETS_KEPT)
def _metrics_of(said: TagSet, slot: str) -> frozenset[Key]:
    return frozenset((slot, tag) for tag in said.training)
