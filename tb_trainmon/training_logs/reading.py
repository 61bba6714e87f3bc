"""The database as its readers see it: read-only, incremental, and never in a writer's way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from math import inf
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Engine,
    Select,
    Text,
    bindparam,
    column,
    literal_column,
    select,
    table,
    tuple_,
)

from tb_trainmon.core.cached import cached_property
from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.training_logs import sentences, sqlite_file, values
from tb_trainmon.training_logs.answer import Answer, Question, Wanted, compiled
from tb_trainmon.training_logs.asking_a_file import SQLITE, AskedFile, TooSlow
from tb_trainmon.training_logs.asking_a_server import answer_from_server, is_out_of_reach
from tb_trainmon.training_logs.by_page import PagedRows
from tb_trainmon.training_logs.deadline import NoAnswer
from tb_trainmon.training_logs.engines import STATEMENT_SECONDS, reading_engine
from tb_trainmon.training_logs.file_systems import network_file_system
from tb_trainmon.training_logs.late_answers import LateAnswers, NotYet
from tb_trainmon.training_logs.location import Location, located
from tb_trainmon.training_logs.log_rows import LogRows
from tb_trainmon.training_logs.migrations import MIGRATIONS
from tb_trainmon.training_logs.of_many import Spot, ends_of, windows_of
from tb_trainmon.training_logs.rows import AttemptRow, LogRow, TaskRow

_NOTHING: Wanted = {}
_ALL = 1 << 62

#: A server that does not answer is not asked again for so many seconds: asking takes time.
REST_SECONDS = 10.0

#: How long a server's answer is waited for: it has its own, shorter limit, while it is alive.
ANSWER_SECONDS = STATEMENT_SECONDS + 5.0
SLOW_REST_SECONDS = 60.0  # ... nor a file that was too slow

#: Tasks, and attempts of all tasks, that are taken: more are no list.
MOST_TASKS = 50_000
MOST_ATTEMPTS = 500_000

_NUMBERS = 500  # of rows, in one question


class TrainingLogs:
    """The tasks, attempts and log rows of one database.

    Every method may be called from any thread and opens its own connection, so that none is held
    between questions, but those that are ``asked_together``. Every method raises
    ``DatabaseUnreadable``, with a sentence, when the database cannot answer; whoever asks goes on
    with the event files. A server's answer is waited for ``patience`` seconds, but by who asks
    ``patiently``; one that comes later is there for who asks the same again.
    """

    def __init__(
        self,
        location: str,
        clock: Callable[[], float] = time.monotonic,
        patience: float = inf,
    ) -> None:
        self._text = location
        self._clock = clock
        self._patience = patience
        self._late = LateAnswers(clock)
        self._kept = threading.local()  # ``file``, which a thread has open; ``is_patient``
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._silent: tuple[float, DatabaseUnreadable] | None = None

    def ask(self, question: Question, wanted: Wanted = _NOTHING) -> Answer:
        """What the database answers: all columns of all rows, as it has them."""
        location = self._location
        if self._silent is not None and self._clock() < self._silent[0]:
            raise self._silent[1].with_traceback(None)
        if location.path is None:
            return self._from_server(location, question, wanted)
        try:
            with self.asked_together():
                file: AskedFile = self._kept.file
                found = file.answer(question, wanted)
        except DatabaseUnreadable as error:
            self._rest(_rest_after(error), error)
            raise
        self._silent = None
        return found

    @contextmanager
    def asked_together(self) -> Iterator[None]:
        """A block in which this thread asks several questions of a file without opening it anew.

        Raises DatabaseUnreadable where there is none.
        """
        path = self._location.path
        if path is None or hasattr(self._kept, "file"):
            yield
            return
        sentences.check_file(path)
        with closing(AskedFile(path)) as self._kept.file:
            try:
                yield
            finally:
                del self._kept.file

    @contextmanager
    def patiently(self) -> Iterator[None]:
        """A block in which this thread, for which nobody waits, waits as long as a server takes."""
        self._kept.is_patient = True
        try:
            yield
        finally:
            self._kept.is_patient = False

    def tasks(self) -> list[TaskRow]:
        """All tasks, in no particular order."""
        rows = [
            TaskRow.from_database(row)
            for row in self.ask(_all_of("training_tasks").limit(MOST_TASKS)).by_name()
        ]
        return [row for row in rows if row.task_id]

    def attempts(self) -> dict[str, list[AttemptRow]]:
        """The attempts of every task, by the task's id, first attempt first."""
        found: dict[str, list[AttemptRow]] = {}
        for row in self.ask(_all_of("training_attempts").limit(MOST_ATTEMPTS)).by_name():
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
        return self.log_rows(task_id, after_id, most, skipped).rows()

    def log_rows(
        self, task_id: str, after_id: int = 0, most: int | None = None, skipped: int = 0
    ) -> LogRows:
        """The same rows, to be read by columns."""
        place = {"after_id": after_id, "most": most or _ALL, "skipped": skipped}
        found = self.ask(_LOGS_AFTER, {"task_id": task_id, **place})
        return LogRows(found.names, found)

    def ends(self, task_ids: Sequence[str], first: int, last: int) -> list[tuple[LogRows, LogRows]]:
        """Of each of many tasks the first few rows, and of those behind them the last few."""
        return ends_of(self, task_ids, first, last)

    def windows(self, spots: Sequence[Spot], size: int) -> list[LogRows]:
        """For each task and place, the task's first few rows whose numbers are that or more."""
        return windows_of(self, spots, size)

    def logs_at(self, task_id: str, ids: Sequence[int]) -> list[LogRow]:
        """Those rows of a task's log that have these numbers, in no particular order."""
        found: list[LogRow] = []
        for begin in range(0, len(ids), _NUMBERS):
            numbers: list[ColumnElement[int]] = [
                literal_column(str(int(id_))) for id_ in ids[begin : begin + _NUMBERS]
            ]
            question = _LOGS.where(column("id").in_(numbers))
            rows = self.ask(question, {"task_id": task_id})
            found += LogRows(rows.names, rows).rows()
        return found

    @property
    def is_far(self) -> bool:
        """Whether it is a server, whose answers may be long in coming."""
        return self._location.path is None

    def not_yet(self) -> str:
        """What to say while its answer is waited for no longer, and still expected."""
        return sentences.not_yet(self._location)

    @property
    def dialect(self) -> str:
        """The SQL that is spoken there, by SQLAlchemy's name. Raises DatabaseUnreadable."""
        location = self._location
        if location.path is not None:
            return SQLITE.name
        return self._connected_engine(location).dialect.name

    def revision(self) -> object:
        """A token that changes with every write, without asking the database; None if unknown."""
        path = self._location.path
        return None if path is None else sqlite_file.revision(path)

    def paged(self, task_id: str) -> PagedRows:
        """The rows of one task, to be counted, searched and turned over there."""
        return PagedRows(self, task_id)

    def cautions(self) -> list[str]:
        """What to know about what is read here: a sentence for each thing; mostly none."""
        location = self._location
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
        names = {values.text(row.get("name")) for row in rows.by_name()}
        return sorted(names - MIGRATIONS.keys())

    def close(self) -> None:
        """Let go of all connections. A later question opens new ones."""
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _from_server(self, location: Location, question: Question, wanted: Wanted) -> Answer:
        engine = self._connected_engine(location)
        if engine.dialect.name == "postgresql":
            question = _IN_POSTGRESQL.get(question, question)
        asked = compiled(question, engine.dialect).sql, *wanted.values()
        patience = inf if getattr(self._kept, "is_patient", False) else self._patience
        ask = partial(answer_from_server, engine, question, wanted)
        try:
            found = self._late.answer(asked, ask, patience, ANSWER_SECONDS)
        except NotYet:
            raise DatabaseUnreadable(self.not_yet()) from None
        except NoAnswer:
            unreadable = sentences.unreadable(location, NoAnswer(sentences.NO_ANSWER))
            self._rest(REST_SECONDS, unreadable)
            self._late.forget()
            self.close()  # its other connections are as dead; a new one is given up within seconds
            raise unreadable from None
        except Exception as error:  # noqa: BLE001  (drivers raise their own of options they mislike)
            unreadable = sentences.unreadable(location, error)
            if is_out_of_reach(engine, error):
                self._rest(REST_SECONDS, unreadable)
            # Not as its cause: the driver's own words may hold a password.
            raise unreadable from None
        self._silent = None
        return found

    def _rest(self, seconds: float, error: DatabaseUnreadable) -> None:
        """Ask nothing for so long: whoever asks meanwhile is told the same at once."""
        self._silent = self._clock() + seconds, error

    @cached_property
    def _location(self) -> Location:
        return located(self._text)

    def _connected_engine(self, location: Location) -> Engine:
        with self._lock:
            if self._engine is None:
                try:
                    self._engine = reading_engine(location)
                except DatabaseUnreadable:
                    raise
                except Exception as error:  # noqa: BLE001  (see _from_server)
                    raise sentences.unreadable(location, error) from None
            return self._engine


def _rest_after(error: DatabaseUnreadable) -> float:
    if isinstance(error, TooSlow):
        return SLOW_REST_SECONDS
    # Who waits for a lock waits a second: ten thousand tasks must not, one after another.
    return sqlite_file.BUSY_SECONDS if sentences.LOCKED in str(error) else 0.0


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
    .offset(bindparam("skipped", type_=BigInteger))
}
