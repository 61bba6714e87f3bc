"""Columns of values at the database's door: as ``values`` takes each, but all of them at once.

Where all are of the type that they should be, that costs a look at their types and no call a value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import methodcaller
from typing import Any, NamedTuple

import orjson

from tb_trainmon.training_logs import values

_VALUES: Callable[[Any], Iterable[Any]] = methodcaller("values")


class Measured(NamedTuple):
    """The numbers of a metric, and the places, ascending, of the rows that have them."""

    places: Sequence[int]
    numbers: Sequence[float]


def texts(column: Sequence[Any]) -> Sequence[str]:
    """The text of each value."""
    return column if _all_are(str, column) else [values.text(value) for value in column]


def integers(column: Sequence[Any]) -> Sequence[int | None]:
    """Each value as a whole number, if it is one."""
    if _all_are(int, column) and min(column) >= -(1 << 63) and max(column) < 1 << 63:
        return column
    return [values.integer(value) for value in column]


def seconds(column: Sequence[Any]) -> Sequence[float | None]:
    """Each value as seconds since the epoch, if it can be."""
    known = _all_are(float, column) and not any(map(math.isnan, column))
    if known and max(map(abs, column)) < values.NO_TIME:
        return column
    return [values.seconds(value) for value in column]


def numbers(column: Sequence[Any]) -> dict[str, Measured]:
    """By name, the numbers of JSON objects, NaN and the infinities included."""
    objects = _decoded(column)
    found: dict[str, list[Measured]] = {}
    for names, places in _forms(objects).items():
        mine: Sequence[Any] = objects
        if len(places) < len(objects):
            mine = [objects[place] for place in places]
        # Those of one form have their values in one order.
        for name, told in zip(names, zip(*map(_VALUES, mine), strict=True), strict=True):
            found.setdefault(name, []).append(_measured(places, told))
    joined = {name: _joined(parts) for name, parts in found.items()}
    return {name: measured for name, measured in joined.items() if measured.places}


def _decoded(column: Sequence[Any]) -> Sequence[object]:
    if {*map(type, column)} <= {str, bytes} and max(
        map(len, column), default=0
    ) <= values.LONGEST_JSON:
        try:
            return list(map(orjson.loads, column))
        except ValueError:  # one of them is none, or only Python's own reader takes it
            pass
    return [values.from_json(value) for value in column]


def _forms(objects: Sequence[Any]) -> Mapping[tuple[str, ...], Sequence[int]]:
    """The places of the objects by the names in them: most rows of a log have the same."""
    if {*map(type, objects)} == {dict} and len({*map(tuple, objects)}) == 1:
        return {tuple(objects[0]): range(len(objects))}
    found: dict[tuple[str, ...], list[int]] = {}
    for place, told in enumerate(objects):
        if type(told) is dict or isinstance(told, Mapping):
            found.setdefault(tuple(told), []).append(place)
    return found


def _measured(places: Sequence[int], told: Sequence[Any]) -> Measured:
    if _all_are(float, told):
        return Measured(places, told)
    kept = [
        (at, n)
        for at, one in zip(places, told, strict=True)
        if (n := values.number(one)) is not None
    ]
    return Measured([at for at, _ in kept], [number for _, number in kept])


def _joined(parts: Sequence[Measured]) -> Measured:
    """Of several forms of rows, which lie among each other."""
    if len(parts) == 1:
        return parts[0]
    pairs = sorted(pair for part in parts for pair in zip(part.places, part.numbers, strict=True))
    return Measured([at for at, _ in pairs], [number for _, number in pairs])


def _all_are(kind: type, column: Sequence[object]) -> bool:
    return {*map(type, column)} == {kind}
