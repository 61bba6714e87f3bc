"""What a writer writes is what a reader reads."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tb_trainmon.training_logs.entries import Beginning, Ending, Entry
from tb_trainmon.training_logs.reading import TrainingLogs
from tb_trainmon.training_logs.writing import TrainingLogsWriter

NewBeginning = Callable[..., Beginning]


def test_a_new_task_is_pending_and_has_its_first_attempt(
    writer: TrainingLogsWriter, beginning: NewBeginning, path: Path
) -> None:
    with writer.transaction() as logs:
        assert logs.begin(beginning()) == 1
    [task] = TrainingLogs(str(path)).tasks()
    assert (task.task_id, task.name, task.status) == ("bert", "Bert", "pending")
    assert (task.total_steps, task.logging_steps, task.runs) == (100, 10, ("bert",))
    assert (task.created_at, task.heartbeat_at, task.error) == (1000.0, 1000.0, None)
    [attempt] = TrainingLogs(str(path)).attempts()["bert"]
    assert (attempt.attempt, attempt.start_step, attempt.config) == (1, 0, {"lr": 0.1})
    assert (attempt.host, attempt.pid, attempt.process_started_at) == ("node1", 7, 900.0)
    assert (attempt.framework, attempt.started_at, attempt.ended_at) == ("torch 2", 1000.0, None)


def test_the_same_task_again_is_its_next_attempt(
    writer: TrainingLogsWriter, beginning: NewBeginning, path: Path
) -> None:
    with writer.transaction() as logs:
        logs.begin(beginning())
        logs.end("bert", 1, Ending("failed", "Boom", 1050.0))
    with writer.transaction() as logs:
        again = beginning(runs=("bert/2",), config={"lr": 0.2}, start_step=50, started_at=2000.0)
        assert logs.begin(again) == 2
    [task] = TrainingLogs(str(path)).tasks()
    assert (task.status, task.error, task.created_at) == ("pending", None, 1000.0)
    assert task.runs == ("bert", "bert/2")
    first, second = TrainingLogs(str(path)).attempts()["bert"]
    assert (first.status, first.ended_at) == ("failed", 1050.0)
    assert (second.start_step, second.config) == (50, {"lr": 0.2})


def test_an_attempt_that_could_not_say_how_it_ended_has_failed_when_the_next_begins(
    filled: Path, writer: TrainingLogsWriter, beginning: NewBeginning
) -> None:
    with writer.transaction() as logs:
        logs.run("bert", 1)
        logs.begin(beginning(started_at=5000.0))
    killed, _ = TrainingLogs(str(filled)).attempts()["bert"]
    assert (killed.status, killed.ended_at) == ("failed", 1031.0)


def test_a_task_runs_and_ends_with_its_error(filled: Path, writer: TrainingLogsWriter) -> None:
    logs_of = TrainingLogs(str(filled))
    with writer.transaction() as logs:
        logs.run("bert", 1)
    assert logs_of.tasks()[0].status == "running"
    with writer.transaction() as logs:
        logs.end("bert", 1, Ending("failed", "ValueError: no", 1040.0))
    assert (logs_of.tasks()[0].status, logs_of.tasks()[0].error) == ("failed", "ValueError: no")
    assert logs_of.attempts()["bert"][0].ended_at == 1040.0


def test_rows_are_read_in_order_and_only_those_that_are_newer(filled: Path) -> None:
    logs = TrainingLogs(str(filled))
    rows = logs.logs("bert")
    assert [row.step for row in rows] == [10, 20, 30]
    assert (rows[0].type, rows[0].message, rows[0].metrics) == ("step", "step 10", {"loss": 0.1})
    assert [row.step for row in logs.logs("bert", after_id=rows[1].id)] == [30]
    assert logs.logs("bert", after_id=rows[-1].id) == []
    assert logs.logs("another") == []


def test_numbers_that_json_cannot_hold_come_back_as_they_were(
    filled: Path, writer: TrainingLogsWriter
) -> None:
    metrics = {"loss": math.nan, "perplexity": math.inf, "delta": -math.inf}
    with writer.transaction() as logs:
        logs.add("bert", 1, [Entry("step", 40, 1040.0, "", metrics)])
    found = TrainingLogs(str(filled)).logs("bert")[-1].metrics
    assert math.isnan(found["loss"])
    assert (found["perplexity"], found["delta"]) == (math.inf, -math.inf)
    with closing(sqlite3.connect(filled)) as connection:
        stored = connection.execute("SELECT metrics FROM training_logs ORDER BY id DESC").fetchone()
    assert stored == ('{"loss":"NaN","perplexity":"Infinity","delta":"-Infinity"}',)


def test_a_config_may_hold_anything(
    writer: TrainingLogsWriter, beginning: NewBeginning, path: Path
) -> None:
    config = {"path": Path("x"), "nan": math.nan, "betas": (0.9, 0.99), 1: {"deep": {2}}, "n": None}
    with writer.transaction() as logs:
        logs.begin(beginning(config=config))
    found = TrainingLogs(str(path)).attempts()["bert"][0].config
    expected = {"path": "x", "nan": "NaN", "betas": [0.9, 0.99], "1": {"deep": [2]}, "n": None}
    assert found == expected


def test_text_that_no_database_takes_is_replaced(filled: Path, writer: TrainingLogsWriter) -> None:
    with writer.transaction() as logs:
        logs.add("bert", 1, [Entry("end", None, 1.0, "half \ud800 pair and \0", {})])
    row = TrainingLogs(str(filled)).logs("bert")[-1]
    assert (row.message, row.step) == ("half ? pair and \ufffd", None)


def test_a_transaction_that_fails_leaves_nothing_behind(
    filled: Path, writer: TrainingLogsWriter
) -> None:
    def half_done() -> None:
        with writer.transaction() as logs:
            logs.add("bert", 1, [Entry("step", 40, 1.0, "", {})])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    assert len(TrainingLogs(str(filled)).logs("bert")) == 3
    with writer.transaction() as logs:
        logs.add("bert", 1, [Entry("step", 40, 1.0, "", {})])
    assert len(TrainingLogs(str(filled)).logs("bert")) == 4


def test_the_revision_changes_with_every_write_and_only_then(
    filled: Path, writer: TrainingLogsWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = TrainingLogs(str(filled))
    seen = {logs.revision()}
    for step in range(20):
        with writer.transaction() as transaction:
            transaction.heartbeat("bert", 1100.0 + step)
        assert logs.revision() not in seen
        seen.add(logs.revision())
    monkeypatch.setattr("tb_trainmon.training_logs.sqlite_file.RACY_NS", 0)
    assert logs.revision() == logs.revision()


def test_the_schema_is_the_one_that_is_documented(filled: Path) -> None:
    document = (Path(__file__).parents[2] / "docs" / "training_logs.md").read_text("utf-8")
    documented = document.split("```sql")[1].split("```")[0]
    with (
        closing(sqlite3.connect(filled)) as ours,
        closing(sqlite3.connect(":memory:")) as theirs,
    ):
        theirs.executescript(documented)
        for table in ("training_tasks", "training_attempts", "training_logs"):
            columns = f"SELECT name, pk FROM pragma_table_info('{table}')"
            assert ours.execute(columns).fetchall() == theirs.execute(columns).fetchall()


def test_a_migration_is_recorded_by_its_name_and_run_once(
    filled: Path, path: Path, beginning: NewBeginning
) -> None:
    with closing(TrainingLogsWriter(str(path), 1.0)) as second, second.transaction() as logs:
        logs.begin(beginning("other"))
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM trainmon_migrations").fetchall()
    assert names == [("0001-three-tables",)]


def test_a_database_deleted_under_its_writer_is_made_again(
    filled: Path, writer: TrainingLogsWriter, beginning: NewBeginning
) -> None:
    for file in filled.parent.iterdir():
        file.unlink()
    with writer.transaction() as logs:
        assert not logs.has("bert", 1)
        assert logs.begin(beginning()) == 1
    assert len(TrainingLogs(str(filled)).tasks()) == 1
