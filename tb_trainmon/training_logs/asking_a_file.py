"""A question to an SQLite file, which any program may have made: bounded in time and in memory."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy.dialects import sqlite

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.training_logs import answer, sentences, sqlite_file, values
from tb_trainmon.training_logs.answer import Answer, Question, Wanted, compiled

SQLITE = sqlite.dialect()

#: What SQLite may take to answer one question.
QUESTION_SECONDS = 5.0
_INSTRUCTIONS = 20_000  # of SQLite's machine, between two looks at the clock


# ValueError: a damaged schema has names that are no UTF-8, which Python cannot say.
_FROM_A_FILE = (sqlite3.Error, OSError, ValueError)


class TooSlow(DatabaseUnreadable):
    """An SQLite file that did not answer in time."""


def answer_from_file(path: Path, question: Question, wanted: Wanted) -> Answer:
    """What an SQLite file answers. Raises DatabaseUnreadable."""
    rows = _from_file_once(path, question, wanted)
    # None: somebody began to write while it was read as immutable. Now SQLite's own locks hold.
    if rows is None:
        rows = _from_file_once(path, question, wanted)
    if rows is None:
        raise sentences.unreadable(path, sqlite3.OperationalError("database is busy"))
    return rows


def _from_file_once(path: Path, question: Question, wanted: Wanted) -> Answer | None:
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
) -> Answer | None:
    opened = sqlite_file.open_read_only(path, immutable)
    with contextlib.closing(opened.connection) as connection:
        if sys.version_info >= (3, 11):
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, answer.MOST_BYTES)
        # Any program may have made a view of this name, which never comes to an end.
        until = time.monotonic() + QUESTION_SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > until, _INSTRUCTIONS)
        try:
            rows = _answer(connection, *_in_sqlite(question, wanted))
        except sqlite3.OperationalError as error:
            if str(error) != "interrupted":
                raise
            raise TooSlow(sentences.too_slow(path, QUESTION_SECONDS)) from error
    return rows if opened.still_true() else None


def _answer(connection: sqlite3.Connection, sql: str, values_: list[Any]) -> Answer:
    try:
        return _taken(connection.execute(sql, values_))
    except sqlite3.OperationalError as error:
        if not str(error).startswith("Could not decode"):
            raise
    # A program has written bytes that are no UTF-8: one bad name must not hide the rest.
    connection.text_factory = values.text
    return _taken(connection.execute(sql, values_))


def _taken(cursor: sqlite3.Cursor) -> Answer:
    found = Answer()
    found.names = [name for name, *_ in cursor.description]
    found.take(cursor)
    return found


def _in_sqlite(question: Question, wanted: Wanted) -> tuple[str, list[Any]]:
    told = compiled(question, SQLITE)
    values_ = told.construct_params(wanted)
    return str(told), [values_[name] for name in told.positiontup or ()]
