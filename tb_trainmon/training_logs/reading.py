"""The database as its readers see it: read-only, incremental, and never in a writer's way."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Engine,
    Select,
    Text,
    TextClause,
    bindparam,
    column,
    literal_column,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import InterfaceError, OperationalError

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.training_logs import sentences, sqlite_file, values
from tb_trainmon.training_logs.by_page import PagedRows, windows_of
from tb_trainmon.training_logs.engines import reading_engine
from tb_trainmon.training_logs.file_systems import network_file_system
from tb_trainmon.training_logs.location import Location, located
from tb_trainmon.training_logs.migrations import MIGRATIONS
from tb_trainmon.training_logs.rows import AttemptRow, LogRow, TaskRow

Question = Select[Any] | TextClause
Wanted = Mapping[str, object]

SQLITE = sqlite.dialect()

_NOTHING: Wanted = {}
_ALL = 1 << 62

#: A server that does not answer is not asked again for so many seconds: asking takes time.
REST_SECONDS = 10.0

#: Tasks, and attempts of all tasks, that are taken: more are no list.
MOST_TASKS = 50_000
MOST_ATTEMPTS = 500_000

#: Bytes of text in one answer of SQLite. What comes behind is shortened to a few characters each,
#: and behind twice as many nothing is taken.
MOST_BYTES = 1 << 27
_SHORT = 200

#: What SQLite may take to answer one question.
QUESTION_SECONDS = 5.0
SLOW_REST_SECONDS = 60.0  # ... after which it is asked nothing for so long
_INSTRUCTIONS = 20_000  # of SQLite's machine, between two looks at the clock

_NUMBERS = 500  # of rows, in one question


class Rows(list[dict[str, Any]]):
    """The rows of an answer; ``is_cut``: some are shortened, or missing, because it is too long."""

    is_cut = False


class _TooSlow(DatabaseUnreadable):
    """An SQLite file that did not answer in time."""


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

    def ask(self, question: Question, wanted: Wanted = _NOTHING) -> Rows:
        """What the database answers: all columns of all rows, as it has them."""
        location = located(self._text)
        if self._silent is not None and self._clock() < self._silent[0]:
            raise self._silent[1]
        if location.path is None:
            return self._from_server(location, question, wanted)
        sentences.check_file(location.path)
        try:
            rows = _from_file(location.path, question, wanted)
        except _TooSlow as error:
            self._silent = self._clock() + SLOW_REST_SECONDS, error
            raise
        self._silent = None
        return rows

    def tasks(self) -> list[TaskRow]:
        """All tasks, in no particular order."""
        rows = [
            TaskRow.from_database(row)
            for row in self.ask(_all_of("training_tasks").limit(MOST_TASKS))
        ]
        return [row for row in rows if row.task_id]

    def attempts(self) -> dict[str, list[AttemptRow]]:
        """The attempts of every task, by the task's id, first attempt first."""
        found: dict[str, list[AttemptRow]] = {}
        for row in self.ask(_all_of("training_attempts").limit(MOST_ATTEMPTS)):
            attempt = AttemptRow.from_database(row)
            if attempt.task_id:
                found.setdefault(attempt.task_id, []).append(attempt)
        for attempts in found.values():
            attempts.sort(key=lambda attempt: attempt.attempt)
        return found

    def logs(
        self, task_id: str, after_id: int = 0, most: int | None = None, skipped: int = 0
    ) -> list[LogRow]:
        """The log of one task, oldest first: only the rows that came after ``after_id``.

        Without the first that are ``skipped``; ``most`` of them, if that is given.
        """
        place = {"after_id": after_id, "most": most or _ALL, "skipped": skipped}
        wanted = {"task_id": task_id, **place}
        return [LogRow.from_database(row) for row in self.ask(_LOGS_AFTER, wanted)]

    def last_logs(self, task_id: str, most: int) -> list[LogRow]:
        """The last ``most`` rows of a task's log, oldest first."""
        wanted = {"task_id": task_id, "most": most}
        return [LogRow.from_database(row) for row in self.ask(_LAST_LOGS, wanted)][::-1]

    def logs_at(self, task_id: str, ids: Sequence[int]) -> list[LogRow]:
        """Those rows of a task's log that have these numbers, in no particular order."""
        found: list[LogRow] = []
        for begin in range(0, len(ids), _NUMBERS):
            numbers: list[ColumnElement[int]] = [
                literal_column(str(int(id_))) for id_ in ids[begin : begin + _NUMBERS]
            ]
            question = _LOGS.where(column("id").in_(numbers))
            rows = self.ask(question, {"task_id": task_id})
            found += [LogRow.from_database(row) for row in rows]
        return found

    @property
    def dialect(self) -> str:
        """The SQL that is spoken there, by SQLAlchemy's name. Raises DatabaseUnreadable."""
        location = located(self._text)
        if location.path is not None:
            return SQLITE.name
        try:
            return self._connected_engine(location).dialect.name
        except DatabaseUnreadable:
            raise
        except Exception as error:  # noqa: BLE001  (see _from_server)
            raise sentences.unreadable(location, error) from None

    def first_logs(self, task_ids: Sequence[str], most: int) -> list[list[LogRow]]:
        """Of each of several tasks the first ``most`` rows, oldest first, in one question."""
        return windows_of(self, [(task_id, 1) for task_id in task_ids], most)

    def revision(self) -> object:
        """A token that changes with every write, without asking the database; None if unknown."""
        path = located(self._text).path
        return None if path is None else sqlite_file.revision(path)

    def paged(self, task_id: str) -> PagedRows:
        """The rows of one task, to be counted, searched and turned over there."""
        return PagedRows(self, task_id)

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
            rows = self.ask(_all_of("trainmon_migrations"))
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

    def _from_server(self, location: Location, question: Question, wanted: Wanted) -> Rows:
        try:
            engine = self._connected_engine(location)
            if engine.dialect.name == "postgresql":
                question = _IN_POSTGRESQL.get(question, question)
            with engine.connect() as connection:
                rows = Rows(map(dict, connection.execute(question, wanted).mappings()))
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


