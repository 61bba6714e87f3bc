"""What the rows of a training log say: looked up for those that are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import IntArray
from tb_trainmon.series.accumulate import Accumulated, moved, moved_step
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.attempt_views import AttemptView
from tb_trainmon.tasks.opened.log_index import (
    CHECKPOINT,
    END,
    EVAL,
    START,
    STEP,
    LogIndex,
    find,
    find_step,
    logged_metrics,
)
from tb_trainmon.tasks.opened.table.rows import TableRows
from tb_trainmon.training_logs.rows import TYPES, LogRow, known_type

_Places = Mapping[int, AttemptView]
_NO_PLACES: _Places = {}
_Measured = tuple[dict[str, float], int | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row as readers see it. ``derived``: made from event files, recorded by nobody.

    ``x`` is the accumulated step; None without a step, or in an attempt that the task has not.
    """

    id: str
    type: str
    attempt: int
    step: int | None
    wall_time: float | None
    message: str
    metrics: Mapping[str, float]
    derived: bool
    x: int | None


@dataclass(frozen=True, slots=True)
class LogEntries:
    """All rows of a log, oldest first.

    They are ``rows`` of the table; without a table, those of the ``index``, with metrics of
    ``series``.
    """

    index: LogIndex
    rows: TableRows | None
    assessment: Assessment
    series: Callable[[str], Accumulated]

    def __len__(self) -> int:
        return len(self.index) if self.rows is None else len(self.rows)

    def frozen(self) -> LogEntries:
        """The same rows, which stay as they are while the task grows."""
        kinds = (logged_metrics(self.assessment, evaluation) for evaluation in (False, True))
        series = {metric.name: self.series(metric.name) for kind in kinds for metric in kind}
        return replace(self, index=self.index.copy(), series=series.__getitem__)

    def part(self, positions: range) -> list[Entry]:
        """The rows at ``positions``, which lie side by side."""
        if self.rows is None:
            return self._derived(positions)
        return self.told(self.rows.at(positions))

    def entries(self, keys: Sequence[int]) -> list[Entry]:
        """The rows that have these keys, ascending: positions, or numbers in the table."""
        if self.rows is None:
            return self._derived(keys)
        return self.told(self.rows.numbered(keys))

    def told(self, rows: Sequence[LogRow]) -> list[Entry]:
        """Rows of the table as readers see them."""
        places = {attempt.number: attempt for attempt in self.assessment.attempts}
        return [entry_of(row, places) for row in rows]

    def _derived(self, positions: Sequence[int]) -> list[Entry]:
        places = {attempt.number: attempt for attempt in self.assessment.attempts}
        at = np.asarray(positions, dtype=np.intp)
        index = self.index
        columns = [of[at].tolist() for of in (index.type, index.attempt, index.step)]
        times = index.wall_time[at].tolist()
        found = []
        for (metrics, x), kind, number, step, time in zip(
            self._measured(at), *columns, times, strict=True
        ):
            type_ = TYPES[kind]
            entry = Entry(
                id=f"{number}-{type_}-{step}",
                type=type_,
                attempt=number,
                step=step,
                wall_time=time or None,
                message=self._message(kind, number, step),
                metrics=metrics,
                derived=True,
                x=_x(places.get(number), step) if x is None else x,
            )
            found.append(entry)
        return found

    def _measured(self, at: npt.NDArray[np.intp]) -> list[_Measured]:
        """The metrics at each of the rows, and where those lie, if the step does not tell it."""
        metrics: list[dict[str, float]] = [{} for _ in at]
        places: list[int | None] = [None for _ in at]
        index = self.index
        kinds, attempts = index.type[at], index.attempt[at]
        for evaluation, kind in ((False, STEP), (True, EVAL)):
            mine = np.flatnonzero(kinds == kind)
            logged = logged_metrics(self.assessment, evaluation) if len(mine) else []
            for attempt in self.assessment.attempts:
                rows = mine[attempts[mine] == attempt.number]
                step = index.step[at[rows]]
                for metric in logged if len(rows) else ():
                    points, by_step = self.series(metric.name), attempt.lies_by_step(metric)
                    there = _points_at(points, attempt, step, by_step=by_step)
                    known = np.flatnonzero(there >= 0)
                    shown = points.take(there[known])
                    values, x = shown.value.tolist(), shown.x.tolist()
                    for row, value, place in zip(rows[known].tolist(), values, x, strict=True):
                        metrics[row][metric.name] = value
                        places[row] = places[row] if by_step else place
        return list(zip(metrics, places, strict=True))

    def _message(self, kind: int, number: int, step: int) -> str:
        if kind in (STEP, EVAL):
            return ""
        attempts = self.assessment.attempts
        attempt = next((a for a in attempts if a.number == number), None)
        if kind == START and attempt is None:
            is_over = self.assessment.verdict.status == "stopped"
            return f"Launched; no scalar {'was logged' if is_over else 'has been logged yet'}."
        if kind == START and attempt is not None:
            how = {"first": "began", "restart": "restarted", "resume": "resumed"}[attempt.kind]
            return f"Attempt {number} {how} at step {step:,}."
        if kind == END and attempt is not None and attempt is attempts[-1]:
            return f"Attempt {number} {attempt.status}. {self.assessment.verdict.reason}"
        if kind == END and attempt is not None:
            return f"Attempt {number} {attempt.status} at step {step:,}; another followed."
        return f"checkpoint-{step}" if kind == CHECKPOINT else ""


def _points_at(
    points: Accumulated, attempt: AttemptView, step: IntArray, *, by_step: bool
) -> npt.NDArray[np.intp]:
    """For each of ``step``, the index of the attempt's point of it; -1: there is none."""
    if not by_step:
        return find_step(points, attempt.number, step)
    x = moved(step, attempt.shift)
    place = find(points, attempt.number, x)
    if not len(points):
        return place
    return np.where((place >= 0) & (points.take(place).x == x), place, -1)


def entry_of(row: LogRow, places: _Places = _NO_PLACES) -> Entry:
    """A row of the table as readers see it."""
    return Entry(
        id=str(row.id),
        type=known_type(row.type),
        attempt=row.attempt,
        step=row.step,
        wall_time=row.wall_time,
        message=row.message,
        metrics=row.metrics,
        derived=False,
        x=_x(places.get(row.attempt), row.step),
    )


def _x(attempt: AttemptView | None, step: int | None) -> int | None:
    """Where the charts have it: never before its attempt begins."""
    if attempt is None or step is None:
        return None
    return max(moved_step(step, attempt.shift), attempt.x_start)
