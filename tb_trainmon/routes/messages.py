"""The messages of docs/http_api.md, made from what the other rooms know: none is asked here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tb_trainmon.tasks.judged.outline import Outline, better, label_of_metric, outline_of
from tb_trainmon.tasks.judged.timing.time_spent import TimeSpent, together

if TYPE_CHECKING:
    from tb_trainmon.core.columns import FloatArray
    from tb_trainmon.core.problem import Problem
    from tb_trainmon.insights.expectation import Expectation
    from tb_trainmon.insights.finding import Insight, Told
    from tb_trainmon.series.accumulate import Accumulated
    from tb_trainmon.tasks.judged.assessment import Assessment
    from tb_trainmon.tasks.judged.attempt_views import AttemptView
    from tb_trainmon.tasks.judged.metrics.metric import Metric
    from tb_trainmon.tasks.judged.progress.totals import Refuted
    from tb_trainmon.tasks.judged.timing.eta import Eta
    from tb_trainmon.tasks.judged.timing.logged_goodput import LoggedGoodput
    from tb_trainmon.tasks.kinds import Kind
    from tb_trainmon.tasks.listed.listing import Progress
    from tb_trainmon.tasks.listed.sparks import Sparkline
    from tb_trainmon.tasks.opened.log.entries import Entry
    from tb_trainmon.tasks.opened.milestones import Best, Milestone, Milestones
    from tb_trainmon.tasks.opened.open_task import OpenTask

Message = dict[str, Any]


def outline(task: Outline) -> Message:
    """TASK: a task as the list shows it."""
    lead, value = task.lead, task.lead_value
    return {
        "id": task.layout.id,
        "name": task.layout.name,
        "status": task.verdict.status,
        "status_reason": task.verdict.reason,
        "mode": task.mode,
        "step": task.step,
        "total_steps": task.total_steps,
        "progress": task.progress,
        "eta": _eta(task.eta),
        "loss": None if task.loss is None else _number(task.loss),
        "lead_metric": lead and lead.name,
        "lead_label": lead and lead.label,
        "lead_better": lead and lead.better,
        "lead_value": None if value is None else _number(value),
        "attempts": task.attempts,
        "last_event_at": task.last_event_at,
        "started_at": task.started_at,
        "usual_gap_s": task.usual_gap,
        "clock_off_s": task.clock_off,
    }


def whole(task: OpenTask, assessment: Assessment, told: Told) -> Message:
    """A task as the route ``task`` tells it, with what the rules say of it."""
    return {
        **outline(outline_of(assessment)),
        "kind": assessment.kind.name,
        "kind_reason": assessment.kind.reason,
        "lead": assessment.lead,
        "total_source": assessment.total.source if assessment.total else None,
        **asdict(task.ahead(assessment)),
        **_time(task.time_spent(assessment)),
        "logged_goodput": _logged_goodput(assessment.logged_goodput),
        "total_refuted": [_refuted(refuted) for refuted in assessment.refuted],
        "metrics": [_metric(task, metric, assessment.kind) for metric in assessment.metrics],
        "offered": [{"metric": o.metric.name, "why": o.why} for o in assessment.offered],
        "attempts": attempts(assessment),
        "launches_without_scalars": assessment.launches_without_scalars,
        "facts": assessment.facts,
        **insights(told),
        "problems": problems(assessment.problems),
    }


def insights(told: Told) -> Message:
    """What the rules found, and which of them looked."""
    return {
        "insights": [_insight(insight) for insight in told.insights],
        "insights_looked": [
            {"rule": look.rule, "looked": look.looked, "why": look.why} for look in told.looks
        ],
    }


def expected(found: Expectation | str) -> Message:
    """``expected`` with its band, or null and ``why``."""
    if isinstance(found, str):
        return {"expected": None, "why": found}
    return {
        "expected": {
            "metric": "loss",
            "attempt": found.attempt,
            "x": _plain(found.x),
            "step": _plain(found.step),
            "value": _plain(found.value),
            "low": _plain(found.value - found.band),
            "high": _plain(found.value + found.band),
            "schedule": found.schedule,
        },
        "why": None,
    }


def attempts(assessment: Assessment) -> list[Message]:
    """All attempts of a task."""
    return [_attempt(attempt) for attempt in assessment.attempts]


def problems(found: Iterable[Problem]) -> list[Message]:
    """Sentences about bad input."""
    return [{"code": p.code, "where": p.where, "message": p.message} for p in found]


def progress(made: Progress | None) -> Message | None:
    """How far the work on the list is."""
    if made is None:
        return None
    return {"stage": made.stage, "done": made.done, "total": made.total}


def series(metric: Metric, points: Accumulated, smoothed: FloatArray, total: int) -> Message:
    """Columns of a metric's points."""
    value = points.value
    return {
        "run": metric.run,
        "tag": metric.tag,
        "total_points": total,
        "x": _plain(points.x),
        "step": _plain(points.points.step),
        "wall_time": _plain(points.points.wall_time),
        "value": _plain(value),
        "smoothed": _plain(smoothed),
        "attempt": _plain(points.attempt),
        "non_finite": [[int(at), _name(value[at])] for at in np.flatnonzero(~np.isfinite(value))],
    }


