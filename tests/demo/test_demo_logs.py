"""The logs that are committed: small, of no machine, and never changed by reading them."""

from __future__ import annotations

import hashlib
import math
import shutil
from pathlib import Path

import pytest

from tb_trainmon.training_logs.reading import TrainingLogs

DEMO_LOGS = Path(__file__).parents[2] / "demo_logs"

PLACES = (b"/home/", b"/Users/", b"/work/", b"/tmp/", b"/root/")


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    """A copy of what is committed, so that a live demo beside it is no matter."""
    ignore = shutil.ignore_patterns("live", "checkpoints", "__pycache__", "*.db-*")
    return Path(shutil.copytree(DEMO_LOGS, tmp_path / "demo_logs", ignore=ignore))


def test_there_is_one_of_every_kind(committed: Path) -> None:
    logs = TrainingLogs(str(committed / "training_logs.db"))
    ends = {task.task_id: task.status for task in logs.tasks()}
    assert ends == {
        "finished": "completed", "stopped": "stopped", "failed": "failed",
        "restarted": "completed",
    }  # fmt: skip
    starts = [(a.status, a.start_step) for a in logs.attempts()["restarted"]]
    assert starts == [("stopped", 0), ("stopped", 0), ("completed", 800)]
    rates = [(a.config or {})["learning_rate"] for a in logs.attempts()["restarted"]]
    assert rates == [0.03, 0.001, 0.001]
    last = [row for row in logs.logs("failed") if row.type == "step"][-1]
    assert math.isnan(last.metrics["loss"])


def test_every_run_of_a_task_has_its_event_files(committed: Path) -> None:
    for task in TrainingLogs(str(committed / "training_logs.db")).tasks():
        for run in task.runs:
            assert list((committed / run).glob("events.out.tfevents.*.demo.*"))
    assert list((committed / "event_files_only").glob("events.out.tfevents.*.demo.*"))


def test_they_are_small(committed: Path) -> None:
    assert sum(file.stat().st_size for file in committed.rglob("*") if file.is_file()) < 400_000


def test_reading_them_changes_nothing(committed: Path) -> None:
    def state() -> dict[str, str]:
        files = [file for file in committed.rglob("*") if file.is_file()]
        return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    before = state()
    logs = TrainingLogs(str(committed / "training_logs.db"))
    for task in logs.tasks():
        assert logs.logs(task.task_id)
    assert state() == before
    # Byte 18 of an SQLite file: 1 is the rollback journal, 2 the write-ahead log.
    assert (committed / "training_logs.db").read_bytes()[18] == 1


def test_they_name_no_place_on_any_machine(committed: Path) -> None:
    for file in committed.rglob("*"):
        if file.is_file() and file.suffix not in (".py", ".md"):
            found = [
                word
                for word in (b"/home/", b"/work/", b"/tmp/", b"/root/")
                if word in file.read_bytes()
            ]
            assert not found, f"{file} names {found}"
