"""How often a database is asked, what is said about it, and a server's in a real TensorBoard."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tb_trainmon import TaskLogger
from tb_trainmon.event_files.scan import LogdirScan
from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.roots import Root
from tb_trainmon.training_logs import reading, sqlite_file
from tb_trainmon.training_logs.answer import Answer
from tests.postgresql_server import PASSWORD, Server
from tests.tasks.scenes import NOW, Stage, steps

StartTensorBoard = Callable[..., Any]


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that any SQLite file was asked."""
    asked: list[str] = []
    original = sqlite_file.open_read_only

    def traced(path: Path, immutable: bool = False) -> sqlite_file.Opened:
        opened = original(path, immutable)
        opened.connection.set_trace_callback(asked.append)
        return opened

    monkeypatch.setattr(sqlite_file, "open_read_only", traced)
    monkeypatch.setattr(sqlite_file, "RACY_NS", 0)
    return asked


def log_two_tasks(logdir: Path) -> None:
    for task in ("one", "two"):
        with TaskLogger(logdir, task, logging_steps=1) as log:
            for step in range(5):
                log.step(step, loss=1.0)


def test_a_list_asks_a_database_only_after_it_has_changed(
    tmp_path: Path, statements: list[str]
) -> None:
    """However many tasks there are in it: for all tasks, and for all attempts."""
    log_two_tasks(tmp_path)
    stage = Stage(tmp_path, now=NOW)
    assert len(stage.listed()) == 2
    tables = [re.findall(r"FROM (\w+)", statement)[0] for statement in statements]
    assert tables == ["training_tasks", "training_attempts", "trainmon_migrations"]
    statements.clear()
    for _ in range(3):
        assert len(stage.listed()) == 2
    assert statements == []
    with TaskLogger(tmp_path, "three") as log:
        log.step(10, loss=1.0)
    assert len(stage.listed()) == 3
    assert len(statements) == 2


def test_the_rows_of_a_task_are_asked_for_once_and_then_only_what_is_newer(
    tmp_path: Path, statements: list[str]
) -> None:
    log_two_tasks(tmp_path)
    stage = Stage(tmp_path, now=NOW)
    stage.opened("two")
    [first] = [statement for statement in statements if "training_logs" in statement]
    assert "id > 0" in first
    statements.clear()
    stage.opened("two")
    [again] = [statement for statement in statements if "training_logs" in statement]
    # From the last known one on, to see that it is still there: seven rows were written before it.
    assert "id > 13" in again


def test_a_server_that_has_stopped_keeps_no_list_waiting(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tasks of event files are listed; what it knows is shown when it has told it."""
    thawed, asked = threading.Event(), 0

    def frozen(*_: object) -> Answer:
        nonlocal asked
        asked += 1
        thawed.wait()
        answer = Answer()
        answer.names, answer[:] = ("task_id", "attempt"), [("late", 1)]
        return answer

    monkeypatch.setattr(reading, "answer_from_server", frozen)
    databases = Databases("postgresql+psycopg://u:secret@127.0.0.1:9/x", patience=0.01)
    scans = [(Root(str(stage.logdir)), LogdirScan(str(stage.logdir), (), ()))]
    try:
        for _ in range(2):
            assert databases.refresh(scans) == []
            [problem] = databases.problems
            assert problem.code == "database_unreadable"
            assert "has not answered yet" in problem.message
            assert "secret" not in problem.message
    finally:
        thawed.set()
    while not (found := databases.refresh(scans)):
        time.sleep(0.01)
    assert [task.id for task in found] == ["late"]
    assert asked == 3  # for tasks, attempts and migrations, however often the list was
    assert "database_unreadable" not in [problem.code for problem in databases.problems]


def test_a_newer_schema_is_said_and_everything_is_shown(tmp_path: Path) -> None:
    log_two_tasks(tmp_path)
    with closing(sqlite3.connect(tmp_path / "training_logs.db")) as connection:
        connection.execute("INSERT INTO trainmon_migrations VALUES ('9999-later', 0)")
        connection.commit()
    stage = Stage(tmp_path, now=NOW)
    assert stage.problems() == ["database_caution"]
    assert len(stage.listed()) == 2
    assert steps(stage.opened("one")) == [0, 1, 2, 3, 4]


def test_tasks_of_a_server_are_in_the_tab_and_its_password_is_nowhere(
    postgresql: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    start_tensorboard: StartTensorBoard,
) -> None:
    monkeypatch.setenv("TRAINMON_DB_URL", postgresql.create("shown_in_the_tab"))
    with TaskLogger(tmp_path, "bert", total_steps=5, config={"lr": 0.1}, logging_steps=1) as log:
        for step in range(1, 6):
            log.step(step, {"extra": 0.25}, loss=1 / step)
    with TaskLogger(tmp_path, "rows-only", logging_steps=1, event_files=False) as log:
        log.step(7, loss=0.5)
    tensorboard = start_tensorboard("--logdir", str(tmp_path))
    while (listing := tensorboard.listing())["problems"]:  # on a busy machine it is not there yet
        assert "has not answered yet" in listing["problems"][0]["message"]
        time.sleep(0.1)
    assert {task["id"]: task["status"] for task in listing["tasks"]} == {
        "bert": "completed", "rows-only": "completed",
    }  # fmt: skip
    series = tensorboard.get("data/plugin/trainmon/series?task=rows-only&metric=loss")
    while "loss" not in series["series"]:  # nor its rows
        series = tensorboard.get("data/plugin/trainmon/series?task=rows-only&metric=loss")
    assert series["series"]["loss"]["value"] == [0.5]
    logs = tensorboard.get("data/plugin/trainmon/logs?task=bert")
    assert [row["step"] for row in logs["logs"] if row["type"] == "step"] == [5, 4, 3, 2, 1]
    postgresql.run("DROP DATABASE shown_in_the_tab WITH (FORCE)")
    said = [tensorboard.get("data/plugin/trainmon/tasks")["problems"]]
    said += [tensorboard.get(f"data/{route}") for route in ("environment", "plugins_listing")]
    for text in (json.dumps(said), tensorboard.output.read_text()):
        assert "geheim" not in text
        assert PASSWORD not in text
