"""A remote log directory: asked in the background, known at once, and what is said meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pytest

from tb_trainmon.event_files.remote import logdir as module
from tb_trainmon.event_files.remote.asking import in_a_daemon_thread, one_ahead
from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.event_files.remote.logdir import REST, Interest
from tb_trainmon.event_files.remote.store import Range
from tests.event_files.remote.scenes import NAME, Watch, last_step
from tests.stores import S3, Folder, at_once, memory_folder


@pytest.fixture
def watch() -> Watch:
    """Over an empty folder of ``memory://``."""
    return Watch(memory_folder())


# ---- what is known -------------------------------------------------------------------------------


def test_runs_and_the_ends_of_their_files_are_known_after_one_look(folder: Folder) -> None:
    watch = Watch(folder)
    small, large = watch.put("a/small", range(3)), watch.put("large", range(5000))
    watch.refresh()
    assert watch.runs() == ["a/small", "large"]
    assert last_step(watch.logdir.glance(small)) == 2
    assert last_step(watch.logdir.glance(large)) == 4999
    assert watch.codes() == []


def test_what_is_appended_rewritten_and_deleted_is_seen_at_the_next_look(folder: Folder) -> None:
    watch = Watch(folder)
    grown, shorter, deleted = (watch.put(run, range(10)) for run in ("a", "b", "c"))
    watch.refresh()
    watch.put("a", range(20))
    watch.put("b", range(50, 53))
    watch.folder.remove(f"c/{NAME}")
    watch.refresh()
    assert watch.runs() == ["a", "b"]
    assert last_step(watch.logdir.glance(grown)) == 19
    assert last_step(watch.logdir.glance(shorter)) == 52
    assert watch.logdir.glance(deleted) is None


