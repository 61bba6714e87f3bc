"""Which rows of a log hold some words, as far as a database can say.

What a row's text is and which words it holds, ``tasks/opened/log/searched_text.py`` says: its type,
attempt, step and message, the names of its metrics and their values as the tab shows them, all in
small letters. A database cannot write that text: it has other rules for small letters and for
numbers. So each word becomes two conditions. Rows that fulfil the first, ``sure``, hold it. Rows
that do not fulfil the second, ``maybe``, do not. The few between are decided by whoever asks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Select, TextClause, bindparam, column, select, table, text

from tb_trainmon.training_logs.rows import TYPES

_DIGITS = frozenset("0123456789-")
_NUMERALS = frozenset("0123456789.e-")
_NOT_NUMBERS = ("nan", "-infinity")
_SYNTAX = frozenset("0123456789eE+-.,:{}")  # what stands outside of quotes in JSON's numbers
_BECOME_ASCII = {"k": "\u212a", "i": "\u0130"}  # signs whose small letters are ASCII
_LONGEST = 4000  # characters of metrics that a database decides by: no number is longer

_YES, _NO = "1 = 1", "1 = 0"
_COLUMNS = ("type", "attempt", "step", "message", "metrics")


@lru_cache(maxsize=32)
def search_question(
    dialect: str, columns: frozenset[str], words: tuple[str, ...]
) -> tuple[Select[Any], dict[str, str]]:
    """The question for the rows of a task that hold ``words``, all of them; and what it binds.

    Between two numbers, by type: the numbers of those that are ``sure``, and of those that are to
    be looked at because they may, each as one text. ``columns`` are those that the table has.
    """
    of = {name: name if name in columns else "NULL" for name in _COLUMNS}
    terms = _TERMS[dialect](of)
    sure, maybe = zip(*(terms.of_word(word) for word in words), strict=True) if words else ((), ())
    is_sure = " AND ".join([f"NOT {terms.odd}", *sure])
    is_open = f"({terms.odd} OR ({' AND '.join(maybe) or _YES}))"
    told = text(f"{of['type']} AS type"), text(f"({is_sure}) AS sure")
    # OFFSET: so that nothing is worked out twice.
    found = _between(select(column("id"), *told), text(is_open)).offset(0).subquery()
    # The numbers as a text: a row of an answer costs more than to search ten.
    ids = (
        text(f"{terms.joined(f'CASE WHEN {which} THEN id END')} AS {name}")
        for name, which in (("sure", "sure"), ("maybe", "NOT sure"))
    )
    return select(text("type"), *ids).select_from(found).group_by(text("type")), terms.bound


@lru_cache(maxsize=8)
def count_question(dialect: str, has_type: bool) -> Select[Any]:
    """The question for how many rows of each type a task has between two numbers.

    With the numbers of those that are no steps, as one text.
    """
    type_ = "type" if has_type else "NULL"
    others = ", ".join(f"'{name}'" for name in TYPES if name != "step")
    told = text(f"{type_} AS type"), text("COUNT(*) AS found")
    no_steps = f"CASE WHEN CAST({type_} AS TEXT) IN ({others}) THEN id END"
    joined = _TERMS[dialect]({}).joined(no_steps) if dialect in SEARCHING else "NULL"
    ids = text(f"{joined} AS ids")
    return _between(select(*told, ids)).group_by(text("1"))


def _between(asked: Any, *more: TextClause) -> Select[Any]:
    found: Select[Any] = asked.select_from(table("training_logs")).where(
        column("task_id") == bindparam("task_id"),
        column("id") > bindparam("after_id", type_=BigInteger),
        column("id") <= bindparam("last_id", type_=BigInteger),
        *more,
    )
    return found


class _Terms:
    """The conditions of a dialect."""

    def __init__(self, columns: dict[str, str]) -> None:
        self.of = columns
        self.bound: dict[str, str] = {}

    def of_word(self, word: str) -> tuple[str, str]:
        """The conditions ``sure`` and ``maybe`` of one word."""
        if "\0" in word or not _is_storable(word):
            return _NO, _YES
        if not word.isascii():
            sure = [self.contains(self.of["message"], word)] if word == word.lower() else []
            maybe = [*sure, f"NOT {self.is_ascii(self.of['message'])}", f"NOT {self.plain}"]
        elif word[0] == "#":
            sure, maybe = self._of_attempt(word)
        else:
            sure, maybe = self._of_plain_word(word)
        return _any(sure), _any(maybe)

    def _of_attempt(self, word: str) -> tuple[list[str], list[str]]:
        if word == "#":
            return [_YES], [_YES]
        number = word[1:]
        maybe = self._written(word)
        if number.isdigit():
            # As a whole: what stands behind it in a message or a name is for others to see.
            asked = number if len(number) < 19 and str(int(number)) == number else None
            sure = [f"{self.attempt} = {asked}"] if asked else []
            return sure, [*sure, *maybe]
        if set(number) <= _DIGITS:
            return [], [*maybe, f"{self.attempt} < 0"]
        return [self.like(self.of["message"], word)], maybe

    def _of_plain_word(self, word: str) -> tuple[list[str], list[str]]:
        sure = [self.like(self.of["message"], word), *self._of_type(word)]
        maybe = self._written(word)
        step = f"CAST({self.of['step']} AS TEXT)"
        if set(word) <= _DIGITS:
            sure += [self.like(step, word), self.like(f"CAST({self.attempt} AS TEXT)", word)]
        elif set(word) <= _DIGITS | {","}:
            maybe.append(self.like(step, word.replace(",", "")))
        if set(word) <= _NUMERALS or any(word in other for other in _NOT_NUMBERS):
            maybe.append(f"{self.of['metrics']} IS NOT NULL")
        return [*sure, self.names(word)], [*maybe, *sure]

    def _written(self, word: str) -> list[str]:
        """Where the word's letters may stand, whatever they mean there."""
        message, metrics = self.of["message"], self.of["metrics"]
        found = [self.like(message, word), self.like(self.as_text(metrics), word)]
        found += [self.contains(message, _BECOME_ASCII[i]) for i in _BECOME_ASCII if i in word]
        return [*found, f"NOT {self.plain}"]

    def _of_type(self, word: str) -> Iterator[str]:
        named = [name for name in TYPES if word in name]
        others = ", ".join(f"'{name}'" for name in TYPES if name not in named)
        if "step" in named:  # and so are rows of a type that nobody knows
            yield f"COALESCE({self.of['type']}, '') NOT IN ({others})" if others else _YES
        elif named:
            yield f"COALESCE({self.of['type']}, '') IN ({', '.join(map(repr, named))})"

    @property
    def odd(self) -> str:
        """Whether it is a row of which the database cannot tell what we make of it."""
        return _NO

    @property
    def attempt(self) -> str:
        """The attempt's number: where there is none, it is the first."""
        return f"COALESCE(NULLIF({self.of['attempt']}, 0), 1)"

    @property
    def plain(self) -> str:
        """Whether names of metrics stand in the JSON as they are."""
        metrics = self.of["metrics"]
        return f"({self.lacks_backslash(metrics)} AND {self.is_ascii(metrics)})"

    def bind(self, value: str) -> str:
        """A parameter of this value."""
        name = next((name for name, known in self.bound.items() if known == value), None)
        name = name or f"word{len(self.bound)}"
        self.bound[name] = value
        return f":{name}"

    def pattern(self, word: str) -> str:
        """A parameter for LIKE, which finds the word anywhere."""
        for special in "!%_":
            word = word.replace(special, f"!{special}")
        return self.bind(f"%{word}%")

    def as_text(self, where: str) -> str:
        """The column as text."""
        return where

    def joined(self, ids: str) -> str:
        """All of a group as one text; NULL is none of them."""
        return f"group_concat({ids})"

    def like(self, where: str, word: str) -> str:
        """Whether an ASCII word stands there, in capital or small letters."""
        raise NotImplementedError

    def contains(self, where: str, sign: str) -> str:
        """Whether these very characters stand there."""
        raise NotImplementedError

    def is_ascii(self, where: str) -> str:
        """Whether there are no other characters there (and, of a NULL, none)."""
        raise NotImplementedError

    def lacks_backslash(self, where: str) -> str:
        """Whether there is no escape there."""
        raise NotImplementedError

    def names(self, word: str) -> str:
        """Whether surely a metric that has a number is called so."""
        raise NotImplementedError


