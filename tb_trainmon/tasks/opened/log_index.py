"""The training log that is derived from event files, as columns.

A row's metrics are looked up only when the row is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import FloatArray, IntArray
from tb_trainmon.series.accumulate import Accumulated
from tb_trainmon.tasks.found.layout import Checkpoint
from tb_trainmon.tasks.judged.assessment import Assessment, AttemptView
from tb_trainmon.tasks.judged.metrics import Metric

TYPES = ("start", "step", "eval", "checkpoint", "end")
START, STEP, EVAL, CHECKPOINT, END = range(5)
_OTHER_METRICS = 8  # tags without a canonical name in a row, at most
_LATE = 60.0  # seconds after its last point in which an attempt may still save a checkpoint


@dataclass(frozen=True, slots=True)
class LogIndex:
    """One row of the log at each index, oldest first; ``type`` indexes TYPES."""

    type: npt.NDArray[np.int8]
    attempt: IntArray
    step: IntArray
    wall_time: FloatArray

    def __len__(self) -> int:
        return len(self.type)

    def common_with(self, other: LogIndex) -> int:
        """How many rows at the beginning are the same in both."""
        size = min(len(self), len(other))
        same = (
            (self.type[:size] == other.type[:size])
            & (self.attempt[:size] == other.attempt[:size])
            & (self.step[:size] == other.step[:size])
        )
        return size if same.all() else int(np.argmin(same))


def no_rows() -> LogIndex:
    """An empty index."""
    return _index([], [])


def logged_metrics(assessment: Assessment, evaluation: bool) -> list[Metric]:
    """The metrics that rows of evaluations, or of steps, show: the canonical, and a few others."""
    roles = ("eval", "test") if evaluation else ("train",)
    metrics = [m for m in assessment.metrics if m.role in roles and not m.derived]
    canonical = [m for m in metrics if not m.is_raw]
    others = [m for m in metrics if m.is_raw]
    return canonical + others[:_OTHER_METRICS]


def derive(assessment: Assessment, series: Callable[[str], Accumulated]) -> LogIndex:
    """The rows that the event files tell of: attempts, steps, evaluations and checkpoints."""
    kinds: list[tuple[int, IntArray, IntArray, FloatArray]] = []
    for kind, evaluation in ((STEP, False), (EVAL, True)):
        for metric in logged_metrics(assessment, evaluation):
            rows = series(metric.name)
            kinds.append((kind, rows.attempt, rows.points.step, rows.points.wall_time))
    single = [row for attempt in assessment.attempts for row in _bounds(attempt)]
    if not assessment.attempts and assessment.started_at is not None:
        single.append((START, 1, 0, assessment.started_at))
    single += [
        _saved(checkpoint, assessment, series) for checkpoint in assessment.layout.checkpoints
    ]
    return _index(kinds, single)


_Row = tuple[int, int, int, float]  # type, attempt, step, wall time


def _index(
    kinds: Sequence[tuple[int, IntArray, IntArray, FloatArray]], single: Sequence[_Row]
) -> LogIndex:
    """All rows, one for each type, attempt and step, in the order in which they happened."""
    type_ = np.concatenate(
        [np.full(len(step), kind, dtype=np.int8) for kind, _, step, _ in kinds]
        + [np.array([row[0] for row in single], dtype=np.int8)]
    )
    attempt = _column([rows[1] for rows in kinds], [row[1] for row in single], np.int64)
    step = _column([rows[2] for rows in kinds], [row[2] for row in single], np.int64)
    wall_time = _column([rows[3] for rows in kinds], [row[3] for row in single], np.float64)
    order = np.lexsort((wall_time, step, type_, attempt))
    attempt, type_, step = attempt[order], type_[order], step[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (attempt[1:] != attempt[:-1]) | (type_[1:] != type_[:-1]) | (step[1:] != step[:-1])
    kept = order[first]
    attempt, type_, step, wall_time = attempt[first], type_[first], step[first], wall_time[kept]
    order = np.lexsort((step, type_, wall_time, _phase(type_), attempt))
    return LogIndex(type_[order], attempt[order], step[order], wall_time[order])


def _phase(type_: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """An attempt's start comes before and its end behind everything else, whatever clocks say."""
    return np.where(type_ == START, 0, np.where(type_ == END, 2, 1)).astype(np.int8)


def _column(
    many: Sequence[npt.NDArray[np.generic]], few: Sequence[float], dtype: type
) -> npt.NDArray[Any]:
    return np.asarray(np.concatenate([*many, np.array(few, dtype=dtype)]), dtype=dtype)


def _bounds(attempt: AttemptView) -> list[_Row]:
    rows = [(START, attempt.number, attempt.start_step, attempt.started_at or 0.0)]
    if attempt.ended_at is not None and attempt.status != "running":
        last = attempt.start_step if attempt.last_step is None else attempt.last_step
        rows.append((END, attempt.number, last, attempt.ended_at))
    return rows


def _saved(
    checkpoint: Checkpoint, assessment: Assessment, series: Callable[[str], Accumulated]
) -> _Row:
    """A checkpoint's row: by the time of its folder, or (a copied folder) by its step."""
    made_at = checkpoint.made_at
    for attempt in reversed(assessment.attempts):
        began, ended = attempt.started_at or 0.0, attempt.ended_at or float("inf")
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
        at = find(rows, attempt.number, np.array([step + attempt.shift]))[0]
        if at >= 0:
            return float(rows.points.wall_time[at])
    return attempt.started_at or 0.0


def find(rows: Accumulated, attempt: int, x: IntArray) -> npt.NDArray[np.intp]:
    """For each of ``x``, the index of the attempt's last point at or before it; -1: there is none.

    Where one attempt ends and the next begins, both may have a point at the same x.
    """
    begin, end = np.searchsorted(rows.attempt, [attempt, attempt + 1])
    place = begin + np.searchsorted(rows.x[begin:end], x, side="right") - 1
    return np.where(place >= begin, place, -1)
