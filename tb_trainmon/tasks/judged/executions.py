"""Attempts with what is on record of them: where they start, their parameters, how they ended."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from tb_trainmon.core.record import record
from tb_trainmon.series.accumulate import Extent
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import ARGUMENTS, parse_object
from tb_trainmon.tasks.judged.attempts.launches import Why, Writer
from tb_trainmon.tasks.judged.attempts.plan import Attempt, settle
from tb_trainmon.tasks.judged.attempts.starts import Kind, Start
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.judged.progress.totals import Total
from tb_trainmon.tasks.judged.status.ends import sign_of_end
from tb_trainmon.tasks.judged.status.verdict import STATUSES, Status
from tb_trainmon.training_logs.rows import AttemptRow

_SAME_TIME = 5.0  # seconds by which a row and the first point of its attempt may differ


# Any script may log its arguments as text; these have only the Hugging Face Trainer's.
_TRAINERS_ARGUMENTS = frozenset({"per_device_train_batch_size", "logging_nan_inf_filter"})
# A path, a date, or the name of a run that ends in one ("Nov22_22-36-04_vm"); "org/model" is none.
_OF_THE_LAUNCH = re.compile(
    r"^(?:[~.]{0,2}[/\\]|[A-Za-z]:[/\\])|[/\\].*[/\\]"
    r"|\d{4}-\d\d-\d\d|\d{8}[_-]\d{4,6}|\d\d[-:]\d\d[-:]\d\d"
)
_PLACES = re.compile(r"(?:^|_)(?:dir|path|folder|file|run_name|time|timestamp|date|host|port)$")


@record(frozen=True, slots=True)
class Execution:
    """One attempt: its file parts with where it starts, and its table row if there is one."""

    number: int
    files: Attempt
    row: AttemptRow | None = None

    @property
    def kind(self) -> Kind:
        """Whether it was the first, began anew or resumed."""
        return self.files.kind

    @property
    def base(self) -> int:
        """The step that it starts from."""
        return self.files.start.base

    @property
    def extent(self) -> Extent:
        """Where it begins and ends in its own steps, laid end to end where they begin anew."""
        reach = self.files.climb
        if reach is None:
            reach = self.base if self.last_step is None else self.last_step
        return Extent(self.base, max(reach, self.base))

    @property
    def last_step(self) -> int | None:
        """The highest step on its leading counter; None if it has no point."""
        return self.files.last_step

    @property
    def started_at(self) -> float | None:
        """When it was launched: by its row, else as its first file was opened."""
        if self.row is not None and self.row.started_at is not None:
            return self.row.started_at
        return min([part.launched_at for part in self.files.parts], default=0.0) or None

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
        arguments = parse_object(self.files.text(ARGUMENTS)) or {}
        return "transformers" if _TRAINERS_ARGUMENTS & arguments.keys() else None

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
    planned: Sequence[Attempt], layout: Layout, logged: Mapping[int, FilePart]
) -> list[Execution]:
    """The task's attempts: those of the table where it has any, else those of the event files.

    ``logged`` holds, by attempt, what the table's log rows measure.
    """
    table = layout.table
    rows = list(table.attempts) if table is not None else []
    if not rows and not logged:
        return [Execution(attempt.number, attempt) for attempt in planned]
    attempts = _attempts(planned, rows, logged)
    _add_logged(attempts, logged)
    settle([attempt for attempt, _ in attempts], checkpoints=layout.checkpoints)
    for index, (attempt, row) in enumerate(attempts):
        if row is not None:
            _by_record(attempt, row, is_first=not index)
    return [
        Execution(row.attempt if row else attempt.number, attempt, row) for attempt, row in attempts
    ]


_Known = tuple[Attempt, AttemptRow | None]


def _attempts(
    planned: Sequence[Attempt], rows: list[AttemptRow], logged: Mapping[int, FilePart]
) -> list[_Known]:
    """Attempts with their rows. ``planned`` stay as they are: these are copies of them."""
    if planned and not rows:
        return [(replace(attempt, parts=list(attempt.parts)), None) for attempt in planned]
    numbers = {row.attempt for row in rows}
    rows += [_untold(number, logged[number]) for number in logged if number not in numbers]
    return _by_rows(planned, sorted(rows, key=lambda row: row.attempt))


def _untold(number: int, part: FilePart) -> AttemptRow:
    """The row of an attempt that only the log's rows tell of."""
    return AttemptRow.from_database({"attempt": number, "started_at": part.first_wall_time})


def _add_logged(attempts: Sequence[_Known], logged: Mapping[int, FilePart]) -> None:
    """Give what the log's rows measure to the attempt of their number, else to who ran then."""
    numbered = {row.attempt: attempt for attempt, row in attempts if row is not None}
    timeline: _Begun | None = None
    for number, part in logged.items():
        home = numbered.get(number)
        if home is None:
            timeline = timeline or _Begun([attempt.started_at for attempt, _ in attempts])
            home = attempts[timeline.at(part.first_wall_time)][0]
        home.parts.append(part)


