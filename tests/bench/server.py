"""Measures the list and an open task over a PostgreSQL server with many tasks.

    python -m tests.bench.server [--tasks 10000] [--rows 500] [--large 1000000]

A server is made for it, as for the tests. Each task has ``--rows`` rows, one of them ``--large``.
All are read as the tab reads them, in this process: by the catalogue and as an open task.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import TypeVar

from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import roots_from_flags
from tb_trainmon.tasks.listed.catalogue import Catalogue
from tb_trainmon.tasks.service import Tasks
from tb_trainmon.training_logs.writing import TrainingLogsWriter
from tests.postgresql_server import Server

_T = TypeVar("_T")

TASKS = """
INSERT INTO training_tasks (task_id, name, status, total_steps, runs, created_at, heartbeat_at)
SELECT 'task' || n, 'task' || n, 'completed', {rows}, '[]', {now}, {now}
FROM generate_series(1, {tasks}) n"""
ATTEMPTS = """
INSERT INTO training_attempts (task_id, attempt, status, start_step, config, started_at)
SELECT 'task' || n, 1, 'completed', 0, '{{"lr": 0.1, "batch": 8}}', {now}
FROM generate_series(1, {tasks}) n"""
# Interleaved, as those of many writers are.
LOGS = """
INSERT INTO training_logs (task_id, attempt, type, step, wall_time, message, metrics)
SELECT 'task' || n, 1, 'step', step, {now} + step, 'loss 1.0',
       ('{{"loss": ' || 1.0 / step || ', "grad_norm": 1.5, "learning_rate": 0.001}}')::json
FROM generate_series(1, {rows}) step, generate_series(1, {tasks}) n"""
LARGE = """
INSERT INTO training_logs (task_id, attempt, type, step, wall_time, message, metrics)
SELECT 'task1', 1, 'step', step, {now} + step, 'loss 1.0',
       ('{{"loss": ' || 1.0 / step || ', "grad_norm": 1.5, "learning_rate": 0.001}}')::json
FROM generate_series({rows} + 1, {large}) step"""


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=500, help="of each task")
    parser.add_argument("--large", type=int, default=1_000_000, help="rows of one of them")
    asked = parser.parse_args()
    with closing(Server()) as server:
        url = server.create("scale")
        _fill(server, url, asked)
        with tempfile.TemporaryDirectory() as logdir:
            _measure(url, logdir, asked.tasks)


def _fill(server: Server, url: str, asked: argparse.Namespace) -> None:
    with closing(TrainingLogsWriter(url, 10.0)) as writer, writer.transaction():
        pass
    told = {**vars(asked), "now": time.time() - 1e6}
    for statement in (TASKS, ATTEMPTS, LOGS, LARGE, "ANALYZE"):
        filled = partial(server.run, statement.format(**told), "scale")
        _timed(statement.split("(")[0].strip(), filled)
    size = "SELECT pg_size_pretty(pg_database_size(current_database()))"
    _say(f"on disk: {server.run(size, 'scale')}")


def _measure(url: str, logdir: str, tasks: int) -> None:
    side_files = SideFiles()
    roots = roots_from_flags(logdir, "")
    catalogue = Catalogue(roots, Databases(url), side_files, time.time, patience=float("inf"))
    service = Tasks(catalogue, side_files, time.time)
    found = _timed("first list", service.listing)
    assert len(found.tasks) == tasks, len(found.tasks)
    time.sleep(3.0)
    _timed("second list", service.listing)
    for task in ("task2", "task1"):
        for which in ("first", "second", "third"):
            _timed(f"{task} opened, {which} visit", partial(_open, service, task))


def _open(service: Tasks, task: str) -> None:
    with service.opened(task) as opened:
        opened.log().page(200, None, [])


def _timed(what: str, do: Callable[[], _T]) -> _T:
    began, cpu = time.monotonic(), time.process_time()
    done = do()
    _say(f"{what}: {time.monotonic() - began:.2f} s, {time.process_time() - cpu:.2f} s of CPU")
    return done


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
