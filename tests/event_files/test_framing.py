from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_trainmon.core.crc32c import masked_crc32c
from tb_trainmon.event_files.framing import HEADER_SIZE, find_header, length_of


def frame(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return (
        length
        + struct.pack("<I", masked_crc32c(length))
        + data
        + struct.pack("<I", masked_crc32c(data))
    )


def plainly_found(data: bytes, start: int, stop: int) -> int | None:
    """The reference: try every offset."""
    for at in range(start, stop - HEADER_SIZE + 1):
        header = data[at : at + HEADER_SIZE]
        if 0 < struct.unpack("<Q", header[:8])[0] < 2**32 and length_of(header) is not None:
            return at
    return None


def test_the_checksum_is_the_one_of_tensorflow() -> None:
    """The values of tensorflow/core/lib/hash/crc32c_test.cc, masked by its formula."""
    assert masked_crc32c(bytes(32)) == ((0x8A9136AA >> 15 | 0x8A9136AA << 17) + 0xA282EAD8) % 2**32
    assert masked_crc32c(b"\xff" * 32) == (
        ((0x62A8AB43 >> 15 | 0x62A8AB43 << 17) + 0xA282EAD8) % 2**32
    )


def test_a_header_gives_the_length() -> None:
    assert length_of(frame(b"x" * 300)[:HEADER_SIZE]) == 300


@pytest.mark.parametrize("position", range(HEADER_SIZE))
def test_a_header_with_a_wrong_bit_gives_none(position: int) -> None:
    header = bytearray(frame(b"x" * 300)[:HEADER_SIZE])
    header[position] ^= 0x10
    assert length_of(bytes(header)) is None


@settings(deadline=None)
@given(before=st.binary(max_size=40), length=st.integers(1, 70_000), cut=st.integers(0, 20))
def test_the_next_header_is_found_behind_anything(before: bytes, length: int, cut: int) -> None:
    """Also when the data of its record is cut off."""
    header = frame(bytes(length))[:HEADER_SIZE]
    data = before + header + b"d" * cut
    assert find_header(data) == len(before)
    assert find_header(data, len(before) + 1) is None
    assert find_header(data, 0, len(before) + HEADER_SIZE - 1) is None


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([b"\0", b"\0\0\0\0", b"\1", b"\xff", frame(b"a"), frame(b"\0" * 9)]))
)
def test_the_search_finds_what_trying_every_offset_finds(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    for start in (0, 1, len(data) // 2):
        assert find_header(data, start) == plainly_found(data, start, len(data))


@pytest.mark.parametrize("offset", [0, 65_513, 65_524, 65_525, 65_536, 200_000])
def test_a_header_is_found_wherever_the_search_divides_its_work(offset: int) -> None:
    noise = random.Random(1).randbytes(offset)
    assert find_header(noise + frame(b"data") + noise[:100]) == offset


def test_pages_of_zeros_hold_no_header() -> None:
    """A crash leaves them; a record of no bytes at all would be no event."""
    assert find_header(bytes(1 << 20)) is None
    assert find_header(bytes(70_000) + frame(b"data")) == 70_000


def test_too_few_bytes_hold_no_header() -> None:
    for size in range(HEADER_SIZE):
        assert find_header(bytes(size)) is None
