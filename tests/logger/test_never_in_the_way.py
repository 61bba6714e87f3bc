"""Trouble with disks and databases never reaches the training loop, and costs no rows."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from tb_trainmon import TaskLogger
from tb_trainmon.logger import event_file
from tb_trainmon.logger.event_file import EventFile
from tb_trainmon.logger.event_records import ScalarRecords
from tb_trainmon.logger.patience import Patience


def test_a_database_that_can_never_be_written_is_one_warning(
    logdir: Path, caplog: pytest.LogCaptureFixture, impatient: None
) -> None:
    (logdir / "training_logs.db").mkdir(parents=True)
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        for step in range(5):
            log.step(step, loss=1.0)
    warning, lost = (record.getMessage() for record in caplog.records)
    assert "cannot write to the training log of task 'bert'" in warning
    assert "Training goes on" in warning
    assert lost == "TrainMon could not write 7 rows to the training log of task 'bert'."
    assert list((logdir / "bert").iterdir())


def test_a_text_file_in_its_place_is_one_warning_and_stays_as_it_is(
    logdir: Path, caplog: pytest.LogCaptureFixture, impatient: None
) -> None:
    logdir.mkdir()
    (logdir / "training_logs.db").write_text("my own notes, please keep\n" * 20)
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        log.step(1, loss=1.0)
    assert len(caplog.records) == 2
    assert (logdir / "training_logs.db").read_text().startswith("my own notes")


def test_a_wrong_url_in_the_environment_is_one_warning(
    logdir: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAINMON_DB_URL", "nosuch://me:geheim@host/db")
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        log.step(1, loss=1.0)
    assert len(caplog.records) == 2
    assert "geheim" not in caplog.text


def test_rows_wait_while_the_database_is_locked(
    logdir: Path, written: Any, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TaskLogger(logdir, "a", logging_steps=1, event_files=False):
        pass
    monkeypatch.setattr("tb_trainmon.logger.table.BUSY_SECONDS", 0.01)
    with contextlib.closing(sqlite3.connect(logdir / "training_logs.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with TaskLogger(logdir, "a", logging_steps=1) as log:
            log.step(1, loss=1.0)
            assert not log.flush()
            log.step(2, loss=2.0)
            assert not log.flush()
            assert written.recorded_steps() == []
            other.rollback()
            log.step(3, loss=3.0)
            assert log.flush()
            assert written.recorded_steps() == [1, 2, 3]
    assert written.attempts()[1].status == "completed"


def test_a_locked_database_keeps_no_step_and_no_end_waiting(
    logdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tb_trainmon.logger.table.BUSY_SECONDS", 0.1)
    logdir.mkdir()
    with contextlib.closing(sqlite3.connect(logdir / "training_logs.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        with TaskLogger(logdir, "a", logging_steps=1) as log:
            for step in range(20_000):
                log.step(step, loss=1.0)
            assert time.monotonic() - began < 2
        assert time.monotonic() - began < 5


def test_a_database_that_was_deleted_is_made_again(logdir: Path, written: Any) -> None:
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        log.step(1, loss=1.0)
        assert log.flush()
        for file in logdir.glob("training_logs.db*"):
            file.unlink()
        log.step(2, loss=2.0)
        assert log.flush()
        assert written.recorded_steps() == [2]
        assert written.task().status == "running"
    assert written.task().status == "completed"


def test_an_event_file_that_was_deleted_is_made_again(logdir: Path) -> None:
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        log.step(1, loss=1.0)
        assert log.flush()
        next((logdir / "bert").iterdir()).unlink()
        log.step(2, loss=2.0)
        assert log.flush()
        assert len(list((logdir / "bert").iterdir())) == 1


def test_a_log_directory_where_nothing_can_be_written_is_said_of_file_and_table(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with TaskLogger(tmp_path / "file" / "runs", "bert", logging_steps=1) as log:
        log.step(1, loss=1.0)
        log.checkpoint(1)
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 4
    assert {("event file" in line, "cannot write" in line) for line in said} == {
        (False, True), (True, True), (True, False), (False, False),
    }  # fmt: skip


def test_a_full_disk_leaves_no_half_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = EventFile(tmp_path, "host", 1, 1000.0)
    with contextlib.closing(file):
        record = ScalarRecords().record(1, 1000.0, {"loss": 1.0})
        file.append(record)
        [path] = tmp_path.iterdir()
        good = path.read_bytes()

        def half(opened: Any, records: bytes) -> None:
            opened.write(records[:10])
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as full:
            full.setattr(event_file, "_write_all", half)
            with pytest.raises(OSError, match="No space"):
                file.append(record)
        assert path.read_bytes() == good
        file.append(record)
        assert path.read_bytes() == good + record


def test_patience_grows_and_is_restored_by_success(caplog: pytest.LogCaptureFixture) -> None:
    now = [100.0]
    patience = Patience("the disk", clock=lambda: now[0])
    for wait in (1, 2, 4, 8, 15, 15):
        assert patience.may_try()
        patience.failed("full")
        now[0] += wait - 0.1
        assert not patience.may_try()
        now[0] += 0.1
    patience.worked()
    patience.failed("full")
    now[0] += 1
    assert patience.may_try()
    assert len(caplog.records) == 1


def test_other_ranks_write_nothing(logdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "1")
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        log.step(1, loss=1.0)
        log.evaluation(1, loss=1.0)
        log.checkpoint(1)
    assert not logdir.exists()
    monkeypatch.setenv("RANK", "0")
    with TaskLogger(logdir, "bert") as log:
        assert log.flush()
        assert logdir.exists()


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    import tb_trainmon  # noqa: PLC0415

    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        tb_trainmon.Nonsense  # noqa: B018


def test_no_file_stays_open(logdir: Path) -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("no /proc here to count open files in")
    with TaskLogger(logdir, "bert"):
        pass
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(5):
        with TaskLogger(logdir, "bert") as log:
            log.step(10, loss=1.0)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
