"""Write the log directories that the benchmarks read: event files of plain scalars.

    python -m tests.bench.make_logs DIR --runs 50 --steps 20000 [--style tf2] [--restarts 2]

The torch style stores a scalar as ``simple_value``, the TF2 style as a tensor whose tag is given
its plugin by its first value. A run that was restarted has a further file for each restart, which
begins again at six tenths of what the one before it reached. Records are made by the column, all
those of equal length at once, so that 12 million take seconds.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.tfrecord import varint

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating[Any]]

TAGS = (
    "train/loss",
    "train/grad_norm",
    "train/learning_rate",
    "train/epoch",
    "train/samples_per_second",
    "eval/loss",
)
STYLES = ("torch", "tf2")
_BEGIN = 1_795_000_000.0
# Steps whose records are made at once: bounds the memory.
_CHUNK = 100_000


# ---- protobuf, for records that differ in wall time, step and value alone ------------------------


def field(number: int, content: bytes) -> bytes:
    """A length-delimited field."""
    return bytes([number << 3 | 2]) + varint(len(content)) + content


def layout(tag: str, style: str, *, first: bool = False) -> tuple[bytes, bytes]:
    """All of an event that stands between its step and its value, and what stands behind it."""
    name = field(1, tag.encode())
    if style == "torch":
        head, tail = name + b"\x15", b""
    else:
        head = name + b"\x42\x0a" + b"\x08\x01\x12\x00\x2a\x04"  # tensor: float, no dims, float_val
        tail = field(9, field(1, field(1, b"scalars"))) if first else b""
    size = len(head) + 4 + len(tail)
    value = b"\x0a" + varint(size)
    return b"\x2a" + varint(len(value) + size) + value + head, tail


# ---- columns of records --------------------------------------------------------------------------


def _crc_table() -> npt.NDArray[np.uint32]:
    table: npt.NDArray[np.uint32] = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, table >> 1 ^ np.uint32(0x82F63B78), table >> 1)
    return table.astype(np.uint32)


_TABLE = _crc_table()


def masked_crc32c(columns: Bytes) -> Bytes:
    """The masked checksum of each row, as four columns."""
    crc = np.full(len(columns), 0xFFFFFFFF, dtype=np.uint32)
    for column in columns.T:
        crc = crc >> 8 ^ _TABLE[(crc ^ column) & 0xFF]
    crc = ~crc
    return _bytes((crc >> 15 | crc << 17) + np.uint32(0xA282EAD8))


def _bytes(numbers: npt.NDArray[np.generic]) -> Bytes:
    """Little-endian numbers as columns of bytes."""
    contiguous = np.ascontiguousarray(numbers)
    return contiguous.view(np.uint8).reshape(len(contiguous), -1)


def _same(content: bytes, count: int) -> Bytes:
    return np.broadcast_to(np.frombuffer(content, np.uint8), (count, len(content)))


def _varints(numbers: npt.NDArray[np.int64], size: int) -> Bytes:
    shifts = 7 * np.arange(size)
    out = (numbers[:, None] >> shifts & 0x7F).astype(np.uint8)
    out[:, :-1] |= 0x80
    return out


def framed(data: Bytes) -> Bytes:
    """Each row as a TFRecord."""
    count, size = data.shape
    header = np.array([size], dtype="<u8").view(np.uint8)[None]
    head = np.concatenate([header, masked_crc32c(header)], axis=1)
    return np.concatenate([_same(head.tobytes(), count), data, masked_crc32c(data)], axis=1)


def _scalars(
    steps: npt.NDArray[np.int64],
    wall_times: Floats,
    values: Floats,
    between: tuple[bytes, bytes],
) -> Bytes:
    """One scalar event a row; all steps have varints of one length."""
    count, (head, tail) = len(steps), between
    parts = [
        _same(b"\x09", count),
        _bytes(wall_times),
        _same(b"\x10", count),
        _varints(steps, len(varint(int(steps[0])))),
        _same(head, count),
        _bytes(values.astype("<f4")),
        _same(tail, count),
    ]
    return framed(np.concatenate(parts, axis=1))


# ---- files ---------------------------------------------------------------------------------------


def _ranges(first: int, last: int) -> Iterator[tuple[int, int]]:
    """Steps from ``first`` to ``last``, in parts whose varints have one length."""
    while first <= last:
        end = min(last, first + _CHUNK - 1, (1 << 7 * len(varint(first))) - 1)
        yield first, end
        first = end + 1


def _values(steps: npt.NDArray[np.int64], number: int) -> list[Floats]:
    loss = 2.0 + 3.0 * np.exp(-steps / 3000) + 0.1 * np.sin(steps * 0.7 + number)
    flat = np.ones(len(steps))
    return [loss, 1.0 + 0.2 * np.cos(steps), 1e-3 * flat, steps / 1000, 512.0 * flat, loss + 0.1]


def write_file(
    path: Path, first: int, last: int, number: int, style: str, tags: Sequence[str] = TAGS
) -> None:
    """A file version, then every one of ``tags`` (of TAGS the first ones) at every step."""
    with path.open("wb") as file:
        begin = b"\x09" + np.float64(_BEGIN).tobytes() + field(3, b"brain.Event:2")
        file.write(framed(np.frombuffer(begin, np.uint8)[None]).tobytes())
        parts = [(first, first), *_ranges(first + 1, last)]
        for low, high in parts:
            steps = np.arange(low, high + 1, dtype=np.int64)
            wall_times = _BEGIN + number + steps * 0.5
            rows = [
                _scalars(steps, wall_times, values, layout(tag, style, first=low == first))
                for tag, values in zip(tags, _values(steps, number), strict=False)
            ]
            file.write(np.concatenate(rows, axis=1).tobytes())


def write_run(
    folder: Path,
    steps: int,
    number: int,
    style: str,
    restarts: int = 0,
    tags: Sequence[str] = TAGS,
) -> None:
    """One run, and its restarts."""
    folder.mkdir(parents=True, exist_ok=True)
    first = 1
    for launch in range(restarts + 1):
        created = int(_BEGIN) + number + launch * steps
        name = f"events.out.tfevents.{created}.bench.{1000 + number}.{launch}"
        write_file(folder / name, first, first + steps - 1, number, style, tags)
        first += steps * 6 // 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--style", choices=STYLES, default="torch")
    parser.add_argument("--restarts", type=int, default=0)
    asked = parser.parse_args()
    for number in range(asked.runs):
        folder = asked.folder / f"run{number:04}"
        write_run(folder, asked.steps, number, asked.style, asked.restarts)


if __name__ == "__main__":
    main()
