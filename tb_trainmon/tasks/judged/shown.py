"""What a task's event files and rows show, whatever the time is.

It holds until they change: as time passes, only what is said of them is judged anew. Side files are
not part of it, for they may change by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tb_trainmon.core.cached import cached_property
from tb_trainmon.core.problem import Problem
from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import ARGUMENTS
from tb_trainmon.tasks.judged.attempts.launches import has_process, writer
from tb_trainmon.tasks.judged.attempts.plan import Attempt, plan_attempts
from tb_trainmon.tasks.judged.attempts.rivals import rival_writers
from tb_trainmon.tasks.judged.executions import Execution, executions_of
from tb_trainmon.tasks.judged.metrics.latest import latest_value
from tb_trainmon.tasks.judged.metrics.leads import kind_by_tags, lead_of
from tb_trainmon.tasks.judged.metrics.left_out import left_out
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.judged.metrics.sources import choose_metrics, loss_of
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.judged.progress.leading import Columns, Leading, recent_points
from tb_trainmon.tasks.judged.progress.totals import Totals, find_totals
from tb_trainmon.tasks.judged.sentences import duration, in_flops
from tb_trainmon.tasks.judged.status.ends import Sign, sign_of_end
from tb_trainmon.tasks.judged.status.pulse import Pulse
from tb_trainmon.tasks.judged.status.silence import Heard, dated_when_opened, were_copied
from tb_trainmon.tasks.kinds import Kind


@record(frozen=True)
class Shown:
    """``planned`` are the attempts by the files alone, ``executions`` those by the table as well.

    ``step`` is the highest of the current attempt, None where its last steps are not known;
    ``sign`` the trainer's own of its end; ``heard`` when each file that may still grow was written
    last: by its events, and by the file system; ``launched_again`` when a process began that has
    not logged a scalar yet.
    """

    layout: Layout
    parts: Sequence[FilePart]
    planned: Sequence[Attempt]
    executions: Sequence[Execution]
    launches_without_scalars: int
    leading: Leading
    pulse: Pulse
    heard: Sequence[Heard]
    has_scalars: bool
    started_at: float | None
    last_event_at: float | None
    step: int | None
    sign: Sign | None
    launched_again: float | None

    @cached_property
    def files(self) -> list[Attempt]:
        """What each execution wrote."""
        return [execution.files for execution in self.executions]

    @property
    def writes_its_end(self) -> bool:
        """Whether it is a trainer that does not end without a sign."""
        return bool(self.executions) and self.executions[-1].files.text(ARGUMENTS) is not None

    @cached_property
    def totals(self) -> Totals:
        """What it tells of its total, where no file beside it may tell more."""
        return find_totals(self.layout, self.planned, self.leading, None, None)

    @cached_property
    def metrics(self) -> list[Metric]:
        """Every scalar that was logged, by what it means in such a training."""
        return choose_metrics(self.files, self.layout.rule.metrics, self.kind.doubts)

    @cached_property
    def loss(self) -> float | None:
        """The latest loss; NaN and infinities are values too."""
        if self.lead_metric is not None and self.lead_metric.name == "loss":
            return self.lead_value
        return self._latest(loss_of(self.files, self.layout.rule.metrics))

    @cached_property
    def kind(self) -> Kind:
        """What it trains, by what it logs."""
        return kind_by_tags(self.files, self.layout.rule)

    @cached_property
    def lead_metric(self) -> Metric | None:
        """The metric that a reader looks at first."""
        return lead_of(self.kind, self.files, self.layout.rule)

    @cached_property
    def lead_value(self) -> float | None:
        """Its latest value; NaN and infinities are values too."""
        return self._latest(self.lead_metric)

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """The framework, and the end-of-run summaries of the latest attempt that has them."""
        return _facts(self.executions)

    @cached_property
    def problems(self) -> Sequence[Problem]:
        """Writers that contradict one another, and that there are more scalars than are listed."""
        return [*rival_writers(self.files), *left_out(self.parts, self.metrics)]

    def _latest(self, metric: Metric | None) -> float | None:
        if metric is None:
            return None
        return latest_value(self.files, metric, lambda: self.metrics)


def shown_by(
    layout: Layout,
    parts: Sequence[FilePart],
    logged: Mapping[int, FilePart] | None = None,
    columns: Columns = recent_points,
) -> Shown:
    """What the ``parts`` of files show; ``logged``, by attempt, what the table's rows measure.

    ``columns`` gives the points of a tag in a part, where more than the latest are known.
    """
    planned, without_scalars = plan_attempts(parts, layout.checkpoints)
    executions = executions_of(planned, layout, logged or {})
    if logged:
        parts = [*parts, *logged.values()]
    current = executions[-1] if executions else None
    leading = _leading(executions, columns)
    waiting = _waiting(parts, current.files) if current and without_scalars else []
    return Shown(
        layout=layout,
        parts=parts,
        planned=planned,
        executions=executions,
        launches_without_scalars=without_scalars,
        leading=leading,
        pulse=Pulse(
            leading, [*current.files.parts, *waiting] if current else parts, _span(current)
        ),
        heard=_heard(parts, executions),
        has_scalars=any(part.measures for part in parts),
        started_at=_started_at(executions, parts),
        # Rows of the table may have no times at all.
        last_event_at=max([part.last_event_at for part in parts], default=None) or None,
        step=current.last_step if current and _is_seen(current.files) else None,
        sign=sign_of_end(current.files, leading) if current else None,
        launched_again=max([part.opened_at for part in waiting], default=None),
    )


def _leading(executions: Sequence[Execution], columns: Columns) -> Leading:
    """Of the attempts with files, and of the latest whether it has any or not."""
    attempts = [execution.files for execution in executions]
    led = [*(attempt for attempt in attempts[:-1] if attempt.parts), *attempts[-1:]]
    return Leading(led, executions[-1].base if executions else 0, columns)


def _waiting(parts: Sequence[FilePart], current: Attempt) -> list[FilePart]:
    """Launches after the latest attempt that have not logged a scalar: it may be under way again.

    Hyper-parameters alone, as ``add_hparams`` writes them at an end, are no launch. Nor is a file
    of an attempt that has only its row in the table yet: it is that attempt's.
    """
    if not current.parts:
        return []
    ended = current.ended_at
    return [
        part
        for part in parts
        if not part.measures
        and part.opened_at > ended
        and (part.source.hparams is None or ARGUMENTS in part.source.texts)
        and (not has_process(part) or writer(part) not in current.writers)
    ]


def _is_seen(attempt: Attempt) -> bool:
    """Whether its last steps are known; not where files are known by ends that do not show them."""
    return all(_shows_its_end(part, attempt) for part in attempt.parts if part.trains)


def _shows_its_end(part: FilePart, attempt: Attempt) -> bool:
    """Whether anything that counts as the leading series does is known to its end."""
    return not part.unseen or any(
        tag not in part.unseen and (part.source.slot, tag) not in attempt.others
        for tag in part.said.measured
    )


def _span(current: Execution | None) -> float:
    """Seconds from the launch of the current attempt to its last point."""
    if current is None or not current.files.parts:
        return 0.0
    launched = min([part.launched_at for part in current.files.parts])
    return max(current.files.ended_at - launched, 0.0)


def _heard(parts: Sequence[FilePart], executions: Sequence[Execution]) -> list[Heard]:
    """Of all files but those of attempts that another followed: they may have been copied now."""
    known = [
        (part, (part.last_event_at, _written_at(part))) for part in parts if part.last_event_at
    ]
    copied = len(known) > 1 and were_copied([heard for _, heard in known])
    if len(executions) > 1:
        over = {id(part) for execution in executions[:-1] for part in execution.files.parts}
        known = [(part, heard) for part, heard in known if id(part) not in over] or known
    return [(at, None if copied else written) for _, (at, written) in known]


def _written_at(part: FilePart) -> float | None:
    """When the file system says that it was written last; None where that is not to be asked."""
    at = part.source.file.modified_at
    return at if at and not dated_when_opened(part.opened_at, part.last_event_at, at) else None


def _started_at(executions: Sequence[Execution], parts: Sequence[FilePart]) -> float | None:
    known = [at for e in executions if (at := e.started_at) is not None]
    return min(known, default=min((part.opened_at for part in parts), default=None) or None)


def _facts(executions: Sequence[Execution]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for execution in executions:
        if execution.framework:
            facts["framework"] = execution.framework
        facts.update(execution.summaries)
    if (seconds := facts.get("final_train_runtime")) is not None:
        facts["final_train_runtime"] = duration(seconds)
    if operations := facts.pop("final_total_flos", None):
        facts["computation"] = in_flops(operations)
    return facts
