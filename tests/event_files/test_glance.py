from __future__ import annotations

import gzip
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tensorboard.compat.proto import types_pb2 as types
from tensorboard.compat.proto.summary_pb2 import Summary

from tb_trainmon.event_files.disk import FileState, LocalDisk, OpenedFile
from tb_trainmon.event_files.event_file import EventFile
from tb_trainmon.event_files.glance import Glance, glance

if TYPE_CHECKING:
    from tests.event_files.conftest import Records, Scene


def look(scene: Scene) -> Glance:
    return glance(str(scene.path), window=16384, where="run/events")


def steps(found: Glance) -> tuple[list[int], list[int]]:
    head, tail = (
        batch.scalars["loss"].step.tolist() if "loss" in batch.scalars else []
        for batch in (found.head, found.tail)
    )
    return head, tail


def image(records: Records, size: int) -> bytes:
    picture = Summary.Image(encoded_image_string=random.Random(1).randbytes(size))
    return records.value(0, tag="i", image=picture)


def test_a_small_file_is_seen_as_a_whole(scene: Scene, records: Records) -> None:
    scene.write(records.version(), *records.scalars(range(9)))
    found = look(scene)
    assert found.whole
    assert found.head is found.tail
    assert steps(found)[0] == list(range(9))
    assert found.head.writer == "tests"
    assert found.size == scene.path.stat().st_size


def test_of_a_large_file_the_first_and_the_last_points_are_seen(
    scene: Scene, records: Records
) -> None:
    scene.write(records.version(), *records.scalars(range(5000)))
    found = look(scene)
    head, tail = steps(found)
    assert not found.whole
    assert head == list(range(len(head)))
    assert len(head) >= 100
    assert tail == list(range(5000 - len(tail), 5000))
    assert tail


def test_head_and_tail_tell_no_point_twice(scene: Scene, records: Records) -> None:
    """Whatever the size: their windows may meet."""
    for count in range(0, 600, 7):
        scene.write(records.version(), *records.scalars(range(count)))
        found = look(scene)
        head, tail = steps(found)
        both = head if found.whole else head + tail
        assert sorted(set(both)) == both
        if count:
            assert both[0] == 0
            assert both[-1] == count - 1


def test_a_torn_tail_ends_the_tail(scene: Scene, records: Records) -> None:
    parts = records.scalars(range(2000))
    for cut in range(len(parts[-1])):
        scene.write(*parts[:-1], parts[-1][:cut])
        assert steps(look(scene))[1][-1] == 1998


@pytest.mark.parametrize("size", [3_000, 50_000, 700_000])
def test_a_large_last_record_does_not_hide_the_tail(
    scene: Scene, records: Records, size: int
) -> None:
    """Going back goes on until there is a record."""
    scene.write(*records.scalars(range(2000)), image(records, size))
    assert look(scene).tail.events > 0
    scene.append(records.scalar(1.0, 2000))
    assert steps(look(scene))[1][-1] == 2000


@pytest.mark.parametrize("size", [9_000, 300_000, 2_000_000])
def test_a_large_first_record_does_not_hide_the_head(
    scene: Scene, records: Records, size: int
) -> None:
    """Graphs come first; a very large one is stepped over unread."""
    graph = records.event(graph_def=bytes(size))
    scene.write(records.version(), graph, *records.scalars(range(2000)))
    assert steps(look(scene))[0][:3] == [0, 1, 2]


def test_texts_behind_each_other_are_all_seen(scene: Scene, records: Records) -> None:
    """A head is read until it has told points, as some frameworks write a text for each key."""
    texts = [
        records.tensor(0, f"key{n}", "text", dtype=types.DT_STRING, string_val=[b"v" * 50])
        for n in range(100)
    ]
    scene.write(records.version(), *texts, *records.scalars(range(2000)))
    assert len(look(scene).head.texts) == 100


