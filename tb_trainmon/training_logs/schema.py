"""The three tables of the contract, and the list of schema changes a database has had.

``docs/training_logs.md`` is the same in words and plain SQL. Readers take what they find: they
miss no column that is newer than they are, and do without one that the database does not have yet.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    REAL,
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

#: The log's key counts upwards for ever. SQLite numbers rows by itself only under INTEGER.
RowNumber = BigInteger().with_variant(Integer, "sqlite")

#: Seconds since the epoch need all 53 bits: PostgreSQL's REAL would round them to minutes.
Seconds = Float(53).with_variant(REAL(), "sqlite")

#: No value is NULL, not the JSON word for it.
Json = JSON(none_as_null=True)

metadata = MetaData()

training_tasks = Table(
    "training_tasks",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("name", Text),
    Column("status", Text),
    Column("total_steps", BigInteger),
    Column("logging_steps", BigInteger),
    Column("runs", Json),
    Column("error", Text),
    Column("created_at", Seconds),
    Column("heartbeat_at", Seconds),
)

training_attempts = Table(
    "training_attempts",
    metadata,
    Column("task_id", Text),
    Column("attempt", Integer, autoincrement=False),
    Column("status", Text),
    Column("start_step", BigInteger),
    Column("config", Json),
    Column("framework", Text),
    Column("host", Text),
    Column("pid", BigInteger),
    Column("process_started_at", Seconds),
    Column("started_at", Seconds),
    Column("ended_at", Seconds),
    PrimaryKeyConstraint("task_id", "attempt"),
)

training_logs = Table(
    "training_logs",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("task_id", Text),
    Column("attempt", Integer),
    Column("type", Text),
    Column("step", BigInteger),
    Column("wall_time", Seconds),
    Column("message", Text),
    Column("metrics", Json),
    Index("training_logs_by_task", "task_id", "id"),
    # A number is never used twice, even after a deletion: readers ask for "newer than this one".
    sqlite_autoincrement=True,
)

#: What has been done to this database, by name. Written by writers only.
trainmon_migrations = Table(
    "trainmon_migrations",
    metadata,
    Column("name", Text, primary_key=True),
    Column("applied_at", Seconds),
)
