"""A task that is over, as the list keeps it: some hundred bytes, not all that it was judged by.

Nothing of it changes by itself but how long ago that was, and where its siblings ended. Both are
judged anew from what is kept; whoever asks for more reads the ends of its files or rows again.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from tb_trainmon.core.problem import Problem
from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.attempts.starts import Track
from tb_trainmon.tasks.judged.outline import Lead, Outline, outline_of
from tb_trainmon.tasks.judged.parts.counters import Key
from tb_trainmon.tasks.judged.progress.leading import Leading
from tb_trainmon.tasks.judged.progress.reached import Reached
from tb_trainmon.tasks.judged.progress.siblings import SiblingEnd, UsualEnd
from tb_trainmon.tasks.judged.progress.totals import Refuted, Total, Totals, Worth
from tb_trainmon.tasks.judged.status.ends import Sign
from tb_trainmon.tasks.judged.status.pulse import Limit, Pulse
from tb_trainmon.tasks.judged.status.silence import shortest
from tb_trainmon.tasks.judged.status.verdict import Evidence, Status, Verdict, judge
from tb_trainmon.tasks.listed.families import Member
from tb_trainmon.tasks.listed.launch import Launch, family_of
from tb_trainmon.tasks.opened.table.glance import SeenRows, TableGlance

_SETTLED_SHARE = 0.01  # a task that ended long ago is judged again when its age has grown by this
_SETTLED = 30.0  # seconds, at the least
_SHARED_KEPT = 1 << 12
_NO_LEADING = Leading((), 0)

_T = TypeVar("_T")
_Values = tuple[Any, ...]


@record(frozen=True, slots=True)
class _Shared:
    """What tasks of one sweep have in common, kept once for all of them."""

    tag: str | None
    leading: Key | None
    metrics: frozenset[Key]
    lead: Lead | None


@record(frozen=True, slots=True)
class _Told:
    """What is said of a task, and of many beside it; ``usual_end`` is where its siblings ended."""

    verdict: Verdict
    total_steps: int | None
    usual_end: UsualEnd | None


@dataclass(slots=True, eq=False)
class Settled:
    """What was said of a task at ``at``. ``Judgement`` tells what both are asked.

    ``revision`` is of the database that its rows were read from, if they were. What is
    packed is what it shows itself, which holds until its files or rows change.
    """

    layout: Layout
    at: float
    last_event_at: float
    publication: int
    problems: tuple[Problem, ...]
    revision: object
    told: _Told
    _shared: _Shared
    _packed: bytes

    is_task = True

    @property
    def outline(self) -> Outline:
        """What the list says of it."""
        (step, loss, lead_value, attempts, started_at), *_ = self._unpacked()
        return Outline(
            self.layout,
            self.told.verdict,
            step,
            self.told.total_steps,
            loss,
            self._shared.lead,
            lead_value,
            attempts,
            self.last_event_at,
            started_at,
        )

    @property
    def rows(self) -> SeenRows:
        """Which rows it was judged by; none of their points."""
        first, last = self._unpacked()[4]
        return SeenRows(first=first, last=last)

    def glance(self) -> TableGlance:
        """What is kept of its rows, to see whether there are others."""
        return TableGlance(self.rows.last, self.revision)

    @property
    def usual_end(self) -> UsualEnd | None:
        """Where its siblings ended, as far as it was told."""
        return self.told.usual_end

    @property
    def member(self) -> Member:
        """It, among its siblings."""
        return Member(self.layout.id, self._shared.tag, _made(SiblingEnd, self._unpacked()[2]))

    @property
    def launch(self) -> Launch | None:
        """It, as a launch that may go on from another."""
        values, shared = self._unpacked()[3], self._shared
        family = family_of(self.layout)
        if values is None or shared.leading is None or family is None:
            return None
        launched_at, ended_at, track, resumes, began_afresh = values
        return Launch(
            self.layout.id,
            family,
            launched_at,
            ended_at,
            Track(*track),
            shared.leading,
            shared.metrics,
            resumes,
            began_afresh,
        )

    def lies_as(self, layout: Layout) -> bool:
        """Whether the task, which is ``layout`` now, was that when it was judged."""
        return self.layout is layout or self.layout == layout

    def stands(self, layout: Layout, now: float) -> bool:
        """Whether it is still what would be said of the task, lying on disk as ``layout``."""
        return self.lies_as(layout) and not is_due(self.at, self.last_event_at, now)

    def beside(self, usual_end: UsualEnd | None) -> Settled:
        """The same where siblings ended at ``usual_end``."""
        return self if usual_end == self.usual_end else self._judged(self.at, usual_end)

    def later(self, layout: Layout, now: float) -> Settled | None:
        """The same at ``now``, of the same rows; None where it has to be judged anew.

        So it is where its files have changed; or those beside them may have, which nobody watches.
        """
        if now < self.at or layout.side_files or layout.checkpoints or not self.lies_as(layout):
            return None
        judged = self._judged(now, self.usual_end)
        return judged if judged.told.verdict.status == self.told.verdict.status else None

    def _judged(self, at: float, usual_end: UsualEnd | None) -> Settled:
        evidence = _evidence(self._unpacked()[1], at, self.last_event_at).beside(usual_end)
        verdict, total = judge(evidence, self.layout.table), evidence.totals.total
        return Settled(
            self.layout,
            at,
            self.last_event_at,
            0,
            self.problems,
            self.revision,
            _told(verdict.status, verdict.reason, total.steps if total else None, usual_end),
            self._shared,
            self._packed,
        )

    def _unpacked(self) -> _Values:
        found: _Values = pickle.loads(self._packed)  # noqa: S301  (we have packed it)
        return found


def settled(  # noqa: PLR0913, PLR0917  (all that a judgement holds)
    at: float,
    alone: Assessment,
    told: Assessment,
    usual_end: UsualEnd | None,
    member: Member,
    launch: Launch | None,
    problems: tuple[Problem, ...],
    publication: int,
    rows: SeenRows,
    revision: object,
) -> Settled | None:
    """A judgement packed; None where it may change by itself in other ways than its age."""
    evidence, last = alone.evidence, alone.last_event_at
    if evidence is None or evidence.silence is None or last is None or alone.verdict.is_live:
        return None
    line = outline_of(told)
    own = line.step, line.loss, line.lead_value, line.attempts, line.started_at
    packed = (
        own,
        _shown(evidence, alone),
        _values(member.end),
        launch and _launch(launch),
        (rows.first, rows.last),
    )
    verdict = line.verdict
    told_ = _told(verdict.status, verdict.reason, line.total_steps, usual_end)
    shared = _shared(
        member.tag,
        launch.leading if launch else None,
        launch.metrics if launch else frozenset(),
        line.lead,
    )
    # In a block of its own size: what the pickler hands out lies in one for anything larger.
    kept = bytes(memoryview(pickle.dumps(packed)))
    return Settled(alone.layout, at, last, publication, problems, revision, told_, shared, kept)


@lru_cache(_SHARED_KEPT)
def _told(
    status: Status, reason: str, total_steps: int | None, usual_end: UsualEnd | None
) -> _Told:
    return _Told(Verdict(status, reason), total_steps, usual_end)


@lru_cache(_SHARED_KEPT)
def _shared(
    tag: str | None, leading: Key | None, metrics: frozenset[Key], lead: Lead | None
) -> _Shared:
    return _Shared(tag, leading, metrics, lead)


def _launch(launch: Launch) -> _Values:
    track = _values(launch.track)
    return launch.launched_at, launch.ended_at, track, launch.resumes, launch.began_afresh


def _shown(evidence: Evidence, alone: Assessment) -> _Values:
    """What the task itself shows, of all that it is judged by."""
    pulse, silence, totals = evidence.pulse, evidence.silence, evidence.totals
    total = totals.total
    assert silence is not None
    # Nobody asks how long the silence may be of one that is silent for longer than any, with its
    # heartbeats in the table.
    table = alone.layout.table
    beat = table.row.heartbeat_at if table is not None else None
    last_sign = silence.seconds if beat is None else min(silence.seconds, evidence.now - beat)
    past = pulse.is_past(last_sign)
    refuted = [_values(each) for each in totals.refuted]
    return (
        tuple(alone.shown.heard),
        pulse.span,
        0.0 if past else pulse.limit.seconds,
        _values(evidence.reached),
        evidence.has_scalars,
        evidence.step,
        (
            total and (total.steps, total.source, int(total.worth), total.from_zero),
            refuted,
            totals.epochs_done,
        ),
        evidence.sign and (evidence.sign.words, evidence.sign.final),
        evidence.error,
        evidence.writes_its_end,
        evidence.launched_again,
    )


def _evidence(shown: _Values, now: float, last_event_at: float) -> Evidence:
    heard, span, limit, reached, has_scalars, step, totals, sign, error, writes_end, again = shown
    total, refuted, epochs_done = totals
    return Evidence(
        now=now,
        pulse=Pulse(_NO_LEADING, (), span, Limit(limit)),
        reached=Reached(*reached),
        silence=shortest(now, heard),
        has_scalars=has_scalars,
        last_event_at=last_event_at,
        step=step,
        totals=Totals(
            None if total is None else _total(*total),
            tuple([Refuted(*values) for values in refuted]),
            epochs_done,
        ),
        sign=_made(Sign, sign),
        error=error,
        writes_its_end=writes_end,
        launched_again=again,
    )


def _total(steps: int, source: str, worth: int, from_zero: bool) -> Total:
    return Total(steps, source, Worth(worth), from_zero)


def _fields(kind: type) -> Callable[[Any], _Values]:
    return attrgetter(*(field.name for field in fields(kind)))


_FIELDS: Mapping[type, Callable[[Any], _Values]] = {
    kind: _fields(kind) for kind in (Reached, Refuted, SiblingEnd, Track)
}


def _values(item: object | None) -> _Values | None:
    """What ``_made`` makes the record again of."""
    return None if item is None else _FIELDS[type(item)](item)


def _made(kind: Callable[..., _T], values: _Values | None) -> _T | None:
    return None if values is None else kind(*values)


def is_due(at: float, last_event_at: float, now: float) -> bool:
    """Whether the words for the age of a task that is over, judged at ``at``, may be others now."""
    return not 0.0 <= now - at < max(_SETTLED, (at - last_event_at) * _SETTLED_SHARE)
