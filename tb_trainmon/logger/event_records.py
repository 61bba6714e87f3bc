"""Scalars as the bytes of an event file: an Event message in a TFRecord frame.

Written by hand, because TensorBoard's own writer imports TensorFlow wherever that is installed:
seconds, and a GPU's memory, for a training script that may be using neither.

    Event    1: wall_time (double)  2: step (int64)  3: file_version (string)  5: summary
    Summary  1: value (repeated)
    Value    1: tag (string)  2: simple_value (float)
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping

from tb_trainmon.core.tfrecord import framed, varint
from tb_trainmon.logger.metric_names import tag

#: So many names are remembered: more only where somebody makes up a new one at every step.
MOST_NAMES = 10_000

_float = struct.Struct("<f").pack
_double = struct.Struct("<d").pack


def version_record(wall_time: float) -> bytes:
    """The record that every event file begins with."""
    return framed(b"\x09" + _double(wall_time) + _bytes_field(3, b"brain.Event:2"))


class ScalarRecords:
    """Makes records of scalars. What the name of a metric contributes is made once."""

    def __init__(self) -> None:
        self._heads: dict[str, bytes] = {}

    def record(self, step: int, wall_time: float, metrics: Mapping[str, float]) -> bytes:
        """One event with all ``metrics`` (by their canonical names) of one step."""
        heads = self._heads
        values = []
        for name, value in metrics.items():
            values.append(heads.get(name) or self._head(name))
            values.append(_in_float32(value))
        summary = b"".join(values)
        # A negative int64 is its two's complement: ten bytes as a varint.
        number = varint(step & 0xFFFFFFFFFFFFFFFF)
        head = b"\x09" + _double(wall_time) + b"\x10" + number + b"\x2a" + varint(len(summary))
        return framed(head + summary)

    def _head(self, name: str) -> bytes:
        # All of a Value message up to its number, with the field of the Summary that it is in.
        named = _bytes_field(1, tag(str(name)).encode("utf-8", "replace")) + b"\x15"
        head = b"\x0a" + varint(len(named) + 4) + named
        if len(self._heads) < MOST_NAMES:
            self._heads[name] = head
        return head


def _in_float32(value: float) -> bytes:
    try:
        return _float(value)
    except OverflowError:
        return _float(math.copysign(math.inf, value))


def _bytes_field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data
