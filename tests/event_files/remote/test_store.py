"""A store lists its files and gives ranges of them, whatever kind of store it is."""

from __future__ import annotations

import threading
from datetime import datetime, timezone

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from tb_trainmon.event_files.remote.store import Range, Store
from tb_trainmon.event_files.remote.trouble import UnknownScheme
from tests.stores import S3, Folder, memory_folder


def test_it_lists_every_file_below_the_log_directory(folder: Folder) -> None:
    folder.put("a/b/one", b"12345")
    folder.put("two", b"123")
    listing = Store(folder.url).listing()
    assert {path: state.size for path, state in listing.items()} == {"a/b/one": 5, "two": 3}


def test_a_slash_at_the_end_of_the_address_changes_nothing(folder: Folder) -> None:
    url = folder.put("one", b"12345")
    store = Store(folder.url + "/")
    assert list(store.listing()) == ["one"]
    assert store.read(Range(url, 0, 5)) == b"12345"


def test_a_file_that_is_written_anew_has_another_state(folder: Folder) -> None:
    folder.put("one", b"12345", modified_at=1.0)
    store = Store(folder.url)
    before = store.listing()["one"]
    assert store.listing()["one"] == before
    folder.put("one", b"54321", modified_at=2.0)
    after = store.listing()["one"]
    assert after != before
    assert after.identity == before.identity


def test_what_is_written_later_is_listed_at_once(folder: Folder) -> None:
    folder.put("one", b"1")
    store = Store(folder.url)
    store.listing()
    folder.put("two", b"2")
    folder.remove("one")
    assert list(store.listing()) == ["two"]


def test_ranges_are_read_and_end_where_the_file_does(folder: Folder) -> None:
    url = folder.put("one", b"0123456789")
    wanted = [Range(url, 0, 4), Range(url, 8, 4), Range(url, 10, 4)]
    assert Store(folder.url).read_all(wanted) == [b"0123", b"89", b""]


def test_one_file_that_is_gone_is_no_matter_for_the_others(folder: Folder) -> None:
    url = folder.put("one", b"0123456789")
    gone, there = Store(folder.url).read_all([Range(f"{folder.url}/two", 0, 4), Range(url, 0, 4)])
    assert isinstance(gone, FileNotFoundError)
    assert there == b"0123"


def test_a_log_directory_that_is_not_there_is_an_error(folder: Folder) -> None:
    with pytest.raises(FileNotFoundError):
        Store(folder.url).listing()


def test_the_empty_files_by_which_consoles_show_folders_are_none(s3: S3) -> None:
    folder = s3.folder()
    folder.put("one", b"1")
    folder.system.call_s3("put_object", Bucket="bucket", Key=folder.root[7:] + "/empty/")
    assert list(Store(folder.url).listing()) == ["one"]


def test_a_whole_bucket_can_be_a_log_directory(s3: S3) -> None:
    folder = s3.folder()
    folder.put("one", b"1")
    assert folder.root[7:] + "/one" in Store("s3://bucket").listing()


def test_a_scheme_that_nobody_reads_is_an_error() -> None:
    with pytest.raises(UnknownScheme):
        Store("nonsense://there").listing()


@pytest.mark.parametrize(
    ("name", "written", "seconds"),
    [
        ("LastModified", datetime(2026, 1, 2, tzinfo=timezone.utc), 1767312000.0),  # S3
        ("mtime", 1767312000.5, 1767312000.5),
        ("updated", "2026-01-02T00:00:00.250Z", 1767312000.25),  # Google
        ("modified", "yesterday", 0.0),
    ],
)
def test_times_are_understood_as_each_kind_of_store_gives_them(
    monkeypatch: pytest.MonkeyPatch, name: str, written: object, seconds: float
) -> None:
    folder = memory_folder()
    detail = {"type": "file", "size": 3, name: written}
    monkeypatch.setattr(type(folder.system), "find", lambda _, root, **__: {f"{root}/one": detail})
    state = Store(folder.url).listing()["one"]
    assert state.modified_ns / 1e9 == pytest.approx(seconds, abs=0.001)
    assert state.size == 3


class OneByOne(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """A store whose client asks one after another, and which waits until several ask."""

    protocol = "onebyone"
    together = threading.Barrier(8)

    def cat_file(self, path: str, start: int, end: int) -> bytes:
        self.together.wait(60)
        return bytes(path[-1:] * (end - start), "ascii")


def test_a_store_whose_client_asks_one_after_another_is_asked_in_several_threads() -> None:
    fsspec.register_implementation("onebyone", OneByOne, clobber=True)
    wanted = [Range(f"onebyone://logs/{number}", 0, number + 1) for number in range(8)]
    expected = [str(number).encode() * (number + 1) for number in range(8)]
    assert Store("onebyone://logs").read_all(wanted) == expected
