"""A companion database, written by the SQL of its contract."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

_SCHEMA = """
CREATE TABLE training_tasks (task_id TEXT PRIMARY KEY, name TEXT, status TEXT, total_steps BIGINT,
  logging_steps BIGINT, runs JSON, error TEXT, created_at REAL, heartbeat_at REAL);
CREATE TABLE training_attempts (task_id TEXT, attempt INTEGER, status TEXT, start_step BIGINT,
  config JSON, framework TEXT, host TEXT, pid BIGINT, process_started_at REAL, started_at REAL,
  ended_at REAL, PRIMARY KEY (task_id, attempt));
CREATE TABLE training_logs (id INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT, attempt INTEGER,
  type TEXT, step BIGINT, wall_time REAL, message TEXT, metrics JSON);
"""


class Table:
    """``training_logs.db`` in a folder, as any program may write it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "training_logs.db"
        with closing(sqlite3.connect(self.path)) as connection:
            connection.executescript(_SCHEMA)

    def task(self, task_id: str = "run", runs: Sequence[str] | None = None, **row: object) -> Table:
        """A row of training_tasks; ``runs`` default to the task's id."""
        told = json.dumps(list([task_id] if runs is None else runs))
        return self._write("training_tasks", {"task_id": task_id, "runs": told} | row)

    def attempt(self, number: int = 1, task_id: str = "run", **row: object) -> Table:
        """A row of training_attempts."""
        if isinstance(row.get("config"), dict):
            row["config"] = json.dumps(row["config"])
        return self._write("training_attempts", {"task_id": task_id, "attempt": number} | row)

    def log(
        self,
        step: int | None,
        at: float | None = None,
        metrics: dict[str, object] | None = None,
        attempt: int = 1,
        *,
        type: str = "step",  # noqa: A002  it is the column's name
        task_id: str = "run",
        message: str = "",
    ) -> Table:
        """A row of training_logs."""
        row = {"task_id": task_id, "attempt": attempt, "type": type, "step": step}
        told = json.dumps(metrics or {})
        return self._write(
            "training_logs", row | {"wall_time": at, "message": message, "metrics": told}
        )

    def run(self, statement: str, *values: object) -> Table:
        """Any statement."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute(statement, values)
            connection.commit()
        return self

    def _write(self, table: str, row: dict[str, object]) -> Table:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        return self.run(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", *row.values())
