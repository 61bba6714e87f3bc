"""Rows of many tasks, as a list needs them: those columns alone that tell points.

A file is asked for each task by itself, which takes it the least; a server, that is far, for all at
once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    TextClause,
    bindparam,
    column,
    literal_column,
    select,
    table,
    text,
)

from tb_trainmon.training_logs import values
from tb_trainmon.training_logs.database import Database
from tb_trainmon.training_logs.log_rows import LogRows

Spot = tuple[str, int]  # a task and the number of a row

_COLUMNS = ("id", "attempt", "step", "wall_time", "metrics")
_ANY_ROW = text("SELECT * FROM training_logs LIMIT 1")  # some drivers name columns of rows alone


def windows_of(database: Database, spots: Sequence[Spot], size: int) -> list[LogRows]:
    """For each task and place, the task's first few rows whose numbers are that or more.

    Raises DatabaseUnreadable.
    """
    return _of_each(database, spots, size, newest=False)


def ends_of(
    database: Database, task_ids: Sequence[str], first: int, last: int
) -> list[tuple[LogRows, LogRows]]:
    """Of each task the first few rows, and of those behind them the last few.

    Raises DatabaseUnreadable.
    """
    heads = windows_of(database, [(task_id, 1) for task_id in task_ids], first)
    behind = [
        (task_id, max(head.ids, default=0) + 1)
        for task_id, head in zip(task_ids, heads, strict=True)
        if len(head) == first
    ]
    tails = iter(_of_each(database, behind, last, newest=True))
    return [(head, next(tails) if len(head) == first else LogRows()) for head in heads]


def _of_each(database: Database, spots: Sequence[Spot], size: int, newest: bool) -> list[LogRows]:
    if not spots or not size:
        return [LogRows() for _ in spots]
    there = database.ask(_ANY_ROW, {})
    if not there:
        return [LogRows() for _ in spots]
    columns = tuple(name for name in _COLUMNS if name in there.names)
    if database.dialect == "postgresql":
        found = _at_once(database, _of_all(columns, newest), spots, size)
    else:
        question = _of_one(columns, newest)
        bound = [
            {"task_id": values.storable_text(id_), "place": n, "most": size} for id_, n in spots
        ]
        answers = [database.ask(question, wanted) for wanted in bound]
        found = [LogRows(answer.names, answer) for answer in answers]
    return [rows.turned() for rows in found] if newest else found


def _at_once(
    database: Database, question: TextClause, spots: Sequence[Spot], size: int
) -> list[LogRows]:
    told = json.dumps([[values.storable_text(task_id), place] for task_id, place in spots])
    answer = database.ask(question, {"spots": told, "most": size})
    if answer.is_cut and len(spots) > 1:  # they are too much for one answer
        half = len(spots) // 2
        parts = (spots[:half], spots[half:])
        return [rows for part in parts for rows in _at_once(database, question, part, size)]
    rows: list[list[tuple[Any, ...]]] = [[] for _ in spots]
    for spot, *row in answer:
        rows[spot].append(tuple(row))
    return [LogRows(answer.names[1:], mine) for mine in rows]


@lru_cache(maxsize=8)
def _of_one(columns: Sequence[str], newest: bool) -> Select[Any]:
    number = column("id", BigInteger)
    return (
        select(literal_column(", ".join(columns)))
        .select_from(table("training_logs"))
        .where(column("task_id") == bindparam("task_id"))
        .where(number >= bindparam("place", type_=BigInteger))
        .order_by(number.desc() if newest else number)
        .limit(bindparam("most", type_=BigInteger))
    )


# By task and number, as in _IN_POSTGRESQL of ``reading``.
_OF_ALL = """
SELECT spots.spot - 1 AS spot, logs.* FROM (
    SELECT spot, value ->> 0 AS task_id, CAST(value ->> 1 AS BIGINT) AS place
    FROM json_array_elements(CAST(:spots AS JSON)) WITH ORDINALITY AS told (value, spot)
) AS spots
CROSS JOIN LATERAL (
    SELECT {columns} FROM training_logs AS found
    WHERE found.task_id <= spots.task_id
      AND (found.task_id, found.id) >= (spots.task_id, spots.place)
    ORDER BY found.task_id{order}, found.id{order} LIMIT :most
) AS logs
ORDER BY logs.id{order}"""


@lru_cache(maxsize=8)
def _of_all(columns: Sequence[str], newest: bool) -> TextClause:
    order = " DESC" if newest else ""
    return text(_OF_ALL.format(columns=", ".join(columns), order=order))