def _all_of(name: str) -> Select[Any]:
    # "*" rather than our columns: an older table lacks some, a newer one has more, both are read.
    # Untyped, so that no JSON is decoded on the way: one broken row must not lose all others.
    return select(literal_column("*")).select_from(table(name))


_LOGS = _all_of("training_logs").where(column("task_id") == bindparam("task_id"))
_LOGS_AFTER = (
    _LOGS.where(column("id") > bindparam("after_id", type_=BigInteger))
    .order_by(column("id"))
    .limit(bindparam("most", type_=BigInteger))
    .offset(bindparam("skipped", type_=BigInteger))
)
_LAST_LOGS = _LOGS.order_by(column("id").desc()).limit(bindparam("most", type_=BigInteger))

# PostgreSQL walks along the primary key instead, over the rows of all tasks, where it knows that
# all rows it looks for are of one task: then any order by id is as good. So it is not told.
_OF_ONE = _all_of("training_logs").where(column("task_id") <= bindparam("task_id", type_=Text))
_IN_POSTGRESQL: Mapping[Question, Question] = {
    _LOGS_AFTER: _OF_ONE.where(
        tuple_(column("task_id"), column("id"))
        > tuple_(bindparam("task_id", type_=Text), bindparam("after_id", type_=BigInteger))
    )
    .order_by(column("task_id"), column("id"))
    .limit(bindparam("most", type_=BigInteger))
    .offset(bindparam("skipped", type_=BigInteger)),
    _LAST_LOGS: _OF_ONE.where(column("task_id") >= bindparam("task_id", type_=Text))
    .order_by(column("task_id").desc(), column("id").desc())
    .limit(bindparam("most", type_=BigInteger)),
}


# ValueError: a damaged schema has names that are no UTF-8, which Python cannot say.
_FROM_A_FILE = (sqlite3.Error, OSError, ValueError)


def _from_file(path: Path, question: Question, wanted: Wanted) -> Rows:
    rows = _from_file_once(path, question, wanted)
    # None: somebody began to write while it was read as immutable. Now SQLite's own locks hold.
    if rows is None:
        rows = _from_file_once(path, question, wanted)
    if rows is None:
        raise sentences.unreadable(path, sqlite3.OperationalError("database is busy"))
    return rows


def _from_file_once(path: Path, question: Question, wanted: Wanted) -> Rows | None:
    try:
        return _opened_and_read(path, question, wanted, immutable=False)
    except _FROM_A_FILE as error:
        if not sentences.is_about_a_read_only_place(error):
            raise sentences.unreadable(path, error) from error
    if sqlite_file.has_hot_journal(path):
        # Read as it lies there, it would be half of one state and half of another.
        raise sentences.interrupted(path)
    try:
        return _opened_and_read(path, question, wanted, immutable=True)
    except _FROM_A_FILE as error:
        raise sentences.unreadable(path, error) from error


def _opened_and_read(
    path: Path, question: Question, wanted: Wanted, immutable: bool
) -> Rows | None:
    opened = sqlite_file.open_read_only(path, immutable)
    with contextlib.closing(opened.connection) as connection:
        if sys.version_info >= (3, 11):
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
        # Any program may have made a view of this name, which never comes to an end.
        until = time.monotonic() + QUESTION_SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > until, _INSTRUCTIONS)
        try:
            rows = _answer(connection, *_in_sqlite(question, wanted))
        except sqlite3.OperationalError as error:
            if str(error) != "interrupted":
                raise
            raise _TooSlow(sentences.too_slow(path, QUESTION_SECONDS)) from error
    return rows if opened.still_true() else None


def _answer(connection: sqlite3.Connection, sql: str, values_: list[Any]) -> Rows:
    try:
        return _bounded(connection.execute(sql, values_))
    except sqlite3.OperationalError as error:
        if not str(error).startswith("Could not decode"):
            raise
    # A program has written bytes that are no UTF-8: one bad name must not hide the rest.
    connection.text_factory = values.text
    return _bounded(connection.execute(sql, values_))


def _bounded(cursor: sqlite3.Cursor) -> Rows:
    """The rows, as far as they fit the memory that any file of that name may have of us."""
    names = [name for name, *_ in cursor.description]
    rows = Rows()
    taken = 0
    for found in cursor:
        told = [_shortened(value) for value in found] if taken > MOST_BYTES else found
        for value in told:
            if type(value) is str or type(value) is bytes:
                taken += len(value)
        rows.append(dict(zip(names, told, strict=True)))
        if taken > 2 * MOST_BYTES:
            break
    rows.is_cut = taken > MOST_BYTES
    return rows


def _shortened(value: Any) -> Any:
    return value[:_SHORT] if isinstance(value, str | bytes) else value


def _in_sqlite(question: Question, wanted: Wanted) -> tuple[str, list[Any]]:
    compiled = _compiled(question)
    values_ = compiled.construct_params(wanted)
    return str(compiled), [values_[name] for name in compiled.positiontup or ()]


@lru_cache(maxsize=64)
def _compiled(question: Question) -> Any:
    # Compiling takes longer than asking: SQLAlchemy keeps what it compiled for engines only.
    return question.compile(dialect=SQLITE)
