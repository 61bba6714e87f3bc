"""What it costs to import, and what a step costs the training."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tb_trainmon import TaskLogger

HEAVY = {"numpy", "sqlalchemy", "tensorboard", "werkzeug", "tensorflow", "torch", "psycopg"}


def imported_by(program: str) -> set[str]:
    """The modules that a fresh Python has after ``program``, beyond what it had before."""
    program = f"import sys; before = set(sys.modules); {program}; print(*set(sys.modules) - before)"
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(said.stdout.split())


@pytest.mark.parametrize("program", ["import tb_trainmon", "from tb_trainmon import TaskLogger"])
def test_importing_it_imports_nothing_heavy(program: str) -> None:
    modules = imported_by(program)
    assert "tb_trainmon" in modules
    assert not HEAVY & modules


def test_other_ranks_never_import_a_database(tmp_path: Path) -> None:
    modules = imported_by(
        "import os; os.environ['RANK'] = '3'; from tb_trainmon import TaskLogger; "
        f"log = TaskLogger({str(tmp_path)!r}, 'bert'); log.step(10, loss=1.0); log.close()"
    )
    assert not HEAVY & modules


def test_importing_it_takes_less_than_a_tenth_of_a_second() -> None:
    """Of processor time, and the least of five: 8 ms."""
    program = (
        "import time; began = time.process_time(); import tb_trainmon; "
        "print(time.process_time() - began)"
    )
    command = [sys.executable, "-c", program]
    took = [float(subprocess.check_output(command, text=True)) for _ in range(5)]
    assert min(took) < 0.1


def test_opening_a_logger_leaves_all_that_takes_time_to_its_thread(tmp_path: Path) -> None:
    modules = imported_by(
        "from tb_trainmon import TaskLogger; from tb_trainmon.logger import recorder; "
        f"recorder.START_SECONDS = 60; log = TaskLogger({str(tmp_path)!r}, 'bert'); "
        "log.step(10, loss=1.0)"
    )
    assert not HEAVY & modules
    assert {path.name for path in tmp_path.iterdir()} == {"training_logs.db", "bert"}


@pytest.mark.parametrize("logging_steps", [1, 10**9])
def test_a_step_costs_the_training_next_to_nothing(logdir: Path, logging_steps: int) -> None:
    """Two microseconds at the median on a quiet machine, recorded or not; twenty are promised."""
    with TaskLogger(logdir, "bert", logging_steps=logging_steps) as log:
        assert log.flush()
        times = []
        for step in range(1, 5001):
            began = time.perf_counter()
            log.step(step, loss=1.0, learning_rate=0.1, grad_norm=1.0)
            times.append(time.perf_counter() - began)
    assert sorted(times)[2500] < 20e-6
