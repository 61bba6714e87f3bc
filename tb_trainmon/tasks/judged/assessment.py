"""Everything that is said of a task, from its file parts and its table rows."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tb_trainmon.core.cached import cached_property
from tb_trainmon.core.problem import Problem
from tb_trainmon.core.record import record
from tb_trainmon.event_files.disk import StillReading
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import ERROR_FILE, SideFiles
from tb_trainmon.tasks.judged.attempt_views import AttemptView, views_of
from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.executions import Execution
from tb_trainmon.tasks.judged.metrics.derived import Offer, with_derived
from tb_trainmon.tasks.judged.metrics.leads import kind_of_task, leads_of
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.judged.progress.leading import Leading
from tb_trainmon.tasks.judged.progress.share import progress
from tb_trainmon.tasks.judged.progress.siblings import SiblingEnd, UsualEnd, is_telling
from tb_trainmon.tasks.judged.progress.totals import Refuted, Total, Totals, find_totals
from tb_trainmon.tasks.judged.shown import Shown
from tb_trainmon.tasks.judged.status.ends import was_short
from tb_trainmon.tasks.judged.status.meant import is_meant
from tb_trainmon.tasks.judged.status.pulse import Limit
from tb_trainmon.tasks.judged.status.silence import shortest
from tb_trainmon.tasks.judged.status.verdict import Evidence, Verdict, judge
from tb_trainmon.tasks.judged.timing.eta import Eta, estimate
from tb_trainmon.tasks.judged.timing.logged_goodput import LoggedGoodput, logged_goodput
from tb_trainmon.tasks.kinds import Kind

_SILENT = ("completed", "stopped")


@record(frozen=True)
class Assessment:
    """What is said of a task at one time. What its list does not show is worked out when asked."""

    shown: Shown
    side_files: SideFiles
    verdict: Verdict
    total: Total | None = None
    refuted: tuple[Refuted, ...] = ()
    eta: Eta | None = None
    usual_gap: float | None = None  # seconds between recent points, while it is running
    evidence: Evidence | None = None  # what it was judged by
    problems: tuple[Problem, ...] = ()

    @property
    def layout(self) -> Layout:
        """The task as it lies on disk."""
        return self.shown.layout

    @property
    def step(self) -> int | None:
        """The highest of the current attempt; None where its last steps are not known."""
        return self.shown.step

    @property
    def executions(self) -> Sequence[Execution]:
        """Its attempts, each in its own steps."""
        return self.shown.executions

    @property
    def leading(self) -> Leading:
        """The counter that its steps are."""
        return self.shown.leading

    @property
    def last_event_at(self) -> float | None:
        """When it was heard of last."""
        return self.shown.last_event_at

    @property
    def started_at(self) -> float | None:
        """When it began."""
        return self.shown.started_at

    @property
    def launches_without_scalars(self) -> int:
        """Those that are no attempts."""
        return self.shown.launches_without_scalars

    @property
    def mode(self) -> str:
        """Pending and running tasks are live, all others history."""
        return "live" if self.verdict.is_live else "history"

    @property
    def progress(self) -> float | None:
        """Share of the total that is done."""
        return progress(self.step, self.total.steps if self.total else None)

    @cached_property
    def end(self) -> SiblingEnd | None:
        """Where it fell silent by itself; None where it did not, or is known to have been short.

        It never depends on where others did.
        """
        table, leading, total = self.layout.table, self.leading, self.total
        if self.verdict.status not in _SILENT:
            return None
        interrupted = table is not None and table.row.status == "stopped"
        if interrupted or (total is not None and was_short(leading.reached, total)):
            return None
        return _end(leading, self.shown.files)

    def beside(self, usual_end: UsualEnd | None) -> Assessment:
        """What is said of it where siblings ended at ``usual_end``, of one judged by itself."""
        alone = self.evidence
        evidence = alone and alone.beside(usual_end)
        if evidence is None or alone is None or evidence is alone:
            return self
        verdict = judge(evidence, self.layout.table)
        if verdict == self.verdict and evidence.totals == alone.totals:
            return self
        return _told(self.shown, self.side_files, evidence, verdict)

    def knowing(self, limit: Limit | None) -> Assessment:
        """The same where all points have shown how long it may be silent."""
        if limit is None or self.evidence is None:
            return self
        evidence = replace(self.evidence, pulse=self.shown.pulse.knowing(limit))
        return _told(self.shown, self.side_files, evidence, judge(evidence, self.layout.table))

    @cached_property
    def attempts(self) -> tuple[AttemptView, ...]:
        """The task's attempts, laid end to end."""
        return views_of(self.executions, self.verdict, self.total)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every scalar of the task and what is computed from them, those that lead first."""
        return self._sorted

    @property
    def offered(self) -> tuple[Offer, ...]:
        """What could be computed but may mean nothing here."""
        return self._with_derived[1]

    @property
    def loss(self) -> float | None:
        """The latest loss; NaN and infinities are values too."""
        return self.shown.loss

    @property
    def lead_metric(self) -> Metric | None:
        """The metric that a reader looks at first."""
        return self.shown.lead_metric

    @property
    def lead_value(self) -> float | None:
        """Its latest value; NaN and infinities are values too."""
        return self.shown.lead_value

    @cached_property
    def kind(self) -> Kind:
        """What the task trains."""
        return kind_of_task(self.shown.kind, self.layout, self.shown.files, self.side_files)

    @cached_property
    def lead(self) -> tuple[str, ...]:
        """The names of the metrics that a reader of such a training looks at first, in order."""
        return leads_of(self.kind, self.layout.rule, self._with_derived[0], self.shown.files)

    @property
    def facts(self) -> Mapping[str, Any]:
        """The framework, end-of-run summaries of the latest attempt that has them, its goodput."""
        logged = self.logged_goodput
        own = {} if logged is None else {"the_trainer's_own_goodput": str(logged)}
        return {**self.shown.facts, **own}

    @cached_property
    def logged_goodput(self) -> LoggedGoodput | None:
        """The trainer's own figure of how its time was used."""
        return logged_goodput(self.shown.files)

    @property
    def clock_off(self) -> float:
        """Seconds by which the writer's clock is ahead of the reader's, while it writes.

        Files of a task that does not run may have been copied: their times tell of no clock.
        """
        running = self.verdict.status == "running" and self.evidence is not None
        return self.evidence.clock_off if running and self.evidence is not None else 0.0

    @cached_property
    def _sorted(self) -> tuple[Metric, ...]:
        places = {name: place for place, name in enumerate(self.lead)}
        return tuple(sorted(self._with_derived[0], key=lambda m: places.get(m.name, len(places))))

    @cached_property
    def _with_derived(self) -> tuple[tuple[Metric, ...], tuple[Offer, ...]]:
        return with_derived(self.layout, self.shown.files, self.shown.metrics, self.side_files)


