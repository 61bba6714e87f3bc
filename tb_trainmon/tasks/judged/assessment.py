"""Everything that is said of a task, from its file parts and its table rows."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from tb_trainmon.core.problem import Problem
from tb_trainmon.series.accumulate import shifts
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import ARGUMENTS, ERROR_FILE, SideFiles
from tb_trainmon.tasks.judged.attempts import Attempt, plan_attempts
from tb_trainmon.tasks.judged.derived import Offer, with_derived
from tb_trainmon.tasks.judged.ends import sign_of_end, was_short
from tb_trainmon.tasks.judged.eta import Eta, estimate
from tb_trainmon.tasks.judged.executions import Execution, config_changes, executions_of
from tb_trainmon.tasks.judged.latest import latest_value
from tb_trainmon.tasks.judged.launches import has_process, writer
from tb_trainmon.tasks.judged.leading import Columns, Leading, recent_points
from tb_trainmon.tasks.judged.leads import kind_of_task, lead_of, leads_of
from tb_trainmon.tasks.judged.logged_goodput import LoggedGoodput, logged_goodput
from tb_trainmon.tasks.judged.meant import is_meant
from tb_trainmon.tasks.judged.metrics import Metric, choose_metrics, loss_of
from tb_trainmon.tasks.judged.parts import FilePart
from tb_trainmon.tasks.judged.progress import progress
from tb_trainmon.tasks.judged.pulse import Limit, Pulse
from tb_trainmon.tasks.judged.sentences import in_flops
from tb_trainmon.tasks.judged.siblings import SiblingEnd, UsualEnd
from tb_trainmon.tasks.judged.silence import Silence, silence
from tb_trainmon.tasks.judged.status import Evidence, Status, Verdict, judge
from tb_trainmon.tasks.judged.totals import Refuted, Total, find_totals
from tb_trainmon.tasks.kinds import Kind

_SILENT = ("completed", "stopped")


@dataclass(frozen=True, slots=True)
class AttemptView:
    """An attempt as readers see it. Its points lie at x = step + ``shift``.

    Those of series that count something else (``files.others``) lie there by their times, and
    where the leading steps begin again and again (``files.climb``) those are laid end to end: up
    to ``reach``, which else is the last step. ``because`` says why it is an attempt, of this kind.

    ``first_at`` and ``last_at`` are the times of its first and last point. On the axis of time
    without downtime it begins at ``active_start`` seconds: for so long the attempts before it
    trained. All three are None where no point has a time that can be one.
    """

    number: int
    kind: str
    status: Status
    because: str
    start_step: int
    last_step: int | None
    shift: int
    reach: int
    started_at: float | None
    ended_at: float | None
    first_at: float | None
    last_at: float | None
    active_start: float | None
    config: Mapping[str, Any] | None
    changed: Mapping[str, list[Any]]
    files: Attempt

    @property
    def parts(self) -> Sequence[FilePart]:
        """Its shares of event files."""
        return self.files.parts

    def lies_by_step(self, metric: Metric) -> bool:
        """Whether the steps of a metric tell where its points lie; else their times do."""
        keys = ((slot, metric.tag) for slot in metric.slots)
        return self.files.unit is None and self.files.others.isdisjoint(keys)

    @property
    def x_start(self) -> int:
        """Accumulated step at which the attempt starts."""
        return self.start_step + self.shift

    @property
    def x_end(self) -> int:
        """Accumulated step of its last point."""
        return self.reach + self.shift


@dataclass(frozen=True)
class Assessment:
    """A judged task. What its list does not show is worked out when it is asked for."""

    layout: Layout
    verdict: Verdict
    step: int | None
    total: Total | None
    eta: Eta | None
    executions: Sequence[Execution]
    last_event_at: float | None
    started_at: float | None
    launches_without_scalars: int
    side_files: SideFiles
    problems: tuple[Problem, ...] = ()
    refuted: tuple[Refuted, ...] = ()
    leading: Leading | None = None
    usual_gap: float | None = None  # seconds between recent points, while it is running
    evidence: Evidence | None = None  # what it was judged by

    @property
    def mode(self) -> str:
        """Pending and running tasks are live, all others history."""
        return "live" if self.verdict.status in ("pending", "running") else "history"

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
        if leading is None or self.verdict.status not in _SILENT:
            return None
        interrupted = table is not None and table.row.status == "stopped"
        if interrupted or (total is not None and was_short(leading, total)):
            return None
        return _end(leading, self._files)

    def beside(self, usual_end: UsualEnd | None) -> Assessment:
        """What is said of it where siblings ended at ``usual_end``, of one judged by itself."""
        alone, leading = self.evidence, self.leading
        if usual_end is None or alone is None or leading is None:
            return self
        if not _trains(leading) or not usual_end.is_for(leading.interval):
            return self
        totals = alone.totals.beside(usual_end, leading)
        evidence = replace(alone, totals=totals, usual_end=usual_end)
        verdict = judge(evidence, self.layout.table)
        if verdict == self.verdict and totals == alone.totals:
            return self
        running = verdict.status == "running"
        eta = _eta(evidence, totals.total) if running else None
        return replace(
            self,
            verdict=verdict,
            total=totals.total,
            refuted=totals.refuted,
            eta=eta,
            evidence=evidence,
        )

    @cached_property
    def attempts(self) -> tuple[AttemptView, ...]:
        """The task's attempts, laid end to end."""
        return _views(self.executions, self.verdict, self.total)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every scalar of the task and what is computed from them, those that lead first."""
        return self._sorted

    @property
    def offered(self) -> tuple[Offer, ...]:
        """What could be computed but may mean nothing here."""
        return self._with_derived[1]

    @cached_property
    def loss(self) -> float | None:
        """The latest loss; NaN and infinities are values too."""
        if self.lead_metric is not None and self.lead_metric.name == "loss":
            return self.lead_value
        return self._latest(loss_of(self._files, self.layout.rule.metrics))

    @cached_property
    def lead_metric(self) -> Metric | None:
        """The metric that a reader looks at first."""
        return lead_of(self._files, self.layout.rule)

    @cached_property
    def lead_value(self) -> float | None:
        """Its latest value; NaN and infinities are values too."""
        return self._latest(self.lead_metric)

    @cached_property
    def kind(self) -> Kind:
        """What the task trains."""
        return kind_of_task(self.layout, self._files, self.side_files)

    @cached_property
    def lead(self) -> tuple[str, ...]:
        """The names of the metrics that a reader of such a training looks at first, in order."""
        return leads_of(self.kind, self.layout.rule, self._with_derived[0], self._files)

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """The framework, and the end-of-run summaries of the latest attempt that has them."""
        return _facts(self.executions)

    @cached_property
    def logged_goodput(self) -> LoggedGoodput | None:
        """The trainer's own figure of how its time was used."""
        return logged_goodput(self._files)

    @property
    def clock_off(self) -> float:
        """Seconds by which the writer's clock is ahead of the reader's, while it writes.

        Files of a task that does not run may have been copied: their times tell of no clock.
        """
        running = self.verdict.status == "running" and self.evidence is not None
        return self.evidence.clock_off if running and self.evidence is not None else 0.0

    @cached_property
    def _files(self) -> list[Attempt]:
        return [execution.files for execution in self.executions]

    def _latest(self, metric: Metric | None) -> float | None:
        if metric is None:
            return None
        return latest_value(self._files, metric, lambda: self.metrics)

    @cached_property
    def _sorted(self) -> tuple[Metric, ...]:
        places = {name: place for place, name in enumerate(self.lead)}
        return tuple(sorted(self._with_derived[0], key=lambda m: places.get(m.name, len(places))))

    @cached_property
    def _with_derived(self) -> tuple[tuple[Metric, ...], tuple[Offer, ...]]:
        metrics = choose_metrics(self._files, self.layout.rule.metrics)
        return with_derived(self.layout, self._files, metrics, self.side_files)


