"""Databases to read: one that our writer made, and hands to break it with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tb_trainmon.training_logs.entries import Beginning, Entry
from tb_trainmon.training_logs.writing import TrainingLogsWriter

NewBeginning = Callable[..., Beginning]
Execute = Callable[..., None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "training_logs.db"


@pytest.fixture
def beginning() -> NewBeginning:
    def build(task_id: str = "bert", **changed: object) -> Beginning:
        known: dict[str, object] = {
            "task_id": task_id,
            "name": task_id.title(),
            "total_steps": 100,
            "logging_steps": 10,
            "runs": (task_id,),
            "start_step": 0,
            "config": {"lr": 0.1},
            "framework": "torch 2",
            "host": "node1",
            "pid": 7,
            "process_started_at": 900.0,
            "started_at": 1000.0,
        }
        return Beginning(**(known | changed))  # type: ignore[arg-type]

    return build


@pytest.fixture
def writer(path: Path) -> Iterator[TrainingLogsWriter]:
    with closing(TrainingLogsWriter(str(path), busy_seconds=0.2)) as writer:
        yield writer


@pytest.fixture
def filled(writer: TrainingLogsWriter, beginning: NewBeginning, path: Path) -> Path:
    """A database of one running task with three rows; its writer is still there."""
    with writer.transaction() as logs:
        attempt = logs.begin(beginning())
        rows = [Entry("step", s, 1000.0 + s, f"step {s}", {"loss": 1 / s}) for s in (10, 20, 30)]
        logs.add("bert", attempt, rows)
        logs.heartbeat("bert", 1031.0)
    return path


@pytest.fixture
def execute(path: Path) -> Execute:
    """Any program's SQL on the database."""

    def run(statement: str, *values: object) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(statement, values)
            connection.commit()

    return run
