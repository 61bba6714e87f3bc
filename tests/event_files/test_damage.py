"""An event file that is damaged: what is lost is told, and everything else is read."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tensorboard.compat.proto.summary_pb2 import Summary

from tb_trainmon.core.crc32c import masked_crc32c
from tb_trainmon.event_files import cursor
from tb_trainmon.event_files.disk import LocalDisk, OpenedFile
from tb_trainmon.event_files.event_file import EventFile
from tests.event_files.conftest import wherever

if TYPE_CHECKING:
    from tests.event_files.conftest import Records, Scene

GRACE, QUIET = cursor.GRACE, cursor.QUIET


def spoil(data: bytes, offset: int) -> bytes:
    return data[:offset] + bytes([data[offset] ^ 0x40]) + data[offset + 1 :]


@wherever
def test_a_bad_record_is_waited_for_and_then_skipped(scene: Scene, records: Records) -> None:
    one, two, three = records.scalars(range(1, 4))
    scene.write(one, spoil(two, 30), three)
    assert scene.steps() == [1]
    scene.advance(GRACE - 0.1)
    assert scene.steps() == []
    assert scene.codes() == []
    scene.advance(0.2)
    batch = scene.file.read()
    assert batch.scalars["loss"].step.tolist() == [3]
    assert (batch.skipped_events, batch.skipped_bytes) == (1, len(two))
    (problem,) = batch.problems
    assert problem.code == "damaged_record"
    assert f"at byte {len(one)};" in problem.message


@wherever
def test_a_page_that_was_half_written_is_read_when_it_is_whole(
    scene: Scene, records: Records
) -> None:
    one, two, three = records.scalars(range(1, 4))
    scene.write(one, two[:30], bytes(len(two) - 30), three)
    assert scene.steps() == [1]
    scene.advance(GRACE / 2)
    scene.patch(len(one), two)
    assert scene.steps() == [2, 3]
    scene.advance(GRACE)
    assert scene.steps() == []
    assert scene.codes() == []


@pytest.mark.parametrize("start", [0, 4])
@wherever
def test_a_page_of_zeros_that_is_filled_in_time_is_read(
    scene: Scene, records: Records, start: int
) -> None:
    """Network file systems extend a file before its data arrives."""
    one, two = records.scalars(range(1, 3))
    scene.write(one, two[:start], bytes(len(two) - start))
    assert scene.steps() == [1]
    scene.advance(GRACE / 2)
    scene.patch(len(one), two)
    assert scene.steps() == [2]
    assert scene.codes() == []


@wherever
def test_a_bad_length_is_waited_for_and_then_passed_over(scene: Scene, records: Records) -> None:
    one, two, three = records.scalars(range(1, 4))
    scene.write(one, spoil(two, 0), three)
    assert scene.steps() == [1]
    scene.advance(GRACE)
    batch = scene.file.read()
    assert batch.scalars["loss"].step.tolist() == [3]
    assert batch.skipped_bytes == len(two)
    (problem,) = batch.problems
    assert problem.code == "damaged_bytes"
    assert problem.message.startswith(f"{len(two)} bytes hold no valid record")
    assert f"at byte {len(one)})" in problem.message


@wherever
def test_a_file_that_nobody_writes_any_more_is_not_waited_for(
    scene: Scene, records: Records
) -> None:
    one, two, three = records.scalars(range(1, 4))
    scene.write(spoil(one, 30), two, spoil(one, 2), three)
    scene.advance(QUIET + 1)
    assert scene.steps() == [2, 3]
    assert sorted(scene.codes()) == ["damaged_bytes", "damaged_record"]


@wherever
def test_many_bad_records_cost_one_grace_together(scene: Scene, records: Records) -> None:
    """Not one each: what was there when the first was doubted has been there as long."""
    good = records.scalars(range(40))
    scene.write(*(spoil(part, 30) if step % 2 else part for step, part in enumerate(good)))
    assert scene.steps() == [0]
    scene.advance(GRACE)
    assert scene.steps() == list(range(2, 40, 2))
    (problem,) = scene.file.problems
    assert problem.message.startswith("20 records fail")
    assert "and 17 more" in problem.message


@wherever
def test_a_bad_record_that_came_later_has_its_own_grace(scene: Scene, records: Records) -> None:
    good, bad = records.scalar(1.0, 1), spoil(records.scalar(1.0, 2), 30)
    scene.write(bad)
    scene.file.read()
    scene.advance(GRACE)
    scene.append(bad, good)
    assert scene.steps() == []
    scene.advance(GRACE)
    assert scene.steps() == [1]


@wherever
def test_a_record_cut_by_a_crash_does_not_swallow_what_was_written_behind_it(
    scene: Scene, records: Records
) -> None:
    """Its length reaches into the records of the next process, and its data is theirs."""
    one, *others = records.scalars(range(1, 8))
    long = records.value(9, tag="i", image=Summary.Image(encoded_image_string=b"x" * 250))
    scene.write(one, long[:40], *others)
    assert scene.steps() == [1]
    scene.advance(GRACE)
    assert scene.steps() == [2, 3, 4, 5, 6, 7]
    (problem,) = scene.file.problems
    assert "40 bytes" in problem.message


@wherever
def test_a_record_cut_by_a_crash_does_not_hide_a_shorter_one_behind_it(
    scene: Scene, records: Records
) -> None:
    """It would be waited for in vain: whoever was to finish it is gone."""
    long = records.value(9, tag="i", image=Summary.Image(encoded_image_string=b"x" * 5000))
    scene.write(records.scalar(1.0, 1), long[:40], records.scalar(1.0, 2))
    assert scene.steps() == [1]
    scene.advance(GRACE)
    assert scene.steps() == [2]
    assert scene.codes() == ["damaged_record"]


@wherever
def test_a_damaged_end_is_told_and_found_past_when_more_is_written(
    scene: Scene, records: Records
) -> None:
    one, two = records.scalars(range(1, 3))
    scene.write(one, bytes(5000))
    assert scene.steps() == [1]
    scene.advance(GRACE)
    (problem,) = scene.file.read().problems
    assert problem.code == "damaged_end"
    assert "last 5,000 bytes" in problem.message
    scene.append(two[:7])
    assert scene.steps() == []
    scene.append(two[7:])
    batch = scene.file.read()
    assert batch.scalars["loss"].step.tolist() == [2]
    assert scene.codes() == ["damaged_bytes"]
    assert batch.skipped_bytes == 5000


@wherever
def test_a_damaged_beginning_does_not_make_it_another_file(scene: Scene, records: Records) -> None:
    one, two, three = records.scalars(range(1, 4))
    scene.write(spoil(one, 0), two, three)
    scene.advance(QUIET + 1)
    assert scene.steps() == [2, 3]
    assert scene.codes() == ["damaged_bytes"]


@wherever
def test_a_record_that_is_no_event_is_counted_and_told(scene: Scene, records: Records) -> None:
    scene.write(records.scalar(1.0, 1), records.frame(b"\x0a\xff no event"), records.scalar(1.0, 2))
    batch = scene.file.read()
    assert batch.scalars["loss"].step.tolist() == [1, 2]
    assert batch.skipped_events == 1
    (problem,) = batch.problems
    assert problem.code == "not_an_event"
    assert f"at byte {len(records.scalar(1.0, 1))})" in problem.message


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
@wherever
def test_any_spoiled_byte_costs_no_other_record(scene: Scene, records: Records, mask: int) -> None:
    good = records.scalars(range(6))
    data, size = b"".join(good), len(good[1])
    edges = [sum(map(len, good[:index])) for index in range(7)]
    for offset in range(len(data)):
        scene.replace(data[:offset] + bytes([data[offset] ^ mask]) + data[offset + 1 :])
        scene.look_anew()
        os.utime(scene.path, (0, 0))
        hit = next(index for index in range(6) if edges[index] <= offset < edges[index + 1])
        assert scene.steps() == [step for step in range(6) if step != hit], offset
        assert len(scene.codes()) == 1
    assert size > 40


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["append", "cut", "spoil", "write", "wait", "zeros", "noise"]),
            st.integers(0, 2**16),
        ),
        max_size=25,
    )
)
@wherever
def test_no_history_makes_a_read_fail_or_tell_a_point_twice(
    scene: Scene, records: Records, acts: list[tuple[str, int]]
) -> None:
    """And whatever was done to the file, a whole record at its end is found."""
    scene.write()
    scene.look_anew()
    known: list[int] = []
    for number, (act, at) in enumerate(acts):
        data = scene.path.read_bytes()
        fresh = records.scalar(1.0, number)
        match act:
            case "append":
                scene.append(fresh)
            case "cut":
                scene.append(fresh[: at % len(fresh)])
            case "zeros":
                scene.append(bytes(at % 100))
            case "noise":
                scene.append(at.to_bytes(3, "little") * (at % 40))
            case "write":
                scene.write(fresh)
            case "spoil" if data:
                scene.patch(at % len(data), b"\x55")
            case _:
                scene.advance(at % 20)
        batch = scene.file.read()
        known = ([] if batch.rewritten else known) + (
            batch.scalars["loss"].step.tolist() if "loss" in batch.scalars else []
        )
        assert len(set(known)) == len(known)
        assert scene.file.offset <= scene.path.stat().st_size
    scene.append(records.scalar(1.0, 1000))
    for _ in range(3):
        batch = scene.file.read()
        known += batch.scalars["loss"].step.tolist() if "loss" in batch.scalars else []
        scene.advance(QUIET + 1)
    assert known[-1] == 1000


def test_a_record_that_is_damaged_costs_no_read_of_its_own(scene: Scene, records: Records) -> None:
    """Each used to read a megabyte anew: a file of bare headers took minutes."""
    headers = [records.frame(b"x" * 100)[:12]] * 5000
    scene.write(records.scalar(1.0, 1), *headers, records.scalar(1.0, 2))
    reads: list[int] = []

    class Counting(LocalDisk):
        def open(self, path: str) -> AbstractContextManager[OpenedFile]:
            return counting(super().open(path))

    @contextmanager
    def counting(opened: AbstractContextManager[OpenedFile]) -> Iterator[OpenedFile]:
        with opened as file:
            read = file.read

            class Counted:
                state = staticmethod(file.state)

                def read(self, offset: int, size: int) -> bytes:
                    reads.append(size)
                    return read(offset, size)

            yield Counted()

    file = EventFile(str(scene.path), clock=lambda: scene.now + 1000, disk=Counting())
    batch = file.read()
    assert batch.scalars["loss"].step.tolist() == [1, 2]
    assert batch.skipped_events == 5000
    assert len(reads) < 10


def test_a_visit_has_an_end_however_much_is_damaged(
    scene: Scene, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left is read by the next ones, and that it is being read is said meanwhile."""
    monkeypatch.setattr(cursor, "_IN_VAIN", 1 << 20)
    headers = [records.frame(b"x" * 100)[:12]] * 1000
    scene.write(records.scalar(1.0, 1), *headers, records.scalar(1.0, 2))
    scene.advance(1000)
    found, visits = scene.steps(), 1
    assert found == [1]
    assert "still_reading" in scene.codes()
    while "still_reading" in scene.codes():
        found += scene.steps()
        visits += 1
    assert found == [1, 2]
    assert 5 < visits < 20
    assert scene.codes() == ["damaged_record"]


@pytest.mark.parametrize("promised", [None, 1 << 40])
def test_a_visit_has_an_end_however_long_a_hole_is(
    scene: Scene, records: Records, monkeypatch: pytest.MonkeyPatch, promised: int | None
) -> None:
    """A sparse file is as large as one likes, and so is what a header promises of it."""
    monkeypatch.setattr(cursor, "_IN_VAIN", 1 << 20)
    length = b"" if promised is None else struct.pack("<Q", promised)
    header = length and length + struct.pack("<I", masked_crc32c(length))
    scene.write(records.scalar(1.0, 1), header, bytes(10 << 20), records.scalar(1.0, 2))
    scene.advance(1000)
    found, visits = scene.steps(), 1
    while "still_reading" in scene.codes():
        assert scene.codes() == ["still_reading"]
        found += scene.steps()
        visits += 1
    assert found == [1, 2]
    assert 5 < visits < 12
    assert scene.codes() == ["damaged_bytes"]