def entries(rows: Sequence[Entry]) -> list[Message]:
    """Rows of the training log."""
    return [
        {
            "id": row.id,
            "type": row.type,
            "attempt": row.attempt,
            "step": row.step,
            "wall_time": row.wall_time,
            "message": row.message,
            "metrics": {name: _number(value) for name, value in row.metrics.items()},
            "derived": row.derived,
            "x": row.x,
        }
        for row in rows
    ]


def milestones(found: Milestones) -> Message:
    """``marks``, ``omitted`` and ``best``."""
    return {
        "marks": [_milestone(milestone) for milestone in found.shown],
        "omitted": found.omitted,
        "best": None if found.best is None else _best(found.best),
    }


def sparkline(line: Sparkline) -> Message:
    """A few dozen values; what is not finite becomes null."""
    return {"metric": line.metric, "values": line.values, "whole": line.whole}


def _milestone(milestone: Milestone) -> Message:
    return {
        "type": milestone.type,
        "x": milestone.x,
        "step": milestone.step,
        "attempt": milestone.attempt,
        "wall_time": milestone.wall_time,
        "text": milestone.text,
    }


def _best(best: Best) -> Message:
    return {
        "metric": best.metric,
        "value": best.value,
        "x": best.x,
        "step": best.step,
        "attempt": best.attempt,
        "wall_time": best.wall_time,
        "checkpoint": None if best.checkpoint is None else _milestone(best.checkpoint),
    }


def _insight(insight: Insight) -> Message:
    finding = insight.finding
    return {
        "id": insight.id,
        "rule": insight.rule,
        "severity": finding.severity,
        "title": finding.title,
        "evidence": finding.evidence,
        "advice": finding.advice,
        "metric": finding.metric,
        "attempt": insight.attempt,
        "x_start": insight.x_start,
        "x_end": insight.x_end,
        "step_start": finding.begin,
        "step_end": finding.end,
        "since": finding.since,
        "open": finding.open,
        "facts": {name: _number(value) for name, value in finding.facts.items()},
    }


def _eta(eta: Eta | None) -> Message | None:
    if eta is None:
        return None
    return {"low_s": eta.low_s, "high_s": eta.high_s, "finish_at": eta.finish_at}


def _time(spent: Sequence[tuple[int, TimeSpent]]) -> Message:
    whole = together(each for _, each in spent)
    return {
        "time": asdict(whole) if spent else None,
        "goodput": whole.goodput,
        "time_of_attempts": [{"attempt": number, **asdict(each)} for number, each in spent],
    }


def _logged_goodput(logged: LoggedGoodput | None) -> Message | None:
    return None if logged is None else asdict(logged)


def _refuted(refuted: Refuted) -> Message:
    return {"steps": refuted.steps, "source": refuted.source, "reason": refuted.reason}


def _metric(task: OpenTask, metric: Metric, kind: Kind) -> Message:
    point = task.latest(metric)
    last = point.value.item() if len(point) else math.nan
    message: Message = {
        "metric": metric.name,
        "label": label_of_metric(metric),
        "better": better(metric, kind),
        "run": metric.run,
        "tag": metric.tag,
        "role": metric.role,
        "points": task.count(metric),
        "last_value": last if math.isfinite(last) else None,
        "last_step": point.step.item() if len(point) else None,
        "note": _note(task, metric),
    }
    if len(point) and not math.isfinite(last):
        message["last_non_finite"] = _name(last)
    return message


def _note(task: OpenTask, metric: Metric) -> str | None:
    hidden = task.hidden_nans(metric)
    notes = [metric.note] if metric.note else []
    if hidden:
        points = "1 point" if hidden == 1 else f"{hidden:,} points"
        verb = "is" if hidden == 1 else "are"
        notes.append(f"{points} that the trainer logged as 0.0 {verb} shown as NaN")
    return "; ".join(notes) or None


def _attempt(attempt: AttemptView) -> Message:
    return {
        "attempt": attempt.number,
        "kind": attempt.kind,
        "because": attempt.because,
        "status": attempt.status,
        "start_step": attempt.start_step,
        "last_step": attempt.last_step,
        "x_start": attempt.x_start,
        "x_end": attempt.x_end,
        "started_at": attempt.started_at,
        "ended_at": attempt.ended_at,
        "active_start_s": attempt.active_start,
        "first_at": attempt.first_at,
        "last_at": attempt.last_at,
        "config": attempt.config,
        "changed": attempt.changed,
    }


def _plain(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """In one piece of memory, which orjson asks for."""
    return np.ascontiguousarray(values)


def _name(value: float) -> str:
    if math.isnan(value):
        return "nan"
    return "inf" if value > 0 else "-inf"


def _number(value: float) -> float | str:
    """JSON has no NaN and no infinities: they travel as their names."""
    if math.isfinite(value):
        return value
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[_name(value)]
