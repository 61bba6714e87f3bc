"""The companion databases of the log directories, and the tasks in them.

By default every ``training_logs.db`` in a log directory, at its top or below, whose runs are
relative to the folder it lies in; or the one that ``--trainmon_db`` or ``TRAINMON_DB_URL`` names,
whose runs are relative to the log directory.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent import futures
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import TYPE_CHECKING

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.core.plain_text import excerpt
from tb_trainmon.core.problem import Problem
from tb_trainmon.core.record import record
from tb_trainmon.event_files.scan import LogdirScan
from tb_trainmon.event_files.urls import is_remote
from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.found.roots import Root
from tb_trainmon.training_logs.deadline import NoAnswer, asked_apart

if TYPE_CHECKING:
    from tb_trainmon.training_logs.reading import TrainingLogs
    from tb_trainmon.training_logs.rows import AttemptRow, TaskRow

FILE_NAME = "training_logs.db"

#: Bytes of a task's id, as of a path: a longer one fits no address, so nobody could ask for it.
LONGEST_ID = 4_096
_QUOTED = 100  # characters of it
_FAILED = Problem(
    "internal", FILE_NAME, "TrainMon failed on this database; see TensorBoard's output."
)

_logger = logging.getLogger(__name__)


@record(frozen=True, slots=True)
class FoundTask:
    """A task of a database; its runs are relative to ``folder`` (below the root, "" at its top)."""

    root: Root
    folder: str
    task: TableTask

    @property
    def id(self) -> str:
        """The task's id in the whole program: unique across databases."""
        return self.root.qualified("/".join(p for p in (self.folder, self.task.row.task_id) if p))

    @property
    def runs(self) -> tuple[str, ...]:
        """Its runs, relative to the root."""
        joined = ("/".join(p for p in (self.folder, run) if p) for run in self.task.row.runs)
        return tuple(os.path.normpath(run).replace("\\", "/").removeprefix("./") for run in joined)


_Read = tuple[Sequence["TaskRow"], Mapping[str, Sequence["AttemptRow"]], Sequence[str]]


@dataclass(slots=True)
class _Open:
    database: TrainingLogs
    revision: object = None
    tasks: Sequence[TableTask] = ()
    problem: Problem | None = None
    cautions: Sequence[Problem] | None = None  # None: not asked yet
    left_out: Sequence[Problem] = ()
    coming: futures.Future[_Read] | None = None  # what a server was asked for and has not told yet


class Databases:
    """Reads the task and attempt rows again whenever a database has changed.

    A server's answer is waited for ``patience`` seconds: one that has stopped must not keep the
    list. What it knows is taken over when it has told it.
    """

    def __init__(self, location: str | None = None, patience: float = inf) -> None:
        self._location = location
        self._patience = min(patience, threading.TIMEOUT_MAX)
        self._open: dict[str, _Open] = {}
        self._out_of_reach: list[str] = []

    @property
    def problems(self) -> list[Problem]:
        """A sentence for each database that cannot be read, or with caution only."""
        told = [
            problem
            for known in self._open.values()
            for problem in (known.problem, *known.left_out, *(known.cautions or ()))
            if problem is not None
        ]
        return told + [_in_a_store(path) for path in self._out_of_reach]

    def refresh(self, scans: Sequence[tuple[Root, LogdirScan]]) -> list[FoundTask]:
        """All tasks of all databases."""
        places = self._places(scans)
        for gone in self._open.keys() - {location for location, _, _ in places}:
            self._open.pop(gone).database.close()
        found = []
        for location, root, folder in places:
            known = self._open.get(location) or _Open(_training_logs(location, self._patience))
            self._open[location] = known
            _read_if_changed(known, self._patience)
            found += [FoundTask(root, folder, task) for task in known.tasks]
        return found

    def _places(self, scans: Sequence[tuple[Root, LogdirScan]]) -> list[tuple[str, Root, str]]:
        if self._location is not None:
            return [(self._location, root, "") for root, _ in scans[:1]]
        found = [
            (os.path.join(scan.root, folder.path, FILE_NAME), root, folder.path)
            for root, scan in scans
            for folder in scan.folders
            if FILE_NAME in folder.file_names or FILE_NAME in folder.folder_names
        ]
        self._out_of_reach = [path for path, _, _ in found if is_remote(path)]
        return [place for place in found if not is_remote(place[0])]


