"""One round: a real log directory, damaged, asked everything; both decoders on every file of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tb_trainmon.event_files.decoder import Decoder, Stop
from tb_trainmon.event_files.glance import feed_all
from tb_trainmon.event_files.python_decoder import PythonDecoder
from tb_trainmon.event_files.reader import new_decoder, reader_in_use
from tests.event_files.test_decoders_agree import told
from tests.fuzz.damage import damage
from tests.routes.everything import failures
from tests.routes.site import Clock, Site

LOGS = Path(__file__).parents[1] / "fixtures" / "logs"
NOW = 1_795_400_000.0


def sources() -> Sequence[Path]:
    """The real log directories, one for each of what frameworks write."""
    return sorted(path for path in LOGS.glob("*/*") if path.is_dir())


def round_of(seed: int) -> list[str]:
    """What goes wrong with the damage of this seed; nothing, if all is well."""
    source = sources()[seed % len(sources())]
    folder = Path(tempfile.mkdtemp(prefix="trainmon-fuzz-"))
    try:
        damage(source, folder / "logs", seed)
        found = [*failures(Site(folder / "logs", Clock(NOW))), *_differences(folder)]
    finally:
        shutil.rmtree(folder)
    return [f"seed {seed}, {source.name}: {each}" for each in found]


def _differences(folder: Path) -> Iterator[str]:
    if reader_in_use() != "kernel":
        return
    for path in sorted(folder.rglob("*tfevents*")):
        data = path.read_bytes()
        kernel, python = _read(new_decoder(), data), _read(PythonDecoder(), data)
        if kernel != python:
            yield f"the decoders differ on {path.name}"


def _read(decoder: Decoder, data: bytes) -> tuple[Stop, object]:
    stop = feed_all(decoder, data)
    return stop, told(decoder.take())
