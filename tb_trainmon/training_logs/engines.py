"""Engines: of servers for readers and writers, of SQLite files for writers alone.

Readers of an SQLite file need none: see ``sqlite_file``.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import NoSuchModuleError
from sqlalchemy.pool import QueuePool

from tb_trainmon.training_logs import sentences
from tb_trainmon.training_logs.file_systems import network_file_system
from tb_trainmon.training_logs.location import Location

#: How long to wait for a server that does not even say no.
CONNECT_SECONDS = 5

#: A statement that takes longer than this is given up, so that the one behind it has its turn.
STATEMENT_SECONDS = 30

#: What a connection to a lost machine may take to be found dead: libpq's names, see its manual.
LIBPQ_OPTIONS = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 1000 * STATEMENT_SECONDS,
}
LIBPQ_DRIVERS = ("postgresql+psycopg", "postgresql+psycopg2", "postgresql")


def writing_engine(location: Location, busy_seconds: float) -> Engine:
    """An engine with one connection, whose transactions wait for a lock for ``busy_seconds``."""
    if location.path is not None:
        return _sqlite_engine(location.path, busy_seconds)
    engine = _server_engine(location, pool_size=1)
    if engine.dialect.name == "postgresql":
        event.listen(engine, "begin", partial(_begin_impatiently, busy_seconds))
    return engine


def reading_engine(location: Location) -> Engine:
    """An engine for questions to a server."""
    engine = _server_engine(location, pool_size=2)
    if engine.dialect.name == "postgresql":
        event.listen(engine, "begin", _begin_read_only)
        event.listen(engine, "connect", _leave_json_alone)
    return engine


def _server_engine(location: Location, pool_size: int) -> Engine:
    assert location.url is not None
    url = location.url
    ours = LIBPQ_OPTIONS if url.drivername in LIBPQ_DRIVERS else {}
    options = {name: value for name, value in ours.items() if name not in url.query}
    try:
        return create_engine(
            url,
            connect_args=options,
            # A connection that was lost since is replaced without anybody's noticing.
            pool_pre_ping=True,
            pool_size=pool_size,
            json_serializer=_json,
        )
    except ImportError as error:
        raise sentences.no_driver(location, error) from error
    except NoSuchModuleError as error:
        raise sentences.unreadable(location, error) from error


def _sqlite_engine(path: Path, busy_seconds: float) -> Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        URL.create("sqlite", database=str(path.absolute())),
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
        json_serializer=_json,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
    )
    event.listen(engine, "connect", _preparing(path, busy_seconds))
    event.listen(engine, "begin", _begin_immediately)
    return engine


def _preparing(path: Path, busy_seconds: float) -> Callable[[sqlite3.Connection, object], None]:
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # Python's sqlite3 would begin its own transactions, late and without the write lock.
        connection.isolation_level = None
        # WAL lets readers read while somebody writes; but it is for one machine.
        mode = "WAL" if network_file_system(path) is None else "DELETE"
        _choose_journal(connection, mode, time.monotonic() + busy_seconds)
        # A power cut may cost the last transactions; a killed process costs nothing.
        connection.execute("PRAGMA synchronous=NORMAL").close()

    return prepare


def _choose_journal(connection: sqlite3.Connection, mode: str, deadline: float) -> None:
    """Another mode is what a file system without shared memory leaves, or an older database has.

    Several programs that open a new database at the same moment all want to change its mode, and
    SQLite does not let them wait for each other here, however long its busy timeout is.
    """
    while not _has_chosen_journal(connection, mode):
        if mode == "DELETE":  # in use as it is, by somebody else: so shall it be by us
            return
        if time.monotonic() > deadline:
            raise sqlite3.OperationalError("database is locked")
        time.sleep(0.01)


def _has_chosen_journal(connection: sqlite3.Connection, mode: str) -> bool:
    try:
        connection.execute(f"PRAGMA journal_mode={mode}").close()
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    return True


def _begin_immediately(connection: Connection) -> None:
    # Asking for the lock at the first write instead could fail without waiting its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_impatiently(busy_seconds: float, connection: Connection) -> None:
    # In the transaction, not when connecting: a pooler between us and the server passes it on.
    connection.exec_driver_sql(
        f"SET LOCAL lock_timeout = {int(1000 * busy_seconds)}; "
        f"SET LOCAL statement_timeout = {1000 * STATEMENT_SECONDS}"
    )


def _begin_read_only(connection: Connection) -> None:
    connection.exec_driver_sql(
        f"SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = {1000 * STATEMENT_SECONDS}"
    )


def _leave_json_alone(connection: Any, _record: object) -> None:
    # JSON arrives as text and is decoded value by value, as SQLite's: one that is nested too
    # deeply must not lose all the other rows.
    if type(connection).__module__.partition(".")[0] == "psycopg":
        from psycopg.types.string import TextLoader  # noqa: PLC0415  (an extra)

        for kind in ("json", "jsonb"):
            connection.adapters.register_loader(kind, TextLoader)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
