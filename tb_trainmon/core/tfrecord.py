"""What is written of event files: the frame of a record, and the numbers of protobuf.

The frame: ``tensorflow/core/lib/io/record_writer.h``.
"""

from __future__ import annotations

from struct import Struct

from tb_trainmon.core.crc32c import masked_crc32c

_uint32 = Struct("<I").pack
_uint64 = Struct("<Q").pack


def framed(data: bytes) -> bytes:
    """``data`` as a record: its length before it, and the checksums of both."""
    length = _uint64(len(data))
    checksums = _uint32(masked_crc32c(length)), _uint32(masked_crc32c(data))
    return length + checksums[0] + data + checksums[1]


def varint(value: int) -> bytes:
    """A number that is not negative, seven bits a byte, the lowest first."""
    if value <= 0x7F:
        return value.to_bytes(1, "little")
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
