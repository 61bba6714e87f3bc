"""Rows of the companion table: kept by columns, read in pieces, their words asked for."""

from __future__ import annotations

import os
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.opened.open_task import OpenTask
from tb_trainmon.tasks.opened.table import log as table_log
from tb_trainmon.tasks.opened.table import row_places, rows
from tb_trainmon.tasks.opened.table.log import TableLog
from tb_trainmon.tasks.opened.table.patience import Patience
from tb_trainmon.tasks.opened.table.reading_on import ReadingOn
from tb_trainmon.tasks.opened.table.row_places import RowPlaces
from tb_trainmon.tasks.opened.table.rows import GONE
from tb_trainmon.tasks.opened.table.still_there import StillThere
from tb_trainmon.training_logs.by_page import PagedRows
from tests.tasks.scenes import NOW, Stage
from tests.tasks.tables import Table


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_log, "_AT_ONCE", 7)
    monkeypatch.setattr(table_log, "_NEWEST", 5)


@pytest.fixture
def table(stage: Stage) -> Table:
    return Table(stage.logdir).task(runs=[])


def write(table: Table, steps: range) -> None:
    for step in steps:
        kind = "eval" if step % 4 == 0 else "step"
        table.log(step, NOW + step, {"loss": step / 10}, type=kind, message=f"row {step}")


def told(opened: OpenTask, types: tuple[str, ...] = ()) -> list[str]:
    return [entry.message for entry in opened.log().page(1000, None, types).entries][::-1]


def table_of(opened: OpenTask) -> TableTask:
    assert opened.assessment.layout.table is not None
    return opened.assessment.layout.table


def test_every_row_is_told_whether_it_was_kept_or_is_asked_for(stage: Stage, table: Table) -> None:
    write(table, range(20))
    opened = stage.opened()
    assert told(opened) == [f"row {n}" for n in range(20)]
    assert told(opened, ("eval",)) == [f"row {n}" for n in range(0, 20, 4)]
    page = opened.log().page(12, None, ())
    page = opened.log().page(3, page.next, ())
    assert ([entry.step for entry in page.entries], page.first) == ([7, 6, 5], 5)
    assert opened.log().page(10, None, (), ["row", "13"]).total == 1
    assert opened.series("loss").points.points.step.tolist() == list(range(20))


def test_rows_that_come_into_an_empty_table_take_the_place_of_the_derived(
    stage: Stage, table: Table
) -> None:
    """They used to be counted from where the derived rows ended: too few, and nobody was told."""
    stage.file().train(range(10, 41, 10), NOW, every=10)
    opened = stage.opened()
    cursor, derived = opened.cursor, opened.log().page(100, None, ())
    assert derived.source == "event files"
    table.task(runs=["run"])
    write(table, range(3))
    opened = stage.opened()
    page = opened.log().page(100, None, ())
    assert (page.source, page.total, sum(page.counts.values())) == ("table", 3, 3)
    mark = opened.since(cursor)
    assert mark is None or opened.log().shrunk_at > mark.revision
    write(table, range(3, 30))
    assert stage.opened().log().page(100, None, ()).total == 30


def test_rows_of_a_table_that_goes_give_way_to_the_derived_once(stage: Stage) -> None:
    stage.file().train(range(10, 41, 10), NOW, every=10)
    table = Table(stage.logdir).task(runs=["run"])
    write(table, range(1))
    assert told(stage.opened()) == ["row 0"]
    table.path.unlink()
    opened = stage.opened()
    cursor = opened.cursor
    assert opened.log().page(100, None, ()).source == "event files"
    assert stage.opened().cursor == cursor


def test_while_a_table_cannot_be_read_what_was_known_of_it_stands(
    stage: Stage, table: Table
) -> None:
    write(table, range(3))
    cursor = stage.opened().cursor
    table.path.rename(table.path.with_name("away"))
    table.path.mkdir()
    opened = stage.opened()
    assert [problem.code for problem in opened.assessment.problems] == ["database_unreadable"]
    assert opened.since(cursor) is not None
    assert len(opened.series("loss")) == 3


