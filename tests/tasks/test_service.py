"""All tasks together: what is open, within a memory budget, from many threads."""

from __future__ import annotations

import gc
import os
import threading
import weakref
from collections.abc import Callable

import pytest

from tb_trainmon.core.errors import UnknownTask
from tb_trainmon.event_files.glance import Glance, glance
from tb_trainmon.event_files.scan import LogdirScan, scan_logdir
from tb_trainmon.tasks.opened.open_task import OpenTask
from tb_trainmon.tasks.service import Tasks
from tests.tasks.scenes import NOW, Stage
from tests.tasks.tables import Table


def life_of(task: OpenTask) -> str:
    """Its name for its life, which changes when it is opened anew."""
    return task.cursor.partition(":")[0]


def lives_of(stage: Stage, *tasks: str) -> dict[str, str]:
    return {task: life_of(stage.opened(task)) for task in tasks}


def test_a_task_that_there_is_not_is_said(stage: Stage) -> None:
    stage.file().train(range(3), NOW)
    with (
        pytest.raises(UnknownTask, match="There is no task 'nothing'"),
        stage.tasks.opened("nothing"),
    ):
        pass


def two_tasks(stage: Stage) -> int:
    """A budget that holds two tasks like ``a`` and not three."""
    return stage.opened("a").memory * 5 // 2


def test_the_least_recently_used_task_is_let_go(stage: Stage) -> None:
    for n, run in enumerate("abc"):
        stage.file(run, pid=n).train(range(100), NOW)
    stage.look(budget=two_tasks(stage))
    first = lives_of(stage, "a", "b")
    assert lives_of(stage, "a", "b") == first
    stage.opened("a")
    stage.opened("c")
    second = lives_of(stage, "a", "c")
    assert second["a"] == first["a"]
    assert lives_of(stage, "b")["b"] != first["b"]


def test_a_task_larger_than_the_budget_stays_open_while_it_is_the_only_one(stage: Stage) -> None:
    stage.file("a").train(range(100), NOW)
    stage.look(budget=1)
    assert lives_of(stage, "a") == lives_of(stage, "a")


def test_a_task_that_was_let_go_is_whole_when_it_is_opened_again(stage: Stage) -> None:
    for n, run in enumerate("ab"):
        stage.file(run, pid=n).train(range(100), NOW)
    stage.look(budget=1)
    for _ in range(3):
        for run in "ab":
            assert len(stage.opened(run).series("loss")) == 100


