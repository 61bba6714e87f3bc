"""Reading leaves no trace, never waits long for a writer, and never takes half a state."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tb_trainmon.training_logs import sqlite_file, values
from tb_trainmon.training_logs.entries import Beginning, Entry
from tb_trainmon.training_logs.reading import TrainingLogs
from tb_trainmon.training_logs.writing import TrainingLogsWriter

Execute = Callable[..., None]


def test_reading_a_database_that_nobody_has_open_leaves_the_folder_as_it_was(
    filled: Path, writer: TrainingLogsWriter
) -> None:
    writer.close()
    before = {file.name: file.stat().st_mtime_ns for file in filled.parent.iterdir()}
    assert list(before) == ["training_logs.db"]
    logs = TrainingLogs(str(filled))
    assert logs.tasks()
    assert logs.attempts()
    assert logs.logs("bert")
    assert before == {file.name: file.stat().st_mtime_ns for file in filled.parent.iterdir()}


def test_rows_that_are_still_in_the_write_ahead_log_are_read(filled: Path) -> None:
    assert filled.with_name("training_logs.db-wal").stat().st_size > 0
    assert len(TrainingLogs(str(filled)).logs("bert")) == 3


def test_a_reader_sees_whole_transactions_while_eight_hundred_are_written(
    writer: TrainingLogsWriter, beginning: Callable[..., Beginning], path: Path
) -> None:
    with writer.transaction() as logs:
        logs.begin(beginning())
    finished = threading.Event()

    def write() -> None:
        for number in range(800):
            with writer.transaction() as logs:
                logs.add("bert", 1, [Entry("step", number, 0.0, "", {})] * 2)
        finished.set()

    thread = threading.Thread(target=write)
    thread.start()
    reader, last, seen = TrainingLogs(str(path)), 0, 0
    while not finished.is_set():
        rows = reader.logs("bert", after_id=last)
        assert len(rows) % 2 == 0
        seen, last = seen + len(rows), rows[-1].id if rows else last
    thread.join()
    assert seen + len(reader.logs("bert", after_id=last)) == 1600


def test_a_state_that_changed_while_it_was_read_is_read_again(
    filled: Path, writer: TrainingLogsWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.close()
    traces: list[Path] = []
    original = sqlite_file.trace

    def trace(path: Path) -> object:
        traces.append(path)
        # The second look finds that somebody wrote in between.
        return "changed" if len(traces) == 2 else original(path)

    monkeypatch.setattr(sqlite_file, "trace", trace)
    assert len(TrainingLogs(str(filled)).logs("bert")) == 3
    assert len(traces) == 4


def test_a_name_with_signs_that_mean_something_in_a_url_is_just_a_name(
    tmp_path: Path, filled: Path, writer: TrainingLogsWriter
) -> None:
    writer.close()
    odd = tmp_path / "100% sure? #1 ü.db"
    filled.rename(odd)
    assert TrainingLogs(str(odd)).tasks()


def test_a_url_of_an_sqlite_file_is_that_file(filled: Path) -> None:
    logs = TrainingLogs(f"sqlite:///{filled}")
    assert logs.tasks()
    assert logs.revision() is not None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without rights")
def test_a_write_ahead_log_on_a_read_only_place_still_shows_what_was_merged(
    filled: Path, writer: TrainingLogsWriter
) -> None:
    writer.close()
    # A writer that was killed leaves an (empty) log behind, and nobody here may add "-shm" to it.
    filled.with_name("training_logs.db-wal").touch(0o644)
    filled.chmod(0o644)
    assert "3 rows" in _as_nobody(filled)


@pytest.mark.skipif(os.geteuid() != 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said_so(filled: Path, writer: TrainingLogsWriter) -> None:
    writer.close()
    filled.chmod(0)
    assert "may not be read by this user" in _as_nobody(filled)


def test_no_connection_stays_open(filled: Path) -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    if not Path("/proc/self/fd").exists():
        pytest.skip("no /proc here to count open files in")
    logs = TrainingLogs(str(filled))
    logs.tasks()
    before = open_files()
    for _ in range(20):
        logs.tasks()
        logs.logs("bert")
    assert open_files() == before


def test_another_programs_rollback_journal_is_read_too(path: Path, execute: Execute) -> None:
    execute("CREATE TABLE training_tasks (task_id TEXT PRIMARY KEY, status TEXT)")
    execute("INSERT INTO training_tasks VALUES ('a', 'running')")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert TrainingLogs(str(path)).tasks()[0].status == "running"


def _as_nobody(path: Path) -> str:
    """What somebody without rights is told about the files beside ``path``."""
    program = textwrap.dedent("""
        import os, sys
        from tb_trainmon.training_logs.reading import TrainingLogs
        os.setgroups([]), os.setgid(65534), os.setuid(65534)
        try:
            print(len(TrainingLogs(sys.argv[1]).logs("bert")), "rows")
        except Exception as error:
            print(error)
    """)
    # Not in pytest's folder: nobody but its owner may enter that.
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(path.parent, place, dirs_exist_ok=True)
        Path(place).chmod(0o755)
        command = [sys.executable, "-c", program, f"{place}/{path.name}"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("step", [1e30, -1e30, str(1 << 63)])
def test_a_step_of_more_than_64_bits_is_no_step(step: object) -> None:
    assert values.integer(step) is None
