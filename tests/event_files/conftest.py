"""Event files for the tests: records made with TensorBoard's own messages, and scenes to play."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tensorboard.compat.proto.event_pb2 import Event, SessionLog, SourceMetadata
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tb_trainmon.core.columns import Column
from tb_trainmon.core.crc32c import masked_crc32c
from tb_trainmon.event_files.batch import Batch
from tb_trainmon.event_files.disk import FileState, OpenedFile
from tb_trainmon.event_files.event_file import EventFile
from tb_trainmon.event_files.reader import VARIABLE, reader_in_use
from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.event_files.remote.logdir import Interest
from tests.stores import at_once, memory_folder

NOW = 1_700_000_000.0
wherever = pytest.mark.parametrize("scene", ["disk", "store"], indirect=True)


def frame(data: bytes) -> bytes:
    """``data`` as a TFRecord."""
    length = struct.pack("<Q", len(data))
    return b"".join(
        (
            length,
            struct.pack("<I", masked_crc32c(length)),
            data,
            struct.pack("<I", masked_crc32c(data)),
        )
    )


class Records:
    """Makes framed records."""

    frame = staticmethod(frame)

    def event(self, step: int = 0, wall_time: float = NOW, **what: Any) -> bytes:
        return frame(Event(wall_time=wall_time, step=step, **what).SerializeToString())

    def version(self) -> bytes:
        source = SourceMetadata(writer="tests")
        return self.event(file_version="brain.Event:2", source_metadata=source)

    def start(self, step: int, wall_time: float = NOW) -> bytes:
        return self.event(step, wall_time, session_log=SessionLog(status=SessionLog.START))

    def scalar(self, value: float, step: int, tag: str = "loss", plugin: str = "") -> bytes:
        return self.value(
            step, tag=tag, simple_value=value, metadata=self.metadata(plugin) if plugin else None
        )

    def value(self, step: int = 0, wall_time: float = NOW, **fields: Any) -> bytes:
        return self.event(step, wall_time, summary=Summary(value=[Summary.Value(**fields)]))

    def tensor(self, step: int = 0, tag: str = "loss", plugin: str = "", **fields: Any) -> bytes:
        metadata = self.metadata(plugin) if plugin else None
        return self.value(step, tag=tag, metadata=metadata, tensor=TensorProto(**fields))

    def metadata(self, plugin: str, content: bytes = b"") -> Any:
        data = SummaryMetadata.PluginData(plugin_name=plugin, content=content)
        return SummaryMetadata(plugin_data=data)

    def scalars(self, steps: range, tag: str = "loss") -> list[bytes]:
        return [self.scalar(step / 2, step, tag) for step in steps]


class Mirror:
    """A ``Disk``: a remote store that holds, at every stat, the file as it is on this machine."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path = path
        self._folder = memory_folder()
        self.url = f"{self._folder.url}/{path.name}"
        disks = Disks(clock, start=at_once, rest=0.0)
        self._logdir = disks.logdir(self._folder.url, Interest(lambda _: False, lambda _: 1 << 16))
        self._disk = disks.patient()

    def stat(self, path: str) -> FileState:
        if self._path.exists():
            self._folder.put(self._path.name, self._path.read_bytes(), self._path.stat().st_mtime)
        elif self._folder.names():
            self._folder.remove(self._path.name)
        self._logdir.scan()
        return self._disk.stat(path)

    def open(self, path: str) -> AbstractContextManager[OpenedFile]:
        self._disk.begin_visit()
        return self._disk.open(path)


@dataclass
class Scene:
    """A file that is written and read in turns, by a clock that stands still until advanced."""

    path: Path
    now: float = NOW
    in_a_store: bool = False
    file: EventFile = field(init=False)

    def __post_init__(self) -> None:
        self.look_anew()

    def look_anew(self) -> None:
        """Forget what was read of the file."""
        mirror = Mirror(self.path, lambda: self.now) if self.in_a_store else None
        self.file = EventFile(
            mirror.url if mirror else str(self.path),
            where="run/events",
            clock=lambda: self.now,
            disk=mirror,
        )

    def write(self, *parts: bytes) -> None:
        """Truncate the file and write it anew, as open(path, "wb") does."""
        self.path.write_bytes(b"".join(parts))
        os.utime(self.path, (self.now, self.now))

    def append(self, *parts: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(b"".join(parts))
        os.utime(self.path, (self.now, self.now))

    def patch(self, offset: int, data: bytes) -> None:
        with self.path.open("r+b") as file:
            file.seek(offset)
            file.write(data)
        os.utime(self.path, (self.now, self.now))

    def replace(self, *parts: bytes) -> None:
        """Another file takes the path, as rename does."""
        other = self.path.with_name("other")
        other.write_bytes(b"".join(parts))
        other.replace(self.path)

    def advance(self, seconds: float) -> None:
        self.now += seconds

    def steps(self, tag: str = "loss") -> list[int]:
        """The steps of ``tag`` that one read finds."""
        return steps_of(self.file.read(), tag)

    def codes(self) -> list[str]:
        return [problem.code for problem in self.file.problems]


def steps_of(batch: Batch, tag: str = "loss") -> list[int]:
    points: Column | None = batch.scalars.get(tag)
    return [] if points is None else [int(step) for step in points.step]


@pytest.fixture(autouse=True, scope="module", params=["kernel", "python"])
def reader(request: pytest.FixtureRequest) -> Iterator[str]:
    """Everything about event files is tested with both decoders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, request.param)
        if reader_in_use() != request.param:
            pytest.skip("The kernel is not compiled.")
        yield request.param


@pytest.fixture(scope="session")
def records() -> Records:
    return Records()


@pytest.fixture
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    """On this machine; ``wherever``: in a store too."""
    kind = getattr(request, "param", "disk")
    return Scene(tmp_path / "events.out.tfevents.1700000000.host.1.0", in_a_store=kind == "store")


@pytest.fixture(scope="session")
def logs() -> Path:
    """Real logs of many frameworks."""
    return Path(__file__).parent.parent / "fixtures" / "logs"
