"""Real logs, damaged as disks, crashes and people do: the same damage for the same seed."""

from __future__ import annotations

import random
import shutil
import struct
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from tb_trainmon.core.crc32c import masked_crc32c
from tb_trainmon.core.tfrecord import framed
from tb_trainmon.training_logs.rows import TYPES
from tests.tasks.tables import Table

_EVERY_THIRD = 3
_AT = 1_795_399_000.0
_WORDS = (0, 1, 127, 128, 255, 2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1)
_LINES = (
    b"max_steps: !!timestamp foo\n",
    b"a: &a [*a]\n",
    b"[[task]]\npattern = '(a+)+$'\n",
    b'{"total_steps": 1e400}\n',
    b"9" * 5001 + b"\n",
    b"\xff\xfe\x00",
    b'"max_steps": ' + b"9" * 400 + b"\n",
    b"\xe2\x80\xaemirrored\n",
    b"\xef\xbb\xbf",
    b'{"a":' * 900,
    b"x" * 70_000,
)


def damage(source: Path, target: Path, seed: int, most: int = 3) -> None:
    """Copy the log directory ``source`` to ``target`` and damage up to ``most`` places in it.

    To one in three a database comes, which may be damaged as well.
    """
    shutil.copytree(source, target, dirs_exist_ok=True)
    chance = random.Random(seed)
    if seed % _EVERY_THIRD == 0:
        (target / "training_logs.db").write_bytes(_database())
    files = sorted(path for path in target.rglob("*") if path.is_file())
    for _ in range(chance.randint(1, most)):
        path = chance.choice(files)
        path.write_bytes(damaged(path.read_bytes(), chance))


@cache
def _database() -> bytes:
    """A companion database of two attempts, with rows of all types."""
    with tempfile.TemporaryDirectory() as folder:
        table = Table(Path(folder)).task(name="of the table", status="running", total_steps=100)
        for attempt in (1, 2):
            table.attempt(attempt, start_step=0, config={"lr": 0.1 / attempt}, started_at=_AT)
            for number, type_ in enumerate(TYPES * 8):
                metrics: dict[str, object] = {"loss": 1 / (number + 1), "grad_norm": "NaN"}
                table.log(number, _AT + number, metrics, attempt, type=type_, message="a word")
        return table.path.read_bytes()


def damaged(data: bytes, chance: random.Random) -> bytes:
    """``data`` with one kind of damage."""
    return chance.choice(_KINDS)(data, chance)


def _flipped(data: bytes, chance: random.Random) -> bytes:
    if not data:
        return data
    spoilt = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randint(0, len(data))]


def _joined(data: bytes, chance: random.Random) -> bytes:
    begin, end = sorted(chance.randint(0, len(data)) for _ in range(2))
    return data[:end] + data[begin:]


def _zeroed(data: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + bytes(4096) + data[at + 4096 :]


def _worded(data: bytes, chance: random.Random) -> bytes:
    at, word = chance.randint(0, len(data)), struct.pack("<Q", chance.choice(_WORDS))
    return data[:at] + word + data[at + 8 :]


def _lined(data: bytes, chance: random.Random) -> bytes:
    at = data.rfind(b"\n", 0, chance.randint(0, len(data)) + 1) + 1
    return data[:at] + chance.choice(_LINES) + data[at:]


def _record_changed(data: bytes, chance: random.Random) -> bytes:
    """A record whose data is damaged and whose checksum is right: only the decoder can tell."""
    records = _records(data)
    if not records:
        return _flipped(data, chance)
    begin, end = chance.choice(records)
    body = _KINDS[chance.randrange(5)](data[begin + 12 : end - 4], chance)
    return data[:begin] + framed(body) + data[end:]


def _records(data: bytes) -> Sequence[tuple[int, int]]:
    found, at = [], 0
    while at + 16 <= len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        if masked_crc32c(data[at : at + 8]) != struct.unpack_from("<I", data, at + 8)[0]:
            break
        found.append((at, at + 16 + length))
        at += 16 + length
    return [(begin, end) for begin, end in found if end <= len(data)]


_KINDS: Sequence[Callable[[bytes, random.Random], bytes]] = (
    _flipped, _cut, _joined, _zeroed, _worded, _lined, _record_changed, _record_changed,
)  # fmt: skip