def assess(  # noqa: PLR0913  (what a task is judged by)
    layout: Layout,
    parts: Sequence[FilePart],
    side_files: SideFiles,
    now: float,
    *,
    typed_total: int | None = None,
    logged: Mapping[int, FilePart] | None = None,
    columns: Columns = recent_points,
    known_limit: Limit | None = None,
) -> Assessment:
    """Judge a task. ``logged`` holds, by attempt, what the table's log rows measure.

    ``columns`` gives the points of a tag in a part, where more than the latest are known;
    ``known_limit`` how long a silence may be, where all points said so once.
    """
    planned, without_scalars = plan_attempts(parts)
    executions = executions_of(planned, layout.table, logged or {})
    parts = [*parts, *(logged or {}).values()]
    attempts = [execution.files for execution in executions]
    current = executions[-1] if executions else None
    leading = Leading(
        [*(attempt for attempt in attempts[:-1] if attempt.parts), *attempts[-1:]],
        current.base if current else 0,
        columns,
    )
    totals = find_totals(layout, planned, leading, side_files, typed_total)
    waiting = _waiting(parts, current.files) if current and without_scalars else []
    # Rows of the table may have no times at all.
    last_event_at = max((part.last_event_at for part in parts), default=None) or None
    evidence = Evidence(
        now=now,
        pulse=Pulse(
            leading,
            [*current.files.parts, *waiting] if current else parts,
            _span(current),
            known_limit,
        ),
        silence=_silence(parts, executions, now),
        has_scalars=any(part.measures for part in parts),
        last_event_at=last_event_at,
        step=current.last_step if current and _is_seen(current.files) else None,
        totals=totals,
        sign=sign_of_end(current.files, leading) if current else None,
        error=_error(layout, side_files, last_event_at),
        writes_its_end=current is not None and current.files.text(ARGUMENTS) is not None,
        launched_again=max((part.opened_at for part in waiting), default=None),
    )
    verdict = judge(evidence, layout.table)
    running = verdict.status == "running"
    total = totals.total
    return Assessment(
        layout=layout,
        verdict=verdict,
        step=evidence.step,
        total=total,
        refuted=totals.refuted,
        eta=_eta(evidence, total) if running else None,
        executions=executions,
        leading=leading,
        last_event_at=last_event_at,
        started_at=_started_at(executions, parts),
        launches_without_scalars=without_scalars,
        side_files=side_files,
        usual_gap=evidence.pulse.usual if running else None,
        evidence=evidence,
    )


