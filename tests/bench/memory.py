"""Measures from outside what a TensorBoard takes: tasks opened in turn, and one large task.

    python -m tests.bench.memory [--tasks 50] [--points 1000000] [--large 20000000] [--budget 200]
                                 [--tags 6]

Each task is opened as the tab opens it: the task, its charts with smoothing, its log; and a zoom.
Resident memory is the process's own by ``/proc``: what it has now, and the most that it ever had.
Promised is at most the budget and 200 MB more, however large a task is.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

from tests.bench.make_logs import TAGS, write_run
from tests.tensorboard_process import TensorBoard, running_tensorboard

MB = 1e6
BESIDE = 200 * MB  # what the promise leaves for everything that is no point


def main() -> None:
    """Print what was measured; ends with 1 where the promise is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", type=int, default=50)
    parser.add_argument("--points", type=int, default=1_000_000, help="of each task")
    parser.add_argument("--large", type=int, default=20_000_000, help="points of one task alone")
    parser.add_argument("--budget", type=int, default=200, help="--trainmon_memory, in MiB")
    parser.add_argument("--tags", type=int, default=len(TAGS), help="that share the points")
    parser.add_argument(
        "--folder", type=Path, help="where logs are made, or lie from the last time"
    )
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="trainmon-memory-"))
    kept = [
        _measure(folder / f"{tasks}x{points}x{asked.tags}", tasks, points, asked.tags, asked.budget)
        for tasks, points in ((asked.tasks, asked.points), (1, asked.large))
        if tasks and points
    ]
    if asked.folder is None:
        shutil.rmtree(folder)
    sys.exit(0 if all(kept) else 1)


def _measure(logdir: Path, tasks: int, points: int, tags: int, budget: int) -> bool:
    if not logdir.exists():
        for number in range(tasks):
            run = logdir / f"run{number:04}"
            write_run(run, points // tags, number, "torch", tags=TAGS[:tags])
    # TensorBoard's own reading is another process's business, and memory.
    options = ("--logdir", str(logdir), "--trainmon_memory", str(budget), "--load_fast=false",
               "--reload_task=process")  # fmt: skip
    with running_tensorboard(*options) as running:
        before, _ = _resident(running)
        for number in range(tasks):
            _open(running, f"run{number:04}")
        now, most = _resident(running)
    allowed = budget * 2**20 + BESIDE
    sys.stdout.write(
        f"{tasks} tasks of {points:,} points, budget {budget} MiB: {before / MB:,.0f} MB when "
        f"started, {now / MB:,.0f} MB at the end, {most / MB:,.0f} MB at most; promised are "
        f"{allowed / MB:,.0f} MB.\n"
    )
    sys.stdout.flush()
    return most <= allowed


def _open(running: TensorBoard, task: str) -> None:
    began = time.monotonic()
    asked = f"task={urllib.parse.quote(task)}"
    prefix = "data/plugin/trainmon/"
    running.listing()
    running.get(f"{prefix}task?{asked}")
    running.get(f"{prefix}series?{asked}&leading=4&ema=0.6&ma=5")
    running.get(f"{prefix}series?{asked}&view=all&ema=0.6&ma=5")
    running.get(f"{prefix}series?{asked}&view=all&axis=active&x_min=100&x_max=5000&ema=0.6&ma=5")
    running.get(f"{prefix}logs?{asked}")
    running.get(f"{prefix}marks?{asked}")
    now, most = _resident(running)
    took = time.monotonic() - began
    sys.stderr.write(f"{task}: {now / MB:,.0f} MB, at most {most / MB:,.0f} MB, {took:.1f} s\n")


def _resident(running: TensorBoard) -> tuple[float, float]:
    """Bytes: now, and the most that there were."""
    status = Path(f"/proc/{running.pid}/status").read_text(encoding="utf-8")
    found = dict(re.findall(r"^(VmRSS|VmHWM):\s+(\d+) kB", status, re.MULTILINE))
    return int(found["VmRSS"]) * 1024.0, int(found["VmHWM"]) * 1024.0


if __name__ == "__main__":
    main()
