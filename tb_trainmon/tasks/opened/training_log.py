"""The training log of an open task: the table's rows, or those that its event files tell of."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tb_trainmon.series.accumulate import Accumulated
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.opened.derived_log import DerivedLog
from tb_trainmon.tasks.opened.log_index import (
    CHECKPOINT,
    END,
    EVAL,
    START,
    STEP,
    TYPES,
    Change,
    GrowingIndex,
    LogIndex,
    find,
    logged_metrics,
)
from tb_trainmon.training_logs.rows import LogRow

REVISIONS_KEPT = 10_000  # of a task; what came since an older one cannot be told
_AT_ONCE = 8192  # rows that are looked through at a time
_STILL_CHANGING = 3  # the latest rows may gain a metric that is logged a moment later


@dataclass(frozen=True, slots=True)
class Entry:
    """One row as readers see it. ``derived``: made from event files, recorded by nobody."""

    id: str
    type: str
    attempt: int
    step: int | None
    wall_time: float | None
    message: str
    metrics: Mapping[str, float]
    derived: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first; ``next`` is the position to ask older rows with, None at the first."""

    entries: Sequence[Entry]
    next: int | None
    total: int
    counts: Mapping[str, int]
    source: Literal["event files", "table"]


class TrainingLog:
    """Follows one open task, whose accumulated points ``series`` gives by metric.

    ``shrunk_at`` is the latest revision at which a row that had been told was no more.
    """

    def __init__(self, series: Callable[[str], Accumulated]) -> None:
        self._series = series
        self._revision = -1
        self._rows: Sequence[LogRow] = ()
        self._index = GrowingIndex()
        self._derived = DerivedLog(self._index)
        # Revision and first changed row: as many as the task keeps marks, one for each at most.
        self._changes: deque[tuple[int, int]] = deque(maxlen=REVISIONS_KEPT)
        self.shrunk_at: int = -1
        self._assessment: Assessment

    def refresh(self, revision: int, assessment: Assessment, rows: Sequence[LogRow]) -> None:
        """Take over what the task has at ``revision``; ``rows`` are those of the table."""
        self._assessment = assessment
        if self._revision == revision:
            return
        self._revision = revision
        known = len(self._index)
        change = self._take_over(assessment, rows)
        if change.lost:
            self.shrunk_at = revision
        self._changes.append((revision, max(min(change.begin, known - _STILL_CHANGING), 0)))

    def start_anew(self) -> None:
        """The points that the rows were made from have moved or gone."""
        self._derived.forget()

    def _take_over(self, assessment: Assessment, rows: Sequence[LogRow]) -> Change:
        before, self._rows = self._rows, rows
        if not rows:
            if before:
                self._derived.forget()
            return self._derived.update(assessment, self._series)
        # The list of a table's rows only grows; another list is that of another table.
        known = len(self._index) if rows is before else 0
        return self._index.replace(known, _of_rows(rows[known:]))

    def page(self, limit: int, before: int | None, types: Iterable[str]) -> Page:
        """The ``limit`` newest rows of ``types`` (none named: all) below position ``before``."""
        wanted = [TYPES.index(name) for name in types] or list(range(len(TYPES)))
        shown = self._latest(limit + 1, before, wanted)
        counts = self._index.counts.tolist()
        return Page(
            entries=self._entries(shown[:limit]),
            next=shown[limit - 1] if len(shown) > limit else None,
            total=sum(counts[kind] for kind in wanted),
            counts=dict(zip(TYPES, counts, strict=True)),
            source="table" if self._rows else "event files",
        )

    def _latest(self, limit: int, before: int | None, wanted: Sequence[int]) -> list[int]:
        """Positions of the newest rows of those types below ``before``, newest first."""
        kinds = self._index.view().type
        end = len(kinds) if before is None else min(before, len(kinds))
        found: list[int] = []
        while end > 0 and len(found) < limit:
            begin = max(end - _AT_ONCE, 0)
            matching = np.flatnonzero(np.isin(kinds[begin:end], wanted)) + begin
            found += matching[::-1].tolist()
            end = begin
        return found[:limit]

    def positions(self, type_: str) -> list[int]:
        """Where the rows of one type stand, oldest first."""
        found: list[int] = np.flatnonzero(self._index.view().type == TYPES.index(type_)).tolist()
        return found

    def entries(self, positions: Sequence[int]) -> list[Entry]:
        """The rows at these positions."""
        return self._entries(positions)

    def since(self, revision: int) -> tuple[Sequence[Entry], int]:
        """The rows that are new or changed since ``revision``, oldest first; and the total."""
        first = len(self._index) - self.news(revision)
        return self._entries(list(range(first, len(self._index)))), len(self._index)

    def news(self, revision: int) -> int:
        """How many rows are new or changed since ``revision``."""
        changed = (first for at, first in self._changes if at > revision)
        return len(self._index) - min(changed, default=len(self._index))

    def _entries(self, positions: Sequence[int]) -> list[Entry]:
        if self._rows:
            return [_from_row(self._rows[position]) for position in positions]
        metrics = self._metrics(positions)
        return [self._entry(at, metrics[n]) for n, at in enumerate(positions)]

    def _metrics(self, positions: Sequence[int]) -> list[dict[str, float]]:
        """The metrics at each of the rows."""
        found: list[dict[str, float]] = [{} for _ in positions]
        at = np.asarray(positions, dtype=np.intp)
        index = self._index.view()
        kinds, attempts = index.type[at], index.attempt[at]
        for evaluation, kind in ((False, STEP), (True, EVAL)):
            mine = np.flatnonzero(kinds == kind)
            metrics = logged_metrics(self._assessment, evaluation) if len(mine) else []
            for attempt in self._assessment.attempts:
                rows = mine[attempts[mine] == attempt.number]
                x = index.step[at[rows]] + attempt.shift
                for metric in metrics if len(rows) else ():
                    points = self._series(metric.name)
                    place = find(points, attempt.number, x)
                    hit = (place >= 0) & (points.x[place] == x)
                    for row, where in zip(rows[hit].tolist(), place[hit].tolist(), strict=True):
                        found[row][metric.name] = float(points.value[where])
        return found

    def _entry(self, at: int, metrics: Mapping[str, float]) -> Entry:
        index = self._index.view()
        kind, attempt = int(index.type[at]), int(index.attempt[at])
        step, wall_time = int(index.step[at]), float(index.wall_time[at])
        return Entry(
            id=f"{attempt}-{TYPES[kind]}-{step}",
            type=TYPES[kind],
            attempt=attempt,
            step=step,
            wall_time=wall_time or None,
            message=self._message(kind, attempt, step),
            metrics=metrics,
            derived=True,
        )

    def _message(self, kind: int, number: int, step: int) -> str:
        attempts = self._assessment.attempts
        attempt = next((a for a in attempts if a.number == number), None)
        if kind == START and attempt is None:
            return "Launched; no scalar has been logged yet."
        if kind == START and attempt is not None:
            how = {"first": "began", "restart": "restarted", "resume": "resumed"}[attempt.kind]
            return f"Attempt {number} {how} at step {step:,}."
        if kind == END and attempt is not None and attempt is attempts[-1]:
            return f"Attempt {number} {attempt.status}. {self._assessment.verdict.reason}"
        if kind == END and attempt is not None:
            return f"Attempt {number} {attempt.status} at step {step:,}; another followed."
        return f"checkpoint-{step}" if kind == CHECKPOINT else ""


def _of_rows(rows: Sequence[LogRow]) -> LogIndex:
    known = [row.type if row.type in TYPES else "step" for row in rows]
    return LogIndex(
        np.array([TYPES.index(name) for name in known], dtype=np.int8),
        np.array([row.attempt for row in rows], dtype=np.int64),
        np.array([row.id for row in rows], dtype=np.int64),  # rows of a table never change places
        np.array([row.wall_time or 0.0 for row in rows], dtype=np.float64),
    )


def _from_row(row: LogRow) -> Entry:
    type_ = row.type if row.type in TYPES else "step"
    return Entry(
        str(row.id), type_, row.attempt, row.step, row.wall_time, row.message, row.metrics, False
    )
