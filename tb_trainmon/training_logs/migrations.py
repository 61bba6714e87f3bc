"""Changes of the schema, by name, each recorded in the database that has had it.

Only writers run them. A name that this version does not know was left by a newer one; the
contract only ever adds, so an older writer goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection, func, insert, inspect, select

from tb_trainmon.training_logs.schema import metadata, trainmon_migrations


def _three_tables(connection: Connection) -> None:
    metadata.create_all(connection)


#: Any number, as long as it is the same for all of us: what PostgreSQL's advisory lock is known by.
_LOCK = 0x7261696E6D6F6E

#: How long to wait for others who bring the same database up to this version.
TURN_SECONDS = 20

#: In the order in which they are to be run.
MIGRATIONS: dict[str, Callable[[Connection], None]] = {"0001-three-tables": _three_tables}


def migrate(connection: Connection) -> None:
    """Bring the database up to this version, within the caller's transaction."""
    # Mostly it is. Nobody waits for anybody to know that: sixty trainings may begin at once.
    is_known = inspect(connection).has_table(trainmon_migrations.name)
    if is_known and _applied(connection) >= MIGRATIONS.keys():
        return
    if connection.dialect.name == "postgresql":
        # "If it does not exist" and creating it are two moments there: writers take turns, which
        # takes longer than a row may wait. (SQLite has given us its only write lock already.)
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {1000 * TURN_SECONDS}")
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    trainmon_migrations.create(connection, checkfirst=True)
    applied = _applied(connection)
    for name, change in MIGRATIONS.items():
        if name not in applied:
            change(connection)
            record = insert(trainmon_migrations).values(name=name, applied_at=time.time())
            connection.execute(record)


def _applied(connection: Connection) -> set[str]:
    return set(connection.execute(select(trainmon_migrations.c.name)).scalars())
