"""A question to an SQLite file, which any program may have made: bounded in time and in memory."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy.dialects import sqlite

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.training_logs import long_cells, sentences, sqlite_file, values
from tb_trainmon.training_logs.answer import Answer, Question, Wanted, compiled
from tb_trainmon.training_logs.deadline import Watch

SQLITE = sqlite.dialect()

#: What SQLite may take to answer one question.
QUESTION_SECONDS = 5.0

# ValueError: a damaged schema has names that are no UTF-8, which Python cannot say.
_FROM_A_FILE = (sqlite3.Error, OSError, ValueError)


class TooSlow(DatabaseUnreadable):
    """An SQLite file that did not answer in time."""


class AskedFile:
    """A file that is asked one question or several, of one thread, until it is closed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._immutable = False
        self._opened: sqlite_file.Opened | None = None
        self._watch = Watch()

    def close(self) -> None:
        """Let go of it; a later question opens it again."""
        self._watch.end()
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.connection.close()

    def answer(self, question: Question, wanted: Wanted) -> Answer:
        """What it answers. Raises DatabaseUnreadable."""
        rows = self._answer_once(question, wanted)
        # None: somebody began to write while it was read as immutable. Now SQLite's own locks hold.
        if rows is None:
            rows = self._answer_once(question, wanted)
        if rows is None:
            raise sentences.unreadable(self._path, sqlite3.OperationalError("database is busy"))
        return rows

    def _answer_once(self, question: Question, wanted: Wanted) -> Answer | None:
        try:
            return self._asked(question, wanted)
        except _FROM_A_FILE as error:
            if self._immutable or not sentences.is_about_a_read_only_place(error):
                raise sentences.unreadable(self._path, error) from error
        if sqlite_file.has_hot_journal(self._path):
            # Read as it lies there, it would be half of one state and half of another.
            raise sentences.interrupted(self._path)
        self.close()
        self._immutable = True
        try:
            return self._asked(question, wanted)
        except _FROM_A_FILE as error:
            raise sentences.unreadable(self._path, error) from error

    def _asked(self, question: Question, wanted: Wanted) -> Answer | None:
        if self._opened is None:
            self._opened = self._open()
        connection = self._opened.connection
        told = compiled(question, SQLITE)
        try:
            # Any program may have made a view of this name, which never comes to an end.
            with self._watch.interrupting_after(QUESTION_SECONDS, connection.interrupt):
                rows = _answer_with_long_cells(connection, told.sql, told.by_position(wanted))
        except sqlite3.OperationalError as error:
            if str(error) != "interrupted":
                raise
            raise TooSlow(sentences.too_slow(self._path, QUESTION_SECONDS)) from error
        if self._opened.still_true():
            return rows
        self.close()
        return None

    def _open(self) -> sqlite_file.Opened:
        opened = sqlite_file.open_read_only(self._path, self._immutable)
        long_cells.bound(opened.connection)
        return opened


def _answer_with_long_cells(
    connection: sqlite3.Connection, sql: str, bound: list[object]
) -> Answer:
    try:
        return _answer(connection, sql, bound)
    except sqlite3.DataError as error:
        if not long_cells.is_about_a_long_cell(error):
            raise
    long_cells.show_beginnings(connection)
    return _answer(connection, sql, bound)


def _answer(connection: sqlite3.Connection, sql: str, bound: list[object]) -> Answer:
    try:
        return _taken(connection.execute(sql, bound))
    except sqlite3.OperationalError as error:
        if not str(error).startswith("Could not decode"):
            raise
    # A program has written bytes that are no UTF-8: one bad name must not hide the rest.
    connection.text_factory = values.text
    return _taken(connection.execute(sql, bound))


def _taken(cursor: sqlite3.Cursor) -> Answer:
    found = Answer()
    found.names = [name for name, *_ in cursor.description]
    found.take(cursor)
    return found
