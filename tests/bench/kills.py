"""Kills a writer at random moments and counts what is lost: ``kill -9``, again and again.

    python -m tests.bench.kills [--kills 200] [--seed 1] [--folder DIR] [--lost-after 1]

Each round is the next attempt of one task in one database, and writes some thousand steps a second
until it is killed. Afterwards must hold, or the program ends with what does not:

- The database opens clean, for a reader as it lies there and for SQLite's integrity check.
- The rows of the attempt are its first ones, with none missing and no other among them.
- So are the points in its event file; there are at least as many, with the same values. What the
  file has more is at most one batch: it is written first.
- Every step that was logged a second (``--lost-after``) before the kill or earlier is in both, if
  the attempt is in the table yet: its first row waits for what a database needs to be imported. On
  a machine that does ten other things, the thread that writes has its turn later than that.

The training says what it has logged in shared memory, which outlives it.
"""

from __future__ import annotations

import argparse
import mmap
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.event_files.event_file import EventFile
from tb_trainmon.logger.recorder import MOST_AT_ONCE
from tb_trainmon.training_logs.reading import TrainingLogs

TASK = "killed"
MOST_STEPS = 100_000
LONGEST_LIFE = 2.5
STARTS_WITHIN = 60.0

TRAINING = """
import mmap, struct, sys, time
from tb_trainmon import TaskLogger
with open(sys.argv[2], "r+b") as file, mmap.mmap(file.fileno(), 0) as logged:
    with TaskLogger(sys.argv[1], sys.argv[3], logging_steps=1, config={"lr": 0.1}) as log:
        for step in range(1, len(logged) // 8):
            log.step(step, loss=1 / step, learning_rate=0.1, grad_norm=float(step))
            struct.pack_into("<d", logged, 8 * step, time.time())
            if step % 10 == 0:
                time.sleep(0.002)
"""


@dataclass(frozen=True)
class Found:
    """What one kill left behind: numbers of steps; ``late``: seconds since the oldest was lost."""

    logged: int
    rows: int
    points: int
    late: float


def kill_once(
    folder: Path, life: float, from_its_first_row: bool, lost_after: float = 1.0
) -> Found:
    """One attempt that lives for ``life`` seconds; raises AssertionError if too much is lost.

    They are counted from its first row in the table, or from the start of its process.
    """
    database = TrainingLogs(str(folder / "training_logs.db"))
    earlier = set((folder / TASK).glob("*"))
    before, last = _attempts(database), _last_row(folder / "training_logs.db")
    with tempfile.NamedTemporaryFile(dir=folder) as shared:
        shared.truncate(8 * MOST_STEPS)
        program = [sys.executable, "-c", TRAINING, str(folder), shared.name, TASK]
        process = subprocess.Popen(program)
        deadline = time.monotonic() + STARTS_WITHIN
        while from_its_first_row and _attempts(database) == before:
            assert time.monotonic() < deadline, "the training does not start"
            time.sleep(0.01)
        time.sleep(life)
        killed_at = time.time()
        process.kill()
        process.wait()
        with mmap.mmap(shared.fileno(), 0) as memory:
            times = [at for (at,) in struct.iter_unpack("<d", memory[8:]) if at]
    has_begun = _attempts(database) > before
    rows = _rows(database, last) if has_begun else []
    points = _points([path for path in (folder / TASK).glob("*") if path not in earlier])
    _check_database(folder / "training_logs.db")
    assert has_begun or not points, "points of an attempt that is not in the table"
    _check(rows, points)
    late = killed_at - times[len(rows)] if 0 < len(rows) < len(times) else 0.0
    assert late <= lost_after, f"the oldest row that is lost was {late:.2f} s old"
    return Found(len(times), len(rows), len(points), late)


def _check(rows: list[tuple[int, float]], points: list[tuple[int, float]]) -> None:
    assert [step for step, _ in rows] == list(range(1, len(rows) + 1)), "a row is missing"
    assert [step for step, _ in points] == list(range(1, len(points) + 1)), "a point is missing"
    assert len(rows) <= len(points), "a row without its points"
    assert len(points) - len(rows) <= MOST_AT_ONCE, "the file is more than a batch ahead"
    assert [(step, struct.pack("<f", value)) for step, value in rows] == [
        (step, struct.pack("<f", value)) for step, value in points[: len(rows)]
    ], "file and table disagree"


def _check_database(path: Path) -> None:
    if path.exists() and path.stat().st_size:
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _last_row(path: Path) -> int:
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as connection:
            return int(connection.execute("SELECT MAX(id) FROM training_logs").fetchone()[0] or 0)
    except sqlite3.OperationalError:  # there are no tables yet
        return 0


def _attempts(database: TrainingLogs) -> int:
    try:
        return len(database.attempts().get(TASK, []))
    except DatabaseUnreadable as error:
        # Killed before there were tables.
        if any(said in str(error) for said in ("does not exist", "is empty", "no table")):
            return 0
        raise


def _rows(database: TrainingLogs, after: int) -> list[tuple[int, float]]:
    logs = database.logs(TASK, after)
    return [(row.step or 0, row.metrics["loss"]) for row in logs if row.type == "step"]


def _points(files: list[Path]) -> list[tuple[int, float]]:
    assert len(files) <= 1, files
    if not files:
        return []
    loss = EventFile(str(files[0])).read().scalars.get("train/loss")
    return [] if loss is None else list(zip(loss.step.tolist(), loss.value.tolist(), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--lost-after", type=float, default=1.0, help="seconds")
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="trainmon-kills-"))
    folder.mkdir(parents=True, exist_ok=True)
    moments = random.Random(asked.seed)
    found = [
        kill_once(folder, moments.uniform(0.0, LONGEST_LIFE), number % 4 > 0, asked.lost_after)
        for number in range(asked.kills)
    ]
    if asked.folder is None:
        shutil.rmtree(folder)
    rows, points, logged = (
        sum(getattr(f, name) for f in found) for name in ("rows", "points", "logged")
    )
    begun, torn = sum(f.rows > 0 for f in found), sum(f.points > f.rows for f in found)
    most, oldest = max(f.logged - f.rows for f in found), max(f.late for f in found)
    sys.stdout.write(
        f"{asked.kills} kills, {begun} of them with rows: {logged:,} steps logged, {points:,} in "
        f"the event files, {rows:,} in the table. At most {most:,} "
        f"steps lost by one kill, the oldest {oldest:.2f} s old; {torn} came between event file "
        "and table.\n"
    )


if __name__ == "__main__":
    main()
