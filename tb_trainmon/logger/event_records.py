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

from tb_trainmon.logger.masked_crc import masked_crc32c

FLOAT32_MAX = 3.4028234663852886e38


def version_record(wall_time: float) -> bytes:
    """The record that every event file begins with."""
    return _framed(_wall_time(wall_time) + _bytes_field(3, b"brain.Event:2"))


def scalars_record(step: int, wall_time: float, scalars: Mapping[str, float]) -> bytes:
    """One event with all ``scalars`` (tag to value) of one step."""
    values = b"".join(_bytes_field(1, _value(tag, value)) for tag, value in scalars.items())
    # A negative int64 is its two's complement: ten bytes as a varint.
    event = _wall_time(wall_time) + b"\x10" + _varint(step & 0xFFFFFFFFFFFFFFFF)
    return _framed(event + _bytes_field(5, values))


def _framed(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return b"".join(
        (length, struct.pack("<I", masked_crc32c(length)),
         data, struct.pack("<I", masked_crc32c(data)))
    )  # fmt: skip


def _wall_time(seconds: float) -> bytes:
    return b"\x09" + struct.pack("<d", seconds)


def _value(tag: str, value: float) -> bytes:
    simple_value = b"\x15" + struct.pack("<f", _in_float32(value))
    return _bytes_field(1, tag.encode("utf-8", "replace")) + simple_value


def _in_float32(value: float) -> float:
    if math.isfinite(value) and abs(value) > FLOAT32_MAX:
        return math.copysign(math.inf, value)
    return value


def _bytes_field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