def _waiting(parts: Sequence[FilePart], current: Attempt) -> list[FilePart]:
    """Launches after the latest attempt that have not logged a scalar: it may be under way again.

    Hyper-parameters alone, as ``add_hparams`` writes them at an end, are no launch.
    """
    ended = current.ended_at
    return [
        part
        for part in parts
        if not part.measures
        and part.opened_at > ended
        and (part.source.hparams is None or ARGUMENTS in part.source.texts)
        and (not has_process(part) or writer(part) not in current.writers)
    ]


def _eta(evidence: Evidence, total: Total | None) -> Eta | None:
    """By the writer's clock, which its points go by; told by the reader's."""
    if total is None or evidence.step is None:
        return None
    leading, off = evidence.pulse.leading, evidence.clock_off
    end = total.last_step(leading)
    eta = estimate(leading.points, end, evidence.now + off, leading.earlier)
    return eta and replace(eta, finish_at=eta.finish_at - off)


def _is_seen(attempt: Attempt) -> bool:
    """Whether its last steps are known; not where files are known by ends that do not show them."""
    return all(_shows_its_end(part, attempt) for part in attempt.parts if part.trains)


def _shows_its_end(part: FilePart, attempt: Attempt) -> bool:
    """Whether anything that counts as the leading series does is known to its end."""
    return not part.unseen or any(
        tag not in part.unseen
        and facts.meaning.role != "bookkeeping"
        and (part.source.slot, tag) not in attempt.others
        for tag, facts in part.tags.items()
    )


