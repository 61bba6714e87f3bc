"""Rows of many tasks at once: what a list needs of each, in one question and not in thousands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import TextClause, text

from tb_trainmon.training_logs import values
from tb_trainmon.training_logs.database import Database
from tb_trainmon.training_logs.log_rows import LogRows

Spot = tuple[str, int]  # a task and the number of a row


def windows_of(database: Database, spots: Sequence[Spot], size: int) -> list[LogRows]:
    """For each task and place, the task's first few rows whose numbers are that or more.

    Raises DatabaseUnreadable.
    """

    def one(task_id: str, place: int) -> LogRows:
        return database.log_rows(task_id, place - 1, size)

    return _of_each(database, _WINDOWS, spots, {"size": size}, one)


def ends_of(database: Database, task_ids: Sequence[str], first: int, last: int) -> list[LogRows]:
    """Of each task the first and the last few rows: all of them where there are no more.

    Raises DatabaseUnreadable.
    """

    def one(task_id: str, _place: int) -> LogRows:
        return database.log_rows(task_id, 0, first).and_behind(database.last_rows(task_id, last))

    spots = [(task_id, 1) for task_id in task_ids]
    return _of_each(database, _ENDS, spots, {"first": first, "last": last}, one)


def _of_each(
    database: Database,
    questions: Mapping[str, TextClause],
    spots: Sequence[Spot],
    wanted: Mapping[str, int],
    one: Callable[[str, int], LogRows],
) -> list[LogRows]:
    """The rows of each spot; ``one`` of each by itself, where all are too much for one answer."""
    told = [[values.storable_text(task_id), int(place)] for task_id, place in spots]
    question = questions.get(database.dialect)
    if question is None:
        return [one(*spot) for spot in spots]
    answer = database.ask(question, {"spots": json.dumps(told), **wanted})
    if answer.is_cut:
        return [one(*spot) for spot in spots]
    rows: list[list[tuple[Any, ...]]] = [[] for _ in spots]
    for row in answer:
        rows[row[0]].append(row)
    return [LogRows(answer.names, mine) for mine in rows]


_IN_SQLITE = """
WITH spots (spot, task_id, place) AS (
    SELECT key, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:spots)
)
SELECT spots.spot AS trainmon_spot, logs.* FROM spots CROSS JOIN training_logs AS logs
WHERE logs.id IN ({ids})
ORDER BY logs.id"""
_WINDOW_IN_SQLITE = """
    SELECT found.id FROM training_logs AS found
    WHERE found.task_id = spots.task_id AND found.id >= spots.place
    ORDER BY found.id LIMIT :size"""
_ENDS_IN_SQLITE = """
    SELECT id FROM (
        SELECT found.id FROM training_logs AS found
        WHERE found.task_id = spots.task_id AND found.id >= spots.place
        ORDER BY found.id LIMIT :first
    )
    UNION ALL SELECT id FROM (
        SELECT found.id FROM training_logs AS found
        WHERE found.task_id = spots.task_id AND found.id >= spots.place
        ORDER BY found.id DESC LIMIT :last
    )"""

# By task and number, as in _IN_POSTGRESQL of ``reading``.
_IN_POSTGRESQL = """
SELECT spots.spot - 1 AS trainmon_spot, logs.* FROM (
    SELECT spot, value ->> 0 AS task_id, CAST(value ->> 1 AS BIGINT) AS place
    FROM json_array_elements(CAST(:spots AS JSON)) WITH ORDINALITY AS told (value, spot)
) AS spots
CROSS JOIN LATERAL ({rows}) AS logs
ORDER BY logs.id"""
_WINDOW_IN_POSTGRESQL = """
    SELECT * FROM training_logs AS found
    WHERE found.task_id <= spots.task_id
      AND (found.task_id, found.id) >= (spots.task_id, spots.place)
    ORDER BY found.task_id, found.id LIMIT :{size}"""
_ENDS_IN_POSTGRESQL = """
    WITH head AS ({head})
    SELECT * FROM head UNION ALL (
        SELECT * FROM training_logs AS found
        WHERE found.task_id <= spots.task_id
          AND (found.task_id, found.id) > (spots.task_id, (SELECT COALESCE(MAX(id), 0) FROM head))
        ORDER BY found.task_id DESC, found.id DESC LIMIT :last
    )"""

_WINDOWS = {
    "sqlite": text(_IN_SQLITE.format(ids=_WINDOW_IN_SQLITE)),
    "postgresql": text(_IN_POSTGRESQL.format(rows=_WINDOW_IN_POSTGRESQL.format(size="size"))),
}
_ENDS = {
    "sqlite": text(_IN_SQLITE.format(ids=_ENDS_IN_SQLITE)),
    "postgresql": text(
        _IN_POSTGRESQL.format(
            rows=_ENDS_IN_POSTGRESQL.format(head=_WINDOW_IN_POSTGRESQL.format(size="first"))
        )
    ),
}
