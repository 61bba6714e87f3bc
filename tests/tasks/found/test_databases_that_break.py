"""A database that comes, breaks, is locked, replaced or deleted while it is looked at."""

from __future__ import annotations

import os
import sqlite3

import pytest

from tb_trainmon.training_logs import sqlite_file
from tests.tasks.scenes import NOW, Stage, attempts_of, steps
from tests.tasks.tables import Table


def status(stage: Stage, task: str = "run") -> tuple[str, str]:
    verdict = stage.opened(task).assessment.verdict
    assert verdict.status == stage.listed()[task].verdict.status
    return verdict.status, verdict.reason


def test_a_database_that_appears_later_is_found(stage: Stage) -> None:
    stage.file().train(range(10, 31, 10), NOW)
    stage.now = NOW + 5000
    assert status(stage)[0] == "stopped"
    cursor = stage.opened().cursor
    table = Table(stage.logdir).task(status="failed", error="Boom")
    table.attempt(1, start_step=0, host="node", pid=100, started_at=NOW, ended_at=NOW + 40)
    assert status(stage) == ("failed", "Boom")
    assert stage.opened().cursor != cursor


def test_a_database_that_becomes_corrupt_is_a_problem_and_what_it_said_stays(
    stage: Stage, table: Table
) -> None:
    table.task(status="failed", error="Boom", total_steps=50).attempt(1, started_at=NOW)
    table.log(10, NOW, {"extra": 1.0})
    stage.file().train(range(10, 31, 10), NOW)
    assert status(stage) == ("failed", "Boom")
    assert stage.problems() == []
    sound = table.path.read_bytes()
    table.path.write_bytes(b"this is no database, but it was one " * 100)
    assert stage.problems() == ["database_unreadable"]
    opened = stage.opened()
    assert opened.assessment.verdict.reason == "Boom"
    assert [p.code for p in opened.assessment.problems] == ["database_unreadable"]
    assert steps(opened) == [10, 20, 30]
    table.path.write_bytes(sound)
    assert stage.problems() == []
    assert stage.opened().assessment.problems == ()


@pytest.mark.parametrize("content", [b"", b"no database at all"])
def test_a_database_that_cannot_be_read_does_not_hide_the_event_files(
    stage: Stage, content: bytes
) -> None:
    (stage.logdir / "training_logs.db").write_bytes(content)
    stage.file().train(range(10, 31, 10), NOW)
    assert stage.problems() == ["database_unreadable"]
    assert attempts_of(stage.judged()) == [("first", 0, 30)]


def test_a_folder_of_that_name_is_a_sentence(stage: Stage) -> None:
    (stage.logdir / "training_logs.db").mkdir()
    assert stage.problems() == ["database_unreadable"]


def test_a_locked_database_is_asked_again(
    stage: Stage, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the lock changes in between."""
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.0)
    table.task(status="failed", error="Boom").attempt(1, started_at=NOW)
    stage.file().train(range(10, 31, 10), NOW)
    os.utime(table.path, (NOW, NOW))
    holder = sqlite3.connect(table.path)
    holder.execute("BEGIN EXCLUSIVE")
    assert stage.problems() == ["database_unreadable"]
    holder.rollback()
    holder.close()
    assert stage.problems() == []
    assert status(stage) == ("failed", "Boom")


def test_a_database_that_is_deleted_takes_its_rows_with_it(stage: Stage, table: Table) -> None:
    table.task(total_steps=50).attempt(1, start_step=0, started_at=NOW)
    table.log(10, NOW + 10, {"extra": 1.0})
    stage.file().train(range(10, 31, 10), NOW)
    assert stage.opened().log().page(9, None, []).source == "table"
    assert stage.opened().has("extra")
    table.path.unlink()
    opened = stage.opened()
    assert opened.assessment.total is None
    assert not opened.has("extra")
    assert opened.log().page(9, None, []).source == "event files"


def test_a_database_that_is_replaced_is_read_anew(stage: Stage, table: Table) -> None:
    """The demo was started again: other rows bear the numbers that are known already."""
    table.task("bert", runs=[])
    for step in range(10, 60, 10):
        table.log(step, NOW + step, {"loss": 1.0}, task_id="bert")
    opened = stage.opened("bert")
    cursor = opened.cursor
    assert steps(opened) == [10, 20, 30, 40, 50]
    table.path.unlink()
    new = Table(stage.logdir).task("bert", runs=[])
    new.log(1, NOW + 1000, {"loss": 1.0}, task_id="bert")
    opened = stage.opened("bert")
    assert steps(opened) == [1]
    assert opened.since(cursor) is None
    assert opened.log().page(9, None, []).total == 1


def test_a_task_that_no_address_can_name_is_left_out_and_a_sentence_says_so(
    stage: Stage, table: Table
) -> None:
    table.task("a" * 4096, runs=[]).task("\u00e4" * 2049, runs=[])
    assert [len(id_) for id_ in stage.listed()] == [4096]
    (problem,) = stage.tasks.listing().problems
    assert problem.message == (
        "A task is not shown, whose 'task_id' is longer than 4,096 bytes: "
        f"'{chr(228) * 100}… (1,949 more characters)'."
    )
