"""A question to a database server, bounded in memory.

In time it is bounded by the server's own clock, and by whoever waits for it (``deadline``).
"""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from tb_trainmon.training_logs.answer import Answer, Question, Wanted, compiled

_AT_ONCE = 64  # rows that a driver may have in memory before somebody looks how long they are


def answer_from_server(engine: Engine, question: Question, wanted: Wanted) -> Answer:
    """What it answers. Raises whatever the driver or SQLAlchemy raises."""
    with engine.connect() as connection:
        connection.begin()  # reading ends as it began: with the connection it is rolled back
        if engine.dialect.driver == "psycopg":
            return _streamed(connection, question, wanted)
        found = Answer()
        with connection.execution_options(stream_results=True, max_row_buffer=_AT_ONCE).execute(
            question, wanted
        ) as result:
            found.names = tuple(result.keys())
            found.take(result)
    return found


def is_out_of_reach(engine: Engine, error: Exception) -> bool:
    """Whether it is the server that fails, not the question."""
    driver = engine.dialect.dbapi
    theirs = () if driver is None else (driver.OperationalError, driver.InterfaceError)
    return isinstance(error, (OperationalError, InterfaceError, *theirs))


def _streamed(connection: Connection, question: Question, wanted: Wanted) -> Answer:
    """Row by row, as they come out of the socket: an answer of gigabytes is not waited for.

    Past SQLAlchemy, whose rows take twice as long.
    """
    told = compiled(question, connection.dialect)
    driver = connection.connection.driver_connection
    assert driver is not None
    found = Answer()
    with driver.cursor() as cursor:
        with closing(cursor.stream(told.sql, told.by_name(wanted))) as rows:
            found.take(rows)
            if found.is_cut:
                # The driver would ask the server to stop, and read all that it sends until it does.
                connection.invalidate()
        found.names = [column.name for column in cursor.description or ()]
    return found