def test_only_files_that_have_changed_are_read_again(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.put("a", range(10))
    watch.put("b", range(10))
    asked: list[str] = []
    watch.when_read(monkeypatch, lambda wanted: asked.extend(each.url for each in wanted))
    watch.refresh()
    assert len(asked) == 2
    url = watch.put("b", range(20))
    watch.refresh()
    assert asked[2:] == [url]
    watch.refresh()
    assert len(asked) == 3


def test_side_files_are_read_with_the_listing_and_only_the_end_of_large_ones(
    watch: Watch,
) -> None:
    watch.put("run", range(3))
    small = watch.folder.put("run/side.txt", b"small")
    large = watch.folder.put("side.txt", b"x" * 100_000 + b"end")
    watch.folder.put("other.txt", b"nobody asked for it")
    watch.refresh()
    with watch.disks.open(small) as file:
        assert file.read(0, 100) == b"small"
    with watch.disks.open(large) as file:
        assert file.read(file.state().size - 3, 100) == b"end"
        with pytest.raises(OSError, match="65,536"):
            file.read(0, 10)
    with pytest.raises(FileNotFoundError):
        watch.disks.stat(f"{watch.folder.url}/other.txt")


def test_a_folder_was_modified_when_the_newest_file_in_it_was(watch: Watch) -> None:
    watch.put("run/checkpoint-1", range(3))
    watch.now += 60.0
    watch.folder.put("run/checkpoint-1/weights", b"w", watch.now)
    watch.refresh()
    state = watch.disks.stat(f"{watch.folder.url}/run/checkpoint-1")
    assert state.modified_ns / 1e9 == pytest.approx(watch.now - 1000.0)


def test_a_file_that_nobody_can_read_is_a_problem_of_that_file(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.put("a", range(3))
    url = watch.put("b", range(3))
    watch.logdir.scan()
    read = watch.logdir.store.read_all

    def deny(wanted: Sequence[Range]) -> list[bytes | OSError]:
        return [
            PermissionError(13, "Access denied") if each.url == url else answer
            for each, answer in zip(wanted, read(wanted), strict=True)
        ]

    monkeypatch.setattr(watch.logdir.store, "read_all", deny)
    watch.later.finish()
    seen = watch.logdir.glance(url)
    assert seen is not None
    (problem,) = seen.head.problems
    assert (problem.code, problem.where) == ("file_unreadable", f"b/{NAME}")
    assert watch.codes() == []


# ---- when the store is asked ---------------------------------------------------------------------


def test_nobody_waits_for_the_store(watch: Watch) -> None:
    watch.put("run", range(3))
    assert watch.logdir.scan() is None
    assert watch.codes() == ["remote_first_look"]
    watch.later.finish()
    assert watch.runs() == ["run"]


def test_it_is_asked_once_at_a_time_and_only_when_somebody_looks(watch: Watch) -> None:
    for _ in range(3):
        watch.logdir.scan()
    assert len(watch.later.waiting) == 1
    watch.later.finish()
    watch.now += REST - 1.0
    watch.logdir.scan()
    assert watch.later.waiting == []
    watch.now += 2.0
    assert watch.later.waiting == []
    watch.logdir.scan()
    assert len(watch.later.waiting) == 1


def test_a_slow_store_is_asked_less_often(watch: Watch) -> None:
    watch.put("run", range(3))
    watch.logdir.scan()
    watch.now += 60.0  # which its answer took
    watch.later.finish()
    watch.now += 200.0
    watch.logdir.scan()
    assert watch.later.waiting == []
    watch.now += 50.0
    watch.logdir.scan()
    assert len(watch.later.waiting) == 1


def test_a_first_look_that_takes_minutes_puts_nothing_off(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of files are looked at once; after that only those that change."""
    watch.put("run", range(3))

    def slowly(_wanted: Sequence[Range]) -> None:
        watch.now += 150.0

    watch.when_read(monkeypatch, slowly)
    watch.logdir.scan()
    watch.later.finish()
    watch.now += REST + 1.0
    watch.logdir.scan()
    assert len(watch.later.waiting) == 1


def test_a_store_that_failed_after_minutes_is_asked_again_within_one(watch: Watch) -> None:
    watch.logdir.scan()
    watch.now += 600.0  # its empty answer, an error, took as long
    watch.later.finish()
    assert watch.codes() == ["logdir_missing"]
    watch.put("run", range(3))
    watch.now += 61.0
    watch.logdir.scan()
    watch.later.finish()
    assert watch.codes() == []
    assert watch.runs() == ["run"]


def test_a_clock_that_is_set_back_does_not_stop_it(watch: Watch) -> None:
    watch.refresh()
    watch.now -= 1_000_000.0
    watch.logdir.scan()
    assert len(watch.later.waiting) == 1


def test_a_fast_store_is_waited_for_and_a_slow_one_is_not() -> None:
    """By real time, with real threads: the first page shows what comes within a second."""
    watch = Watch(memory_folder())
    watch.put("run", range(3))
    interest = Interest(lambda _: False, lambda _: 1 << 12)
    fast = Disks(lambda: 0.0).logdir(watch.folder.url, interest)
    fast.wait_for_the_first_scan()
    assert fast.scan() is not None
    hold = threading.Event()

    def start(work: Callable[[], None]) -> None:
        def wait_and_work() -> None:
            hold.wait()
            work()

        in_a_daemon_thread(wait_and_work)

    slow = Disks(lambda: 0.0, start).logdir(watch.folder.url, interest)
    slow.wait_for_the_first_scan()
    assert slow.scan() is None
    hold.set()


def test_one_question_is_on_its_way_while_the_answer_before_it_is_used() -> None:
    said: list[str] = []

    def ask(number: int) -> int:
        said.append(f"asked {number}")
        if number == 3:
            raise OSError("gone")
        return number

    def use_all() -> None:
        for answer in one_ahead(at_once, ask, range(1, 6)):
            said.append(f"used {answer}")  # noqa: PERF401  between two questions

    with pytest.raises(OSError, match="gone"):
        use_all()
    assert said == ["asked 1", "asked 2", "used 1", "asked 3", "used 2", "asked 4"]
    assert list(one_ahead(at_once, ask, [])) == []


# ---- what is said --------------------------------------------------------------------------------


def test_the_first_look_says_how_far_it_is(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    for run in range(5):
        watch.put(f"run{run}", range(3))
    watch.logdir.scan()
    watch.now += 12.0
    (problem,) = watch.logdir.problems
    assert problem.where == watch.folder.url
    assert problem.message == "Listing the log directory: 12 s so far."
    said: list[str] = []
    watch.when_read(monkeypatch, lambda _: said.extend(p.message for p in watch.logdir.problems))
    watch.later.finish()
    assert said == [
        "Looking at the event files: 0 of 5 so far.",
        "Looking at the event files: 0 of 5 so far.",
        "Looking at the event files: 2 of 5 so far.",
    ]
    assert watch.codes() == []


def test_the_first_look_shows_what_it_has_newest_first(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH", 1)
    """While it is looked at, the store is asked for the next."""
    watch.put("oldest", range(3))
    watch.now += 60.0
    old = watch.put("old", range(3))
    watch.now += 60.0
    new = watch.put("new", range(3))
    known: list[tuple[bool, bool]] = []
    watch.when_read(
        monkeypatch,
        lambda _: known.append(
            (watch.logdir.glance(new) is not None, watch.logdir.glance(old) is not None)
        ),
    )
    watch.logdir.scan()
    watch.later.finish()
    assert known == [(False, False), (False, False), (True, False)]


def test_a_store_that_is_silent_for_long_is_said_to_be(watch: Watch) -> None:
    watch.put("run", range(3))
    watch.refresh()
    watch.now += 60.0
    watch.logdir.scan()
    assert watch.codes() == []
    watch.now += 75.0
    (problem,) = watch.logdir.problems
    assert problem.code == "remote_slow"
    assert "75 s" in problem.message
    assert "still shown" in problem.message
    watch.later.finish()
    assert watch.codes() == []


def test_a_store_that_goes_away_is_a_sentence_until_it_is_back(s3: S3) -> None:
    watch = Watch(s3.folder())
    url = watch.put("run", range(3))
    watch.refresh()
    with s3.gone():
        watch.refresh()
        (problem,) = watch.logdir.problems
        assert problem.code == "remote_unreachable"
        assert problem.where == watch.folder.url
        assert "connect" in problem.message
        assert "still shown" in problem.message
        assert watch.runs() == ["run"]
        assert last_step(watch.logdir.glance(url)) == 2
    watch.put("run", range(5))
    watch.refresh()
    assert watch.codes() == []
    assert last_step(watch.logdir.glance(url)) == 4


def test_a_store_that_goes_away_between_listing_and_reading_is_one_sentence(s3: S3) -> None:
    watch = Watch(s3.folder())
    watch.put("a", range(3))
    url = watch.put("b", range(3))
    listing = watch.logdir.store.listing()
    watch.logdir.store.listing = lambda: listing  # type: ignore[method-assign]
    with s3.gone():
        watch.refresh()
    assert watch.codes() == ["remote_unreachable"]
    assert watch.logdir.glance(url) is None
    watch.refresh()
    assert watch.codes() == []
    assert last_step(watch.logdir.glance(url)) == 2


def test_a_bucket_that_is_not_there_is_a_sentence(s3: S3) -> None:
    watch = Watch(s3.folder())
    watch.logdir.store.url = "s3://no-such-bucket/logs"
    watch.refresh()
    (problem,) = watch.logdir.problems
    assert problem.code == "logdir_missing"
    assert "bucket does not exist" in problem.message


def test_a_log_directory_that_is_not_there_yet_appears(folder: Folder) -> None:
    watch = Watch(folder)
    watch.refresh()
    assert watch.codes() == ["logdir_missing"]
    watch.put("run", range(3))
    watch.refresh()
    assert watch.codes() == []
    assert watch.runs() == ["run"]


def test_a_log_directory_that_is_deleted_is_empty(folder: Folder) -> None:
    watch = Watch(folder)
    url = watch.put("run", range(3))
    watch.refresh()
    watch.folder.remove(f"run/{NAME}")
    watch.refresh()
    assert watch.codes() == ["logdir_missing"]
    assert "still shown" not in watch.logdir.problems[0].message
    assert watch.runs() == []
    assert watch.logdir.glance(url) is None


def test_an_error_that_nobody_thought_of_is_a_sentence_and_no_end(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    watch.put("run", range(3))
    with monkeypatch.context() as patch:
        patch.setattr(module, "listing_of", lambda *_: 1 / 0)
        watch.refresh()
    assert watch.codes() == ["remote_unreachable"]
    assert "ZeroDivisionError" in caplog.text
    watch.refresh()
    assert watch.codes() == []
    assert watch.runs() == ["run"]
