"""The query string, parsed at the door: bounds are errors, never clamps."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Protocol, TypeVar

from tb_trainmon.core.errors import BadParameter
from tb_trainmon.core.plain_text import excerpt
from tb_trainmon.core.record import record

_Word = TypeVar("_Word", bound=str)

MOST_METRICS = 64
LARGEST_TOTAL = 10**15
LONGEST_SEARCH = 200  # characters
LONGEST_NAME = 64
MOST_WORDS = 10


class MultiMapping(Protocol):
    """What of werkzeug's ``request.args`` is used here."""

    def keys(self) -> Collection[str]:
        """The names of the parameters."""

    def getlist(self, key: str) -> list[str]:
        """All values of one parameter."""


class Query:
    """The parameters of a route, as ``request.args`` has them; what is None is left out."""

    def __init__(self, **parameters: object) -> None:
        self._values = {
            name: [str(v) for v in given] if isinstance(given, (list, tuple)) else [str(given)]
            for name, given in parameters.items()
            if given is not None
        }

    def keys(self) -> Collection[str]:
        """The names of the parameters."""
        return self._values.keys()

    def getlist(self, key: str) -> list[str]:
        """All values of one parameter."""
        return self._values.get(key, [])


@record(frozen=True, slots=True)
class Smoothing:
    """The two sliders: weight of the exponential average, points of the moving one."""

    ema: float
    ma: int


class Parameters:
    """The parameters of one request. Every method raises BadParameter with a sentence."""

    def __init__(self, args: MultiMapping, known: Collection[str]) -> None:
        for name in set(args.keys()) - set(known):
            allowed = ", ".join(sorted(known)) or "none"
            raise BadParameter(
                f"Parameter {excerpt(name)!r} is not known here; allowed are {allowed}."
            )
        self._args = args

    def required(self, name: str) -> str:
        """A text that must be there."""
        value = self.optional(name)
        if not value:
            raise BadParameter(f"Parameter {name!r} is missing.")
        return value

    def optional(self, name: str) -> str | None:
        """A text that may be there, once."""
        values = self._args.getlist(name)
        if len(values) > 1:
            raise BadParameter(
                f"Parameter {name!r} may be given once; it is there {len(values)} times."
            )
        return values[0] if values else None

    def name(self, name: str) -> str:
        """A name that the caller has made up, or an empty text."""
        value = self.optional(name) or ""
        if len(value) > LONGEST_NAME:
            raise BadParameter(
                f"Parameter {name!r} has {len(value)} characters; allowed are {LONGEST_NAME}."
            )
        return value

    def several(self, name: str, most: int) -> list[str]:
        """A text that may be repeated, in the order given, each once."""
        values = list(dict.fromkeys(self._args.getlist(name)))
        if len(values) > most:
            raise BadParameter(
                f"Parameter {name!r} is given {len(values)} times; allowed are {most}."
            )
        return values

    def several_required(self, name: str, most: int) -> list[str]:
        """A text that must be there and may be repeated, in the order given, each once."""
        values = [value for value in self.several(name, most) if value]
        if not values:
            raise BadParameter(f"Parameter {name!r} is missing.")
        return values

    def choice(self, name: str, allowed: Collection[_Word], default: _Word) -> _Word:
        """One of a few words."""
        value = self.optional(name)
        if value is None:
            return default
        for word in allowed:
            if value == word:
                return word
        raise BadParameter(
            f"Parameter {name!r} is {excerpt(value)!r}; allowed are {', '.join(allowed)}."
        )

    def choices(self, name: str, allowed: Collection[str]) -> list[str]:
        """Any of a few words."""
        values = self.several(name, len(allowed) + 100)
        for value in values:
            if value not in allowed:
                raise BadParameter(
                    f"Parameter {name!r} is {excerpt(value)!r}; allowed are {', '.join(allowed)}."
                )
        return values

    def integer(self, name: str, least: int, most: int, default: int | None) -> int | None:
        """A whole number within bounds."""
        text = self.optional(name)
        if text is None:
            return default
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise BadParameter(
                f"Parameter {name!r} is {excerpt(text)}; allowed is {least} to {most}."
            )
        return value

    def number(self, name: str) -> float | None:
        """A finite number."""
        text = self.optional(name)
        if text is None:
            return None
        value = _float(text)
        if not math.isfinite(value):
            raise BadParameter(
                f"Parameter {name!r} is {excerpt(text)}; allowed are finite numbers."
            )
        return value

    def smoothing(self) -> Smoothing:
        """``ema`` and ``ma``."""
        text = self.optional("ema")
        ema = 0.0 if text is None else _float(text)
        if not 0.0 <= ema < 1.0:
            raise BadParameter(
                f"Parameter 'ema' is {excerpt(text or '')}; allowed is 0 <= ema < 1."
            )
        ma = self.integer("ma", 1, 1000, 1)
        assert ma is not None
        return Smoothing(ema, ma)

    def metrics(self) -> list[str]:
        """The metrics asked for; none means all."""
        return self.several("metric", MOST_METRICS)

    def words(self) -> list[str]:
        """The words of ``search``, each once; none means no search."""
        text = self.optional("search") or ""
        words = list(dict.fromkeys(text.lower().split()))
        if len(text) > LONGEST_SEARCH or len(words) > MOST_WORDS:
            raise BadParameter(
                f"Parameter 'search' has {len(words)} words in {len(text)} characters; allowed are "
                f"{MOST_WORDS} words in {LONGEST_SEARCH} characters."
            )
        return words

    def typed_total(self) -> int | None:
        """A total number of steps that the reader typed."""
        return self.integer("total_steps", 1, LARGEST_TOTAL, None)


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