def test_tasks_that_are_watched_stay_open_beyond_the_budget_and_it_is_said(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """Three in a budget of two; otherwise each tick would read them anew."""
    for n, run in enumerate("abcd"):
        stage.file(run, pid=n).train(range(100), NOW)
    tasks = stage.look(budget=two_tasks(stage))
    for run in "ab":
        tasks.watch(run)
    first = lives_of(stage, "a", "b")
    assert stage.problems() == []
    tasks.watch("c")
    first |= lives_of(stage, "c")
    for _ in range(3):
        assert lives_of(stage, "a", "b", "c") == first
    assert stage.problems() == ["memory_exceeded"]
    assert caplog.text.count("more than the") == 1
    tasks.unwatch("c")
    assert lives_of(stage, "a", "b") == {"a": first["a"], "b": first["b"]}
    assert stage.problems() == []


def test_a_task_is_kept_until_the_last_who_watches_it_has_gone(stage: Stage) -> None:
    for n, run in enumerate("abc"):
        stage.file(run, pid=n).train(range(100), NOW)
    tasks = stage.look(budget=1)
    tasks.watch("a")
    tasks.watch("a")
    first = lives_of(stage, "a")
    tasks.unwatch("a")
    stage.opened("b")
    assert lives_of(stage, "a") == first
    tasks.unwatch("a")
    stage.opened("b")
    stage.opened("c")
    assert lives_of(stage, "a") != first


def test_a_task_that_is_only_looked_at_stays_open_beside_many_that_are_watched(
    stage: Stage,
) -> None:
    """Somebody polls it; of those, the one that was asked for last stays."""
    for n, run in enumerate("abc"):
        stage.file(run, pid=n).train(range(100), NOW)
    tasks = stage.look(budget=1)
    tasks.watch("a")
    tasks.watch("b")
    first = lives_of(stage, "a", "b", "c")
    assert lives_of(stage, "c", "a", "b") == first


def test_nothing_is_read_before_the_first_question(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned: list[str] = []

    def scan(
        root: str,
        interesting: Callable[[str], bool],
        visited: Callable[[], None],
        before: LogdirScan | None,
    ) -> LogdirScan:
        scanned.append(root)
        return scan_logdir(root, interesting, visited, before)

    monkeypatch.setattr("tb_trainmon.tasks.found.finder.scan_logdir", scan)
    tasks = stage.look()
    assert scanned == []
    tasks.listing()
    assert scanned == [str(stage.logdir)]


def test_a_file_is_looked_at_again_only_when_it_has_changed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def counting(path: str, *, window: int, where: str) -> Glance:
        looked.append(path)
        return glance(path, window=window, where=where)

    monkeypatch.setattr("tb_trainmon.tasks.listed.glances.glance", counting)
    files = [stage.file(run, pid=n).train(range(3), NOW) for n, run in enumerate("abc")]
    stage.listed()
    stage.listed()
    assert len(looked) == 3
    files[1].log(5, NOW + 5, {"train/loss": 1.0})
    stage.listed()
    assert looked[3:] == [str(files[1].path)]


def test_a_file_that_cannot_be_read_is_a_problem_of_the_list_until_it_is_gone(
    stage: Stage,
) -> None:
    stage.file().train(range(3), NOW)
    lfs = stage.logdir / "run" / "events.out.tfevents.1700000000.node.5.0"
    lfs.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    assert len(stage.problems()) == 1
    lfs.unlink()
    assert stage.problems() == []


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (POINTER, "lfs_pointer"),
        (b"\x1f\x8b" + bytes(40), "compressed"),
        (bytes(200), "not_event_file"),
        (b"no event file at all" * 5_000, "not_event_file"),
    ],
)
def test_a_folder_without_one_readable_record_is_a_problem_and_no_task(
    stage: Stage, content: bytes, code: str
) -> None:
    file = stage.logdir / "fetched" / "events.out.tfevents.1700000000.node.5.0"
    file.parent.mkdir()
    file.write_bytes(content)
    os.utime(file, (NOW, NOW))
    stage.file("run").train(range(3), NOW)
    assert set(stage.listed()) == {"run"}
    (problem,) = stage.tasks.listing().problems
    assert (problem.code, problem.where) == (code, f"fetched/{file.name}")
    with pytest.raises(UnknownTask):
        stage.opened("fetched")


def test_a_pointer_that_was_fetched_is_a_task_at_once(stage: Stage) -> None:
    written = stage.file("fetched").train(range(3), NOW).close()
    log = written.path.read_bytes()
    written.path.write_bytes(POINTER)
    assert stage.listed() == {}
    written.path.write_bytes(log)
    assert stage.opened("fetched").assessment.step == 2
    assert set(stage.listed()) == {"fetched"}


def test_a_task_that_turns_into_a_pointer_leaves_a_list_that_is_told_by_what_changed(
    stage: Stage,
) -> None:
    written = stage.file("fetched").train(range(3), NOW).close()
    stage.listed()
    known = stage.tasks.listing().revision
    written.path.write_bytes(POINTER)
    stage.advance(2.0)
    listing = stage.tasks.listing(known)
    assert (listing.is_whole, [*listing.tasks]) == (True, [])


@pytest.mark.parametrize("content", [b"", b"\x18" + bytes(7)])
def test_a_file_that_has_no_record_yet_is_a_launch_for_a_day(stage: Stage, content: bytes) -> None:
    written = stage.file().close()
    written.path.write_bytes(content)
    os.utime(written.path, (NOW, NOW))
    assert [task.verdict.status for task in stage.listed().values()] == ["pending"]
    stage.advance(100_000)
    assert stage.listed() == {}
    assert stage.problems() == ["not_event_file"]


