"""Trouble that passes: a full disk, a locked database, a server that is away. All rows arrive."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tb_trainmon import TaskLogger
from tb_trainmon.training_logs.reading import TrainingLogs
from tests.logger.conftest import wait_for
from tests.mounts import may_mount
from tests.postgresql_server import Server


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute of trouble in some seconds: everything waits for a tenth of its time."""
    monkeypatch.setattr("tb_trainmon.logger.patience.FIRST_WAIT", 0.1)
    monkeypatch.setattr("tb_trainmon.logger.patience.LONGEST_WAIT", 1.5)
    monkeypatch.setattr("tb_trainmon.logger.recorder.BATCH_SECONDS", 0.05)
    monkeypatch.setattr("tb_trainmon.logger.table.BUSY_SECONDS", 0.2)


def test_a_database_that_is_locked_for_long_costs_no_row_and_no_time(
    logdir: Path, written: Any, brisk: None, caplog: pytest.LogCaptureFixture
) -> None:
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        assert log.flush()
        with contextlib.closing(sqlite3.connect(logdir / "training_logs.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            for step in range(2000):
                log.step(step, loss=1.0)
            wait_for(lambda: bool(caplog.records))
            assert written.recorded_steps() == []
            other.rollback()
        wait_for(lambda: written.recorded_steps() == list(range(2000)))
    [warning] = caplog.records
    assert "locked" in warning.getMessage()


def test_a_server_that_goes_away_and_comes_back_costs_no_row(
    postgresql: Server,
    logdir: Path,
    brisk: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = postgresql.create("gone_and_back")
    monkeypatch.setenv("TRAINMON_DB_URL", url)
    with TaskLogger(logdir, "bert", logging_steps=1, event_files=False) as log:
        log.step(1, loss=1.0)
        assert log.flush()
        postgresql.stop()
        try:
            for step in range(2, 500):
                log.step(step, loss=1.0)
            assert not log.flush()
        finally:
            postgresql.start()
        log.step(500, loss=1.0)
        assert log.flush()
    with contextlib.closing(TrainingLogs(url)) as logs:
        rows = [row.step for row in logs.logs("bert") if row.type == "step"]
        assert rows == list(range(1, 501))
        assert logs.tasks()[0].status == "completed"
    [warning] = caplog.records
    assert "geheim" not in caplog.text
    assert "cannot write to the training log of task 'bert'" in warning.getMessage()
    assert not logdir.exists()


FULL_DISK = """
import logging, sys
logging.basicConfig(format="%(message)s")
from tb_trainmon import TaskLogger
from tb_trainmon.logger import patience
patience.FIRST_WAIT = patience.LONGEST_WAIT = 0.1
logdir = sys.argv[1]
with TaskLogger(logdir, "bert", logging_steps=1) as log:
    log.step(0, loss=1.0)
    assert log.flush()
    fill()
    for step in range(1, 3000):
        log.step(step, loss=1.0)
    assert not log.flush()
    free()
    assert log.flush()
from tb_trainmon.training_logs.reading import TrainingLogs
rows = TrainingLogs(logdir + "/training_logs.db").logs("bert")
assert [row.step for row in rows if row.type == "step"] == list(range(3000)), len(rows)
from tb_trainmon.event_files.event_file import EventFile
from pathlib import Path
[file] = Path(logdir, "bert").iterdir()
read = EventFile(str(file)).read()
assert read.scalars["train/loss"].step.tolist() == list(range(3000))
assert not read.problems, read.problems
"""

LIMIT = """
import resource
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
def fill(): resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
def free(): resource.setrlimit(resource.RLIMIT_FSIZE, limits)
"""

FILLER = """
import os
def fill():
    with open(sys.argv[1] + "/filler", "wb", buffering=0) as file:
        try:
            while file.write(bytes(1 << 16)): pass
        except OSError: pass
def free(): os.unlink(sys.argv[1] + "/filler")
"""


def test_files_that_may_not_grow_cost_no_row_and_no_half_record(tmp_path: Path) -> None:
    program = [sys.executable, "-c", LIMIT + FULL_DISK, str(tmp_path)]
    ran = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    said = ran.stderr.splitlines()
    assert [line.partition(":")[0] for line in said] == [
        "TrainMon cannot write to the training log of task 'bert'",
        "TrainMon cannot write to the event file of task 'bert'",
    ]


def test_a_full_disk_costs_no_row_and_no_half_record(tmp_path: Path) -> None:
    if not may_mount():
        pytest.skip("Only who may mount a file system can fill one up.")
    mount = f'mount -t tmpfs -o size=4m tmpfs {tmp_path} && exec "$@"'
    program = [sys.executable, "-c", "import sys" + FILLER + FULL_DISK, str(tmp_path)]
    ran = subprocess.run(
        ["unshare", "--mount", "sh", "-c", mount, "sh", *program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "No space left" in ran.stderr or "full" in ran.stderr


def test_a_row_that_the_database_refuses_does_not_keep_the_others_from_it(
    logdir: Path, written: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        assert log.flush()
        with contextlib.closing(sqlite3.connect(logdir / "training_logs.db")) as other:
            other.execute(
                "CREATE TRIGGER picky BEFORE INSERT ON training_logs WHEN NEW.step % 5 = 3 "
                "AND NEW.metrics <> '{}' BEGIN SELECT RAISE(ABORT, 'I do not like this one'); END"
            )
        for step in range(10):
            log.step(step, loss=1.0)
        assert log.flush()
        log.step(10, loss=1.0)
    assert written.recorded_steps() == list(range(11))
    assert [row.step for row in written.rows("step") if not row.metrics] == [3, 8]
    assert "could not be stored" in written.rows("step")[3].message
    [warning] = caplog.records
    assert "refused the step of step 3 of task 'bert'" in warning.getMessage()
    assert "I do not like this one" in warning.getMessage()


class Rude:
    """Will not be looked at."""

    def __str__(self) -> str:
        raise ZeroDivisionError

    __float__ = __repr__ = __str__


@pytest.mark.parametrize(
    "odd",
    [
        lambda log: log.step(5, {"nul\0": 1.0, "half\ud800": 2.0, "null": 3.0, "": 4.0}),
        lambda log: log.step(5, {7: 1.0, None: 2.0, ("a",): 3.0}),
        lambda log: log.step(5, {"x": 10**400, "y": complex(1, 2), "z": object()}),
        lambda log: log.step(5, {Rude(): 1.0, "x": Rude()}),
        lambda log: log.step(5, 0.25),
        lambda log: log.step(5, [1.0, 2.0]),
        lambda log: log.evaluation(5, {None: 1.0}),
        lambda log: log.evaluation(5, "loss"),
        lambda log: log.checkpoint(5, 7),
        lambda log: log.checkpoint(5, "a\0b\ud800"),
        lambda log: log.step(-(2**63)),
        lambda log: log.step(2**63),
    ],
)
def test_whatever_is_logged_the_training_goes_on_and_later_rows_are_written(
    logdir: Path, written: Any, odd: Callable[[Any], None]
) -> None:
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        odd(log)
        log.step(6, loss=1.0)
    assert written.recorded_steps()[-1] == 6
    assert written.task().status == "completed"


def test_more_rows_than_can_be_kept_give_up_the_oldest_and_say_how_many(
    logdir: Path,
    written: Any,
    brisk: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("tb_trainmon.logger.patience.MOST_KEPT", 100)
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        assert log.flush()
        log._recorder._busy.acquire()  # type: ignore[union-attr]
        for step in range(1000):
            log.step(step, loss=1.0)
        log._recorder._busy.release()  # type: ignore[union-attr]
    assert written.recorded_steps()[-50:] == list(range(950, 1000))
    said = [record.getMessage() for record in caplog.records]
    kept = len(written.recorded_steps())
    assert said == [f"TrainMon gave up {1000 - kept} rows: more came than it could write."]


def test_ten_thousand_rows_a_second_are_written_as_they_come(logdir: Path, written: Any) -> None:
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        for step in range(30_000):
            log.step(step, loss=1.0, learning_rate=0.1)
    assert written.recorded_steps() == list(range(30_000))
