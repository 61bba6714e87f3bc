"""Many processes write their tasks to one database while a reader polls; every row is counted.

    python -m tests.bench.crowd [--processes 8] [--seconds 60] [--rate 100] [--postgresql]

Without ``--postgresql`` into one SQLite file; with it into a PostgreSQL server that is made for it.
Each process logs ``--rate`` steps a second, all of them recorded. It ends with what went wrong:
a row that is missing, a warning or an error of any writer, a question that was not answered.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.training_logs.reading import TrainingLogs
from tests.postgresql_server import Server

TRAINING = """
import logging, sys, time
logging.basicConfig()
from tb_trainmon import TaskLogger
logdir, database, task, seconds, rate = sys.argv[1:]
with TaskLogger(logdir, task, database=database, logging_steps=1) as log:
    began, step = time.monotonic(), 0
    while (elapsed := time.monotonic() - began) < float(seconds):
        while step < elapsed * float(rate):
            step += 1
            log.step(step, loss=1 / step, learning_rate=0.1, grad_norm=1.0)
        time.sleep(0.005)
print(step)
"""


@dataclass(frozen=True)
class Result:
    """What was logged, how the reader fared, and what anybody complained about."""

    rows: int
    questions: int
    slowest_answer: float
    complaints: list[str]


def run(logdir: Path, database: str, processes: int, seconds: float, rate: float) -> Result:
    """Let them all write, and count."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", TRAINING, str(logdir), database, task, str(seconds), str(rate)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for task in _tasks(processes)
    ]
    with closing(TrainingLogs(database)) as reader:
        poll = _Poll(reader, _tasks(processes))
        while any(writer.poll() is None for writer in writers):
            poll.once()
            time.sleep(0.1)
        complaints = list(poll.complaints)
        for task, writer in zip(_tasks(processes), writers, strict=True):
            said, complained = writer.communicate()
            complaints += complained.splitlines()
            poll.read(task)
            expected = list(range(1, int(said or 0) + 1))
            if poll.steps[task] != expected:
                complaints.append(f"{task}: {len(poll.steps[task])} rows of {len(expected)}")
        status = {task.status for task in reader.tasks()}
        if status != {"completed"}:
            complaints.append(f"statuses {status}")
    rows = sum(map(len, poll.steps.values()))
    return Result(rows, poll.questions, poll.slowest, complaints)


class _Poll:
    """A reader that takes in each row once, as the tab does."""

    def __init__(self, reader: TrainingLogs, tasks: list[str]) -> None:
        self._reader = reader
        self._last = dict.fromkeys(tasks, 0)
        self._began = False
        self.steps: dict[str, list[int]] = {task: [] for task in tasks}
        self.questions = 0
        self.slowest = 0.0
        self.complaints: list[str] = []

    def once(self) -> None:
        try:
            known = {task.task_id for task in self._reader.tasks()}
            self._began = self._began or bool(known)
            for task in known & self.steps.keys():
                self.read(task)
        except DatabaseUnreadable as error:
            # Before the first task there is no database, or no table in it.
            if self._began:
                self.complaints.append(str(error))

    def read(self, task: str) -> None:
        began = time.perf_counter()
        for row in self._reader.logs(task, self._last[task]):
            self._last[task] = row.id
            if row.type == "step":
                self.steps[task].append(row.step or 0)
        self.questions += 1
        self.slowest = max(self.slowest, time.perf_counter() - began)


def _tasks(processes: int) -> list[str]:
    return [f"task-{number}" for number in range(processes)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=100.0, help="steps a second and process")
    parser.add_argument("--postgresql", action="store_true")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trainmon-crowd-")))
        database = str(folder / "training_logs.db")
        if asked.postgresql:
            database = stack.enter_context(closing(Server())).create("crowd")
        result = run(folder, database, asked.processes, asked.seconds, asked.rate)
    sys.stdout.write(
        f"{asked.processes} processes, {asked.seconds:g} s: {result.rows:,} rows, none missing; "
        f"{result.questions:,} questions, the slowest took {result.slowest_answer:.3f} s.\n"
        if not result.complaints
        else "\n".join(["Something went wrong:", *result.complaints[:20]]) + "\n"
    )
    sys.exit(bool(result.complaints))


if __name__ == "__main__":
    main()