def _by_rows(planned: Sequence[Attempt], rows: Sequence[AttemptRow]) -> list[_Known]:
    """Each row with the file parts that its process wrote, or else written in its time.

    What was trained before there was a table is none of its attempts: those come before its
    first, counted back from there.
    """
    homes = _Rows(rows)
    earlier = [attempt for attempt in planned if homes.is_before(attempt)]
    collected = [Attempt(row.attempt, why=_RECORDED) for row in rows]
    for attempt in planned:
        if not homes.is_before(attempt):
            for index, part in homes.of(attempt):
                collected[index].parts.append(part)
    first = rows[0].attempt if rows else 1
    untold: list[_Known] = [
        (replace(attempt, number=first - len(earlier) + index, parts=list(attempt.parts)), None)
        for index, attempt in enumerate(earlier)
    ]
    return [*untold, *zip(collected, rows, strict=True)]


_RECORDED = Why("An attempt of the training_logs table.")


class _Rows:
    """The table's rows of a task, asked which of them a file part belongs to."""

    def __init__(self, rows: Sequence[AttemptRow]) -> None:
        self._rows = rows
        self._began = min((r.started_at for r in rows if r.started_at is not None), default=None)
        self._by_process: dict[Writer, list[int]] = {}
        for index, row in enumerate(rows):
            if row.pid:
                self._by_process.setdefault((row.host, row.pid), []).append(index)
        self._all = _Begun([row.started_at or 0.0 for row in rows])

    def is_before(self, attempt: Attempt) -> bool:
        """Whether ``attempt`` had ended when the first row began, and is of none of them."""
        if self._began is None or any(process in self._by_process for process in attempt.writers):
            return False
        return attempt.ended_at < self._began - _SAME_TIME

    def of(self, attempt: Attempt) -> Iterator[tuple[int, FilePart]]:
        """For each part, its row: that of its process which had begun when the attempt did.

        A process that has several rows (a notebook that resumes) may have written files for each
        of them whose steps go on, which is one attempt by the files alone: there, each part has
        its own.
        """
        mine = sorted(i for process in attempt.writers for i in self._by_process.get(process, ()))
        timeline = _Begun([self._rows[i].started_at or 0.0 for i in mine]) if mine else self._all
        whole = timeline.at(attempt.started_at)
        for part in attempt.parts:
            alone = len(mine) > 1 and part.measures
            at = timeline.at(part.first_wall_time) if alone else whole
            yield (mine[at] if mine else at), part


class _Begun:
    """Finds the latest of several beginnings that had come at a time; clocks forgiven."""

    def __init__(self, beginnings: Sequence[float]) -> None:
        # In the order of the rows, whatever their clocks said: the last one that had begun.
        order = sorted(range(len(beginnings)), key=beginnings.__getitem__)
        self._times = [beginnings[index] for index in order]
        self._latest = list(accumulate(order, max))

    def at(self, time: float) -> int:
        """The index of the one that had begun at ``time``, rounding forgiven; else the first."""
        for slack in (0.0, _SAME_TIME):
            begun = bisect_right(self._times, time + slack)
            if begun:
                return self._latest[begun - 1]
        return 0


def _by_record(attempt: Attempt, row: AttemptRow, *, is_first: bool) -> None:
    """Where the table says from which step an attempt starts, that tells what it is."""
    base, because = attempt.start.base, attempt.start.because
    if row.start_step is not None:
        lowest = attempt.track.lowest if attempt.track else row.start_step
        base = min(row.start_step, lowest)
        because = f"The table says that it starts from step {row.start_step:,}."
    kind: Kind = "first" if is_first else ("resume" if base > 0 else "restart")
    attempt.start = Start(kind, base, because)


def config_changes(before: Execution, after: Execution) -> dict[str, list[Any]]:
    """What differs between two configurations: name to [before, after], None where absent.

    What changes with every launch (a path, a date) comes behind what somebody decided.

    A table and a trainer's own record do not tell of the same parameters: between those, only what
    both tell of can differ.
    """
    old, new = before.config, after.config
    if old is None or new is None:
        return {}
    names = [*old, *(name for name in new if name not in old)]
    if (before.row is None) != (after.row is None):
        names = [name for name in names if name in old and name in new]
    differing = [name for name in names if old.get(name) != new.get(name)]
    differing.sort(key=lambda name: _is_of_the_launch(name, old.get(name), new.get(name)))
    return {name: [old.get(name), new.get(name)] for name in differing}


def _is_of_the_launch(name: str, *values: object) -> bool:
    """Whether it is a path or a date: not what a reader looks for among changes."""
    texts = [value for value in values if isinstance(value, str)]
    return _PLACES.search(name) is not None or any(_OF_THE_LAUNCH.search(text) for text in texts)
