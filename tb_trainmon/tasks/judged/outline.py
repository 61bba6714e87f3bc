"""What the list says of a task: little of all that an assessment can be asked."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.judged.progress.share import progress
from tb_trainmon.tasks.judged.status.verdict import Verdict
from tb_trainmon.tasks.judged.timing.eta import Eta
from tb_trainmon.tasks.kinds import Kind
from tb_trainmon.tasks.metric_names import higher_is_better, label_of


class Lead(NamedTuple):
    """The metric that a reader looks at first: its name, how people call it, which way is up."""

    name: str
    label: str
    better: Literal["higher", "lower"] | None


@record(frozen=True, slots=True)
class Outline:
    """A task of the list. ``loss`` and ``lead_value`` are the latest; NaN is a value, too."""

    layout: Layout
    verdict: Verdict
    step: int | None
    total_steps: int | None
    loss: float | None
    lead: Lead | None
    lead_value: float | None
    attempts: int
    last_event_at: float | None
    started_at: float | None
    eta: Eta | None = None
    usual_gap: float | None = None
    clock_off: float = 0.0

    @property
    def mode(self) -> Literal["live", "history"]:
        """Pending and running tasks are live, all others history."""
        return "live" if self.verdict.is_live else "history"

    @property
    def progress(self) -> float | None:
        """Share of the total that is done."""
        return progress(self.step, self.total_steps)


def outline_of(task: Assessment) -> Outline:
    """What the list says of a task that was judged."""
    metric, lead = task.lead_metric, None
    if metric is not None:
        lead = Lead(metric.name, label_of_metric(metric), better(metric, task.shown.kind))
    return Outline(
        task.layout,
        task.verdict,
        task.step,
        task.total.steps if task.total else None,
        task.loss,
        lead,
        task.lead_value,
        len(task.executions),
        task.last_event_at,
        task.started_at,
        task.eta,
        task.usual_gap,
        task.clock_off,
    )


def label_of_metric(metric: Metric) -> str:
    """How people call it: a raw tag by itself."""
    return metric.name if metric.is_raw else label_of(metric.name)


def better(metric: Metric, kind: Kind) -> Literal["higher", "lower"] | None:
    """Which way is up, in a training of this kind; None where neither is."""
    higher = None if metric.name in kind.neither else higher_is_better(metric.name)
    return None if higher is None else "higher" if higher else "lower"