def test_a_clock_that_is_set_back_does_not_stop_the_list(stage: Stage) -> None:
    stage.listed()
    stage.now -= 100_000
    stage.file("late").train(range(3), stage.now)
    assert set(stage.listed()) == {"late"}


def raised_by(work: Callable[[], object], threads: int = 4) -> list[BaseException]:
    """What the threads raised that did ``work`` at the same time."""
    raised: list[BaseException] = []
    together = threading.Barrier(threads)

    def run() -> None:
        together.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001  a thread's error is the test's
            raised.append(error)

    crowd = [threading.Thread(target=run) for _ in range(threads)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    return raised


def look_around(tasks: Tasks, times: int) -> None:
    """What a page does: the list, and of each task its series and its log."""
    for task in [task for _ in range(times) for task in tasks.listing().tasks]:
        with tasks.opened(task.layout.id) as opened:
            for metric in opened.assessment.metrics:
                points = opened.series(metric.name).points
                assert len(points) == opened.count(metric)
            opened.log().page(50, None, [])
            opened.since(opened.cursor)
            opened.judged(typed_total=100)


def test_many_readers_of_growing_tasks_never_raise(stage: Stage) -> None:
    """Also while tasks are let go, files appear, and a database is written."""
    table = Table(stage.logdir).task("a").attempt(1, "a", started_at=NOW)
    files = [stage.file(run, pid=n).train(range(20), NOW) for n, run in enumerate("ab")]
    tasks = stage.look(budget=2000)
    stop = threading.Event()

    def write() -> None:
        step = 20
        while not stop.wait(0.001):
            stage.now += 2.0
            for file in files:
                file.log(step, NOW + step, {"train/loss": 1.0, f"tag/{step % 7}": 1.0})
            table.log(step, NOW + step, {"extra": 1.0}, task_id="a")
            if step % 10 == 0:
                files.append(stage.file("c", created=NOW + step, pid=step).train(range(3), NOW))
            step += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert raised_by(lambda: look_around(tasks, times=6)) == []
    finally:
        stop.set()
        writer.join()


def test_one_task_that_many_ask_for_is_opened_once(stage: Stage) -> None:
    stage.file().train(range(200), NOW)
    lives: list[str] = []

    def ask() -> None:
        with stage.tasks.opened("run") as task:
            lives.append(life_of(task))

    assert raised_by(ask, threads=8) == []
    assert len(set(lives)) == 1


def test_a_task_that_is_let_go_of_is_gone_at_once(stage: Stage) -> None:
    """In a circle of references it would wait for Python's collector, which counts no bytes."""
    for run in ("a", "b", "c"):
        stage.file(run, pid=ord(run)).train(range(1, 200), NOW)
    stage.look(budget=1)
    gc.collect()
    gc.disable()
    try:
        opened = []
        for run in ("a", "b", "c"):
            with stage.tasks.opened(run) as task:
                assert task.series("loss").smoothed(0.5, 3) is not None
                assert task.log().page(10, None, (), ["loss"]).total >= 0
                opened.append(weakref.ref(task))
            del task
        assert [each() is not None for each in opened] == [False, False, True]
    finally:
        gc.enable()


def test_what_a_task_takes_is_counted_when_its_series_were_made(stage: Stage) -> None:
    for attempt in (1, 2):
        made = stage.file(created=NOW + 10_000 * attempt, pid=attempt)
        made.train(range(1, 2000), NOW + 10_000 * attempt)
    opened = stage.opened()
    before = opened.memory
    with stage.tasks.opened("run") as task:
        points = len(task.series("loss"))
        task.series("loss").smoothed(0.5, 3)
    assert task.memory - before >= points * 48  # laid end to end, and smoothed


def test_a_task_may_be_asked_for_by_a_name_that_it_alone_has(stage: Stage) -> None:
    for run, pid in (("a/one", 1), ("a/two", 2), ("b/two", 3)):
        stage.file(run, pid=pid).train(range(3), NOW)
    assert stage.opened("one") is stage.opened("a/one")
    assert (stage.tasks.has("one"), stage.tasks.has("two"), stage.tasks.has("")) == (
        True,
        False,
        False,
    )
    with pytest.raises(UnknownTask, match="may have been renamed or removed"):
        stage.opened("two")
