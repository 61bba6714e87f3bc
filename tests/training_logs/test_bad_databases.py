"""Whatever lies where a database should be: a sentence that names it, or what can be read of it."""

from __future__ import annotations

import math
import os
import re
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.training_logs import answer, asking_a_file, reading
from tb_trainmon.training_logs.entries import Entry
from tb_trainmon.training_logs.reading import TrainingLogs
from tb_trainmon.training_logs.rows import AttemptRow, LogRow, TaskRow
from tb_trainmon.training_logs.writing import TrainingLogsWriter
from tests.mounts import may_mount
from tests.tasks.tables import Table

Execute = Callable[..., None]


def assert_says(path: Path, words: str) -> None:
    """Every question gets a sentence with ``words``, and nothing is created or changed."""
    before = sorted(path.parent.iterdir())
    logs = TrainingLogs(str(path))
    for ask in (logs.tasks, logs.attempts, lambda: logs.logs("bert")):
        with pytest.raises(DatabaseUnreadable, match=re.escape(words)) as caught:
            ask()
        assert str(path) in str(caught.value)
        assert str(caught.value).endswith(".")
    assert sorted(path.parent.iterdir()) == before


def test_a_missing_file_does_not_exist_and_is_not_made(path: Path) -> None:
    assert_says(path, "does not exist")


def test_an_empty_file_has_no_tables_yet(path: Path) -> None:
    path.touch()
    assert_says(path, "is empty: it has no tables yet")


def test_a_text_file_is_no_database(path: Path) -> None:
    path.write_text("step,loss\n10,2.5\n" * 100)
    assert_says(path, "is not an SQLite database")


def test_a_directory_is_no_database(path: Path) -> None:
    path.mkdir()
    assert_says(path, "is a directory")


def test_a_database_of_something_else_has_no_training_logs(path: Path, execute: Execute) -> None:
    execute("CREATE TABLE recipes (name TEXT)")
    assert_says(path, "has no table of training logs")


def test_a_damaged_database_is_said_to_be_damaged(filled: Path, writer: TrainingLogsWriter) -> None:
    writer.close()
    with filled.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 100_000)
    assert_says(filled, "is damaged")


def test_a_cut_off_database_is_said_to_be_damaged(filled: Path, writer: TrainingLogsWriter) -> None:
    writer.close()
    with filled.open("r+b") as file:
        file.truncate(5000)
    assert_says(filled, "is damaged")


def test_a_locked_database_is_said_to_be_locked_and_read_when_it_is_not(
    path: Path, execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tb_trainmon.training_logs.sqlite_file.BUSY_SECONDS", 0.05)
    execute("CREATE TABLE training_tasks (task_id TEXT PRIMARY KEY)")
    now, logs = 0.0, TrainingLogs(str(path), lambda: now)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseUnreadable, match="is locked by another program"):
            logs.tasks()
        other.rollback()
    # Whoever asks meanwhile does not wait as well: they may be ten thousand.
    with pytest.raises(DatabaseUnreadable, match="is locked by another program"):
        logs.tasks()
    now += 0.05
    assert logs.tasks() == []


def test_an_older_table_without_some_columns_is_read_as_far_as_it_goes(
    path: Path, execute: Execute
) -> None:
    execute("CREATE TABLE training_tasks (task_id TEXT PRIMARY KEY, status TEXT)")
    execute("INSERT INTO training_tasks VALUES ('bert', 'running')")
    execute("CREATE TABLE training_attempts (task_id TEXT, attempt INTEGER)")
    execute("INSERT INTO training_attempts VALUES ('bert', 2), ('bert', 1)")
    execute("CREATE TABLE training_logs (id INTEGER PRIMARY KEY, task_id TEXT, step INTEGER)")
    execute("INSERT INTO training_logs VALUES (1, 'bert', 10)")
    logs = TrainingLogs(str(path))
    expected = TaskRow("bert", "bert", "running", None, None, (), None, None, None)
    assert logs.tasks() == [expected]
    assert [attempt.attempt for attempt in logs.attempts()["bert"]] == [1, 2]
    assert logs.logs("bert") == [LogRow(1, "bert", 1, "", 10, None, "", {})]


