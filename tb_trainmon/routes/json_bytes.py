"""A message as the bytes of JSON: the same for a browser and for a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import orjson

from tb_trainmon.core.lazily import Lazily

_DEEPEST = 100  # levels; orjson refuses some more
_AT_ONCE = 500  # messages that are there at a time, of many
_INTEGERS = range(-(2**63), 2**64)  # that orjson writes


def pieces(value: object) -> Iterator[bytes]:
    """``value`` as JSON like ``dumped``, in pieces where it has many messages."""
    if not isinstance(value, Mapping) or not any(isinstance(v, Lazily) for v in value.values()):
        yield dumped(value)
        return
    between = b"{"
    for name, member in value.items():
        yield b"%b%b:" % (between, dumped(name))
        if isinstance(member, Lazily):
            yield from _array(member)
        else:
            yield dumped(member)
        between = b","
    yield b"}"


def _array(messages: Iterable[object]) -> Iterator[bytes]:
    between, waiting = b"[", iter(messages)
    while some := [*islice(waiting, _AT_ONCE)]:
        yield between + dumped(some)[1:-1]
        between = b","
    yield b"]" if between == b"," else b"[]"


def dumped(value: object) -> bytes:
    """``value`` as JSON; NumPy arrays are allowed, and not finite numbers become null."""
    try:
        return _dumped(value)
    except TypeError:
        return _dumped(_sayable(value))


def _dumped(value: object) -> bytes:
    option = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
    return orjson.dumps(value, default=_made, option=option)


def _made(value: object) -> object:
    if isinstance(value, Lazily):
        return [*value]
    raise TypeError


def _sayable(value: object, depth: int = _DEEPEST) -> object:
    """``value`` without what orjson refuses.

    Folder names that are no UTF-8, integers of any size, what is nested without end: they come from
    people's disks and configurations, and must not cost the rest of the answer.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, Lazily):
        value = [*value]
    if isinstance(value, Mapping | list | tuple) and not depth:
        return None
    if isinstance(value, Mapping):
        return {_sayable(key): _sayable(member, depth - 1) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_sayable(member, depth - 1) for member in value]
    if isinstance(value, int) and value not in _INTEGERS:
        return float(value) if value.bit_length() < sys.float_info.max_exp else None
    return value
