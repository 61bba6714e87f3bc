from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.tasks.tables import Table

STATUSES = ("completed", "failed", "running", "pending", "stopped")


@pytest.fixture(scope="session")
def one_of_each(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log directory with a task of each status, named after it."""
    folder = tmp_path_factory.mktemp("one of each")
    now = time.time()
    table = Table(folder)
    for age, status in enumerate(STATUSES):
        seen = now if status == "running" else now - 3600 * (age + 1)
        beat = {"heartbeat_at": now + 600} if status == "running" else {}
        table.task(status, [], status=status, total_steps=400, created_at=seen, **beat)
        table.attempt(1, status, status=status, started_at=seen - 100)
        if status != "pending":
            for step in (10, 20, 30):
                table.log(step, seen - 60 + step, {"loss": 3.0 - step / 100}, task_id=status)
    table.run("UPDATE training_tasks SET error = 'ValueError: no' WHERE task_id = 'failed'")
    return folder
