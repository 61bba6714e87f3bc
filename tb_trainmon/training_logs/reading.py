"""The database as its readers see it: read-only, incremental, and never in a writer's way."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Select, column, create_engine, literal_column, select, table
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from tb_trainmon.training_logs import sentences, sqlite_file, values
from tb_trainmon.training_logs.location import Location, located
from tb_trainmon.training_logs.rows import AttemptRow, LogRow, TaskRow

Rows = Sequence[dict[str, Any]]
Question = Select[Any]

SQLITE = sqlite.dialect()


class TrainingLogs:
    """The tasks, attempts and log rows of one database.

    Every method may be called from any thread and opens its own connection, so that none is held
    between questions. Every method raises ``DatabaseUnreadable``, with a sentence, when the
    database cannot answer; whoever asks goes on with the event files.
    """

    def __init__(self, location: str) -> None:
        self._text = location
        self._lock = threading.Lock()
        self._engine: Engine | None = None

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
        try:
            with self._connected_engine(location).connect() as connection:
                return [dict(row) for row in connection.execute(question).mappings()]
        except SQLAlchemyError as error:
            raise sentences.unreadable(location, error) from error

    def _connected_engine(self, location: Location) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = _server_engine(location)
            return self._engine


def _all_of(name: str) -> Question:
    # "*" rather than our columns: an older table lacks some, a newer one has more, both are read.
    # Untyped, so that no JSON is decoded on the way: one broken row must not lose all others.
    return select(literal_column("*")).select_from(table(name))


def _server_engine(location: Location) -> Engine:
    assert location.url is not None
    try:
        return create_engine(location.url, pool_pre_ping=True, pool_size=2)
    except ImportError as error:
        raise sentences.no_driver(location, error) from error
    except NoSuchModuleError as error:
        raise sentences.unreadable(location, error) from error


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
