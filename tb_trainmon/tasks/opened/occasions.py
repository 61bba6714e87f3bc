"""When a task did what is no training: its evaluations and checkpoints, by the clock."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tb_trainmon.core.columns import Column, FloatArray, column, concatenate
from tb_trainmon.core.joined import pieces_of
from tb_trainmon.core.times import plausible_times
from tb_trainmon.tasks.found.layout import Checkpoint
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.judged.progress.leading import Columns
from tb_trainmon.tasks.judged.status.pulse import is_runtime
from tb_trainmon.tasks.opened.log_index import CHECKPOINT, LogIndex


def timed(points: Column) -> Column:
    """Those with a time that can be one."""
    if all(plausible_times(piece.wall_time).all() for piece in pieces_of(points)):
        return points
    return points.take(np.flatnonzero(plausible_times(points.wall_time)))


def runtimes(parts: Sequence[FilePart], columns: Columns) -> Column:
    """Evaluations that logged how many seconds they took, which are the values."""
    found = [
        columns(part, tag)
        for part in parts
        for tag, facts in part.tags.items()
        if is_runtime(tag, facts)
    ]
    return timed(concatenate(found)) if found else column()


def evaluations(parts: Sequence[FilePart], columns: Columns) -> Column:
    """What evaluations logged, by the tag of each part that was logged most."""
    found = [column()]
    for part in parts:
        tags = {
            tag: facts.points for tag, facts in part.tags.items() if facts.meaning.role == "eval"
        }
        if tags:
            most = max(tags, key=lambda tag: tags[tag])
            found.append(timed(columns(part, most)))
    return concatenate(found)


def folders(checkpoints: Sequence[Checkpoint]) -> FloatArray:
    """Times of checkpoints that lie on disk, by the file system's clock."""
    return np.array([checkpoint.made_at for checkpoint in checkpoints], dtype=np.float64)


def recorded(rows: LogIndex | None, attempt: int) -> FloatArray:
    """Times of checkpoints in the table's rows of an attempt, by the writer's clock."""
    if rows is None:
        return np.zeros(0)
    mine = (rows.type == CHECKPOINT) & (rows.attempt == attempt)
    return np.asarray(rows.wall_time[mine & plausible_times(rows.wall_time)])
