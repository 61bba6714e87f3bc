"""Which file systems are a network's, and what is done and said about a database on one."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tb_trainmon import TaskLogger
from tb_trainmon.training_logs import file_systems
from tb_trainmon.training_logs.entries import Beginning
from tb_trainmon.training_logs.file_systems import file_system, network_file_system
from tb_trainmon.training_logs.reading import TrainingLogs
from tb_trainmon.training_logs.writing import TrainingLogsWriter

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
server:/home /home nfs4 rw,vers=4.2 0 0
/dev/sdb1 /home/local xfs rw 0 0
//nas/my\\040files /mnt/my\\040files cifs rw 0 0
bucket /mnt/bucket fuse.gcsfuse rw 0 0
/dev/sdc1 /mnt/usb fuseblk rw 0 0
lx /mnt/lx fuse.lxcfs rw 0 0
10.0.0.1@tcp:/fs /scratch lustre rw 0 0
tmpfs /scratch tmpfs rw 0 0
odd
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/data/runs", None),
        ("/home/me/runs/training_logs.db", "nfs4"),
        ("/home", "nfs4"),
        ("/homes/me", None),
        ("/home/local/runs", None),
        ("/mnt/my files/runs", "cifs"),
        ("/mnt/bucket/runs", "fuse.gcsfuse"),
        ("/mnt/usb/runs", None),
        ("/mnt/lx/runs", None),
        ("/scratch/runs", None),
    ],
)
def test_a_network_file_system_is_told_by_its_name(
    tmp_path: Path, path: str, expected: str | None
) -> None:
    (tmp_path / "mounts").write_text(MOUNTS)
    assert network_file_system(Path(path), tmp_path / "mounts") == expected


def test_where_nobody_tells_which_it_is_none_is_assumed(tmp_path: Path) -> None:
    assert file_system(tmp_path, tmp_path / "missing") is None
    assert network_file_system(tmp_path, tmp_path / "missing") is None


def test_this_machine_tells(tmp_path: Path) -> None:
    if not file_systems.MOUNTS.exists():
        pytest.skip("no /proc here")
    assert file_system(tmp_path)


@pytest.fixture
def on_nfs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every folder lay on a server."""
    for module in ("engines", "writing", "reading"):
        name = f"tb_trainmon.training_logs.{module}.network_file_system"
        monkeypatch.setattr(name, lambda _: "nfs4")


def journal_mode(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def test_the_writer_does_without_a_write_ahead_log_and_says_so_once(
    tmp_path: Path, on_nfs: None, caplog: pytest.LogCaptureFixture
) -> None:
    with TaskLogger(tmp_path, "bert", logging_steps=1) as log:
        log.step(1, loss=1.0)
        assert log.flush()
        assert len(TrainingLogs(str(tmp_path / "training_logs.db")).logs("bert")) == 2
        log.step(2, loss=1.0)
    assert journal_mode(tmp_path / "training_logs.db") == "delete"
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert "lies on a network file system (nfs4)" in record.getMessage()
    assert "TRAINMON_DB_URL" in record.getMessage()
    assert TrainingLogs(str(tmp_path / "training_logs.db")).cautions() == []


def test_a_write_ahead_log_that_is_in_use_there_is_used_and_its_reader_is_told(
    filled: Path, on_nfs: None, beginning: Callable[..., Beginning]
) -> None:
    assert journal_mode(filled) == "wal"
    with closing(TrainingLogsWriter(str(filled), 0.2)) as other, other.transaction() as logs:
        logs.begin(beginning("other"))
    assert journal_mode(filled) == "wal"
    logs_of = TrainingLogs(str(filled))
    assert len(logs_of.tasks()) == 2
    [caution] = logs_of.cautions()
    assert caution.startswith(f"{filled} has a write-ahead log on a network file system (nfs4)")
    assert "TRAINMON_DB_URL" in caution