def test_the_tail_knows_what_the_head_says_about_a_tag(scene: Scene, records: Records) -> None:
    """TF2 names the plugin once; without it, the histogram would look like a scalar."""
    one = {"dtype": types.DT_FLOAT, "float_val": [1.0]}
    first = [records.tensor(0, tag, plugin, **one) for tag, plugin in PLUGINS]
    later = [records.tensor(step, tag, **one) for step in range(1, 1500) for tag, _ in PLUGINS]
    scene.write(*first, *later)
    found = look(scene)
    assert not found.whole
    assert list(found.head.scalars) == list(found.tail.scalars) == ["loss"]


PLUGINS = [("loss", "scalars"), ("weights", "histograms")]


@pytest.mark.parametrize("offset", [0, 5, 8, 20, 60, 3000, -1, -10, -30, -60])
def test_damage_costs_only_what_is_damaged(scene: Scene, records: Records, offset: int) -> None:
    parts = records.scalars(range(2000))
    data = bytearray(b"".join(parts))
    data[offset] ^= 0x20
    scene.write(bytes(data))
    head, tail = steps(look(scene))
    assert len(set(range(head[-1] + 1)) - set(head)) <= 1
    assert len(set(range(tail[0], 2000)) - set(tail)) <= 1
    assert head[-1] > 90
    assert tail[0] < 1990


@pytest.mark.parametrize("count", [0, 1, 100, 40_000])
def test_noise_holds_nothing_and_does_no_harm(scene: Scene, count: int) -> None:
    for noise in (bytes(count), random.Random(count).randbytes(count), b"\x01\0\0\0\0" * count):
        scene.write(noise)
        found = look(scene)
        assert (found.head.events, found.tail.events) == (0, 0)
        assert found.size == len(noise)


def test_what_cannot_be_read_is_a_problem(scene: Scene) -> None:
    found = look(scene)
    (problem,) = found.head.problems
    assert (problem.code, problem.where) == ("file_missing", "run/events")
    assert (found.whole, found.size) == (False, 0)


def test_what_is_no_event_file_is_a_problem(scene: Scene) -> None:
    scene.write(gzip.compress(os.urandom(100_000)))
    (problem,) = look(scene).head.problems
    assert problem.code == "compressed"


@pytest.mark.parametrize("end", [-1, -100_000, 5000, 100, 5, 0])
def test_a_file_that_shrinks_meanwhile_does_no_harm(
    scene: Scene, records: Records, end: int
) -> None:
    class ShrinkingFile:
        def __init__(self, file: OpenedFile) -> None:
            self.file = file

        def state(self) -> FileState:
            state = self.file.state()
            os.truncate(scene.path, end % state.size)
            return state

        def read(self, offset: int, size: int) -> bytes:
            return self.file.read(offset, size)

    class ShrinkingDisk(LocalDisk):
        @contextmanager
        def open(self, path: str) -> Iterator[OpenedFile]:
            with super().open(path) as file:
                yield ShrinkingFile(file)

    scene.write(*records.scalars(range(5000)))
    head = glance(str(scene.path), window=16384, disk=ShrinkingDisk()).head
    assert (head.events > 0) == (end not in (5, 0))
    scene.write(*records.scalars(range(5000)))
    assert len(EventFile(str(scene.path), disk=ShrinkingDisk()).read().scalars) <= 1


def test_a_glance_at_a_real_log_agrees_with_reading_it(logs: Path) -> None:
    """Where both have a tag, the glance has its first and its last points."""
    for path in sorted(logs.rglob("*tfevents*")):
        whole = EventFile(str(path)).read()
        for window in (4096, 65536):
            seen = glance(str(path), window=window)
            assert seen.head.first_wall_time == whole.first_wall_time
            if seen.tail.events:
                assert seen.tail.last_wall_time == whole.last_wall_time
            assert set(seen.head.scalars) | set(seen.tail.scalars) <= set(whole.scalars)
            for tag, column in seen.head.scalars.items():
                expected = whole.scalars[tag].value[: len(column)]
                np.testing.assert_array_equal(column.value, expected)
            for tag, column in seen.tail.scalars.items():
                expected = whole.scalars[tag].value[-len(column) :]
                np.testing.assert_array_equal(column.value, expected)
            if seen.whole:
                assert seen.head.texts == whole.texts
                assert seen.head.hparams == whole.hparams
