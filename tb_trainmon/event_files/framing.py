"""How records stand in a file, and where the next one is when some were lost.

    8 bytes  length of the data, unsigned, little-endian
    4 bytes  masked CRC32C of those 8 bytes
    n bytes  data: one serialized Event
    4 bytes  masked CRC32C of the data

Source: ``tensorflow/core/lib/io/record_writer.h``.
"""

from __future__ import annotations

from struct import Struct

import numpy as np

from tb_trainmon.core.crc32c import masked_crc32c

HEADER_SIZE = 12
FOOTER_SIZE = 4
FRAME_SIZE = HEADER_SIZE + FOOTER_SIZE
# Bytes a search looks at at once: few first, because a header is mostly near, and where a disk has
# damaged every record each is searched for; the most bounds its memory.
_FIRST_WINDOW, _WINDOW = 1 << 8, 1 << 16

_HEADER = Struct("<QI")


def length_of(header: bytes) -> int | None:
    """The length that a record's 12-byte header gives; None if its checksum denies it."""
    length, checksum = _HEADER.unpack(header)
    return length if masked_crc32c(header[:8]) == checksum else None


def find_header(data: bytes, start: int = 0, stop: int | None = None) -> int | None:
    """Where in ``data[start:stop]`` the first header of a non-empty record begins; None: nowhere.

    The header must lie in ``data[start:stop]`` as a whole. 32 zero bits of the length and 32
    matching bits of the checksum come together by chance once in 2**64 bytes, so a header alone
    proves a record, even when its data reaches beyond what there is.
    """
    stop = len(data) if stop is None else min(stop, len(data))
    width = _FIRST_WINDOW
    while stop - start >= HEADER_SIZE:
        window = data[start : min(stop, start + width)]
        for offset in _plausible_offsets(window):
            if length_of(window[offset : offset + HEADER_SIZE]) is not None:
                return start + offset
        start += len(window) - HEADER_SIZE + 1
        width = min(width * 4, _WINDOW)
    return None


def _plausible_offsets(window: bytes) -> list[int]:
    """Offsets at which a whole header with a length between 1 and 2**32 - 1 could stand."""
    count = len(window) - HEADER_SIZE + 1
    zero = np.frombuffer(window, dtype=np.uint8) == 0
    pair = zero[:-1] & zero[1:]
    quad = pair[:-2] & pair[2:]
    # The upper half of the length is zero, the lower is not. Pages of zeros are what a crash
    # leaves: they drop out here, or each of their bytes would cost a checksum.
    plausible = quad[4 : 4 + count] & ~quad[:count]
    offsets: list[int] = np.flatnonzero(plausible).tolist()
    return offsets
