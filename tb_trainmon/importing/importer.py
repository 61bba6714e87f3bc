"""Writes past trainings into the database: each once, however often it is asked to."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tb_trainmon.importing.outputs import Output, find_outputs
from tb_trainmon.importing.past import NotUnderstood, PastAttempt
from tb_trainmon.importing.rows import IMPORTED, ending_of, rows_of, start_step
from tb_trainmon.importing.trainer_state import FRAMEWORK
from tb_trainmon.logger.opening import DATABASE_NAME
from tb_trainmon.logger.place import Choice, Place, of_output_folder
from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import Root
from tb_trainmon.tasks.listed.catalogue import Catalogue
from tb_trainmon.training_logs.entries import Beginning, Entry
from tb_trainmon.training_logs.reading import TrainingLogs
from tb_trainmon.training_logs.rows import LogRow
from tb_trainmon.training_logs.writing import TrainingLogsWriter, Transaction

#: Files younger than this may belong to a training that is on.
STILL_WARM_SECONDS = 180.0
BUSY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one output folder: rows that were written, or why none were (a phrase)."""

    task: str
    rows: int = 0
    told: str = ""
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Training:
    """What a trainer left, where it belongs, and the rows of it that are there already."""

    place: Place
    called: str
    attempts: Sequence[PastAttempt]
    rows: Sequence[LogRow]


class Importer:
    """Imports what lies below ``logdir`` into ``database`` (a path or URL).

    Every method may raise DatabaseUnreadable, or SQLAlchemy's errors, with what a database said.
    """

    def __init__(self, logdir: Path, database: str, clock: Callable[[], float] = time.time) -> None:
        self._logdir = logdir.absolute()
        self._database = database
        self._clock = clock

    def run(self, dry: bool = False) -> Iterator[Outcome]:
        """Import folder by folder. ``dry`` writes nothing."""
        outputs = find_outputs(self._logdir)
        shown = self._shown(output.folder for output in outputs)
        logs = TrainingLogs(self._database)
        known = self._known(logs)
        writer = TrainingLogsWriter(self._database, BUSY_SECONDS)
        try:
            for output in outputs:
                yield self._one(output, shown, known, logs, None if dry else writer)
        finally:
            writer.close()
            logs.close()

    def _one(
        self,
        output: Output,
        shown: set[Path],
        known: set[str],
        logs: TrainingLogs,
        writer: TrainingLogsWriter | None,
    ) -> Outcome:
        place = of_output_folder(output.folder, None, Choice(logdir=self._logdir))
        called = place.name if output.folder == self._logdir else place.task
        rows = logs.logs(place.task) if place.task in known else []
        skipped = self._why_not(output, output.folder in shown, rows, place.task in known)
        if skipped:
            return Outcome(called, skipped=skipped)
        try:
            attempts = output.attempts()
        except NotUnderstood as error:
            return Outcome(called, skipped=str(error))
        return self._import(Training(place, called, attempts, rows), output.written_at, writer)

    def _why_not(
        self, output: Output, is_shown: bool, rows: Sequence[LogRow], is_known: bool
    ) -> str | None:
        """Why ``output`` is somebody else's to tell of (a phrase)."""
        if is_shown:
            return "the tab reads its event files, which tell more"
        own = output.folder / DATABASE_NAME
        if own.exists() and own != Path(self._database).absolute():
            return "TrainMon logs it in a database of its own, beside it"
        starts = [row.message for row in rows if row.type == "start"]
        is_import = starts and all(message.startswith(IMPORTED) for message in starts)
        return "TrainMon has logged it itself" if is_known and not is_import else None

    def _import(
        self, training: Training, written_at: float, writer: TrainingLogsWriter | None
    ) -> Outcome:
        age = self._clock() - written_at
        if age < STILL_WARM_SECONDS and not training.attempts[-1].came_to_its_end:
            skipped = f"it may still be training: written {age:.0f} s ago"
            return Outcome(training.called, skipped=skipped)
        new = _new_rows(training, self._logdir)
        count = sum(map(len, new))
        if not count:
            return Outcome(training.called, skipped="it was imported before")
        if writer is not None:
            with writer.transaction() as transaction:
                _write(transaction, training, new)
        return Outcome(training.called, count, _told(training.attempts))

    def _known(self, logs: TrainingLogs) -> set[str]:
        if "://" not in self._database and not Path(self._database).exists():
            return set()
        return {task.task_id for task in logs.tasks()}

    def _shown(self, outputs: Iterable[Path]) -> set[Path]:
        """Those of ``outputs`` in which event files tell the tab of their trainings."""
        catalogue = Catalogue(
            [Root(str(self._logdir))], Databases(), SideFiles(), self._clock, patience=math.inf
        )
        known = set(outputs)
        found: set[Path] = set()
        for task in catalogue.listing().tasks:
            for run in task.layout.runs if task.step is not None else ():
                folder = Path(self._logdir, run.path)
                found.update([home for home in (folder, *folder.parents) if home in known][:1])
        return found


def _new_rows(training: Training, logdir: Path) -> list[list[Entry]]:
    """The rows of each attempt that the database does not have."""
    new: list[list[Entry]] = []
    for number, attempt in enumerate(training.attempts, start=1):
        have = Counter((row.type, row.step) for row in training.rows if row.attempt == number)
        rows = []
        for entry in rows_of(attempt, start_step(attempt, number), logdir):
            if have[entry.type, entry.step] > 0:
                have[entry.type, entry.step] -= 1
            else:
                rows.append(entry)
        new.append(rows)
    return new


def _write(transaction: Transaction, training: Training, new: Sequence[Sequence[Entry]]) -> None:
    task_id = training.place.task
    known = {row.attempt for row in training.rows}
    for number, (attempt, rows) in enumerate(zip(training.attempts, new, strict=True), start=1):
        if number not in known:
            transaction.begin(_beginning(training.place, attempt, number), "running")
        if rows:
            transaction.add(task_id, number, rows)
            transaction.end(task_id, number, ending_of(attempt))


def _beginning(place: Place, attempt: PastAttempt, number: int) -> Beginning:
    return Beginning(
        task_id=place.task,
        name=place.name,
        total_steps=attempt.total_steps,
        logging_steps=attempt.logging_steps,
        runs=(),
        start_step=start_step(attempt, number),
        config=dict(attempt.config),
        framework=FRAMEWORK,
        host=None,
        pid=None,
        process_started_at=None,
        started_at=next((row.wall_time for row in attempt.logged if row.wall_time), None),
    )


def _told(attempts: Sequence[PastAttempt]) -> str:
    last = attempts[-1]
    total = "" if last.total_steps is None else f" of {last.total_steps:,}"
    number = f"{len(attempts)} attempts, the last to" if len(attempts) > 1 else "to"
    return f"{number} step {last.last_step:,}{total}, {ending_of(last).status} ({last.source})"
