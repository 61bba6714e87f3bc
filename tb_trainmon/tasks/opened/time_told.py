"""Where the time of an open task went, from its points, evaluations and checkpoints."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from tb_trainmon.core.columns import Column, ascends, column
from tb_trainmon.core.joined import joined, parts_of
from tb_trainmon.core.times import plausible
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.executions import Execution
from tb_trainmon.tasks.judged.progress.leading import Columns, Leading
from tb_trainmon.tasks.judged.timing.time_spent import Course, TimeSpent, time_spent
from tb_trainmon.tasks.opened.log_index import LogIndex
from tb_trainmon.tasks.opened.occasions import evaluations, folders, recorded, runtimes, timed

_STARTING = (
    1800.0  # seconds from a job's process to its first word; a notebook's begins hours before
)


def time_told(
    assessment: Assessment, columns: Columns, rows: LogIndex | None = None
) -> list[tuple[int, TimeSpent]]:
    """By attempt's number; empty where no wall time tells.

    ``columns`` gives all points, ``rows`` are the table's.
    """
    leading = assessment.leading
    known = [(e, _course(e, leading, columns, assessment, rows)) for e in assessment.executions]
    found = [(e.number, course) for e, course in known if course is not None]
    spent = time_spent([course for _, course in found])
    return [(number, each) for (number, _), each in zip(found, spent, strict=True)]


def _course(
    execution: Execution,
    leading: Leading | None,
    columns: Columns,
    assessment: Assessment,
    rows: LogIndex | None,
) -> Course | None:
    parts = execution.files.parts
    launched = [part.launched_at for part in parts if plausible(part.launched_at)]
    ended = [part.last_event_at for part in parts if plausible(part.last_event_at)]
    if not launched or not ended or leading is None:
        return None
    pieces = leading.pieces_of(execution.files)
    points = timed(joined([columns(part, tag) for part, tag, _ in pieces] or [column()]))
    return Course(
        launched_at=_launched_at(execution, min(launched)),
        ended_at=max(ended),
        base=execution.base,
        points=_by_time(points),
        runtimes=runtimes(parts, columns),
        evaluations=evaluations(parts, columns),
        checkpoints=np.concatenate(
            [folders(assessment.layout.checkpoints), recorded(rows, execution.number)]
        ),
    )


def _by_time(points: Column) -> Column:
    parts = [part for part in parts_of(points) if len(part)]
    follow = all(one[-1:].wall_time <= other[:1].wall_time for one, other in pairwise(parts))
    if follow and all(ascends(part.wall_time) for part in parts):
        return points
    return points.take(np.argsort(points.wall_time, kind="stable"))


def _launched_at(execution: Execution, opened_at: float) -> float:
    """When its process began, where the table says so; else when the first that it wrote did."""
    at = min(opened_at, execution.started_at or opened_at)
    process = execution.row.process_started_at if execution.row is not None else None
    return process if process is not None and at - _STARTING < process < at else at
