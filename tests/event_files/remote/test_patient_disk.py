"""Remote event files are read in large blocks, and nobody waits longer than a visit may take."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tb_trainmon.event_files import cursor
from tb_trainmon.event_files.disk import StillReading
from tb_trainmon.event_files.event_file import EventFile
from tb_trainmon.event_files.remote import blocks
from tb_trainmon.event_files.remote.store import Range
from tests.event_files.conftest import steps_of
from tests.event_files.remote.scenes import NAME, Watch
from tests.stores import S3, Folder, at_once, memory_folder

BLOCK = 1000


class Reader:
    """One remote event file, read as an open task reads it; the store answers when it is told."""

    def __init__(self, folder: Folder, patience: float = 0.0) -> None:
        self.watch = Watch(folder)
        self.disk = self.watch.disks.patient(patience)
        self.file = EventFile(
            f"{folder.url}/run/{NAME}", clock=lambda: self.watch.now, disk=self.disk
        )

    def write(self, steps: range) -> None:
        """Write the file anew; the next listing knows."""
        self.watch.put("run", steps)
        self.watch.refresh()

    def visit(self) -> list[int]:
        """The steps that one visit finds."""
        self.disk.begin_visit()
        return steps_of(self.file.read())

    def visits(self) -> list[int]:
        """The steps of visits until there is nothing on its way; it ends by what the store says."""
        found: list[int] = []
        for _ in range(100):
            found += self.visit()
            if "still_reading" not in [problem.code for problem in self.file.problems]:
                return found
            self.watch.later.finish()
        pytest.fail("It never ends.")


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that small files have many, and a block several chunks."""
    monkeypatch.setattr(blocks, "BLOCK", BLOCK)
    monkeypatch.setattr(cursor, "CHUNK", BLOCK // 4)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Range]:
    """What ``Reader`` over ``memory://`` asks its store for."""
    return []


def reader_over_memory(monkeypatch: pytest.MonkeyPatch, asked: list[Range]) -> Reader:
    reader = Reader(memory_folder())

    def note(wanted: Sequence[Range]) -> None:
        asked.extend(wanted)

    reader.watch.when_read(monkeypatch, note)
    return reader


def test_every_point_of_a_file_of_many_blocks_is_read_once(folder: Folder) -> None:
    reader = Reader(folder)
    reader.write(range(500))
    assert reader.visits() == list(range(500))


def test_a_record_larger_than_a_block_is_read_however_often_the_visits_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cursor, "CHUNK", 7 * BLOCK)
    reader = Reader(memory_folder())
    reader.write(range(500))
    found: list[int] = []
    for _ in range(50):
        found += reader.visit()
        if reader.watch.later.waiting:
            reader.watch.later.waiting.pop(0)()  # one block a visit
    assert found == list(range(500))


def test_only_what_was_appended_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, asked: list[Range]
) -> None:
    reader = reader_over_memory(monkeypatch, asked)
    reader.write(range(500))
    reader.visits()
    size = reader.file.offset
    reader.write(range(505))
    asked.clear()
    assert reader.visits() == list(range(500, 505))
    (one,) = asked
    assert one.offset == size - 64  # which tells that the file still is what was read
    assert one.size < 500


def test_a_file_that_has_not_changed_is_not_asked_for(
    monkeypatch: pytest.MonkeyPatch, asked: list[Range]
) -> None:
    reader = reader_over_memory(monkeypatch, asked)
    reader.write(range(50))
    reader.visits()
    asked.clear()
    reader.watch.refresh()
    assert reader.visits() == []
    assert asked == []


def test_some_blocks_are_on_their_way_while_others_are_decoded(
    monkeypatch: pytest.MonkeyPatch, asked: list[Range]
) -> None:
    reader = reader_over_memory(monkeypatch, asked)
    reader.write(range(500))
    asked.clear()
    assert reader.visit() == []
    assert len(reader.watch.later.waiting) == 4
    reader.watch.later.finish()
    assert [each.offset for each in asked] == [0, BLOCK, 2 * BLOCK, 3 * BLOCK]
    assert reader.visit() != []
    reader.visits()
    offsets = [each.offset for each in asked]
    assert len(set(offsets)) == len(offsets)  # no byte twice


def test_a_slow_file_gives_what_came_so_far_and_says_so() -> None:
    reader = Reader(memory_folder())
    reader.write(range(500))
    assert reader.visit() == []
    for _ in range(2):
        reader.watch.later.waiting.pop(0)()
    found = reader.visit()
    assert 0 < len(found) < 500
    (problem,) = reader.file.problems
    assert problem.code == "still_reading"
    assert "so far" in problem.message
    assert found + reader.visits() == list(range(500))
    assert reader.file.problems == ()


def test_the_patience_of_a_visit_is_for_all_its_files_together() -> None:
    """By real time: three files that do not come cost the patience once."""
    watch = Watch(memory_folder())
    urls = [watch.put(run, range(50)) for run in ("a", "b", "c")]
    watch.refresh()
    disk = watch.disks.patient(0.2)
    disk.begin_visit()
    begun = disk.until
    for url in urls:
        with disk.open(url) as file, pytest.raises(StillReading):
            file.read(0, 10)
    assert disk.until == begun
    disk.begin_visit()
    assert disk.until > begun


def test_a_file_that_is_rewritten_while_it_is_read_is_read_anew() -> None:
    reader = Reader(memory_folder())
    reader.write(range(500))
    reader.visit()
    for _ in range(2):
        reader.watch.later.waiting.pop(0)()
    assert reader.visit()[0] == 0
    reader.watch.later.finish()
    reader.write(range(7000, 7100))
    reader.disk.begin_visit()
    reader.visits()
    reader.write(range(7000, 7101))
    assert reader.visits() == [7100]


def test_a_file_that_became_shorter_since_it_was_listed_ends_where_it_ends() -> None:
    reader = Reader(memory_folder())
    reader.write(range(500))
    reader.watch.put("run", range(3))
    assert reader.visits() == [0, 1, 2]
    assert reader.file.problems == ()


def test_a_file_that_was_deleted_since_it_was_listed_is_a_problem() -> None:
    reader = Reader(memory_folder())
    reader.write(range(500))
    reader.watch.folder.remove(f"run/{NAME}")
    reader.watch.disks.start = at_once
    assert reader.visit() == []
    assert [problem.code for problem in reader.file.problems] == ["file_missing"]


def test_a_store_that_is_gone_is_a_problem_until_it_is_back(s3: S3) -> None:
    reader = Reader(s3.folder())
    reader.write(range(50))
    reader.visits()
    with s3.gone():
        reader.watch.refresh()
        assert reader.visit() == []
        # Nothing has changed, as far as anybody knows: no reason to complain about the file.
        assert reader.file.problems == ()
    reader.write(range(60))
    assert reader.visits() == list(range(50, 60))


def test_a_store_in_trouble_is_not_asked_for_files(s3: S3) -> None:
    reader = Reader(s3.folder())
    reader.write(range(50))
    with s3.gone():
        reader.watch.refresh()
        assert reader.visit() == []
        (problem,) = reader.file.problems
        assert problem.code == "file_unreadable"
        assert "The store cannot be read" in problem.message
        assert reader.watch.later.waiting == []
    reader.watch.refresh()
    assert reader.visits() == list(range(50))
