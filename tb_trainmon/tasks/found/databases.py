"""The companion databases of the log directories, and the tasks in them.

By default every ``training_logs.db`` in a log directory, at its top or below, whose runs are
relative to the folder it lies in; or the one that ``--trainmon_db`` or ``TRAINMON_DB_URL`` names,
whose runs are relative to the log directory.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.core.problem import Problem
from tb_trainmon.event_files.scan import LogdirScan
from tb_trainmon.event_files.urls import is_remote
from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.found.roots import Root

if TYPE_CHECKING:
    from tb_trainmon.training_logs.reading import TrainingLogs

FILE_NAME = "training_logs.db"
_FAILED = Problem(
    "internal", FILE_NAME, "TrainMon failed on this database; see TensorBoard's output."
)

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
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


@dataclass(slots=True)
class _Open:
    database: TrainingLogs
    revision: object = None
    tasks: Sequence[TableTask] = ()
    problem: Problem | None = None
    cautions: Sequence[Problem] | None = None  # None: not asked yet
    left_out: Problem | None = None


class Databases:
    """Reads the task and attempt rows again whenever a database has changed."""

    def __init__(self, location: str | None = None) -> None:
        self._location = location
        self._open: dict[str, _Open] = {}
        self._out_of_reach: list[str] = []

    @property
    def problems(self) -> list[Problem]:
        """A sentence for each database that cannot be read, or with caution only."""
        told = [
            problem
            for known in self._open.values()
            for problem in (known.problem, known.left_out, *(known.cautions or ()))
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
            known = self._open.get(location) or _Open(_training_logs(location))
            self._open[location] = known
            _read_if_changed(known)
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


def _training_logs(location: str) -> TrainingLogs:
    # Late: importing SQLAlchemy takes as long as listing two thousand runs, and many log
    # directories have no database.
    from tb_trainmon.training_logs.reading import TrainingLogs  # noqa: PLC0415

    return TrainingLogs(location)


def _left_out(tasks: int) -> Problem | None:
    from tb_trainmon.training_logs.reading import MOST_TASKS  # noqa: PLC0415  see above

    if tasks < MOST_TASKS:
        return None
    told = f"Of the tasks in its table the first {tasks:,} are shown: more are no list."
    return Problem("database_caution", FILE_NAME, told)


def _unreadable(error: Exception, before: Problem | None) -> Problem:
    if isinstance(error, DatabaseUnreadable):
        return Problem("database_unreadable", FILE_NAME, str(error))
    if before != _FAILED:
        _logger.error("TrainMon failed on a database.", exc_info=error)
    return _FAILED


def _read_if_changed(known: _Open) -> None:
    revision = known.database.revision()
    if revision is not None and revision == known.revision:
        return
    try:
        rows = known.database.tasks()
        attempts = known.database.attempts()
    except Exception as error:  # noqa: BLE001  whatever it is, the event files are to be listed
        # Asked again next time, as it may only be locked. What was read earlier stays true enough.
        known.revision = None
        known.problem = _unreadable(error, known.problem)
        known.cautions = None
        known.left_out = None
        return
    known.revision = revision
    known.problem = None
    if known.cautions is None:
        sentences = known.database.cautions()
        known.cautions = [Problem("database_caution", FILE_NAME, said) for said in sentences]
    known.left_out = _left_out(len(rows))
    known.tasks = [TableTask(row, attempts.get(row.task_id, []), known.database) for row in rows]
