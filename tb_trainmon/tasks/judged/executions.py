"""Attempts with what is on record of them: where they start, their parameters, how they ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.found.records import ARGUMENTS, parse_object
from tb_trainmon.tasks.judged.attempts import Attempt, Kind
from tb_trainmon.tasks.judged.ends import sign_of_end
from tb_trainmon.tasks.judged.parts import FilePart, TagFacts
from tb_trainmon.tasks.judged.status import STATUSES, Status
from tb_trainmon.tasks.judged.totals import Total
from tb_trainmon.training_logs.rows import AttemptRow

_SAME_TIME = 5.0  # seconds by which a row and the first point of its attempt may differ


@dataclass(frozen=True, slots=True)
class Execution:
    """One attempt: its file parts, its table row if there is one, and where it starts."""

    number: int
    kind: Kind
    files: Attempt
    base: int
    row: AttemptRow | None = None

    @property
    def last_step(self) -> int | None:
        """The highest step of any of its metrics; None if it has no point."""
        return self.files.last_step

    @property
    def started_at(self) -> float | None:
        """When it began, by its row, else by its first point."""
        if self.row is not None and self.row.started_at is not None:
            return self.row.started_at
        return (self.files.started_at or None) if self.files.parts else None

    @property
    def ended_at(self) -> float | None:
        """When it ended, by its row, else by its last point so far."""
        if self.row is not None and self.row.ended_at is not None:
            return self.row.ended_at
        return (self.files.ended_at or None) if self.files.parts else None

    @property
    def config(self) -> Mapping[str, Any] | None:
        """Parameters: of the table, else the trainer's arguments, else the hparams plugin's."""
        if self.row is not None and self.row.config:
            return self.row.config
        arguments = parse_object(self.files.text(ARGUMENTS))
        if arguments:
            return arguments
        found = [part.source.hparams for part in self.files.parts if part.source.hparams]
        return found[-1] if found else None

    @property
    def framework(self) -> str | None:
        """Who trains, where it is certain."""
        if self.row is not None and self.row.framework:
            return self.row.framework
        return "transformers" if self.files.text(ARGUMENTS) else None

    @property
    def end_marker(self) -> str | None:
        """The trainer's own sign that it ended by itself, as a phrase."""
        sign = sign_of_end(self.files)
        return sign.words if sign else None

    @property
    def summaries(self) -> dict[str, float]:
        """End-of-run facts, by the last part of their tag's name."""
        if self.end_marker is None:
            return {}
        return {
            "final_" + tag.rpartition("/")[2]: float(facts.recent.value[-1])
            for part in self.files.parts
            for tag, facts in part.tags.items()
            if facts.meaning.role == "final"
        }

    def status(self, total: Total | None) -> Status:
        """How an attempt that another followed came to its end."""
        for status in STATUSES:
            if self.row is not None and self.row.status == status and status in _ENDS:
                return status
        reached = self.last_step is not None and total is not None and self.last_step >= total.steps
        return "completed" if self.end_marker or reached else "stopped"


_ENDS = ("completed", "failed", "stopped")


def executions_of(
    planned: Sequence[Attempt], table: TableTask | None, logged: Mapping[int, FilePart]
) -> list[Execution]:
    """The task's attempts: those of the table where it has any, else those of the event files.

    ``logged`` holds, by attempt, what the table's log rows measure.
    """
    attempts = _attempts(planned, table, logged)
    for number, part in logged.items():
        _of_logged(number, part, attempts).parts.append(part)
    executions: list[Execution] = []
    interval: int | None = None
    for attempt, row in attempts:
        leading = _leading(attempt)
        interval = (leading.interval if leading else None) or interval
        base = _base(attempt, row, leading, interval)
        number = row.attempt if row else attempt.number
        execution = Execution(number, attempt.kind, attempt, base, row)
        executions.append(_with_kind(execution, executions))
    return executions


_Known = tuple[Attempt, AttemptRow | None]


def _attempts(
    planned: Sequence[Attempt], table: TableTask | None, logged: Mapping[int, FilePart]
) -> list[_Known]:
    """Attempts with their rows. ``planned`` stay as they are: these are copies of them."""
    rows = list(table.attempts) if table is not None else []
    if planned and not rows:
        return [(replace(attempt, parts=list(attempt.parts)), None) for attempt in planned]
    numbers = {row.attempt for row in rows}
    rows += [_untold(number, logged[number]) for number in logged if number not in numbers]
    return _by_rows(planned, sorted(rows, key=lambda row: row.attempt))


def _untold(number: int, part: FilePart) -> AttemptRow:
    """The row of an attempt that only the log's rows tell of."""
    return AttemptRow.from_database({"attempt": number, "started_at": part.first_wall_time})


