"""Cells too long to be held, in an SQLite file: their beginnings, and that they were longer.

SQLite refuses to hold a cell that is longer than it was told to, and with it every question whose
answer has one. Then the tables are hidden behind views of their names, in the reader's own
connection, that show of such a cell what can be read without holding it.
"""

from __future__ import annotations

import sqlite3
import sys

from tb_trainmon.training_logs import answer

_COLUMNS = (
    "SELECT columns.name FROM main.sqlite_master AS made, pragma_table_info(made.name, 'main') "
    "AS columns WHERE made.type = 'table' AND made.name = ?"
)
_TABLES = ("training_logs", "training_tasks", "training_attempts")
_KEYS = ("id", "task_id", "attempt")  # by which rows are found: as they are


def bound(connection: sqlite3.Connection) -> None:
    """Have it hold no longer cells, which Python can say since 3.11."""
    if sys.version_info >= (3, 11):
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, answer.LONGEST_CELL)


def is_about_a_long_cell(error: Exception) -> bool:
    """Whether SQLite refused an answer because of one."""
    return isinstance(error, sqlite3.DataError) and "too big" in str(error)


def show_beginnings(connection: sqlite3.Connection) -> None:
    """Show the beginnings of long cells from now on. Raises sqlite3.Error."""
    if sys.version_info >= (3, 11):
        cells = _Cells(connection)
        connection.create_function("trainmon_bytes", 3, cells.size)
        connection.create_function("trainmon_beginning", 3, cells.beginning)
    for table in _TABLES:
        told = connection.execute(_COLUMNS, (table,)).fetchall()
        names = [name for (name,) in told]
        if names:  # else there is none, or a view, whose cells lie nowhere
            shown = ", ".join(_shown(table, name, names) for name in names)
            view = f"CREATE TEMP VIEW {table} AS SELECT {shown} FROM main.{table}"  # noqa: S608
            connection.execute(view).close()


def _shown(table: str, name: str, names: list[str]) -> str:
    quoted = _quoted(name)
    if name in _KEYS:
        return quoted
    beginning = f"trainmon_beginning('{table}', {_literal(name)}, rowid)"
    found = f"CASE WHEN {_is_long(table, name)} THEN {beginning} ELSE {quoted} END"
    if table == "training_logs" and name == "message" and "metrics" in names:
        note = "' (Its metrics are too long to be read.)'"
        found = (
            f"CASE WHEN {_is_long(table, 'metrics')} THEN COALESCE({found}, '') || {note} "
            f"ELSE {found} END"
        )
    return f"{found} AS {quoted}"


def _is_long(table: str, name: str) -> str:
    size = f"trainmon_bytes('{table}', {_literal(name)}, rowid)"
    return f"(typeof({_quoted(name)}) IN ('text', 'blob') AND {size} > {answer.LONGEST_CELL})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


if sys.version_info >= (3, 11):

    class _Cells:
        """Cells read where they lie; of the connection that asks, which holds this."""

        def __init__(self, connection: sqlite3.Connection) -> None:
            self._connection = connection

        def size(self, table: str, name: str, row: int) -> int:
            with self._connection.blobopen(table, name, row, readonly=True, name="main") as cell:
                return len(cell)

        def beginning(self, table: str, name: str, row: int) -> str:
            with self._connection.blobopen(table, name, row, readonly=True, name="main") as cell:
                text = cell.read(answer.BEGINNING).decode("utf-8", "ignore")
                return answer.begins_so(text, f"{len(cell):,} bytes")
