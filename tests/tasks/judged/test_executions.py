"""Attempts of the table, and which event files belong to each."""

from __future__ import annotations

import time
from pathlib import Path

from tb_trainmon import TaskLogger
from tests.tasks.scenes import Stage, steps, xs


def test_a_notebook_cell_run_twice_within_a_second_is_two_attempts(tmp_path: Path) -> None:
    """Same process, and the second attempt began before the first one's files were cold."""
    for last in (60, 30):
        with TaskLogger(str(tmp_path), "job", total_steps=100, logging_steps=10) as log:
            for step in range(1, last + 1):
                log.step(step, loss=1.0 / step)
    stage = Stage(tmp_path, now=time.time())
    opened = stage.opened("job")
    first, second = opened.assessment.attempts
    assert (first.last_step, second.last_step) == (60, 30)
    assert steps(opened) == [10, 20, 30, 40, 50, 60, 10, 20, 30]
    assert xs(opened) == [10, 20, 30, 40, 50, 60, 70, 80, 90]