_NAMED = """
SELECT MAX(key LIKE {pattern} ESCAPE '!') = 1 AND MIN(type IN ('integer', 'real')) = 1
FROM json_each({metrics})"""


class _InSqlite(_Terms):
    """SQLite, whose columns hold anything, and whose LIKE knows ASCII's capital letters alone."""

    @property
    def odd(self) -> str:
        kinds = {"type": "text", "attempt": "integer", "step": "integer"}
        kinds |= {"message": "text", "metrics": "text"}
        strange = [
            f"typeof({self.of[name]}) NOT IN ('{kind}', 'null')" for name, kind in kinds.items()
        ]
        nul = f"COALESCE(instr({self.of['message']}, char(0)), 0) > 0"
        return _any([*strange, nul])

    def like(self, where: str, word: str) -> str:
        return f"COALESCE({where} LIKE {self.pattern(word)} ESCAPE '!', 0)"

    def contains(self, where: str, sign: str) -> str:
        return f"COALESCE(instr({where}, {self.bind(sign)}), 0) > 0"

    def is_ascii(self, where: str) -> str:
        return f"COALESCE(length({where}) = length(CAST({where} AS BLOB)), 1)"

    def lacks_backslash(self, where: str) -> str:
        return f"COALESCE(instr({where}, char(92)), 0) = 0"

    def names(self, word: str) -> str:
        metrics = self.of["metrics"]
        numbers = _NAMED.format(pattern=self.pattern(word), metrics=metrics)
        # In this order: the JSON is read where its letters hold the word, and if it is JSON.
        return (
            f"(CASE WHEN {self.like(metrics, word)} AND {self.plain}"
            f" AND length({metrics}) < {_LONGEST} AND json_valid({metrics})"
            f" AND json_type({metrics}) = 'object' THEN COALESCE(({numbers}), 0) ELSE 0 END)"
        )