def _of_logged(number: int, part: FilePart, attempts: Sequence[_Known]) -> Attempt:
    """The attempt of that number in the table, else the one that ran when ``part`` began."""
    for attempt, row in attempts:
        if row is not None and row.attempt == number:
            return attempt
    begun = [a for a, _ in attempts if a.started_at <= part.first_wall_time + _SAME_TIME]
    return begun[-1] if begun else attempts[0][0]


def _by_rows(planned: Sequence[Attempt], rows: Sequence[AttemptRow]) -> list[_Known]:
    """Each row with the file parts that its process wrote, or else written in its time.

    What was trained before there was a table is none of its attempts: those come before its
    first, counted back from there.
    """
    earlier = [attempt for attempt in planned if _is_before(attempt, rows)]
    collected = [
        Attempt(row.attempt, "first" if not index else "resume") for index, row in enumerate(rows)
    ]
    for attempt in planned:
        if not _is_before(attempt, rows):
            for index, part in _rows_of(attempt, rows):
                collected[index].parts.append(part)
    first = rows[0].attempt if rows else 1
    untold: list[_Known] = [
        (replace(attempt, number=first - len(earlier) + index, parts=list(attempt.parts)), None)
        for index, attempt in enumerate(earlier)
    ]
    return [*untold, *zip(collected, rows, strict=True)]


def _is_before(attempt: Attempt, rows: Sequence[AttemptRow]) -> bool:
    """Whether ``attempt`` had ended when the first of ``rows`` began, and is of none of them."""
    began = min((row.started_at for row in rows if row.started_at is not None), default=None)
    mine = any((row.host, row.pid) in attempt.writers for row in rows if row.pid)
    return began is not None and not mine and attempt.ended_at < began - _SAME_TIME


def _rows_of(attempt: Attempt, rows: Sequence[AttemptRow]) -> Iterator[tuple[int, FilePart]]:
    """For each part, its row: that of its process which had begun when the attempt did.

    A process that has several rows (a notebook that resumes) may have written files for each of
    them whose steps go on, which is one attempt by the files alone: there, each part has its own.
    """
    writers = attempt.writers
    mine = [i for i, row in enumerate(rows) if row.pid and (row.host, row.pid) in writers]
    whole = _begun(mine or range(len(rows)), rows, attempt.started_at)
    for part in attempt.parts:
        alone = len(mine) > 1 and part.measures
        yield _begun(mine, rows, part.first_wall_time) if alone else whole, part


def _begun(candidates: Sequence[int], rows: Sequence[AttemptRow], time: float) -> int:
    """The latest of the rows that had begun at ``time``; clocks and rounding forgiven."""
    for slack in (0.0, _SAME_TIME):
        begun = [i for i in candidates if (rows[i].started_at or 0.0) <= time + slack]
        if begun:
            return begun[-1]
    return candidates[0]


def _with_kind(execution: Execution, before: Sequence[Execution]) -> Execution:
    """Where the table says from which step an attempt starts, that tells what it is."""
    if not before:
        return replace(execution, kind="first")
    if execution.row is None:
        return execution
    return replace(execution, kind="resume" if execution.base > 0 else "restart")


def _base(
    attempt: Attempt, row: AttemptRow | None, leading: TagFacts | None, interval: int | None
) -> int:
    """The step that an attempt starts from: on record, else one interval before its first step.

    Never above its smallest step, so that no point lies before the attempt's beginning.
    """
    steps = [facts.min_step for part in attempt.parts for facts in part.measured]
    lowest = min(steps, default=None)
    if row is not None and row.start_step is not None:
        return row.start_step if lowest is None else min(row.start_step, lowest)
    if lowest is None:
        return 0
    before = lowest if leading is None else leading.first_step - (interval or 0)
    return min(max(before, 0), lowest)


def _leading(attempt: Attempt) -> TagFacts | None:
    """The training tag that logs first, and of those the one that logs most often.

    Of tags whose interval is known, if any is: a lone point (of an epoch) tells no beginning.
    """
    found = [
        tag for part in attempt.parts for tag in part.tags.values() if tag.meaning.shows_training
    ]
    return min(
        found,
        key=lambda tag: (tag.interval is None, tag.first_step, tag.interval or 0),
        default=None,
    )


def config_changes(before: Execution, after: Execution) -> dict[str, list[Any]]:
    """What differs between two configurations: name to [before, after], None where absent.

    A table and a trainer's own record do not tell of the same parameters: between those, only what
    both tell of can differ.
    """
    old, new = before.config, after.config
    if old is None or new is None:
        return {}
    names = [*old, *(name for name in new if name not in old)]
    if (before.row is None) != (after.row is None):
        names = [name for name in names if name in old and name in new]
    return {
        name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)
    }
