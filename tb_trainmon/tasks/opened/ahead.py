"""What comes next in a task that runs, and what a crash now would cost."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tb_trainmon.core.columns import Column, FloatArray
from tb_trainmon.core.times import plausible
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.executions import Execution
from tb_trainmon.tasks.judged.progress.leading import Columns
from tb_trainmon.tasks.judged.timing.eta import way_of
from tb_trainmon.tasks.judged.timing.recurring import next_at
from tb_trainmon.tasks.opened.log_index import LogIndex
from tb_trainmon.tasks.opened.occasions import evaluations, folders, recorded


@dataclass(frozen=True, slots=True)
class Ahead:
    """Times by the reader's clock; None where nothing tells, or the task does not run.

    ``at_risk_s``: seconds since the last checkpoint, or since the launch that resumed from one.
    """

    next_evaluation_at: float | None = None
    next_checkpoint_at: float | None = None
    at_risk_s: float | None = None


def ahead_of(assessment: Assessment, columns: Columns, rows: LogIndex | None) -> Ahead:
    """By the evaluations, the table's ``rows`` and the checkpoints of the current attempt.

    ``columns`` gives all points.
    """
    evidence = assessment.evidence
    if assessment.verdict.status != "running" or evidence is None or not assessment.executions:
        return Ahead()
    off, current = evidence.clock_off, assessment.executions[-1]
    on_disk = folders(assessment.layout.checkpoints)
    saved = np.concatenate([on_disk + off, recorded(rows, current.number)])
    found = Ahead(at_risk_s=_at_risk(current, saved, evidence.now + off))
    way = way_of(evidence.pulse.leading.points)
    if way is None:
        return found
    total = assessment.total
    end = total.last_step(evidence.reached) if total is not None else None
    evaluated = _once(evaluations(current.files.parts, columns))
    return replace(
        found,
        next_evaluation_at=_by_reader(next_at(evaluated, way, current.base, end), off),
        next_checkpoint_at=_by_reader(next_at(saved, way, current.base, end), off),
    )


def _once(evaluated: Column) -> FloatArray:
    """The times, each step's once: a logger writes them into its event file and into the table."""
    ordered = evaluated.take(np.argsort(evaluated.wall_time, kind="stable"))
    return ordered.wall_time[np.unique(ordered.step, return_index=True)[1]]


def _by_reader(at: float | None, off: float) -> float | None:
    return None if at is None else at - off


def _at_risk(current: Execution, saved: FloatArray, now: float) -> float | None:
    """Seconds; all times by the writer's clock."""
    launched = min((p.launched_at for p in current.files.parts), default=current.started_at)
    if launched is None or not plausible(launched):
        return None
    mine = saved[saved >= launched]
    if len(mine):
        return max(now - float(mine.max()), 0.0)
    return max(now - launched, 0.0) if current.kind == "resume" and len(saved) else None
