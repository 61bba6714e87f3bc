"""The same contract on a real PostgreSQL server, written and read."""

from __future__ import annotations

import math
import re
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.logger.patience import in_words
from tb_trainmon.training_logs import answer, migrations
from tb_trainmon.training_logs.engines import reading_engine
from tb_trainmon.training_logs.entries import Beginning, Ending, Entry
from tb_trainmon.training_logs.location import located
from tb_trainmon.training_logs.reading import REST_SECONDS, TrainingLogs
from tb_trainmon.training_logs.writing import TrainingLogsWriter
from tests.postgresql_server import PASSWORD, Server

NewBeginning = Callable[..., Beginning]
DOCUMENT = Path(__file__).parents[2] / "docs" / "training_logs.md"


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return str(abs(hash(request.node.nodeid)))


@pytest.fixture
def url(postgresql: Server, name: str) -> str:
    return postgresql.create(name)


@pytest.fixture
def writer(url: str) -> Iterator[TrainingLogsWriter]:
    with closing(TrainingLogsWriter(url, busy_seconds=0.2)) as writer:
        yield writer


@pytest.fixture
def reader(url: str) -> Iterator[TrainingLogs]:
    with closing(TrainingLogs(url)) as reader:
        yield reader


@pytest.fixture
def filled(writer: TrainingLogsWriter, beginning: NewBeginning) -> TrainingLogsWriter:
    """With one running task and three rows."""
    with writer.transaction() as logs:
        attempt = logs.begin(beginning())
        logs.add("bert", attempt, [step(number) for number in (10, 20, 30)])
        logs.heartbeat("bert", 1031.0, attempt)
    return writer


def step(number: int, **metrics: float) -> Entry:
    return Entry("step", number, 1000.0 + number, f"step {number}", metrics or {"loss": 0.5})


def test_a_task_is_written_and_read_from_its_beginning_to_its_end(
    writer: TrainingLogsWriter, reader: TrainingLogs, beginning: NewBeginning
) -> None:
    with writer.transaction() as logs:
        assert logs.begin(beginning()) == 1
        logs.run("bert", 1)
        logs.add("bert", 1, [step(10, loss=math.nan, delta=-math.inf, huge=1e300), step(20)])
        logs.end("bert", 1, Ending("failed", "Boom", 1050.0))
    with writer.transaction() as logs:
        assert logs.begin(beginning(config={"lr": 0.2}, runs=("other",), start_step=20)) == 2
    [task] = reader.tasks()
    assert (task.status, task.runs, task.created_at) == ("pending", ("bert", "other"), 1000.0)
    first, second = reader.attempts()["bert"]
    assert (first.status, first.ended_at, first.config) == ("failed", 1050.0, {"lr": 0.1})
    assert (second.start_step, second.config, second.pid) == (20, {"lr": 0.2}, 7)
    rows = reader.logs("bert")
    assert math.isnan(rows[0].metrics["loss"])
    assert (rows[0].metrics["delta"], rows[0].metrics["huge"]) == (-math.inf, 1e300)
    assert [row.step for row in reader.logs("bert", rows[0].id)] == [20]
    assert reader.revision() is None


def test_whatever_text_and_numbers_there_are_they_are_stored(
    writer: TrainingLogsWriter, reader: TrainingLogs, beginning: NewBeginning
) -> None:
    config = {"nul": "a\0b", "half": "\ud800", "huge": 10**30, "list": [math.nan], "\0": 1}
    with writer.transaction() as logs:
        odd = beginning(name="n\0", framework="f\0", host="h\0", config=config)
        logs.begin(odd)
        row = Entry("step", 2**63 - 1, 1.0, "nul \0 and half \ud800", {"a\0b": 1.0, "\ud800": 2.0})
        logs.add("bert", 1, [row, Entry("end", None, 2.0, "", {})])
        logs.end("bert", 1, Ending("failed", "err\0or", 3.0))
    assert reader.attempts()["bert"][0].config == {
        "nul": "a\ufffdb", "half": "?", "huge": str(10**30), "list": ["NaN"], "\ufffd": 1,
    }  # fmt: skip
    first, last = reader.logs("bert")
    assert (first.step, first.message) == (2**63 - 1, "nul \ufffd and half ?")
    assert first.metrics == {"a\ufffdb": 1.0, "?": 2.0}
    assert (last.step, reader.tasks()[0].error) == (None, "err\ufffdor")


