"""The log rows of one task in the companion table, as rows and as points."""

from __future__ import annotations

from collections.abc import Sequence

from tb_trainmon.core.columns import Column, GrowingColumn, column
from tb_trainmon.event_files.names import EventFileName
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.found.layout import TABLE, TableTask
from tb_trainmon.tasks.judged.cuts import parts_of
from tb_trainmon.tasks.judged.parts import FilePart, Source
from tb_trainmon.training_logs.rows import AttemptRow, LogRow

_BYTES_A_ROW = 1000


class TableLog:
    """All rows of a task, asked for once and from then on only what is newer."""

    def __init__(self) -> None:
        self._forget()

    def refresh(self, table: TableTask) -> bool:
        """Take over new rows; whether those that were known have gone. Raises DatabaseUnreadable.

        Rows never change and their numbers only grow, unless somebody replaced the database. So
        the last known row is asked for again: while it is there, so are those before it.
        """
        task_id, known = table.row.task_id, self.rows[-1:]
        rows = table.database.logs(task_id, known[0].id - 1 if known else 0)
        replaced = [_identity(row) for row in rows[: len(known)]] != [_identity(r) for r in known]
        if replaced:
            self._forget()
            rows, known = table.database.logs(task_id), []
        self._add(rows[len(known) :])
        return replaced

    def parts(self, table: TableTask) -> dict[int, FilePart]:
        """By attempt, the points in its rows."""
        rows = {row.attempt: row for row in table.attempts}
        return {number: log.part(number, rows.get(number)) for number, log in self._logs.items()}

    def columns(self) -> dict[int, dict[str, Column]]:
        """By attempt and metric, the points so far; stays as it is while rows come."""
        return {
            number: {name: points.view() for name, points in log.columns.items()}
            for number, log in self._logs.items()
        }

    def points(self, attempt: int, metric: str) -> Column:
        """The points that an attempt has of a metric."""
        return self._logs[attempt].columns[metric].view()

    @property
    def memory(self) -> int:
        """Bytes that its rows take, roughly."""
        return len(self.rows) * _BYTES_A_ROW

    def _forget(self) -> None:
        self.rows: list[LogRow] = []
        self._logs: dict[int, _AttemptLog] = {}

    def _add(self, rows: Sequence[LogRow]) -> None:
        self.rows += rows
        by_attempt: dict[int, list[LogRow]] = {}
        for row in rows:
            by_attempt.setdefault(row.attempt, []).append(row)
        for number, mine in by_attempt.items():
            self._logs.setdefault(number, _AttemptLog()).add(mine)


class _AttemptLog:
    """The points in the rows of one attempt, and the time that the rows span."""

    def __init__(self) -> None:
        self.columns: dict[str, GrowingColumn] = {}
        self._times: list[float] = []

    def add(self, rows: Sequence[LogRow]) -> None:
        """Take over ``rows``."""
        points: dict[str, tuple[list[int], list[float], list[float]]] = {}
        for row in rows:
            for name, value in row.metrics.items() if row.step is not None else ():
                steps, times, values = points.setdefault(name, ([], [], []))
                steps.append(row.step or 0)
                times.append(row.wall_time or 0.0)
                values.append(value)
        for name, columns in points.items():
            self.columns.setdefault(name, GrowingColumn()).extend(column(*columns))
        known = [*self._times, *(row.wall_time for row in rows if row.wall_time)]
        self._times = [min(known), max(known)] if known else []

    def part(self, number: int, row: AttemptRow | None) -> FilePart:
        """What the rows measure, like the part of an event file.

        The attempt's number stands where an event file counts the writers of a process.
        """
        first, last = self._times or (None, None)
        name = EventFileName(None, row.host if row else None, row.pid if row else None, number, "")
        file = FoundFile(f"{TABLE} of attempt {number}", name, 0, 0, 0, last or 0.0)
        source = Source(TABLE, TABLE, file, {}, None, first, last)
        scalars = {name: points.view() for name, points in self.columns.items()}
        return parts_of(source, scalars, whole=False)[0]


def _identity(row: LogRow) -> tuple[object, ...]:
    return row.id, row.attempt, row.type, row.step, row.wall_time
