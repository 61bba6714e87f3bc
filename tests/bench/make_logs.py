"""Write the log directories that the benchmarks read: torch-style event files of plain scalars.

python tests/bench/make_logs.py DIR --runs 50 --steps 20000
"""

from __future__ import annotations

import argparse
import math
import struct
from pathlib import Path

import google_crc32c

TAGS = (
    "train/loss",
    "train/grad_norm",
    "train/learning_rate",
    "train/epoch",
    "train/samples_per_second",
    "eval/loss",
)
_BEGIN = 1_795_000_000.0


def record(event: bytes) -> bytes:
    """One TFRecord frame: length, masked CRC32C of it, data, masked CRC32C of that."""
    header = struct.pack("<Q", len(event))
    return header + _masked(header) + event + _masked(event)


def _masked(data: bytes) -> bytes:
    crc = google_crc32c.value(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def scalar_event(wall_time: float, step: int, tag: str, value: float) -> bytes:
    """An Event with one simple_value, as torch's SummaryWriter encodes it."""
    name = tag.encode()
    inner = b"\x0a" + _varint(len(name)) + name + b"\x15" + struct.pack("<f", value)
    summary = b"\x0a" + _varint(len(inner)) + inner
    return (
        b"\x09"
        + struct.pack("<d", wall_time)
        + b"\x10"
        + _varint(step)
        + b"\x2a"
        + _varint(len(summary))
        + summary
    )


def write_run(folder: Path, steps: int, number: int) -> None:
    """One run: a file version, then every tag at every step."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"events.out.tfevents.{int(_BEGIN) + number}.bench.{1000 + number}.0"
    with path.open("wb") as file:
        file.write(record(b"\x09" + struct.pack("<d", _BEGIN) + b"\x1a\x0dbrain.Event:2"))
        for step in range(1, steps + 1):
            at = _BEGIN + number + step * 0.5
            loss = 2.0 + 3.0 * math.exp(-step / 3000) + 0.1 * math.sin(step * 0.7 + number)
            values = (loss, 1.0 + 0.2 * math.cos(step), 1e-3, step / 1000, 512.0, loss + 0.1)
            file.write(
                b"".join(
                    record(scalar_event(at, step, tag, value))
                    for tag, value in zip(TAGS, values, strict=True)
                )
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--steps", type=int, default=20_000)
    asked = parser.parse_args()
    for number in range(asked.runs):
        write_run(asked.folder / f"run{number:04}", asked.steps, number)


if __name__ == "__main__":
    main()
