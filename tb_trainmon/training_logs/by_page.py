"""One task's rows as they are looked at: counted, searched and turned over by the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, bindparam, text

from tb_trainmon.training_logs import values
from tb_trainmon.training_logs.database import Database
from tb_trainmon.training_logs.rows import TYPES, LogRow, known_type
from tb_trainmon.training_logs.searching import SEARCHING, count_question, search_question

_MOST_ENDS = 16  # of one question, which may take seconds where there is no index
_MANY, _SPARSE = 8, 4  # so many rows are read from the first to the last, if half of those or so


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of each type there are, and the numbers of those that are no steps."""

    by_type: Mapping[str, int]
    ids: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Matches:
    """Rows that hold some words, in no particular order.

    The numbers of ``sure`` ones by their type, and the rows that ``maybe`` do.
    """

    sure: Mapping[str, Sequence[int]]
    maybe: Sequence[LogRow]


class PagedRows:
    """Every method raises DatabaseUnreadable."""

    def __init__(self, database: Database, task_id: str) -> None:
        self._database = database
        self._task_id = task_id

    def columns(self) -> frozenset[str]:
        """Those that the table has, if it has any row."""
        found = self._database.ask(_ANY_ROW, {})
        return frozenset(found.names) if found else frozenset()

    def ends(self, after: int, stride: int) -> list[int]:
        """The numbers of every ``stride``-th row behind ``after``: the first few of them."""
        question = _ENDS.get(self._database.dialect)
        if question is None:
            return [row.id for row in self._database.logs(self._task_id, after, 1, stride - 1)]
        wanted = {"after_id": after, "skipped": stride - 1, "most": _MOST_ENDS}
        rows = self._ask(question, wanted)
        return [id_ for row in rows if (id_ := values.integer(row["id"])) is not None]

    def extent(self, after: int) -> tuple[int, int]:
        """How many rows there are behind ``after``, and the number of the last."""
        (row,) = self._ask(_EXTENT, {"after_id": after})
        return values.integer(row["found"]) or 0, values.integer(row["last"]) or after

    def number(self, after: int, last: int) -> int:
        """How many rows there are behind ``after``, up to number ``last``."""
        (row,) = self._ask(_NUMBER, {"after_id": after, "last_id": last})
        return values.integer(row["found"]) or 0

    def counts(self, after: int, last: int, columns: frozenset[str]) -> Counts:
        """How many rows of each type there are behind ``after``, up to number ``last``."""
        found = dict.fromkeys(TYPES, 0)
        ids: dict[str, list[int]] = {}
        question = count_question(self._database.dialect, "type" in columns)
        for row in self._ask(question, {"after_id": after, "last_id": last}):
            type_ = _type(row["type"])
            found[type_] += values.integer(row["found"]) or 0
            if type_ != "step":
                ids.setdefault(type_, []).extend(_numbers(row["ids"]))
        return Counts(found, ids)

    def search(
        self, after: int, last: int, columns: frozenset[str], words: Sequence[str]
    ) -> Matches:
        """The rows there that hold all ``words``, given in small letters; without words all."""
        dialect = self._database.dialect
        if dialect not in SEARCHING:
            rows = self._database.logs(self._task_id, after, last - after)
            return Matches({}, [row for row in rows if row.id <= last])
        question, bound = search_question(dialect, columns, tuple(words))
        sure: dict[str, list[int]] = {}
        maybe: list[int] = []
        for row in self._ask(question, {"after_id": after, "last_id": last, **bound}):
            sure.setdefault(_type(row["type"]), []).extend(_numbers(row["sure"]))
            maybe += _numbers(row["maybe"])
        return Matches(sure, self.rows(sorted(maybe)))

    def rows(self, ids: Sequence[int]) -> list[LogRow]:
        """The rows with these numbers, which ascend, as far as they are there."""
        if len(ids) < _MANY or ids[-1] - ids[0] > _SPARSE * len(ids):
            return self._database.logs_at(self._task_id, ids)
        found = self._database.logs(self._task_id, ids[0] - 1, ids[-1] - ids[0] + 1)
        wanted = set(ids)
        return [row for row in found if row.id in wanted]

    def _ask(self, question: Any, wanted: Mapping[str, object]) -> Sequence[dict[str, Any]]:
        return list(self._database.ask(question, {"task_id": self._task_id, **wanted}).by_name())


def _type(value: object) -> str:
    return known_type(values.text(value))


def _numbers(told: object) -> list[int]:
    found = map(values.integer, values.text(told).split(","))
    return [number for number in found if number is not None]


_ANY_ROW = text("SELECT * FROM training_logs LIMIT 1")
_EXTENT = text(
    "SELECT COUNT(*) AS found, MAX(id) AS last FROM training_logs"
    " WHERE task_id = :task_id AND id > :after_id"
).bindparams(bindparam("after_id", type_=BigInteger))


_NUMBER = text(
    "SELECT COUNT(*) AS found FROM training_logs"
    " WHERE task_id = :task_id AND id > :after_id AND id <= :last_id"
).bindparams(bindparam("after_id", type_=BigInteger), bindparam("last_id", type_=BigInteger))

# From one to the next, by the index alone: a window function would number all rows.
_EACH_END = """
WITH RECURSIVE ends (id, at) AS (
    SELECT CAST(:after_id AS BIGINT), 0
    UNION ALL
    SELECT ({next_one} LIMIT 1 OFFSET :skipped), ends.at + 1
    FROM ends WHERE ends.id IS NOT NULL AND ends.at < :most
)
SELECT id FROM ends WHERE at > 0 AND id IS NOT NULL ORDER BY at"""
_NEXT = """
SELECT logs.id FROM training_logs AS logs
WHERE logs.task_id = :task_id AND logs.id > ends.id ORDER BY logs.id"""
# As _IN_POSTGRESQL of ``reading``.
_NEXT_IN_POSTGRESQL = """
SELECT logs.id FROM training_logs AS logs
WHERE logs.task_id <= :task_id AND (logs.task_id, logs.id) > (:task_id, ends.id)
ORDER BY logs.task_id, logs.id"""
_ENDS = {
    dialect: text(_EACH_END.format(next_one=next_one)).bindparams(
        bindparam("after_id", type_=BigInteger)
    )
    for dialect, next_one in (("sqlite", _NEXT), ("postgresql", _NEXT_IN_POSTGRESQL))
}
