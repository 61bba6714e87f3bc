"""What was read of a store is known to the next TensorBoard: only what has changed is asked for."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.event_files.disk import FileState
from tb_trainmon.event_files.remote import manifest as module
from tb_trainmon.event_files.remote.manifest import Manifest
from tb_trainmon.event_files.remote.store import Range
from tests.event_files.remote.scenes import NAME, Watch, last_step
from tests.stores import Folder, memory_folder

STATE = FileState(0, 0, 7, 11, "one")
URL = "memory://logs"


class Launches:
    """TensorBoards one after another over one folder of a store, with one cache."""

    def __init__(self, cache: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = memory_folder()
        self.cache = cache
        self.asked: list[str] = []
        self._patch = patch

    def launch(self) -> Watch:
        """The next one, once the store has answered; ``asked`` is what it asked for."""
        watch = Watch(self.folder, self.cache)
        self.asked.clear()
        watch.when_read(self._patch, self._note)
        watch.refresh()
        return watch

    def _note(self, wanted: Sequence[Range]) -> None:
        self.asked.extend(each.url for each in wanted)

    @property
    def database(self) -> Path:
        (path,) = self.cache.iterdir()
        return path


@pytest.fixture
def launches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Launches:
    return Launches(tmp_path / "cache", monkeypatch)


def put(folder: Folder, run: str, steps: range) -> str:
    return Watch(folder).put(run, steps)


def seen(watch: Watch, url: str) -> Any:
    found = watch.logdir.glance(url)
    assert found is not None
    points = {
        tag: [each.tolist() for each in (c.step, c.wall_time, c.value)]
        for batch in (found.head, found.tail)
        for tag, c in batch.scalars.items()
    }
    return points, found.whole, found.size, found.head.events, found.tail.events


def test_after_a_restart_only_what_has_changed_is_asked_for(launches: Launches) -> None:
    small, large = (put(launches.folder, run, range(n)) for run, n in (("a", 3), ("b", 5000)))
    first = launches.launch()
    assert set(launches.asked) == {small, large}
    second = launches.launch()
    assert launches.asked == []
    assert [seen(second, url) for url in (small, large)] == [
        seen(first, url) for url in (small, large)
    ]
    put(launches.folder, "a", range(4))
    third = launches.launch()
    assert set(launches.asked) == {small}
    assert last_step(third.logdir.glance(small)) == 3
    launches.launch()
    assert launches.asked == []


def test_side_files_are_known_too(launches: Launches) -> None:
    url = launches.folder.put("side.txt", b"beside")
    launches.launch()
    assert launches.asked == [url]
    second = launches.launch()
    assert launches.asked == []
    assert second.logdir.content(url).read(0, 99) == b"beside"


def test_what_is_gone_is_forgotten(launches: Launches) -> None:
    put(launches.folder, "a", range(3))
    put(launches.folder, "b", range(3))
    launches.launch()
    launches.folder.remove(f"a/{NAME}")
    launches.launch()
    with closing(sqlite3.connect(launches.database)) as database:
        assert database.execute("SELECT count(*) FROM reads").fetchone() == (1,)


def test_it_is_nobody_elses_business(launches: Launches) -> None:
    launches.launch()
    put(launches.folder, "a", range(3))
    launches.launch()
    assert stat.S_IMODE(launches.cache.stat().st_mode) == 0o700
    assert stat.S_IMODE(launches.database.stat().st_mode) == 0o600


def spoilt(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def torn(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE reads SET data = substr(data, 1, 20)")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize("spoil", [spoilt, torn, cut])
def test_where_it_is_spoilt_the_store_is_asked_and_it_is_made_anew(
    launches: Launches, spoil: Any
) -> None:
    url = put(launches.folder, "a", range(5000))
    launches.launch()
    spoil(launches.database)
    second = launches.launch()
    assert set(launches.asked) == {url}
    assert last_step(second.logdir.glance(url)) == 4999
    launches.launch()
    launches.launch()
    assert launches.asked == []


def test_where_it_cannot_be_written_the_store_is_asked(launches: Launches) -> None:
    launches.cache.write_text("a file where the folder should be")
    url = put(launches.folder, "a", range(3))
    for _ in range(2):
        watch = launches.launch()
        assert set(launches.asked) == {url}
        assert watch.codes() == []


def test_while_another_writes_it_is_done_without(
    launches: Launches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.0)
    url = put(launches.folder, "a", range(3))
    launches.launch()
    with closing(sqlite3.connect(launches.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        launches.launch()
        assert set(launches.asked) == {url}
        other.execute("ROLLBACK")
    launches.launch()
    assert launches.asked == []


def test_it_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST", 1)
    kept = Manifest(tmp_path, URL)
    kept.keep({"a": (STATE, [(0, b"data")])})
    assert kept.of({"a": STATE}) == {}


@given(st.lists(st.tuples(st.integers(0, 2**63), st.binary())))
def test_what_is_packed_comes_back(reads: list[tuple[int, bytes]]) -> None:
    assert module._unpacked(module._packed(reads)) == reads


def test_only_a_file_in_the_same_state_is_known(tmp_path: Path) -> None:
    kept = Manifest(tmp_path, URL)
    kept.keep({"a": (STATE, [(0, b"data"), (9, b"end")])})
    assert kept.of({"a": STATE, "b": STATE}) == {"a": [(0, b"data"), (9, b"end")]}
    for field in ("size", "modified_ns", "version"):
        other = FileState(**{**asdict(STATE), field: asdict(STATE)[field] * 2})
        assert kept.of({"a": other}) == {}