def _end(leading: Leading, attempts: Sequence[Attempt]) -> SiblingEnd | None:
    step, at, interval = leading.last, leading.last_at, leading.interval
    if step is None or at is None or not interval or not _trains(leading):
        return None
    end = SiblingEnd(step, at, interval)
    if not end.is_telling:
        return None
    name = leading.pieces[-1][0].source.file.name
    writer = None if name.pid is None else (name.host, name.pid, name.uid or 0)
    return replace(end, is_meant=is_meant(leading, attempts[-1].parts), writer=writer)


def _trains(leading: Leading) -> bool:
    """Whether its steps are a training's, and seen up to the last."""
    return bool(leading.pieces) and all(
        facts.meaning.shows_training and tag not in part.unseen
        for part, tag, facts in leading.pieces
    )


def _span(current: Execution | None) -> float:
    """Seconds from the launch of the current attempt to its last point."""
    if current is None or not current.files.parts:
        return 0.0
    launched = min(part.launched_at for part in current.files.parts)
    return max(current.files.ended_at - launched, 0.0)


def _silence(
    parts: Sequence[FilePart], executions: Sequence[Execution], now: float
) -> Silence | None:
    """The shortest of all files': a task lives while one of them does.

    But for those of attempts that another followed: their files may have been copied just now.
    """
    over = {id(part) for execution in executions[:-1] for part in execution.files.parts}
    found = [
        silence(now, part.last_event_at, part.source.file.modified_at or None)
        for part in [part for part in parts if id(part) not in over] or parts
        if part.last_event_at
    ]
    return min(found, key=lambda each: each.seconds, default=None)


def _views(
    executions: Sequence[Execution], verdict: Verdict, total: Total | None
) -> tuple[AttemptView, ...]:
    extents = [execution.extent for execution in executions]
    moved = shifts(extents)
    views = []
    trained = 0.0
    for index, (execution, shift) in enumerate(zip(executions, moved, strict=True)):
        first_at, last_at = _ends(execution.files)
        is_current = index == len(executions) - 1
        live = is_current and verdict.status == "running"
        views.append(
            AttemptView(
                number=execution.number,
                kind=execution.kind,
                because=execution.files.because,
                status=verdict.status if is_current else execution.status(total),
                start_step=execution.base,
                last_step=execution.last_step,
                shift=shift,
                reach=extents[index].last_step,
                started_at=execution.started_at,
                ended_at=None if live else execution.ended_at,
                first_at=first_at,
                last_at=last_at,
                active_start=None if first_at is None else trained,
                config=execution.config,
                changed=config_changes(executions[index - 1], execution) if index else {},
                files=execution.files,
            )
        )
        if first_at is not None and last_at is not None:
            trained += last_at - first_at
    return tuple(views)


def _ends(attempt: Attempt) -> tuple[float | None, float | None]:
    """Times of its first and last point; where a clock was set back, the least and the greatest."""
    times = [time for part in attempt.parts for time in part.point_times]
    return min(times, default=None), max(times, default=None)


def _started_at(executions: Sequence[Execution], parts: Sequence[FilePart]) -> float | None:
    known = [e.started_at for e in executions if e.started_at is not None]
    return min(known, default=min((part.opened_at for part in parts), default=None) or None)


def _error(layout: Layout, side_files: SideFiles, last_event_at: float | None) -> str | None:
    """The last line of an ``error.txt`` that no later event contradicts."""
    for path in layout.side_files:
        if os.path.basename(path) != ERROR_FILE:
            continue
        written = side_files.modified_at(path)
        if written is not None and (last_event_at is None or written >= last_event_at - 1.0):
            return side_files.last_words(path) or "(the file is empty)"
    return None


def _facts(executions: Sequence[Execution]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for execution in executions:
        if execution.framework:
            facts["framework"] = execution.framework
        facts.update(execution.summaries)
    if (operations := facts.pop("final_total_flos", None)) is not None:
        facts["computation"] = in_flops(operations)
    return facts
