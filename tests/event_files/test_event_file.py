"""Scenes: a file is written, the clock advances, and what a read gives is compared."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tb_trainmon.event_files import cursor
from tb_trainmon.event_files.disk import FileState, LocalDisk, OpenedFile
from tb_trainmon.event_files.event_file import EventFile
from tests.event_files.conftest import WHEREVER

if TYPE_CHECKING:
    from tests.event_files.conftest import Records, Scene

GRACE, QUIET = cursor.GRACE, cursor.QUIET
wherever = pytest.mark.parametrize("scene", WHEREVER, indirect=True)


# ---- a file that grows ---------------------------------------------------------------------------


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


# ---- a file that is not what it was --------------------------------------------------------------


@wherever
def test_a_file_rewritten_shorter_starts_again(scene: Scene, records: Records) -> None:
    scene.write(*records.scalars(range(10)))
    scene.file.read()
    scene.write(*records.scalars(range(100, 103)))
    batch = scene.file.read()
    assert batch.rewritten
    assert batch.scalars["loss"].step.tolist() == [100, 101, 102]
    assert scene.codes() == []
    assert not scene.file.read().rewritten


@wherever
def test_a_file_truncated_to_nothing_is_told_at_once(scene: Scene, records: Records) -> None:
    scene.write(*records.scalars(range(10)))
    scene.file.read()
    scene.write()
    assert scene.file.read().rewritten
    scene.append(records.scalar(1.0, 3))
    batch = scene.file.read()
    assert not batch.rewritten
    assert batch.scalars["loss"].step.tolist() == [3]


@pytest.mark.parametrize("count", [10, 50])
@wherever
def test_a_file_rewritten_as_long_or_longer_between_reads_starts_again(
    scene: Scene, records: Records, count: int
) -> None:
    """Its size tells nothing then: its beginning does."""
    scene.write(*records.scalars(range(10)))
    scene.file.read()
    scene.advance(1)
    scene.write(*records.scalars(range(100, 100 + count)))
    batch = scene.file.read()
    assert batch.rewritten
    assert batch.scalars["loss"].step.tolist() == list(range(100, 100 + count))


def test_a_file_replaced_by_rename_starts_again(scene: Scene, records: Records) -> None:
    parts = records.scalars(range(10))
    scene.write(*parts)
    scene.file.read()
    scene.replace(*parts, records.scalar(1.0, 10))
    batch = scene.file.read()
    assert batch.rewritten
    assert len(batch.scalars["loss"]) == 11


@wherever
def test_points_before_a_session_start_are_counted_anew_in_a_new_file(
    scene: Scene, records: Records
) -> None:
    scene.write(*records.scalars(range(10)))
    scene.file.read()
    scene.replace(*records.scalars(range(2)), records.start(0))
    (start,) = scene.file.read().session_starts
    assert start.points_before == {"loss": 2}


@wherever
def test_a_torn_tail_that_is_cut_off_takes_nothing_back(scene: Scene, records: Records) -> None:
    """The file is shorter than it was, but not than what was read."""
    whole = records.scalar(1.0, 1)
    scene.write(whole, whole[:20])
    scene.file.read()
    scene.write(whole)
    batch = scene.file.read()
    assert (batch.rewritten, batch.events) == (False, 0)


@wherever
def test_a_touched_file_is_the_same_file(scene: Scene, records: Records) -> None:
    scene.write(records.scalar(1.0, 1))
    scene.file.read()
    os.utime(scene.path)
    batch = scene.file.read()
    assert (batch.rewritten, batch.events) == (False, 0)


@wherever
def test_a_deleted_file_is_a_problem_until_it_is_back(scene: Scene, records: Records) -> None:
    scene.write(records.scalar(1.0, 1))
    scene.file.read()
    hidden = scene.path.rename(scene.path.with_name("hidden"))
    batch = scene.file.read()
    assert not batch.rewritten
    assert [problem.code for problem in batch.problems] == ["file_missing"]
    assert "still shown" in batch.problems[0].message
    assert batch.problems[0].where == "run/events"
    assert scene.file.read().problems == []
    assert scene.codes() == ["file_missing"]
    hidden.rename(scene.path)
    scene.append(records.scalar(1.0, 2))
    assert scene.steps() == [2]
    assert scene.codes() == []


@wherever
def test_a_deleted_file_that_is_made_anew_starts_again(scene: Scene, records: Records) -> None:
    scene.write(*records.scalars(range(3)))
    scene.file.read()
    scene.path.unlink()
    scene.file.read()
    scene.advance(1)
    scene.write(*records.scalars(range(50, 60)))
    batch = scene.file.read()
    assert batch.rewritten
    assert batch.scalars["loss"].step.tolist() == list(range(50, 60))


def test_an_unreadable_file_is_a_problem_until_it_can_be_read(
    scene: Scene, records: Records
) -> None:
    class MoodyDisk(LocalDisk):
        allowed = False

        def open(self, path: str) -> AbstractContextManager[OpenedFile]:
            if not self.allowed:
                # Permissions do not stop root, and the tests may run as root.
                raise PermissionError(13, "Permission denied", path)
            return super().open(path)

    disk = MoodyDisk()
    scene.write(records.scalar(1.0, 1))
    file = EventFile(str(scene.path), where="run/events", disk=disk)
    (problem,) = file.read().problems
    assert problem.code == "file_unreadable"
    assert "Permission denied" in problem.message
    disk.allowed = True
    assert file.read().events == 1
    assert file.problems == ()


def test_what_was_read_before_a_disk_fails_is_given(
    scene: Scene, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FailingFile:
        def __init__(self, path: Path) -> None:
            self.data = path.read_bytes()

        def state(self) -> FileState:
            return FileState(1, 1, len(self.data), 0)

        def read(self, offset: int, size: int) -> bytes:
            if offset > 100 and disk.failing:
                raise OSError(5, "Input/output error")
            return self.data[offset : offset + size]

    class FailingDisk(LocalDisk):
        failing = True

        def open(self, path: str) -> AbstractContextManager[OpenedFile]:
            return nullcontext(FailingFile(Path(path)))

    monkeypatch.setattr(cursor, "CHUNK", 64)
    disk = FailingDisk()
    scene.write(*records.scalars(range(10)))
    file = EventFile(str(scene.path), disk=disk)
    before = file.read()
    assert [problem.code for problem in before.problems] == ["file_unreadable"]
    assert 0 < before.events < 10
    disk.failing = False
    assert before.events + file.read().events == 10


def test_a_folder_named_like_an_event_file_is_a_problem(scene: Scene) -> None:
    scene.path.mkdir()
    (problem,) = scene.file.read().problems
    assert problem.code == "file_unreadable"
    assert "directory" in problem.message


# ---- a file that is none -------------------------------------------------------------------------

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


@pytest.mark.parametrize(
    ("content", "code", "hint"),
    [
        (POINTER, "lfs_pointer", "git lfs pull"),
        (gzip.compress(b"x" * 99, mtime=0), "compressed", "gzip"),
    ],
)
@wherever
def test_a_file_that_is_known_to_be_something_else_is_told_at_once(
    scene: Scene, content: bytes, code: str, hint: str
) -> None:
    scene.write(content)
    (problem,) = scene.file.read().problems
    assert problem.code == code
    assert hint in problem.message
    assert scene.file.read().problems == []


@wherever
def test_a_pointer_that_is_resolved_is_read(scene: Scene, records: Records) -> None:
    scene.write(POINTER)
    scene.file.read()
    scene.advance(1)
    scene.write(*records.scalars(range(3)))
    batch = scene.file.read()
    assert len(batch.scalars["loss"]) == 3
    assert not batch.rewritten
    assert scene.codes() == []


@wherever
def test_any_other_file_is_told_when_it_had_its_time(scene: Scene, records: Records) -> None:
    scene.write(b"This is a text about event files.\n" * 10)
    assert scene.file.read().problems == []
    scene.advance(GRACE)
    (problem,) = scene.file.read().problems
    assert problem.code == "not_event_file"
    scene.advance(1)
    scene.write(*records.scalars(range(3)))
    assert len(scene.file.read().scalars["loss"]) == 3
    assert scene.codes() == []


# ---- a file that is damaged ----------------------------------------------------------------------


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