def test_a_refused_row_is_replaced_by_one_that_says_so(
    filled: TrainingLogsWriter, reader: TrainingLogs, postgresql: Server, name: str
) -> None:
    postgresql.run("ALTER TABLE training_logs ADD CHECK (message <> 'step 50')", name)
    with filled.transaction() as logs:
        refused = logs.add_one_by_one("bert", 1, [step(40), step(50), step(60)])
    assert [entry.step for entry, _ in refused] == [50]
    assert [row.step for row in reader.logs("bert")] == [10, 20, 30, 40, 50, 60]
    assert reader.logs("bert")[4].message == "This step could not be stored: CheckViolation"


def test_writers_that_begin_at_once_on_an_empty_database_are_attempts_one_to_eight(
    url: str, reader: TrainingLogs, beginning: NewBeginning
) -> None:
    numbers: list[int] = []
    together = threading.Barrier(8)

    def begin() -> None:
        with closing(TrainingLogsWriter(url, busy_seconds=5.0)) as writer:
            together.wait()
            try:
                numbers.append(begun(writer))
            except IntegrityError:
                # Of two that add the same new task one is told so, and need only try again.
                numbers.append(begun(writer))

    def begun(writer: TrainingLogsWriter) -> int:
        with writer.transaction() as logs:
            return logs.begin(beginning())

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 9))
    assert [attempt.attempt for attempt in reader.attempts()["bert"]] == list(range(1, 9))


def test_who_finds_its_tables_waits_for_nobody_who_makes_some(
    filled: TrainingLogsWriter, url: str, beginning: NewBeginning
) -> None:
    """Sixty trainings that began at once took turns, and some were told that they cannot write."""
    engine = reading_engine(located(url))
    with engine.connect() as another:
        another.exec_driver_sql(f"SELECT pg_advisory_lock({migrations._LOCK})")
        with closing(TrainingLogsWriter(url, 0.2)) as writer, writer.transaction() as logs:
            assert logs.begin(beginning()) == 2
    engine.dispose()


