"""The database as its readers see it: read-only, incremental, and never in a writer's way."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Select, column, literal_column, select, table
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import InterfaceError, OperationalError

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.training_logs import sentences, sqlite_file, values
from tb_trainmon.training_logs.engines import reading_engine
from tb_trainmon.training_logs.file_systems import network_file_system
from tb_trainmon.training_logs.location import Location, located
from tb_trainmon.training_logs.migrations import MIGRATIONS
from tb_trainmon.training_logs.rows import AttemptRow, LogRow, TaskRow

Rows = Sequence[dict[str, Any]]
Question = Select[Any]

SQLITE = sqlite.dialect()

#: A server that does not answer is not asked again for so many seconds: asking takes time.
REST_SECONDS = 10.0


class TrainingLogs:
    """The tasks, attempts and log rows of one database.

    Every method may be called from any thread and opens its own connection, so that none is held
    between questions. Every method raises ``DatabaseUnreadable``, with a sentence, when the
    database cannot answer; whoever asks goes on with the event files.
    """

    def __init__(self, location: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._text = location
        self._clock = clock
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._silent: tuple[float, DatabaseUnreadable] | None = None

    def tasks(self) -> list[TaskRow]:
        """All tasks, in no particular order."""
        rows = [TaskRow.from_database(row) for row in self._read(_all_of("training_tasks"))]
        return [row for row in rows if row.task_id]

    def attempts(self) -> dict[str, list[AttemptRow]]:
        """The attempts of every task, by the task's id, first attempt first."""
        found: dict[str, list[AttemptRow]] = {}
        for row in self._read(_all_of("training_attempts")):
            attempt = AttemptRow.from_database(row)
            if attempt.task_id:
                found.setdefault(attempt.task_id, []).append(attempt)
        for attempts in found.values():
            attempts.sort(key=lambda attempt: attempt.attempt)
        return found

    def logs(self, task_id: str, after_id: int = 0) -> list[LogRow]:
        """The log of one task, oldest first: only the rows that came after ``after_id``."""
        question = (
            _all_of("training_logs")
            .where(column("task_id") == task_id, column("id") > after_id)
            .order_by(column("id"))
        )
        return [LogRow.from_database(row) for row in self._read(question)]

    def revision(self) -> object:
        """A token that changes with every write, without asking the database; None if unknown."""
        path = located(self._text).path
        return None if path is None else sqlite_file.revision(path)

    def cautions(self) -> list[str]:
        """What to know about what is read here: a sentence for each thing; mostly none."""
        location = located(self._text)
        found = []
        if location.path is not None:
            network = network_file_system(location.path)
            if network is not None and sqlite_file.is_in_wal_mode(location.path):
                found.append(sentences.wal_on_a_network(location, network))
        later = self._unknown_migrations()
        return [*found, sentences.newer(location, later)] if later else found

    def _unknown_migrations(self) -> list[str]:
        # The table is our writer's own: other programs need not have it.
        try:
            rows = self._read(_all_of("trainmon_migrations"))
        except DatabaseUnreadable:
            return []
        names = {values.text(row.get("name")) for row in rows}
        return sorted(names - MIGRATIONS.keys())

    def close(self) -> None:
        """Let go of all connections. A later question opens new ones."""
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _read(self, question: Question) -> Rows:
        location = located(self._text)
        if location.path is not None:
            sentences.check_file(location.path)
            return _from_file(location.path, question)
        return self._from_server(location, question)

    def _from_server(self, location: Location, question: Question) -> Rows:
        if self._silent is not None and self._clock() < self._silent[0]:
            raise self._silent[1]
        try:
            with self._connected_engine(location).connect() as connection:
                rows = [dict(row) for row in connection.execute(question).mappings()]
        except DatabaseUnreadable:
            raise
        except Exception as error:  # noqa: BLE001  (drivers raise their own of options they mislike)
            unreadable = sentences.unreadable(location, error)
            if isinstance(error, OperationalError | InterfaceError):
                self._silent = self._clock() + REST_SECONDS, unreadable
            # Not as its cause: the driver's own words may hold a password.
            raise unreadable from None
        self._silent = None
        return rows

    def _connected_engine(self, location: Location) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = reading_engine(location)
            return self._engine


def _all_of(name: str) -> Question:
    # "*" rather than our columns: an older table lacks some, a newer one has more, both are read.
    # Untyped, so that no JSON is decoded on the way: one broken row must not lose all others.
    return select(literal_column("*")).select_from(table(name))


def _from_file(path: Path, question: Question) -> Rows:
    rows = _from_file_once(path, question)
    # None: somebody began to write while it was read as immutable. Now SQLite's own locks hold.
    if rows is None:
        rows = _from_file_once(path, question)
    if rows is None:
        raise sentences.unreadable(path, sqlite3.OperationalError("database is busy"))
    return rows


def _from_file_once(path: Path, question: Question) -> Rows | None:
    try:
        return _opened_and_read(path, question, immutable=False)
    except (sqlite3.Error, OSError) as error:
        if not sentences.is_about_a_read_only_place(error):
            raise sentences.unreadable(path, error) from error
    if sqlite_file.has_hot_journal(path):
        # Read as it lies there, it would be half of one state and half of another.
        raise sentences.interrupted(path)
    try:
        return _opened_and_read(path, question, immutable=True)
    except (sqlite3.Error, OSError) as error:
        raise sentences.unreadable(path, error) from error


def _opened_and_read(path: Path, question: Question, immutable: bool) -> Rows | None:
    opened = sqlite_file.open_read_only(path, immutable)
    with contextlib.closing(opened.connection) as connection:
        connection.row_factory = sqlite3.Row
        # A program may have written bytes that are no UTF-8: one bad name must not hide the rest.
        connection.text_factory = values.text
        rows = connection.execute(*_in_sqlite(question)).fetchall()
    return [dict(row) for row in rows] if opened.still_true() else None


def _in_sqlite(question: Question) -> tuple[str, list[Any]]:
    compiled = question.compile(dialect=SQLITE)
    return str(compiled), [compiled.params[name] for name in compiled.positiontup or ()]
