"""Rows of a derived training log that are no points: where attempts begin and end, checkpoints."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tb_trainmon.series.accumulate import Accumulated, moved_step
from tb_trainmon.tasks.found.layout import Checkpoint
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.attempt_views import AttemptView
from tb_trainmon.tasks.opened.log_index import CHECKPOINT, END, START, find, logged_metrics

_LATE = 60.0  # seconds after its last point in which an attempt may still save a checkpoint

SingleRow = tuple[int, int, int, float]  # type, attempt, step, wall time


def single_rows(assessment: Assessment, series: Callable[[str], Accumulated]) -> list[SingleRow]:
    """Beginnings, ends and checkpoints: the earliest of those that share type, attempt and step."""
    rows = [row for attempt in assessment.attempts for row in _bounds(attempt)]
    if not assessment.attempts and assessment.started_at is not None:
        rows.append((START, 1, 0, assessment.started_at))
    rows += [_saved(checkpoint, assessment, series) for checkpoint in assessment.layout.checkpoints]
    earliest: dict[tuple[int, int, int], SingleRow] = {}
    for row in sorted(rows, key=lambda row: row[3]):
        earliest.setdefault(row[:3], row)
    return list(earliest.values())


def _bounds(attempt: AttemptView) -> list[SingleRow]:
    rows = [(START, attempt.number, attempt.start_step, attempt.started_at or 0.0)]
    if attempt.ended_at is not None and attempt.status != "running":
        last = attempt.start_step if attempt.last_step is None else attempt.last_step
        rows.append((END, attempt.number, last, attempt.ended_at))
    return rows


def _saved(
    checkpoint: Checkpoint, assessment: Assessment, series: Callable[[str], Accumulated]
) -> SingleRow:
    """A checkpoint's row: by the time of its folder, or (a copied folder) by its step."""
    made_at = checkpoint.made_at
    for attempt in reversed(assessment.attempts):
        began = attempt.first_at or attempt.started_at or 0.0
        ended = attempt.ended_at or float("inf")
        if began <= made_at <= ended + _LATE:
            return (CHECKPOINT, attempt.number, checkpoint.step, made_at)
    if not assessment.attempts:
        return (CHECKPOINT, 1, checkpoint.step, made_at)
    passed = [
        a for a in assessment.attempts if a.start_step < checkpoint.step <= (a.last_step or 0)
    ]
    attempt = (passed or list(assessment.attempts))[-1]
    return (
        CHECKPOINT,
        attempt.number,
        checkpoint.step,
        _passed(attempt, checkpoint.step, assessment, series),
    )


def _passed(
    attempt: AttemptView, step: int, assessment: Assessment, series: Callable[[str], Accumulated]
) -> float:
    """When the attempt passed ``step``, by its first logged metric."""
    for metric in logged_metrics(assessment, evaluation=False)[:1]:
        rows = series(metric.name)
        at = find(rows, attempt.number, np.array([moved_step(step, attempt.shift)]))[0]
        if at >= 0:
            return rows[at : at + 1].points.wall_time.item()
    return attempt.started_at or 0.0
