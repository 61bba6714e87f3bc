"""The checksum of TFRecord: CRC32C (Castagnoli), rotated and shifted by a constant.

The mask keeps the checksum of data that itself holds checksums from being trivial
(``tensorflow/core/lib/hash/crc32c.h``). google-crc32c uses the processor's own instruction.
"""

from __future__ import annotations

from google_crc32c import value as crc32c

MASK_DELTA = 0xA282EAD8


def masked_crc32c(data: bytes) -> int:
    """The masked CRC32C of ``data``, as TFRecord stores it (32 bits, unsigned)."""
    return masked(crc32c(data))


def masked(crc: int) -> int:
    """A plain CRC32C, masked."""
    return (((crc >> 15) | (crc << 17)) + MASK_DELTA) & 0xFFFFFFFF
