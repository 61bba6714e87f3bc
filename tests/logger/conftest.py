"""Trainings to log: in this process, or in one of their own that can be killed."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.training_logs.reading import TrainingLogs
from tb_trainmon.training_logs.rows import AttemptRow, LogRow, TaskRow

Script = Callable[..., "Training"]

HEAD = """
import os, signal, sys, time
from tb_trainmon import TaskLogger
def train(log):
    for step in range(1, 100_000):
        log.step(step, loss=1 / step)
        if step == 20:
            print("training", flush=True)
        if step > 20:
            time.sleep(0.01)
"""


class Written:
    """What is written in a log directory."""

    def __init__(self, logdir: Path) -> None:
        self._path = logdir / "training_logs.db"
        self._logs = TrainingLogs(str(self._path))

    def exists(self) -> bool:
        """Whether a task has begun."""
        try:
            return bool(self._logs.tasks())
        except DatabaseUnreadable:
            return False

    def task(self) -> TaskRow:
        [task] = self._logs.tasks()
        return task

    def attempts(self) -> list[AttemptRow]:
        return self._logs.attempts()[self.task().task_id]

    def rows(self, kind: str = "") -> list[LogRow]:
        rows = self._logs.logs(self.task().task_id)
        return [row for row in rows if not kind or row.type == kind]

    def recorded_steps(self) -> list[int | None]:
        return [row.step for row in self.rows("step")]


class Training:
    """A training script in a process of its own."""

    def __init__(self, body: str, logdir: Path, **environment: str) -> None:
        program = HEAD + textwrap.dedent(body)
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", program, str(logdir)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )

    def wait_until_it_trains(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "training\n"

    def end(self) -> tuple[int, str]:
        """The exit code, and what it complained about."""
        _, complaints = self.process.communicate(timeout=60)
        return self.process.returncode, complaints


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def written(logdir: Path) -> Written:
    return Written(logdir)


@pytest.fixture
def script(logdir: Path) -> Iterator[Script]:
    started: list[Training] = []

    def start(body: str, **environment: str) -> Training:
        started.append(Training(body, logdir, **environment))
        return started[-1]

    yield start
    for training in started:
        if training.process.poll() is None:
            training.process.kill()
        training.process.communicate()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trouble is tried again at once."""
    monkeypatch.setattr("tb_trainmon.logger.patience.FIRST_WAIT", 0.0)
    monkeypatch.setattr("tb_trainmon.logger.patience.LONGEST_WAIT", 0.0)


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Until ``condition`` holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