def test_rows_that_say_nothing_but_words_are_news(stage: Stage, table: Table) -> None:
    write(table, range(3))
    opened = stage.opened()
    opened.log()
    mark = opened.since(opened.cursor)
    assert mark is not None
    table.log(None, NOW, message="only words")
    opened = stage.opened()
    assert opened.revision > mark.revision
    entries, total = opened.log().since(mark.revision)
    assert ([entry.message for entry in entries][-1], total) == ("only words", 4)


def test_a_table_that_is_made_anew_is_read_anew(stage: Stage, table: Table) -> None:
    write(table, range(12))
    stage.opened().log()
    table.run("DELETE FROM training_logs")
    assert stage.opened().log().page(100, None, ()).source == "event files"
    write(table, range(12, 15))
    assert told(stage.opened()) == ["row 12", "row 13", "row 14"]


def test_a_row_that_was_deleted_since_says_so(stage: Stage, table: Table) -> None:
    write(table, range(12))
    opened = stage.opened()
    table.run("DELETE FROM training_logs WHERE id = 3")
    assert told(opened)[:7] == ["row 0", "row 1", "row 3", "row 4", "row 5", "row 6", GONE]


def test_rows_of_a_database_that_is_out_of_reach_say_why(stage: Stage, table: Table) -> None:
    write(table, range(12))
    opened = stage.opened()
    table.path.rename(table.path.with_name("away"))
    words = told(opened)
    assert "does not exist" in words[0]
    assert words[-5:] == [f"row {n}" for n in range(7, 12)]


