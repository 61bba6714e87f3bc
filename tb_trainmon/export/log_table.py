"""The table of a task's training log: a row for each of its rows, oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tb_trainmon.tasks.opened.log.entries import Entry, LogEntries
from tb_trainmon.tasks.opened.open_task import OpenTask
from tb_trainmon.training_logs.values import numbers_as_json

COLUMNS = ("type", "attempt", "step", "x", "wall_time", "message", "metrics")
Line = tuple[str, int, int | None, int | None, float | None, str, str]


@dataclass(frozen=True, slots=True)
class LogTable:
    """All rows of a task's log as they were when the table was taken: it does not grow."""

    task: str
    rows: LogEntries

    @classmethod
    def of(cls, opened: OpenTask) -> LogTable:
        """The table of a task that is open now; needs the task's lock, the table does not."""
        return cls(opened.assessment.layout.id, opened.log().all().frozen())

    def __len__(self) -> int:
        return len(self.rows)

    def blocks(self, most: int) -> Iterator[list[Line]]:
        """The values of COLUMNS for all rows, at most ``most`` rows at a time."""
        for start in range(0, len(self), most):
            part = range(start, min(start + most, len(self)))
            yield [_line(row) for row in self.rows.part(part)]


def _line(row: Entry) -> Line:
    metrics = numbers_as_json(row.metrics)
    return row.type, row.attempt, row.step, row.x, row.wall_time, row.message, metrics
