"""Where the time of an open task went, from its points, evaluations and checkpoints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tb_trainmon.core.columns import Column, FloatArray, column, concatenate
from tb_trainmon.core.times import plausible, plausible_times
from tb_trainmon.series.accumulate import ascends
from tb_trainmon.tasks.found.layout import Checkpoint
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.executions import Execution
from tb_trainmon.tasks.judged.leading import Columns, Leading
from tb_trainmon.tasks.judged.parts import FilePart
from tb_trainmon.tasks.judged.pulse import is_runtime
from tb_trainmon.tasks.judged.time_spent import Course, TimeSpent, time_spent


def time_told(assessment: Assessment, columns: Columns) -> list[tuple[int, TimeSpent]]:
    """By attempt's number; empty where no wall time tells. ``columns`` gives all points."""
    leading = assessment.leading
    known = [(e, _course(e, leading, columns, assessment)) for e in assessment.executions]
    found = [(e.number, course) for e, course in known if course is not None]
    spent = time_spent([course for _, course in found])
    return [(number, each) for (number, _), each in zip(found, spent, strict=True)]


def _course(
    execution: Execution, leading: Leading | None, columns: Columns, assessment: Assessment
) -> Course | None:
    parts = execution.files.parts
    launched = [part.launched_at for part in parts if plausible(part.launched_at)]
    ended = [part.last_event_at for part in parts if plausible(part.last_event_at)]
    if not launched or not ended or leading is None:
        return None
    pieces = leading.pieces_of(execution.files)
    points = _timed(concatenate([columns(part, tag) for part, tag, _ in pieces]))
    return Course(
        launched_at=min(*launched, execution.started_at or launched[0]),
        ended_at=max(ended),
        base=execution.base,
        points=_by_time(points),
        runtimes=_runtimes(parts, columns),
        evaluations=_evaluations(parts, columns),
        checkpoints=_saved(assessment.layout.checkpoints),
    )


def _timed(points: Column) -> Column:
    timed = plausible_times(points.wall_time)
    return points if timed.all() else points.take(np.flatnonzero(timed))


def _by_time(points: Column) -> Column:
    if ascends(points.wall_time):
        return points
    return points.take(np.argsort(points.wall_time, kind="stable"))


def _runtimes(parts: Sequence[FilePart], columns: Columns) -> Column:
    found = [
        columns(part, tag)
        for part in parts
        for tag, facts in part.tags.items()
        if is_runtime(tag, facts)
    ]
    return _timed(concatenate(found)) if found else column()


def _evaluations(parts: Sequence[FilePart], columns: Columns) -> FloatArray:
    """Times at which an evaluation was logged, by the tag of each part that was logged most."""
    found = [np.zeros(0)]
    for part in parts:
        tags = {
            tag: facts.points for tag, facts in part.tags.items() if facts.meaning.role == "eval"
        }
        if tags:
            most = max(tags, key=lambda tag: tags[tag])
            found.append(_timed(columns(part, most)).wall_time)
    return np.concatenate(found)


def _saved(checkpoints: Sequence[Checkpoint]) -> FloatArray:
    return np.array([checkpoint.made_at for checkpoint in checkpoints], dtype=np.float64)
