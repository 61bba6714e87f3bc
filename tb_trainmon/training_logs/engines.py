"""Engines for writing. Readers of an SQLite file need none: see ``sqlite_file``."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from tb_trainmon.training_logs.location import Location


def writing_engine(location: Location, busy_seconds: float) -> Engine:
    """An engine with one connection, whose transactions take the write lock as they begin."""
    if location.path is not None:
        return _sqlite_engine(location.path, busy_seconds)
    assert location.url is not None
    return create_engine(location.url, pool_pre_ping=True, json_serializer=_json, pool_size=1)


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
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_immediately)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # Python's sqlite3 would begin its own transactions, late and without the write lock.
    connection.isolation_level = None
    # WAL lets readers read while somebody writes. Where a file system has no shared memory
    # SQLite stays with its rollback journal, which is right too, only less lively.
    connection.execute("PRAGMA journal_mode=WAL").close()
    # A power cut may cost the last transactions; a killed process costs nothing.
    connection.execute("PRAGMA synchronous=NORMAL").close()


def _begin_immediately(connection: Connection) -> None:
    # Asking for the lock at the first write instead could fail without waiting its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