def _in_a_store(path: str) -> Problem:
    return Problem(
        "database_unreadable",
        path,
        "A database cannot be opened in a remote store. Name a copy on this machine with "
        "--trainmon_db, or a database server with the environment variable TRAINMON_DB_URL.",
    )


def _training_logs(location: str, patience: float) -> TrainingLogs:
    # Late: importing SQLAlchemy takes as long as listing two thousand runs, and many log
    # directories have no database.
    from tb_trainmon.training_logs.reading import TrainingLogs  # noqa: PLC0415

    return TrainingLogs(location, patience=patience)


def _left_out(rows: Sequence[TaskRow]) -> Iterator[Problem]:
    from tb_trainmon.training_logs.reading import MOST_TASKS  # noqa: PLC0415  see above

    if len(rows) >= MOST_TASKS:
        told = f"Of the tasks in its table the first {len(rows):,} are shown: more are no list."
        yield Problem("database_caution", FILE_NAME, told)
    too_long = [row.task_id for row in rows if not _can_be_asked_for(row)]
    if too_long:
        of_them = "A task is" if len(too_long) == 1 else f"{len(too_long):,} tasks are"
        told = (
            f"{of_them} not shown, whose 'task_id' is longer than {LONGEST_ID:,} bytes: "
            f"'{excerpt(too_long[0], _QUOTED)}'."
        )
        yield Problem("database_caution", FILE_NAME, told)


def _can_be_asked_for(row: TaskRow) -> bool:
    return len(row.task_id.encode("utf-8", "replace")) <= LONGEST_ID


def _unreadable(error: Exception, before: Problem | None) -> Problem:
    if isinstance(error, DatabaseUnreadable):
        return Problem("database_unreadable", FILE_NAME, str(error))
    if before != _FAILED:
        _logger.error("TrainMon failed on a database.", exc_info=error)
    return _FAILED


def _read(known: _Open) -> _Read:
    """All rows of tasks and of attempts, and what to know about what is read there."""
    with known.database.patiently():
        rows, attempts = known.database.tasks(), known.database.attempts()
        if known.cautions is None:
            return rows, attempts, known.database.cautions()
    return rows, attempts, [problem.message for problem in known.cautions]


def _read_in_time(known: _Open, patience: float) -> _Read:
    """The same. Raises NoAnswer where a server takes longer; then it will be known later."""
    if not known.database.is_far:
        return _read(known)
    patience = 0.0 if known.coming else patience  # it has been waited for already
    coming = known.coming = known.coming or asked_apart(partial(_read, known))
    futures.wait([coming], patience)
    if not coming.done():
        raise NoAnswer
    known.coming = None
    return coming.result()


def _read_if_changed(known: _Open, patience: float) -> None:
    revision = known.database.revision()
    if revision is not None and revision == known.revision:
        return
    try:
        rows, attempts, cautions = _read_in_time(known, patience)
    except NoAnswer:  # what was read earlier stays
        told = known.database.not_yet()
        known.problem = Problem("database_unreadable", FILE_NAME, told)
        return
    except Exception as error:  # noqa: BLE001  whatever it is, the event files are to be listed
        # Asked again next time, as it may only be locked. What was read earlier stays true enough.
        known.revision = None
        known.problem = _unreadable(error, known.problem)
        known.cautions = None
        known.left_out = ()
        return
    known.revision = revision
    known.problem = None
    known.cautions = [Problem("database_caution", FILE_NAME, said) for said in cautions]
    known.left_out = tuple(_left_out(rows))
    known.tasks = [
        TableTask(row, attempts.get(row.task_id, []), known.database)
        for row in rows
        if _can_be_asked_for(row)
    ]