def test_a_large_table_is_read_in_pieces_and_says_how_far_it_is(
    stage: Stage, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(table, range(20))
    log = TableLog()
    found = table_of(stage.opened())
    seen: list[int] = []
    while not (log.is_whole and seen):
        assert log.refresh(found, patience=0.0) is False
        seen.append(len(log))
    assert seen in ([7, 13, 19, 20], [7, 13, 20, 20])
    assert log.points(1, "loss").step.tolist() == list(range(20))


def test_an_open_task_goes_on_where_it_was(
    stage: Stage, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(table, range(20))
    monkeypatch.setattr(TableLog.refresh, "__defaults__", (0.0,))
    opened = stage.opened()
    codes = [[problem.code for problem in opened.assessment.problems]]
    for _ in range(4):
        opened = stage.opened()
        codes.append([problem.code for problem in opened.assessment.problems])
    assert codes[0] == ["still_reading"]
    assert codes[-1] == []
    assert told(opened) == [f"row {n}" for n in range(20)]


def test_numbers_that_do_not_grow_are_not_read_for_ever(stage: Stage, table: Table) -> None:
    table.run("DROP TABLE training_logs")
    table.run("CREATE TABLE training_logs (id, task_id, attempt, type, step, wall_time, metrics)")
    for number in range(20):
        table.run(
            "INSERT INTO training_logs VALUES (?, 'run', 1, 'step', 1, 1.0, '{}')", f"x{number}"
        )
    for _ in range(3):
        assert len(stage.opened().log().all()) <= 20


def test_what_is_kept_of_a_row_is_little(stage: Stage, table: Table) -> None:
    write(table, range(20))
    of_a_few = stage.opened().memory
    write(table, range(20, 220))
    assert stage.opened().memory - of_a_few < 200 * 150


def test_rows_that_are_long_are_asked_for_and_not_kept(
    stage: Stage, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_log, "_NEWEST", 100)
    monkeypatch.setattr(table_log, "_MOST_BYTES", 10_000)
    opened = stage.opened()
    for step in range(40):
        table.log(step, NOW + step, message=f"{step} " + "x" * 3000)
        opened = stage.opened()
    assert [words.split()[0] for words in told(opened)] == [str(n) for n in range(40)]
    log = TableLog()
    log.refresh(table_of(opened))
    rows = log.rows()
    assert rows is not None
    assert len(rows.newest) == 2
    assert log.memory < 20_000


def test_a_page_behind_a_cursor_is_there_while_the_database_is_locked(
    stage: Stage, table: Table
) -> None:
    write(table, range(12))
    opened = stage.opened()
    page = opened.log().page(2, None, ())
    table.path.rename(table.path.with_name("away"))
    page = opened.log().page(2, page.next, ())
    assert ([entry.step for entry in page.entries], page.total) == ([9, 8], 12)
    page = opened.log().page(2, 3, ())
    assert (list(page.entries), page.total) == ([], 12)


@pytest.mark.parametrize("gone", [range(1, 3), range(9, 14), range(29, 30), range(33, 34)])
def test_rows_deleted_under_a_watcher_are_counted_no_more(
    stage: Stage, table: Table, monkeypatch: pytest.MonkeyPatch, gone: range
) -> None:
    """Viewers are told to begin anew, as where a file was replaced."""
    monkeypatch.setattr(row_places, "STRIDE", 8)
    monkeypatch.setattr(rows, "STRIDE", 8)
    monkeypatch.setattr(table_log, "_COUNTING", (60.0, 60.0))
    write(table, range(1, 35))
    opened = stage.opened()
    cursor = opened.cursor
    table.run("DELETE FROM training_logs WHERE step BETWEEN ? AND ?", gone.start, gone.stop - 1)
    opened = stage.opened()
    left = [step for step in range(1, 35) if step not in gone]
    assert opened.series("loss").points.points.step.tolist() == left
    assert told(opened) == [f"row {n}" for n in left]
    assert opened.since(cursor) is None


def test_rows_are_not_counted_while_nobody_writes(
    stage: Stage, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(table, range(20))
    os.utime(table.path, (NOW, NOW))
    stage.opened()
    stage.opened()
    monkeypatch.setattr(PagedRows, "number", None)
    stage.opened()


def test_a_table_whose_rows_cannot_be_counted_is_not_read_anew_for_ever() -> None:
    """As where a program gave one number to several rows."""
    odd, places = SimpleNamespace(number=lambda *_: 3), RowPlaces.of_nothing()
    places = places.and_these(np.array([1, 2, 3, 4]))
    known = StillThere()
    asked = [known.holds(odd, places, n, Patience(1.0, 1.0)) for n in range(4)]  # type: ignore[arg-type]
    assert asked == [False, True, True, True]


def test_a_thread_reads_on_between_two_looks(stage: Stage, table: Table) -> None:
    """A look takes what is there: of millions of rows it would take a third of a second each."""
    write(table, range(100))
    layout, disk = stage.listed()["run"].layout, Disks(lambda: stage.now).patient()
    opened = OpenTask(layout, SideFiles(), lambda: stage.now, disk, reads_on=True)
    steps: list[int] = []
    with opened.lock:
        opened.refresh(layout)
        assert [problem.code for problem in opened.assessment.problems] == ["still_reading"]
        assert len(opened.series("loss")) == 7
        # It waits for the lock now.
        assert {t.daemon for t in threading.enumerate() if t.name == "trainmon-rows"} == {True}
    while len(steps) < 100:
        with opened.lock:
            opened.refresh(layout)
            found = opened.series("loss").points.points.step.tolist()
        assert found[: len(steps)] == steps
        steps = found
    assert steps == list(range(100))
    assert opened.assessment.problems == ()


def test_nobody_reads_on_for_a_task_that_nobody_looks_at(stage: Stage, table: Table) -> None:
    write(table, range(100))
    log, lock = TableLog(), threading.RLock()
    found, reading = table_of(stage.opened()), ReadingOn(log, lock, lambda: stage.now)
    with lock:
        reading.refresh(found)
        stage.now += 60.0
        assert not reading.read_on()
        assert len(log) == 7