# An object of names without escapes and numbers; the first part of a name may be anything in ASCII.
_NUMBER = r"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"
_PAIR = rf'\s*"[^"\\]*"\s*\:\s*{_NUMBER}\s*'
_OBJECT_OF_NUMBERS = rf"^\s*\{{{_PAIR}(,{_PAIR})*\}}\s*$"


class _InPostgresql(_Terms):
    """PostgreSQL, whose columns have types, mostly ours; the C collation knows only ASCII."""

    @property
    def odd(self) -> str:
        return _any(
            [
                f"COALESCE(CAST({self.of[name]} AS TEXT), '1') !~ '^-?[0-9]+$'"
                for name in ("attempt", "step")
            ]
        )

    @property
    def attempt(self) -> str:
        return f"COALESCE(NULLIF(CAST({self.of['attempt']} AS TEXT), '0'), '1')::numeric"

    def as_text(self, where: str) -> str:
        return f"CAST({where} AS TEXT)"

    def joined(self, ids: str) -> str:
        return f"string_agg(CAST({ids} AS TEXT), ',')"

    def like(self, where: str, word: str) -> str:
        pattern = f"{self.pattern(word)} ESCAPE '!'"
        return f'COALESCE({self.as_text(where)} COLLATE "C" ILIKE {pattern}, FALSE)'

    def contains(self, where: str, sign: str) -> str:
        return f"COALESCE(strpos({self.as_text(where)}, {self.bind(sign)}), 0) > 0"

    def is_ascii(self, where: str) -> str:
        found = self.as_text(where)
        same = f"octet_length({found}) = char_length({found})"
        return f"(COALESCE({same}, TRUE) AND getdatabaseencoding() <> 'SQL_ASCII')"

    def lacks_backslash(self, where: str) -> str:
        return f"COALESCE(strpos({self.as_text(where)}, chr(92)), 0) = 0"

    def names(self, word: str) -> str:
        # A word with a sign that stands in no number, and in no quote, stands inside of a name.
        if '"' in word or "\\" in word or set(word) <= _SYNTAX:
            return _NO
        metrics = self.as_text(self.of["metrics"])
        return (
            f"(CASE WHEN {self.like(metrics, word)} AND {self.plain}"
            f" AND char_length({metrics}) < {_LONGEST}"
            f" THEN {metrics} ~ '{_OBJECT_OF_NUMBERS}' ELSE FALSE END)"
        )


_TERMS: Mapping[str, type[_Terms]] = {"sqlite": _InSqlite, "postgresql": _InPostgresql}

#: The dialects in which words can be asked for.
SEARCHING = frozenset(_TERMS)


def _any(conditions: Collection[str]) -> str:
    return f"({' OR '.join(conditions) or _NO})"


def _is_storable(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True
