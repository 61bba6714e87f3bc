"""Scenes: a file is written, the clock advances, and what a read gives is compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tb_trainmon.event_files import cursor
from tb_trainmon.event_files.disk import FileState, LocalDisk, OpenedFile
from tb_trainmon.event_files.event_file import EventFile
from tests.event_files.conftest import wherever

if TYPE_CHECKING:
    from tests.event_files.conftest import Records, Scene

QUIET = cursor.QUIET


@wherever
def test_each_read_gives_what_was_appended_since_the_last(scene: Scene, records: Records) -> None:
    scene.write(records.version(), *records.scalars(range(3)))
    assert scene.steps() == [0, 1, 2]
    scene.append(*records.scalars(range(3, 5)))
    assert scene.steps() == [3, 4]
    assert scene.steps() == []


@wherever
def test_a_read_tells_what_it_read(scene: Scene, records: Records) -> None:
    parts = [records.version(), *records.scalars(range(3))]
    scene.write(*parts)
    batch = scene.file.read()
    assert (batch.events, batch.bytes_read) == (4, sum(map(len, parts)))
    assert (batch.skipped_events, batch.skipped_bytes, batch.rewritten) == (0, 0, False)
    assert batch.problems == []
    assert scene.file.offset == sum(map(len, parts))


def test_a_read_of_an_unchanged_file_costs_one_stat(scene: Scene, records: Records) -> None:
    opened = []

    class CountingDisk(LocalDisk):
        def open(self, path: str) -> AbstractContextManager[OpenedFile]:
            opened.append(path)
            return super().open(path)

    scene.write(records.scalar(1.0, 1))
    file = EventFile(str(scene.path), disk=CountingDisk())
    for _ in range(5):
        file.read()
    assert len(opened) == 1


@wherever
def test_an_empty_file_is_quietly_nothing_yet(scene: Scene, records: Records) -> None:
    scene.write()
    assert scene.file.read().events == 0
    assert scene.codes() == []
    scene.append(records.scalar(1.0, 7))
    assert scene.steps() == [7]


@wherever
def test_a_torn_tail_is_waited_for_however_long(scene: Scene, records: Records) -> None:
    whole = records.scalar(1.0, 2)
    scene.write(records.scalar(1.0, 1), whole[:30])
    assert scene.steps() == [1]
    scene.advance(10 * QUIET)
    assert scene.steps() == []
    assert scene.codes() == []
    scene.append(whole[30:])
    assert scene.steps() == [2]


@wherever
def test_a_file_cut_at_any_byte_gives_the_same_points_once_it_is_whole(
    scene: Scene, records: Records
) -> None:
    """And never a point twice, a problem or a wrong value meanwhile."""
    data = b"".join([records.version(), *records.scalars(range(4)), records.start(2)])
    for cut in range(len(data) + 1):
        scene.replace(data[:cut])
        scene.look_anew()
        before = scene.file.read()
        scene.append(data[cut:])
        after = scene.file.read()
        points = [
            (step, value)
            for batch in (before, after)
            for column in batch.scalars.values()
            for step, value in zip(column.step.tolist(), column.value.tolist(), strict=True)
        ]
        assert points == [(step, step / 2) for step in range(4)]
        (start,) = before.session_starts + after.session_starts
        assert start.points_before == {"loss": 4}
        assert before.events + after.events == 6
        assert not before.rewritten
        assert not after.rewritten
        assert scene.codes() == []


@wherever
def test_a_file_written_byte_by_byte_gives_each_point_as_it_is_whole(
    scene: Scene, records: Records
) -> None:
    data = b"".join(records.scalars(range(1, 4)))
    size = len(data) // 3
    scene.write()
    found = []
    for at in range(len(data)):
        scene.append(data[at : at + 1])
        found += [(at + 1, step) for step in scene.steps()]
    assert found == [(size, 1), (2 * size, 2), (3 * size, 3)]


def test_what_comes_while_it_is_read_is_there_at_the_next_read(
    scene: Scene, records: Records
) -> None:
    """A read ends where the file ended when it began, so that a fast writer cannot hold it."""

    class GrowingFile:
        def __init__(self, file: OpenedFile) -> None:
            self.file = file

        def state(self) -> FileState:
            state = self.file.state()
            scene.append(records.scalar(1.0, state.size))
            return state

        def read(self, offset: int, size: int) -> bytes:
            return self.file.read(offset, size)

    class GrowingDisk(LocalDisk):
        @contextmanager
        def open(self, path: str) -> Iterator[OpenedFile]:
            with super().open(path) as file:
                yield GrowingFile(file)

    scene.write(records.scalar(1.0, 0))
    scene.file = EventFile(str(scene.path), disk=GrowingDisk())
    size = len(records.scalar(1.0, 0))
    assert scene.steps() == [0]
    assert scene.steps() == [size]


def test_a_real_writer_can_be_followed(tmp_path: Path) -> None:
    writer = EventFileWriter(str(tmp_path), flush_secs=1000)
    (path,) = tmp_path.iterdir()
    file = EventFile(str(path))
    found: list[int] = []
    for step in range(30):
        value = Summary.Value(tag="loss", simple_value=step)
        writer.add_event(Event(wall_time=1e9, step=step, summary=Summary(value=[value])))
        if step % 7 == 0:
            writer.flush()
            batch = file.read()
            found += batch.scalars["loss"].step.tolist()
            assert found == list(range(step + 1))
    writer.close()
    found += file.read().scalars["loss"].step.tolist()
    assert found == list(range(30))


@wherever
def test_chunks_and_records_of_any_size_fit(
    scene: Scene, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record may be larger than a chunk, or divided by its end anywhere."""
    image = records.value(5, tag="i", image=Summary.Image(encoded_image_string=b"x" * 5000))
    scene.write(*records.scalars(range(5)), image, *records.scalars(range(6, 60)))
    for chunk in (1, 12, 16, 50, 64, 100, 1000, 4096):
        monkeypatch.setattr(cursor, "CHUNK", chunk)
        scene.look_anew()
        assert scene.steps() == [*range(5), *range(6, 60)]


@wherever
def test_an_image_of_50_megabytes_is_stepped_over(scene: Scene, records: Records) -> None:
    image = Summary.Image(encoded_image_string=bytes(50_000_000))
    scene.write(records.scalar(1.0, 1), records.value(2, tag="i", image=image))
    scene.append(records.scalar(1.0, 3))
    assert scene.steps() == [1, 3]
