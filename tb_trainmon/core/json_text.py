"""JSON that anybody wrote, as values that are safe to walk, compare and write again."""

from __future__ import annotations

import json

import orjson

#: Levels: deeper than any configuration goes, and than one that holds itself may.
DEEPEST = 20
_DEEPER = "…"
_MARK = "\ufeff".encode()


def decoded(text: str | bytes) -> object:
    """What ``text`` says; None where it is no JSON.

    NaN, infinities, half pairs and a byte order mark, which Windows programs begin with, are taken.
    """
    text = text.removeprefix("\ufeff") if isinstance(text, str) else text.removeprefix(_MARK)
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    try:
        return json.loads(text)
    # RecursionError: a thousand opening brackets are one too many for the parser.
    except (ValueError, RecursionError):
        return None


def shallow(value: object, depth: int = DEEPEST) -> object:
    """``value``, with "…" for the mappings and lists that lie deeper than ``depth`` levels.

    Whatever walks it, compares it or writes it may recurse: each level costs it a frame.
    """
    if not isinstance(value, dict | list):
        return value
    if not depth:
        return _DEEPER
    if isinstance(value, dict):
        return {name: shallow(item, depth - 1) for name, item in value.items()}
    return [shallow(item, depth - 1) for item in value]
