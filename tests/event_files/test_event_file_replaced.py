"""An event file that is not what it was: rewritten, cut, replaced, deleted, unreadable."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tb_trainmon.event_files import cursor
from tb_trainmon.event_files.disk import FileState, LocalDisk, OpenedFile
from tb_trainmon.event_files.event_file import EventFile
from tests.event_files.conftest import wherever

if TYPE_CHECKING:
    from tests.event_files.conftest import Records, Scene


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
