"""The SQL of docs/training_logs.md is SQL that works."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from tb_trainmon.training_logs.reading import TrainingLogs

DOCUMENT = Path(__file__).parents[2] / "docs" / "training_logs.md"


def test_what_another_program_writes_by_the_document_is_read(path: Path) -> None:
    schema, writing, reading = re.findall(
        r"```sql\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL
    )
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(schema)
        connection.executescript(writing)
        connection.executescript(reading)
        connection.commit()
    logs = TrainingLogs(str(path))
    [task] = logs.tasks()
    assert (task.status, task.error) == ("failed", "RuntimeError: out of memory")
    assert (task.runs, task.total_steps) == (("bert",), 10_000)
    [attempt] = logs.attempts()["bert"]
    assert (attempt.attempt, attempt.config, attempt.ended_at) == (1, {"lr": 0.0003}, 1700000900.0)
    [row] = logs.logs("bert")
    assert (row.step, row.metrics["loss"]) == (10, 2.31)
