"""The database as a writer sees it: short transactions, each whole or not at all.

    with writer.transaction() as logs:
        attempt = logs.begin(beginning)
        logs.add(task_id, attempt, entries)

Nothing here retries or hides an error: that is the logger's business.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    Text,
    column,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import OperationalError

from tb_trainmon.training_logs import values
from tb_trainmon.training_logs.engines import writing_engine
from tb_trainmon.training_logs.entries import COLUMNS, Beginning, Columns, Ending, Entry
from tb_trainmon.training_logs.file_systems import network_file_system
from tb_trainmon.training_logs.location import Location, located
from tb_trainmon.training_logs.migrations import migrate
from tb_trainmon.training_logs.schema import training_attempts, training_logs, training_tasks


class TrainingLogsWriter:
    """Writes to one database, from any thread, one transaction at a time.

    Not across a fork: the child must ``abandon`` it before anything else.
    """

    def __init__(self, location: str, busy_seconds: float) -> None:
        self._text = location
        self._busy_seconds = busy_seconds
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._driver: Any = None

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

    def caution(self) -> str | None:
        """What whoever writes here should know about the place, in a sentence."""
        path = located(self._text).path
        network = None if path is None else network_file_system(path)
        if network is None:
            return None
        return (
            f"{path} lies on a network file system ({network}). One machine may write it; for "
            "trainings on several machines name a PostgreSQL database in TRAINMON_DB_URL."
        )

    def redacted(self, said: str) -> str:
        """What a driver ``said``, without the password that it may have repeated."""
        return located(self._text).redacted(said)

    def close(self) -> None:
        """Close the connection. The last writer to leave merges SQLite's write-ahead log."""
        with self._lock:
            self._dispose()

    def abandon(self) -> None:
        """In a forked child: never touch what is the parent's, not even to close it.

        Closing would drop the parent's locks (https://www.sqlite.org/howtocorrupt.html, 2.6), and
        Python closes what nobody refers to. So one reference is never given back.
        """
        if self._driver is not None:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._driver))
        self._lock = threading.Lock()
        self._engine = self._driver = None

    def _opened(self) -> Engine:
        location = located(self._text)
        path = location.path
        if path is not None and not path.exists():
            # Deleted under an open connection, it would be written on and never be seen again.
            self._dispose()
        if self._engine is None:
            self._engine = self._new_engine(location)
            with self._engine.begin() as connection:
                migrate(connection)
        return self._engine

    def _new_engine(self, location: Location) -> Engine:
        engine = writing_engine(location, self._busy_seconds)

        def connected(driver: object, _record: object) -> None:
            self._driver = driver

        event.listen(engine, "connect", connected)
        return engine

    def _dispose(self) -> None:
        engine, self._engine, self._driver = self._engine, None, None
        if engine is not None:
            engine.dispose()


class Transaction:
    """The statements of the contract, within one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, beginning: Beginning, status: str = "pending") -> int:
        """Add the task, or bring it up to date, and its next attempt; gives that one's number.

        Of two programs that begin the same new task at once, one is told so by IntegrityError;
        trying again is all that it takes.
        """
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

    def add(self, task_id: str, attempt: int, entries: Iterable[Entry]) -> None:
        """Append ``entries`` to the task's log."""
        self._insert([entry.row(task_id, attempt) for entry in entries])

    def add_one_by_one(
        self, task_id: str, attempt: int, entries: Iterable[Entry]
    ) -> list[tuple[Entry, Exception]]:
        """The same for entries of which some may be refused; gives those, and why.

        In the place of each stands a row that says so. If that is refused as well, it is not the
        row that is at fault, and the error is raised.
        """
        tried = ((entry, self._add_or_say_why_not(task_id, attempt, entry)) for entry in entries)
        return [(entry, error) for entry, error in tried if error is not None]

    def _add_or_say_why_not(self, task_id: str, attempt: int, entry: Entry) -> Exception | None:
        try:
            with self._connection.begin_nested():
                self._insert([entry.row(task_id, attempt)])
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001  (drivers raise what they like)
            why = type(getattr(error, "orig", None) or error).__name__
            self._insert([entry.unstorable(why).row(task_id, attempt)])
            return error
        return None

    def has(self, task_id: str, attempt: int) -> bool:
        """Whether the attempt is there: somebody may have emptied or deleted the database."""
        attempts = training_attempts.c
        mine = (attempts.task_id == task_id, attempts.attempt == attempt)
        return self._connection.execute(select(attempts.attempt).where(*mine)).first() is not None

    def heartbeat(self, task_id: str, at: float, attempt: int | None = None) -> None:
        """Note a sign of life, of ``attempt`` if it is named and the latest."""
        self._change_task(task_id, {"heartbeat_at": at}, attempt)

    def run(self, task_id: str, attempt: int) -> None:
        """Say that what was pending has begun to train."""
        self._change_task(task_id, {"status": "running"}, attempt)
        self._change_attempt(task_id, attempt, {"status": "running"})

    def end(self, task_id: str, attempt: int, ending: Ending) -> None:
        """Say how the attempt ended, and with it the task, if no later one has begun."""
        self._change_task(task_id, ending.of_task(), attempt)
        self._change_attempt(task_id, attempt, ending.of_attempt())

    def _task(self, task_id: str) -> Columns | None:
        # Runs as they are stored: another program's broken JSON must not stop a training.
        columns = select(training_tasks.c.heartbeat_at, column("runs", Text))
        # Locked (SQLite has locked all of it): two programs that begin one task take turns.
        mine = columns.where(training_tasks.c.task_id == task_id).with_for_update()
        found = self._connection.execute(mine)
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

    def _change_task(self, task_id: str, columns: Columns, attempt: int | None = None) -> None:
        statement = update(training_tasks).where(training_tasks.c.task_id == task_id)
        if attempt is not None:
            # A task says what its latest attempt says: an earlier one may still be running.
            attempts = training_attempts.c
            later = (attempts.task_id == task_id, attempts.attempt > attempt)
            statement = statement.where(~select(attempts.attempt).where(*later).exists())
        self._connection.execute(statement.values(columns))

    def _change_attempt(self, task_id: str, attempt: int, columns: Columns) -> None:
        attempts = training_attempts.c
        mine = (attempts.task_id == task_id, attempts.attempt == attempt)
        self._connection.execute(update(training_attempts).where(*mine).values(columns))

    def _insert(self, rows: Sequence[tuple[object, ...]]) -> None:
        # Straight to the driver: SQLAlchemy's own way takes three times as long.
        if rows:
            statement, is_named = _insertion(self._connection.dialect)
            given: Any = (
                [dict(zip(COLUMNS, row, strict=True)) for row in rows] if is_named else rows
            )
            self._connection.exec_driver_sql(statement, given)


@functools.lru_cache(maxsize=8)
def _insertion(dialect: Dialect) -> tuple[str, bool]:
    """The statement that adds a row, as the driver wants it; whether its values are by name."""
    statement = insert(training_logs).inline()
    compiled = statement.compile(dialect=dialect, column_keys=list(COLUMNS))
    return str(compiled), not compiled.positional
