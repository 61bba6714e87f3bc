"""What a database answers: rows as it has them, and the names of their columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Select, TextClause

Question = Select[Any] | TextClause
Wanted = Mapping[str, object]  # what a question binds, by name

#: Bytes of text in one answer. What comes behind is shortened to a few characters each, and behind
#: twice as many nothing is taken.
MOST_BYTES = 1 << 27
_SHORT = 200

#: Bytes of a cell that is kept: of no text or JSON more is taken. Of a longer one the beginning is
#: shown, and that it is one.
LONGEST_CELL = 1 << 24
BEGINNING = 2_000  # characters
_WIDEST = 4  # bytes of a character


class Answer(list[tuple[Any, ...]]):
    """The rows of an answer; ``is_cut``: some are shortened, or missing, because it is too long."""

    def __init__(self) -> None:
        super().__init__()
        self.names: Sequence[str] = ()
        self.is_cut = False

    def by_name(self) -> Iterator[dict[str, Any]]:
        """Each row, its values by the names of their columns."""
        return (dict(zip(self.names, row, strict=True)) for row in self)

    def take(self, rows: Iterable[Sequence[Any]]) -> None:
        """Take over rows, as far as they fit the memory that any program's may have of us."""
        taken = 0
        for row in rows:
            told = tuple(map(_shortened, row)) if taken > MOST_BYTES else tuple(row)
            size = _size(told)
            if size > LONGEST_CELL:
                told = tuple(map(_held, told))
                size = _size(told)
            taken += size
            self.append(told)
            if taken > 2 * MOST_BYTES:
                break
        self.is_cut = taken > MOST_BYTES


def _size(row: Iterable[Any]) -> int:
    """Bytes of its texts at the most: a letter that is not of ASCII may widen all others."""
    size = 0
    for value in row:
        if type(value) is str:
            size += len(value) if value.isascii() else _WIDEST * len(value)
        elif type(value) is bytes:
            size += len(value)
    return size


def _held(value: Any) -> Any:
    if not isinstance(value, str | bytes) or len(value) <= LONGEST_CELL:
        return value
    beginning = value[:BEGINNING]
    text = beginning if isinstance(beginning, str) else beginning.decode("utf-8", "ignore")
    return begins_so(text, f"{len(value):,} {'characters' if isinstance(value, str) else 'bytes'}")


def begins_so(text: str, size: str) -> str:
    """What is shown of a cell that is too long."""
    return f"{text} ... (This is the beginning of {size}.)"


def _shortened(value: Any) -> Any:
    return value[:_SHORT] if isinstance(value, str | bytes) else value


class Compiled(NamedTuple):
    """A question as a driver takes it; ``names`` are of its values where those are by position.

    ``usual`` are the values of those that nobody gives.
    """

    sql: str
    names: Sequence[str]
    usual: Mapping[str, object]

    def by_name(self, wanted: Wanted) -> dict[str, object]:
        """What it binds, by name."""
        return {**self.usual, **wanted}

    def by_position(self, wanted: Wanted) -> list[object]:
        """What it binds, in its order."""
        values = self.by_name(wanted)
        return [values[name] for name in self.names]


@lru_cache(maxsize=128)
def compiled(question: Question, dialect: Dialect) -> Compiled:
    """The question in a dialect: SQLAlchemy keeps what it compiled for its own engines only."""
    told: Any = question.compile(dialect=dialect)
    return Compiled(str(told), told.positiontup or (), told.params)
