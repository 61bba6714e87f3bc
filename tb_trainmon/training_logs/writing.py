"""The database as a writer sees it: short transactions, each whole or not at all.

    with writer.transaction() as logs:
        attempt = logs.begin(beginning)
        logs.add(task_id, attempt, entries)

Nothing here retries or hides an error: that is the logger's business.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Engine, Text, column, func, insert, select, update

from tb_trainmon.training_logs import values
from tb_trainmon.training_logs.engines import writing_engine
from tb_trainmon.training_logs.entries import Beginning, Columns, Ending, Entry
from tb_trainmon.training_logs.location import located
from tb_trainmon.training_logs.migrations import migrate
from tb_trainmon.training_logs.schema import training_attempts, training_logs, training_tasks


class TrainingLogsWriter:
    """Writes to one database, from any thread, one transaction at a time."""

    def __init__(self, location: str, busy_seconds: float) -> None:
        self._text = location
        self._busy_seconds = busy_seconds
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction; the first one creates or migrates the schema."""
        with self._lock:
            try:
                with self._opened().begin() as connection:
                    yield Transaction(connection)
            except BaseException:
                # The connection may be what is broken (a deleted file, a lost server).
                self._dispose()
                raise

    def close(self) -> None:
        """Close the connection. The last writer to leave merges SQLite's write-ahead log."""
        with self._lock:
            self._dispose()

    def _opened(self) -> Engine:
        location = located(self._text)
        path = location.path
        if path is not None and not path.exists():
            # Deleted under an open connection, it would be written on and never be seen again.
            self._dispose()
        if self._engine is None:
            self._engine = writing_engine(location, self._busy_seconds)
            with self._engine.begin() as connection:
                migrate(connection)
        return self._engine

    def _dispose(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()


class Transaction:
    """The statements of the contract, within one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, beginning: Beginning, status: str = "pending") -> int:
        """Add the task, or bring it up to date, and its next attempt; gives that one's number."""
        known = self._task(beginning.task_id)
        if known is None:
            new = {"task_id": beginning.task_id, "created_at": beginning.started_at}
            columns = beginning.of_task(status, ()) | new
            self._connection.execute(insert(training_tasks).values(columns))
        else:
            self._bury_the_killed(beginning.task_id, values.seconds(known.get("heartbeat_at")))
            runs = values.texts(known.get("runs"))
            self._change_task(beginning.task_id, beginning.of_task(status, runs))
        attempt = self._last_attempt(beginning.task_id) + 1
        row = beginning.of_attempt(attempt, status)
        self._connection.execute(insert(training_attempts).values(row))
        return attempt

    def add(self, task_id: str, attempt: int, entries: Sequence[Entry]) -> None:
        """Append ``entries`` to the task's log."""
        if entries:
            rows = [entry.columns(task_id, attempt) for entry in entries]
            self._connection.execute(insert(training_logs), rows)

    def has(self, task_id: str, attempt: int) -> bool:
        """Whether the attempt is there: somebody may have emptied or deleted the database."""
        attempts = training_attempts.c
        mine = (attempts.task_id == task_id, attempts.attempt == attempt)
        return self._connection.execute(select(attempts.attempt).where(*mine)).first() is not None

    def heartbeat(self, task_id: str, at: float) -> None:
        """Note a sign of life."""
        self._change_task(task_id, {"heartbeat_at": at})

    def run(self, task_id: str, attempt: int) -> None:
        """Say that what was pending has begun to train."""
        self._change_task(task_id, {"status": "running"})
        self._change_attempt(task_id, attempt, {"status": "running"})

    def end(self, task_id: str, attempt: int, ending: Ending) -> None:
        """Say how the attempt, and with it the task, ended."""
        self._change_task(task_id, ending.of_task())
        self._change_attempt(task_id, attempt, ending.of_attempt())

    def _task(self, task_id: str) -> Columns | None:
        # Runs as they are stored: another program's broken JSON must not stop a training.
        columns = select(training_tasks.c.heartbeat_at, column("runs", Text))
        found = self._connection.execute(columns.where(training_tasks.c.task_id == task_id))
        row = found.mappings().first()
        return None if row is None else dict(row)

    def _last_attempt(self, task_id: str) -> int:
        attempts = training_attempts.c
        highest = select(func.max(attempts.attempt)).where(attempts.task_id == task_id)
        return self._connection.execute(highest).scalar() or 0

    def _bury_the_killed(self, task_id: str, last_heartbeat: float | None) -> None:
        # Whoever still says "running" when the next attempt begins could not say how it ended.
        attempts = training_attempts.c
        unfinished = attempts.status.in_(("pending", "running"))
        statement = update(training_attempts).where(attempts.task_id == task_id, unfinished)
        self._connection.execute(statement.values(status="failed", ended_at=last_heartbeat))

    def _change_task(self, task_id: str, columns: Columns) -> None:
        statement = update(training_tasks).where(training_tasks.c.task_id == task_id)
        self._connection.execute(statement.values(columns))

    def _change_attempt(self, task_id: str, attempt: int, columns: Columns) -> None:
        attempts = training_attempts.c
        mine = (attempts.task_id == task_id, attempts.attempt == attempt)
        self._connection.execute(update(training_attempts).where(*mine).values(columns))