def test_a_table_without_the_columns_to_find_rows_by_is_a_sentence(
    path: Path, execute: Execute
) -> None:
    execute("CREATE TABLE training_logs (message TEXT)")
    with pytest.raises(DatabaseUnreadable, match="lacks a column"):
        TrainingLogs(str(path)).logs("bert")


def test_a_newer_database_with_more_columns_and_tables_is_read(
    filled: Path, execute: Execute
) -> None:
    execute("ALTER TABLE training_tasks ADD COLUMN mood TEXT DEFAULT 'good'")
    execute("ALTER TABLE training_logs ADD COLUMN colour TEXT DEFAULT 'red'")
    execute("CREATE TABLE training_dreams (id INTEGER)")
    execute("INSERT INTO trainmon_migrations VALUES ('9999-later', 0)")
    logs = TrainingLogs(str(filled))
    assert len(logs.tasks()) == 1
    assert len(logs.logs("bert")) == 3


def test_broken_values_cost_only_themselves(filled: Path, execute: Execute) -> None:
    execute(
        "INSERT INTO training_tasks (task_id, runs, total_steps, heartbeat_at) VALUES (?, ?, ?, ?)",
        "odd", '["a", 5', "many", "soon",
    )  # fmt: skip
    execute("UPDATE training_attempts SET config = '[1, 2]', pid = 'x'")
    execute('UPDATE training_logs SET metrics = \'{"loss": "NaN", "x": null, "y": 1}\'')
    execute("UPDATE training_logs SET metrics = '{broken', type = 7, message = NULL WHERE id = 1")
    logs = TrainingLogs(str(filled))
    odd = next(task for task in logs.tasks() if task.task_id == "odd")
    assert (odd.runs, odd.total_steps, odd.heartbeat_at) == ((), None, None)
    assert (logs.attempts()["bert"][0].config, logs.attempts()["bert"][0].pid) == (None, None)
    first, second, _ = logs.logs("bert")
    assert (first.metrics, first.type, first.message) == ({}, "7", "")
    assert math.isnan(second.metrics["loss"])
    assert second.metrics["y"] == 1.0
    assert "x" not in second.metrics


def test_bytes_that_are_no_text_do_not_hide_the_other_rows(filled: Path, execute: Execute) -> None:
    execute("UPDATE training_logs SET message = CAST(x'ff41' AS TEXT) WHERE id = 1")
    assert TrainingLogs(str(filled)).logs("bert")[0].message == "\ufffdA"


def test_names_of_a_damaged_schema_that_are_no_text_are_damage(
    path: Path, execute: Execute
) -> None:
    execute("CREATE TABLE training_tasks (task_id TEXT, abcdefgh TEXT)")
    execute("INSERT INTO training_tasks VALUES ('bert', '')")
    path.write_bytes(path.read_bytes().replace(b"abcdefgh", b"\xe4bcdefgh"))
    with pytest.raises(DatabaseUnreadable, match="is damaged"):
        TrainingLogs(str(path)).tasks()


def test_words_of_any_length_come_in_as_their_beginning(filled: Path, execute: Execute) -> None:
    long = "x" * 100_000
    execute("UPDATE training_tasks SET name = ?, error = ?", long, long)
    execute(
        "UPDATE training_logs SET message = ?, metrics = ?", long, f'{{"loss": [{"1," * 3**14}1]}}'
    )
    logs = TrainingLogs(str(filled))
    (task,), row = logs.tasks(), logs.logs("bert")[0]
    assert [len(words or "") < 1_100 for words in (task.name, task.error)] == [True, True]
    assert row.message.endswith("x… (80,000 more characters)")
    assert row.metrics == {}


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(),
    st.just("[" * 5000), st.just('{"loss": 1e999}'), st.just('{"a": {"b": []}}'),
    st.just(10**400), st.lists(st.integers()), st.dictionaries(st.text(), st.integers()),
)  # fmt: skip
KINDS = (TaskRow, AttemptRow, LogRow)
NAMES = {*LogRow._fields, *(f.name for kind in (TaskRow, AttemptRow) for f in fields(kind))}
columns = st.sampled_from(sorted(NAMES))