def test_a_locked_table_is_waited_for_no_longer_than_asked(
    filled: TrainingLogsWriter, url: str
) -> None:
    with (
        closing(TrainingLogsWriter(url, busy_seconds=0.2)) as other,
        other.transaction() as locking,
    ):
        locking._connection.exec_driver_sql("LOCK TABLE training_logs IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        with pytest.raises(OperationalError, match="lock timeout"), filled.transaction() as logs:
            logs.add("bert", 1, [step(40)])
        assert time.monotonic() - began < 5
    with filled.transaction() as logs:
        logs.add("bert", 1, [step(40)])


def test_a_connection_that_the_server_closed_is_replaced_unnoticed(
    filled: TrainingLogsWriter, reader: TrainingLogs, postgresql: Server, name: str
) -> None:
    assert reader.tasks()
    ended = postgresql.run(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        f"WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )
    assert ended == "2"
    with filled.transaction() as logs:
        logs.add("bert", 1, [step(40)])
    assert len(reader.logs("bert")) == 4


def test_a_server_that_is_away_is_a_sentence_and_is_not_asked_all_the_time(
    postgresql: Server, url: str, filled: TrainingLogsWriter
) -> None:
    now = [100.0]
    with closing(TrainingLogs(url, clock=lambda: now[0])) as reader:
        assert len(reader.tasks()) == 1
        postgresql.stop()
        try:
            with pytest.raises(DatabaseUnreadable, match=r"does not answer|cannot be read"):
                reader.tasks()
        finally:
            postgresql.start()
        with pytest.raises(DatabaseUnreadable):
            reader.tasks()
        now[0] += REST_SECONDS
        assert len(reader.tasks()) == 1


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Every statement that is asked from now on, and what it binds."""
    stream, told = psycopg.Cursor.stream, []

    def note(cursor: Any, statement: str, wanted: Any) -> Any:
        told.append((statement, wanted))
        return stream(cursor, statement, wanted)

    monkeypatch.setattr(psycopg.Cursor, "stream", note)
    return told


def test_only_what_is_new_is_asked_for_by_one_statement_each(
    filled: TrainingLogsWriter, reader: TrainingLogs, asked: list[tuple[str, Any]]
) -> None:
    last = reader.logs("bert")[-1]
    assert reader.logs("bert", last.id) == []
    assert len(asked) == 2
    assert all("(task_id, id) >" in statement for statement, _ in asked)


def test_rows_of_one_task_among_many_are_found_by_its_index(
    filled: TrainingLogsWriter,
    reader: TrainingLogs,
    postgresql: Server,
    name: str,
    asked: list[tuple[str, Any]],
) -> None:
    """Not along the primary key, over those of all others, as the planner would have it."""
    postgresql.run(
        "INSERT INTO training_logs (task_id, attempt, type, step) SELECT 'task' || n, 1, 'step', s "
        "FROM generate_series(1, 200) s, generate_series(1, 50) n; "
        "INSERT INTO training_logs (task_id, attempt, type, step) SELECT 'task1', 1, 'step', s "
        "FROM generate_series(201, 5000) s; ANALYZE training_logs",
        name,
    )
    ids = [row.id for row in reader.logs("task1", 100, 3)]
    assert len(ids) == 3
    assert ids == sorted(ids)
    assert ids[0] > 100
    (head, tail), _ = reader.ends(["task1", "task2"], 2, 3)
    assert [*head.steps, *tail.steps] == [1, 2, 4998, 4999, 5000]
    (window,) = reader.windows([("task1", head.ids[1])], 2)
    assert list(window.steps) == [2, 3]
    with psycopg.connect(postgresql.url(name).replace("+psycopg", "")) as connection:
        plans = [
            " ".join(line for (line,) in connection.execute(f"EXPLAIN {statement}", wanted))
            for statement, wanted in asked
            if "LIMIT 1" not in statement
        ]
    assert len(plans) == 4
    assert all("training_logs_by_task" in plan and "Seq Scan" not in plan for plan in plans)


def test_an_answer_that_never_ends_takes_bounded_memory_and_is_given_up(
    filled: TrainingLogsWriter,
    reader: TrainingLogs,
    postgresql: Server,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever may write may also make a view: of a terabyte some megabytes are taken.

    Nor is it waited for until a busy server has heard that it is to stop.
    """
    monkeypatch.setattr(answer, "MOST_BYTES", 100_000)
    asked_to_stop: list[Any] = []
    monkeypatch.setattr(psycopg.Connection, "_try_cancel", asked_to_stop.append)
    postgresql.run(
        "ALTER TABLE training_logs RENAME TO away; CREATE VIEW training_logs AS SELECT n AS id, "
        "'bert'::text AS task_id, 'step'::text AS type, n AS step, repeat('x', 10000) AS message, "
        "'{}'::json AS metrics FROM (SELECT generate_series(1, 100000000) AS n) AS s",
        name,
    )
    found = reader.ask(text("SELECT * FROM training_logs"))
    assert found.is_cut
    assert len(found) < 1000
    assert len(found[0][4]) == 10_000
    assert len(found[-1][4]) == 200
    assert len(reader.tasks()) == 1
    assert not asked_to_stop


def test_other_drivers_are_asked_through_sqlalchemy(
    filled: TrainingLogsWriter, reader: TrainingLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = reader.logs("bert")
    assert reader._engine is not None
    monkeypatch.setattr(reader._engine.dialect, "driver", "another")
    assert reader.logs("bert") == rows
    assert reader.logs("nobody") == []
    monkeypatch.setattr(answer, "MOST_BYTES", 10_000)
    found = reader.ask(text("SELECT repeat('x', 1000) AS x FROM generate_series(1, 100000)"))
    assert (found.names, found.is_cut, len(found) < 1000) == (("x",), True, True)


def test_reading_needs_no_right_but_to_select_and_cannot_write(
    filled: TrainingLogsWriter, postgresql: Server, name: str
) -> None:
    postgresql.run(
        f"CREATE ROLE \"viewer{name}\" LOGIN PASSWORD '{PASSWORD}'; "
        f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "viewer{name}"',
        name,
    )
    with closing(TrainingLogs(postgresql.url(name, f"viewer{name}"))) as reader:
        assert len(reader.tasks()) == 1
        assert len(reader.logs("bert")) == 3
    engine = reading_engine(located(postgresql.url(name)))
    with engine.connect() as connection, pytest.raises(Exception, match="read-only transaction"):
        connection.exec_driver_sql("DELETE FROM training_logs")
    engine.dispose()


def test_a_table_that_may_not_be_read_is_a_sentence(
    filled: TrainingLogsWriter, postgresql: Server, name: str
) -> None:
    postgresql.run(f"CREATE ROLE \"nobody{name}\" LOGIN PASSWORD '{PASSWORD}'", name)
    with (
        closing(TrainingLogs(postgresql.url(name, f"nobody{name}"))) as reader,
        pytest.raises(DatabaseUnreadable, match="may not be read"),
    ):
        reader.tasks()


def test_json_that_is_nested_too_deeply_costs_only_itself(
    filled: TrainingLogsWriter, reader: TrainingLogs, postgresql: Server, name: str
) -> None:
    deep = "[" * 3000 + "]" * 3000
    postgresql.run(f"UPDATE training_logs SET metrics = '{deep}' WHERE step = 20", name)
    assert [row.metrics for row in reader.logs("bert")] == [{"loss": 0.5}, {}, {"loss": 0.5}]


def test_a_newer_schema_is_said_to_be_newer_and_read(
    filled: TrainingLogsWriter, reader: TrainingLogs, postgresql: Server, name: str
) -> None:
    assert reader.cautions() == []
    postgresql.run("ALTER TABLE training_tasks ADD COLUMN mood TEXT DEFAULT 'good'", name)
    postgresql.run("INSERT INTO trainmon_migrations VALUES ('9999-later', 0)", name)
    [caution] = reader.cautions()
    assert "was written by a newer TrainMon (schema '9999-later')" in caution
    assert len(reader.tasks()) == 1


def test_what_another_program_writes_by_the_document_is_read(
    postgresql: Server, name: str, reader: TrainingLogs, url: str
) -> None:
    schema, writing, reading = re.findall(
        r"```sql\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL
    )
    # As the document says: BIGSERIAL and DOUBLE PRECISION, and ->> for json_extract.
    schema = schema.replace("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGSERIAL PRIMARY KEY")
    postgresql.run(re.sub(r"\bREAL\b", "DOUBLE PRECISION", schema), name)
    postgresql.run(writing, name)
    answers = reading.replace("json_extract(metrics, '$.loss')", "metrics ->> 'loss'")
    postgresql.run(answers, name)
    [task] = reader.tasks()
    assert (task.status, task.error, task.runs) == (
        "failed", "RuntimeError: out of memory", ("bert",),
    )  # fmt: skip
    assert reader.attempts()["bert"][0].config == {"lr": 0.0003}
    [row] = reader.logs("bert")
    assert (row.step, row.wall_time, row.metrics["loss"]) == (10, 1700000008.5, 2.31)
    assert reader.cautions() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("geheim", "gehein"),
        lambda url: url + "?password=geheim1234",
        lambda url: url + "?connect_timeout=geheim1234",
        lambda url: url + "?geheim1234=geheim1234",
        lambda url: url.replace("+psycopg", "+nosuchdriver"),
        lambda url: url + "-that-does-not-exist",
    ],
)
def test_no_password_is_ever_said(url: str, change: Callable[[str], str]) -> None:
    wrong = change(url)
    with closing(TrainingLogs(wrong)) as reader, pytest.raises(DatabaseUnreadable) as caught:
        reader.tasks()
    said = "".join(traceback.format_exception(caught.value))
    with closing(TrainingLogsWriter(wrong, 0.2)) as writer:
        trouble_of_any_kind = pytest.raises((SQLAlchemyError, DatabaseUnreadable, ValueError))
        with trouble_of_any_kind as trouble, writer.transaction():
            pass
        said += writer.redacted(in_words(trouble.value))
    said += f"{caught.value} {located(wrong)} {located(wrong)!r}"
    assert "gehei" not in said
    assert PASSWORD not in said