def say(
    shown: Shown,
    side_files: SideFiles,
    now: float,
    typed_total: int | None = None,
    known_limit: Limit | None = None,
) -> Assessment:
    """What is to be said at ``now`` of what files and rows show."""
    layout = shown.layout
    evidence = Evidence(
        now=now,
        pulse=shown.pulse if known_limit is None else shown.pulse.knowing(known_limit),
        reached=shown.leading.reached,
        silence=shortest(now, shown.heard),
        has_scalars=shown.has_scalars,
        last_event_at=shown.last_event_at,
        step=shown.step,
        totals=_totals(shown, side_files, typed_total),
        sign=shown.sign,
        error=_error(layout, side_files, shown.last_event_at),
        writes_its_end=shown.writes_its_end,
        launched_again=shown.launched_again,
    )
    return _told(shown, side_files, evidence, judge(evidence, layout.table))


def _totals(shown: Shown, side_files: SideFiles, typed: int | None) -> Totals:
    layout = shown.layout
    if typed or layout.side_files or layout.checkpoints:
        return find_totals(layout, shown.planned, shown.leading, side_files, typed)
    return shown.totals


def _told(shown: Shown, side_files: SideFiles, evidence: Evidence, verdict: Verdict) -> Assessment:
    totals, running = evidence.totals, verdict.status == "running"
    return Assessment(
        shown,
        side_files,
        verdict,
        total=totals.total,
        refuted=totals.refuted,
        eta=_eta(evidence, totals.total) if running else None,
        usual_gap=evidence.pulse.usual if running else None,
        evidence=evidence,
    )


def _eta(evidence: Evidence, total: Total | None) -> Eta | None:
    """By the writer's clock, which its points go by; told by the reader's."""
    if total is None or evidence.step is None:
        return None
    leading, off = evidence.pulse.leading, evidence.clock_off
    end = total.last_step(evidence.reached)
    eta = estimate(leading.points, end, evidence.now + off, leading.earlier)
    return eta and replace(eta, finish_at=eta.finish_at - off)


def _end(leading: Leading, attempts: Sequence[Attempt]) -> SiblingEnd | None:
    step, at, interval = leading.last, leading.last_at, leading.interval
    if step is None or at is None or not interval or not leading.trains:
        return None
    if not is_telling(step, interval):
        return None
    name = leading.pieces[-1][0].source.file.name
    writer = None if name.pid is None else (name.host, name.pid, name.uid or 0)
    return SiblingEnd(step, at, interval, is_meant(leading, attempts[-1].parts), writer)


def _error(layout: Layout, side_files: SideFiles, last_event_at: float | None) -> str | None:
    """What an ``error.txt`` says that no later event contradicts."""
    for path in layout.side_files:
        if os.path.basename(path) != ERROR_FILE:
            continue
        written = side_files.modified_at(path)
        if written is not None and (last_event_at is None or written >= last_event_at - 1.0):
            return _words_in(path, side_files)
    return None


def _words_in(path: str, side_files: SideFiles) -> str:
    try:
        return f"error.txt says: {side_files.last_words(path) or '(no words)'}"
    except StillReading:
        return "There is an error.txt, which is still being read."
    except OSError as error:
        return f"There is an error.txt, which cannot be read: {error.strerror or error}."
