"""Values at the database's door: whatever a program wrote comes in typed, or not at all.

SQLite keeps any type in any column, JSON columns hold text in one database and decoded objects in
another, and any program may write. So nothing here raises: what cannot be understood is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import orjson

from tb_trainmon.core.json_text import DEEPEST, decoded, shallow
from tb_trainmon.core.plain_text import excerpt

#: Characters: of a longer one, which a row holds by mistake, each look would cost a second.
LONGEST_JSON = 4 << 20

_LEFT_OUT = "…"
_AN_ITEM = 16  # characters, whatever it is
# Of one value, so that it leaves room for the others.
_MOST_ITEMS = 10_000
_LONGEST_TEXT = 1 << 16
_LONGEST_NOTE = 40  # of how much is left out

#: JSON has no word for these, so the contract spells them as strings.
NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def text(value: object) -> str:
    """The text of ``value``; empty for NULL."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


_BEYOND_64_BITS = 1 << 63
NO_TIME = 1e12  # seconds: thirty thousand years
_NUMBERS = (int, float, str, Decimal)  # Decimal: PostgreSQL's NUMERIC


def integer(value: object) -> int | None:
    """``value`` as a whole number of 64 bits, if it is one: more than that is no step."""
    if type(value) is int and -_BEYOND_64_BITS <= value < _BEYOND_64_BITS:
        return value
    try:
        whole = int(value) if isinstance(value, _NUMBERS) else None
    except (ValueError, OverflowError):
        return None
    return whole if whole is not None and -_BEYOND_64_BITS <= whole < _BEYOND_64_BITS else None


def seconds(value: object) -> float | None:
    """``value`` as seconds since the epoch, if it can be: of more than these no sum is right."""
    told = value if type(value) is float else number(value)
    return told if told is not None and abs(told) < NO_TIME else None


def texts(value: object) -> tuple[str, ...]:
    """The strings of a JSON list; a lone string is a list of one."""
    found = from_json(value)
    if isinstance(found, str):
        return (found,)
    if not isinstance(found, list):
        return ()
    return tuple(item for item in found if isinstance(item, str))


def mapping(value: object) -> dict[str, object] | None:
    """A JSON object, if it is one."""
    found = shallow(from_json(value))
    return dict(found) if isinstance(found, Mapping) else None


def numbers(value: object) -> dict[str, float]:
    """The numbers of a JSON object by name, NaN and the infinities included."""
    found = from_json(value)
    if type(found) is not dict and not isinstance(found, Mapping):
        return {}
    return {
        name: told
        for name, item in found.items()
        if (told := item if type(item) is float else number(item)) is not None
    }


def spelled(value: float) -> float | str:
    """``value`` as the contract writes it into JSON."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def storable_text(value: str) -> str:
    """``value`` without what a database refuses: half surrogate pairs and NUL."""
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


def numbers_as_json(numbers: Mapping[str, float]) -> str:
    """``numbers`` as the contract writes them: NaN and the infinities spelled as strings."""
    try:
        text = orjson.dumps(numbers)
    except TypeError:
        text = b"null"
    # orjson writes null for what is not finite. A name that looks like one of these costs time.
    if b"null" in text or b"\\u0000" in text:
        sound = {storable_text(str(name)): spelled(value) for name, value in numbers.items()}
        text = orjson.dumps(sound)
    return text.decode()


def storable(value: object) -> object:
    """A copy of ``value`` that JSON can hold; what it cannot becomes its text.

    Somebody's whole data set, or a parent that knows its children, is copied as far as a reader
    would read it (``LONGEST_JSON``): "…" stands for the rest.
    """
    return _Copy(LONGEST_JSON // 2).of(value, DEEPEST)


class _Copy:
    """A copy of as much as there is ``room`` for, in characters."""

    def __init__(self, room: int) -> None:
        self._room = room

    def of(self, value: object, depth: int) -> object:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int) and -_BEYOND_64_BITS <= value < _BEYOND_64_BITS:
            return int(value)
        if isinstance(value, float):
            return spelled(float(value))
        if isinstance(value, Mapping | list | tuple | set | frozenset):
            return self._inside(value, depth - 1) if depth else _LEFT_OUT
        return self._text(value)

    def _inside(self, value: Any, depth: int) -> object:
        if isinstance(value, Mapping):
            items = self._some(value.items(), (_LEFT_OUT, _LEFT_OUT))
            return {self._text(name): self.of(item, depth) for name, item in items}
        return [self.of(item, depth) for item in self._some(value, _LEFT_OUT)]

    def _some(self, items: Iterable[Any], rest: Any) -> Iterator[Any]:
        """Those that there is room for, and ``rest`` in place of the others."""
        for number, item in enumerate(items):
            self._room -= _AN_ITEM
            if self._room < 0 or number == _MOST_ITEMS:
                yield rest
                return
            yield item

    def _text(self, value: object) -> str:
        text, most = as_text(value), min(max(self._room, 0), _LONGEST_TEXT)
        if len(text) > most + _LONGEST_NOTE:  # a copy of a copy is the same
            text = excerpt(text, most)
        self._room -= len(text)
        return text


def as_text(value: object) -> str:
    """``str(value)`` that a database takes, whatever a foreign class does when it is printed."""
    try:
        return storable_text(str(value))
    except Exception:  # noqa: BLE001  (its own defect, which must not be a training's)
        return f"({type(value).__name__} that cannot be shown)"


def from_json(value: object) -> object:
    """What a JSON text says, None where it is none; anything else is decoded already."""
    if not isinstance(value, str | bytes):
        return value
    return decoded(value) if len(value) <= LONGEST_JSON else None


def number(value: object) -> float | None:
    """``value`` as a number, if it is one, or the word that stands for one."""
    if type(value) is float:
        return value
    # Decimal: PostgreSQL's NUMERIC, if another program made the tables.
    if isinstance(value, bool) or not isinstance(value, _NUMBERS):
        return None
    if isinstance(value, str):
        return NON_FINITE.get(value)
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