@settings(deadline=None)
@given(st.dictionaries(columns, anything))
def test_no_value_in_any_column_raises(row: dict[str, object]) -> None:
    for kind in KINDS:
        kind.from_database(row)


def test_a_url_that_cannot_be_read_is_not_repeated_with_its_password() -> None:
    with pytest.raises(DatabaseUnreadable, match="looks like a URL") as caught:
        TrainingLogs("postgresql+psycopg://me:geheim@host:port/db").tasks()
    assert "geheim" not in str(caught.value)


def test_a_database_whose_driver_is_missing_says_what_to_install() -> None:
    with pytest.raises(DatabaseUnreadable, match=r"pip install pymssql") as caught:
        TrainingLogs("mssql+pymssql://me:geheim@host/db").tasks()
    assert "geheim" not in str(caught.value)


def test_a_database_of_an_unknown_kind_is_a_sentence() -> None:
    with pytest.raises(DatabaseUnreadable, match="cannot be read"):
        TrainingLogs("nosuch://me:geheim@host/db").tasks()
    assert TrainingLogs("nosuch://me@host/db").revision() is None


def test_a_newer_database_is_said_to_be_newer(filled: Path, execute: Execute) -> None:
    assert TrainingLogs(str(filled)).cautions() == []
    execute("INSERT INTO trainmon_migrations VALUES ('9999-later', 0)")
    [caution] = TrainingLogs(str(filled)).cautions()
    assert caution.startswith(f"{filled} was written by a newer TrainMon (schema '9999-later')")
    assert "upgrade tb-trainmon" in caution


def test_a_change_that_was_cut_short_is_never_read_as_if_it_were_whole(path: Path) -> None:
    """Half of its pages are new, half of them old, and the journal says which were which."""
    program = textwrap.dedent("""
        import os, sqlite3, sys
        connection = sqlite3.connect(sys.argv[1], isolation_level=None)
        connection.execute("PRAGMA cache_size = 5")
        connection.execute("CREATE TABLE training_tasks (task_id TEXT, status TEXT)")
        connection.execute("BEGIN")
        rows = [("x" * 500, "old")] * 3000
        connection.executemany("INSERT INTO training_tasks VALUES (?, ?)", rows)
        connection.execute("COMMIT")
        connection.execute("BEGIN")
        connection.execute("UPDATE training_tasks SET status = 'new'")
        os.kill(os.getpid(), 9)
    """)
    subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert path.with_name("training_logs.db-journal").stat().st_size > 0
    with pytest.raises(DatabaseUnreadable, match="is in the middle of a change"):
        TrainingLogs(str(path)).tasks()
    # Whoever may write undoes it.
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("SELECT * FROM training_tasks").fetchall()
    assert {task.status for task in TrainingLogs(str(path)).tasks()} == {"old"}


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_while_it_is_vacuumed_every_answer_is_whole_or_a_sentence(
    filled: Path, writer: TrainingLogsWriter, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tb_trainmon.training_logs.sqlite_file.BUSY_SECONDS", 0.02)
    with writer.transaction() as logs:
        rows = [Entry("step", step, 1.0, "x" * 300, {"loss": 1.0}) for step in range(4000)]
        logs.add("other", 1, rows)
    writer.close()
    program = textwrap.dedent("""
        import sqlite3, sys
        connection = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
        print(connection.execute("PRAGMA journal_mode=" + sys.argv[2]).fetchone(), flush=True)
        for _ in range(15):
            connection.execute("DELETE FROM training_logs WHERE step = -1")
            connection.execute("VACUUM")
    """)
    vacuum = subprocess.Popen(
        [sys.executable, "-c", program, str(filled), mode], stdout=subprocess.PIPE
    )
    assert vacuum.stdout is not None
    vacuum.stdout.readline()
    logs_of, answers = TrainingLogs(str(filled)), []
    while vacuum.poll() is None:
        answers.append(rows_or_sentence(logs_of))
    vacuum.communicate()
    assert vacuum.returncode == 0
    assert len(TrainingLogs(str(filled)).logs("other")) == 4000  # the other one may still rest
    assert {"3 rows", "is locked", "is in the middle of a change"} >= set(answers)
    assert "3 rows" in answers


def rows_or_sentence(logs: TrainingLogs) -> str:
    try:
        return f"{len(logs.logs('bert'))} rows"
    except DatabaseUnreadable as error:
        found = re.search(r"is locked|is in the middle of a change", str(error))
        return found[0] if found else str(error)


def test_on_a_read_only_mount_it_is_read_and_writing_is_one_warning(
    tmp_path: Path, filled: Path, writer: TrainingLogsWriter
) -> None:
    if not may_mount():
        pytest.skip("Only who may mount a file system can mount one read-only.")
    writer.close()
    program = textwrap.dedent("""
        import logging, sys
        logging.basicConfig()
        from tb_trainmon import TaskLogger
        from tb_trainmon.training_logs.reading import TrainingLogs
        logs = TrainingLogs(sys.argv[1] + "/training_logs.db")
        print(len(logs.tasks()), len(logs.logs("bert")), logs.cautions())
        with TaskLogger(sys.argv[1], "bert", event_files=False) as log:
            log.step(10, loss=1.0)
        print(len(logs.attempts()["bert"]))
    """)
    place = f"mount --bind {tmp_path} {tmp_path} && mount -o remount,ro,bind {tmp_path} && "
    command = ["unshare", "--mount", "sh", "-c", place + 'exec "$@"', "sh"]
    ran = subprocess.run(
        [*command, sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "1 3 []\n1\n"), ran.stderr
    assert re.search("readonly database|unable to open", ran.stderr)
    assert ran.stderr.count("cannot write to") == 1


def logs_of_a_view(
    folder: Path, sql: str, clock: Callable[[], float] = time.monotonic
) -> TrainingLogs:
    """Of a database in which ``sql`` makes a view where a table is looked for."""
    path = folder / "training_logs.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
    return TrainingLogs(str(path), clock)


def test_a_view_that_never_ends_is_given_up_and_left_alone_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking_a_file, "QUESTION_SECONDS", 0.2)
    now = 0.0
    logs = logs_of_a_view(
        tmp_path,
        "CREATE VIEW training_tasks AS WITH RECURSIVE n(task_id) AS (SELECT 1 UNION ALL "
        "SELECT task_id + 1 FROM n) SELECT * FROM n WHERE task_id < 0",
        lambda: now,
    )
    for _ in range(2):
        with pytest.raises(DatabaseUnreadable, match=r"does not answer within 0\.2 seconds"):
            logs.tasks()
    # Within the rest it is not asked at all: so neither is what could be answered.
    with pytest.raises(DatabaseUnreadable, match="does not answer"):
        logs.attempts()
    now += reading.SLOW_REST_SECONDS
    with pytest.raises(DatabaseUnreadable, match="has no table"):
        logs.attempts()


def test_a_view_that_makes_much_of_each_row_is_given_up_in_time_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few instructions of SQLite's machine, a hundred rows, and a second and more."""
    monkeypatch.setattr(asking_a_file, "QUESTION_SECONDS", 0.05)
    logs = logs_of_a_view(
        tmp_path,
        "CREATE VIEW training_tasks AS WITH RECURSIVE n(task_id) AS (SELECT 1 UNION ALL "
        "SELECT task_id + 1 FROM n WHERE task_id < 100) "
        "SELECT * FROM n WHERE hex(zeroblob(5000000 + task_id)) = 1",
    )
    with pytest.raises(DatabaseUnreadable, match=r"does not answer within 0\.05 seconds"):
        logs.tasks()


def test_of_endless_tasks_the_first_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_TASKS", 100)
    logs = logs_of_a_view(
        tmp_path,
        "CREATE VIEW training_tasks AS WITH RECURSIVE n(task_id) AS (SELECT 1 UNION ALL "
        "SELECT task_id + 1 FROM n) SELECT * FROM n",
    )
    assert len(logs.tasks()) == 100


@pytest.mark.parametrize("beside", ["-journal", "-wal", "-shm"])
def test_a_named_pipe_beside_it_keeps_nobody_waiting(filled: Path, beside: str) -> None:
    """SQLite opens these by itself, and would wait for a writer."""
    pipe = filled.with_name(filled.name + beside)
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    with pytest.raises(DatabaseUnreadable, match=f"{pipe.name} beside it is"):
        TrainingLogs(str(filled)).tasks()
    pipe.unlink()
    pipe.symlink_to("/dev/zero")
    with pytest.raises(DatabaseUnreadable, match=f"{pipe.name} beside it is"):
        TrainingLogs(str(filled)).tasks()


def test_texts_of_any_length_take_bounded_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A view of a few bytes tells gigabytes: the rows are there, their words are cut short."""
    monkeypatch.setattr(answer, "MOST_BYTES", 100_000)
    logs = logs_of_a_view(
        tmp_path,
        "CREATE VIEW training_logs AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL "
        "SELECT id + 1 FROM n LIMIT 400) SELECT id, 't' AS task_id, 'step' AS type, "
        "id AS step, hex(zeroblob(10000)) AS message, '{}' AS metrics FROM n",
    )
    rows = logs.logs("t")
    assert len(rows) == 400
    assert sum(len(row.message) for row in rows) < 250_000


def test_a_letter_that_takes_four_bytes_is_counted_as_four(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answer, "MOST_BYTES", 4_000)
    found, wide = answer.Answer(), "\U0001f600" + "x" * 1_000
    found.take([(wide,), (wide,)])
    assert found.is_cut
    assert [len(text) for (text,) in found] == [len(wide), 200]


def test_of_a_cell_that_a_database_holds_nevertheless_the_beginning_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server sends it, as does SQLite before Python 3.11; what comes behind it is whole."""
    monkeypatch.setattr(answer, "MOST_BYTES", 10_000)
    monkeypatch.setattr(answer, "LONGEST_CELL", 4_000)
    found = answer.Answer()
    found.take([(1, "x" * 9_000), (2, b"y" * 9_000), (3, "z" * 3_000)])
    assert found == [
        (1, f"{'x' * 2_000} ... (This is the beginning of 9,000 characters.)"),
        (2, f"{'y' * 2_000} ... (This is the beginning of 9,000 bytes.)"),
        (3, "z" * 3_000),
    ]
    assert not found.is_cut


@pytest.mark.skipif(sys.version_info < (3, 11), reason="sqlite3 has no limits to set")
def test_a_cell_too_long_to_be_held_hides_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of 300 MB hid all rows of its task, one of 100 MB took 1.6 GB."""
    monkeypatch.setattr(answer, "LONGEST_CELL", 20_000)
    table = Table(tmp_path).task("t", runs=[], error="e" * 30_000).task("u").attempt(1, "t")
    table.attempt(2, "t", framework="f" * 30_000, config={"a": 1})
    table.log(1, 1.0, {"loss": 1}, task_id="t", message="short")
    table.log(2, 2.0, {"loss": 2}, task_id="t", message="long " * 6_000)
    table.log(3, 3.0, {"l" * 30_000: 3}, task_id="t", message="wide")
    table.run("INSERT INTO training_logs (task_id, step, metrics) VALUES ('t', 4, zeroblob(30000))")
    logs = TrainingLogs(str(table.path))
    shown = [(row.step, row.message, row.metrics) for row in logs.logs("t")]
    note = " (Its metrics are too long to be read.)"
    assert shown[0] == (1, "short", {"loss": 1})
    assert shown[1][1].startswith("long long")
    assert shown[1][1].endswith("... (This is the beginning of 30,000 bytes.)")
    assert shown[1][2] == {"loss": 2}
    assert shown[2:] == [(3, f"wide{note}", {}), (4, note, {})]
    (head, tail), (none, _) = logs.ends(["t", "u"], 2, 5)
    assert [*head.steps, *tail.steps, *none.steps] == [1, 2, 3, 4]
    found = logs.paged("t").search(0, 9, logs.paged("t").columns(), ["wide"])
    assert found.sure == {"step": [3]}
    assert {row.task_id for row in logs.tasks()} == {"t", "u"}
    assert logs.attempts()["t"][1].config == {"a": 1}
