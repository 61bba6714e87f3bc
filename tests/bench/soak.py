"""Hours of what goes wrong, in minutes: live tasks, viewers that come and go, files that are cut.

    python -m tests.bench.soak [MINUTES] [--tasks 50] [--viewers 20] [--seed 1]
                               [--filled 9000] [--budget 16]

A real TensorBoard on tasks that are written all the time, whose files are rotated, replaced by
copies of themselves and cut off, beside a database that is locked, spoilt and put back. Viewers
open a task, follow it by stream or by polling, and leave. Ends with 1 where this does not hold:

- Each viewer hears every point once and in order; at the end ``series`` has what was written.
- A task that is written is running or pending, whatever happens to it.
- No answer is an error of ours; threads, descriptors and memory stay flat, but for new points.
  Where there is a budget (MiB) that these reach, for those as well.

A task keeps more of each of its first points: those that are ``filled`` have so many at the start.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import struct
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tb_trainmon.core.tfrecord import framed, varint
from tb_trainmon.logger.task_logger import TaskLogger
from tests.bench.live.processes import Usage
from tests.bench.make_logs import field as part
from tests.bench.make_logs import layout
from tests.tensorboard_process import TensorBoard, running_tensorboard

ROUTE = "data/plugin/trainmon/"
EVERY = 0.2  # seconds between two rounds of points
SETTLES_WITHIN = 60.0
BYTES_A_POINT = 60  # with its row of the log and its smoothing, and the room behind
FILLS_UP = 8_000  # points of a task, of which it keeps more: see docs/scale.md
BYTES_AT_FIRST = 400  # ... of each of these
MAY_GROW = 30.0  # MB, beside points
MAY_GROW_AT_MOST = 20.0  # ... where all that grows has a budget, which is used up: pieces
_HEAD, _TAIL = layout("train/loss", "torch")


def _record(step: int, at: float) -> bytes:
    time_, value = struct.pack("<d", at), struct.pack("<f", 1 / (step + 1))
    return framed(b"\x09" + time_ + b"\x10" + varint(step) + _HEAD + value + _TAIL)


@dataclass
class Job:
    """A training that writes event files; ``steps`` are those that a reader can find."""

    folder: Path
    steps: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)  # of the current file, after each record
    step: int = 0
    files: int = 0

    def start(self) -> None:
        """The first file, or the next one of the same process: steps go on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"events.out.tfevents.{int(time.time())}.soak.1.{self.files}"
        self.path, self.files, self.ends = self.folder / name, self.files + 1, []
        version = b"\x09" + bytes(8) + part(3, b"brain.Event:2")
        self.path.write_bytes(framed(version))

    def write(self, points: int = 1) -> None:
        """So many points, the last of them now."""
        now = time.time()
        with self.path.open("ab") as file:
            for ago in range(points)[::-1]:
                self.step += 1
                file.write(_record(self.step, now - ago * EVERY))
                self.ends.append(file.tell())
                self.steps.append(self.step)

    def replace(self) -> None:
        """By a copy of itself, as a backup that is put back."""
        copy = self.folder.parent / "copy.tmp"
        shutil.copyfile(self.path, copy)
        copy.replace(self.path)

    def cut(self) -> None:
        """Some records less: the training goes on from there."""
        gone = min(3, len(self.ends) - 1)
        if gone > 0:
            del self.ends[-gone:]
            del self.steps[-gone:]
            self.step = self.steps[-1]
            with self.path.open("r+b") as file:
                file.truncate(self.ends[-1])


class Faults:
    """What did not hold, each said once with how often."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.found: dict[str, int] = {}

    def add(self, said: str) -> None:
        """One more of this kind."""
        with self._lock:
            if said not in self.found:
                sys.stderr.write(f"! {said}\n")
            self.found[said] = self.found.get(said, 0) + 1


class Viewer(threading.Thread):
    """Opens a task, follows it for a while, leaves, and comes again elsewhere."""

    def __init__(self, server: TensorBoard, tasks: list[str], seed: int, faults: Faults) -> None:
        super().__init__(daemon=True)
        self._server, self._tasks, self._faults = server, tasks, faults
        self._chance = random.Random(seed)
        self.done = threading.Event()
        self.heard = self.ticks = 0
        self._asked = self._cursor = ""
        self._total, self._last = 0, 0

    def run(self) -> None:
        """Until ``done``."""
        while not self.done.is_set():
            self._try(self._chance.choice(self._tasks), self._chance.uniform(3.0, 15.0))

    def _try(self, task: str, seconds: float) -> None:
        try:
            self._visit(task, seconds)
        except (OSError, ValueError) as error:
            self._faults.add(f"a viewer's answer: {type(error).__name__} {error}")
            self.done.wait(1.0)

    def _visit(self, task: str, seconds: float) -> None:
        until = time.monotonic() + seconds
        self._asked = urllib.parse.urlencode({"task": task, "ema": 0.6, "ma": 5})
        self._open()
        self._server.get(f"{ROUTE}task?task={urllib.parse.quote(task)}")
        self._server.get(f"{ROUTE}logs?task={urllib.parse.quote(task)}")
        if self._chance.random() < 0.5:
            self._stream(until)
        while time.monotonic() < until and not self.done.is_set():
            answer = self._server.get(f"{ROUTE}points?{self._asked}&cursor={self._cursor}")
            self._cursor = answer["cursor"]
            self._take(answer["messages"])
            self.done.wait(0.5)

    def _open(self) -> None:
        answer = self._server.get(f"{ROUTE}series?{self._asked}&metric=loss")
        self._cursor = answer["cursor"]
        series = answer["series"]["loss"]
        self._total, self._last = series["total_points"], series["x"][-1]

    def _stream(self, until: float) -> None:
        url = f"{self._server.url}{ROUTE}stream?{self._asked}&metric=loss&cursor={self._cursor}"
        with suppress(TimeoutError), urllib.request.urlopen(url, timeout=20) as answer:
            for line in answer:
                if line.startswith(b"id: "):
                    self._cursor = line[4:].strip().decode()
                if line.startswith(b"data: ") and not self._take([json.loads(line[6:])]):
                    return  # what this stream goes on from is not what was read anew
                if time.monotonic() > until or self.done.is_set():
                    return

    def _take(self, messages: list[dict[str, Any]]) -> bool:
        """False where all was read anew."""
        for message in messages:
            if message["type"] == "reset":
                self._open()
                return False
            new = message["series"].get("loss") if message["type"] == "points" else None
            if new is None:
                continue
            self.heard += len(new["x"])
            self.ticks += 1
            self._total += len(new["x"])
            if new["x"][0] != self._last + 1 or self._total != new["total_points"]:
                self._faults.add("a viewer missed a point, or heard it twice")
            self._last = new["x"][-1]
        return True


def _spoil(database: Path, chance: random.Random) -> None:
    """Locked for a while, or overwritten and put back."""
    if chance.random() < 0.5:
        with suppress(sqlite3.Error), closing(sqlite3.connect(database, timeout=0.1)) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(1.5)
        return
    whole = database.read_bytes()
    database.write_bytes(whole[: len(whole) // 2])
    time.sleep(1.0)
    database.write_bytes(whole)


def _write(jobs: list[Job], seconds: float, chance: random.Random, database: Path) -> None:
    """All jobs, and what happens to them."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        for job in jobs:
            job.write()
        job = chance.choice(jobs)
        happens = chance.random()
        if happens < 0.1:
            job.start()
        elif happens < 0.2:
            job.replace()
        elif happens < 0.3:
            job.cut()
        elif happens < 0.31:
            threading.Thread(target=_spoil, args=(database, random.Random(happens))).start()
        time.sleep(max(began + EVERY - time.monotonic(), 0.0))


class Sample(NamedTuple):
    """What TensorBoard takes at a time (megabytes), and what it was given and asked by then."""

    memory: float
    threads: float
    descriptors: float
    points: float
    ticks: float


def _watch(
    server: TensorBoard,
    jobs: list[Job],
    viewers: list[Viewer],
    faults: Faults,
    samples: list[Sample],
    done: threading.Event,
) -> None:
    """The list, as somebody has it open, and what TensorBoard takes meanwhile."""
    usage, live = Usage(server.pid), {job.folder.name for job in jobs}
    while not done.wait(2.0):
        try:
            tasks = server.get(ROUTE + "tasks")["tasks"]
        except (OSError, ValueError) as error:
            faults.add(f"the list: {type(error).__name__} {error}")
            continue
        for task in tasks:
            if task["id"] in live and task["status"] not in ("running", "pending"):
                faults.add(f"a live task is {task['status']}: {task['status_reason']}")
        open_ = len(list((Path("/proc") / str(server.pid) / "fd").iterdir()))
        points, ticks = sum(len(job.steps) for job in jobs), sum(v.ticks for v in viewers)
        samples.append(Sample(usage.megabytes(), usage.threads(), open_, points, ticks))


def _is_level(server: TensorBoard, job: Job) -> bool:
    """Whether ``series`` comes to have what was written."""
    asked = urllib.parse.urlencode({"task": job.folder.name, "metric": "loss"})
    deadline = time.monotonic() + SETTLES_WITHIN
    while time.monotonic() < deadline:
        series = server.get(f"{ROUTE}series?{asked}")["series"]["loss"]
        if series["total_points"] == len(job.steps) and series["step"] == job.steps[-4000:]:
            return True
        time.sleep(1.0)
    return False


def _jobs(logdir: Path, tasks: int, points: int) -> list[Job]:
    """Tasks of event files, with so many points each, beside one of the database."""
    with TaskLogger(str(logdir), "told", logging_steps=1) as log:
        for step in range(1, 200):
            log.step(step, loss=1 / step)
    jobs = [Job(logdir / f"job{number:02}") for number in range(tasks)]
    for job in jobs:
        job.start()
        job.write(points)
    return jobs


def main() -> int:
    """0: all held."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("minutes", type=float, nargs="?", default=20.0)
    parser.add_argument("--tasks", type=int, default=50)
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--filled", type=int, default=1)
    parser.add_argument("--budget", type=int)
    asked = parser.parse_args()
    chance, faults, samples = random.Random(asked.seed), Faults(), list[Sample]()
    with tempfile.TemporaryDirectory(prefix="trainmon-soak-") as place:
        logdir = Path(place)
        jobs = _jobs(logdir, asked.tasks, asked.filled)
        flags = ["--logdir", place, "--reload_task=process"]
        flags += ["--trainmon_memory", str(asked.budget)] if asked.budget else []
        with running_tensorboard(*flags) as server:
            server.listing()
            names = [job.folder.name for job in jobs]
            viewers = [Viewer(server, names, n, faults) for n in range(asked.viewers)]
            done = threading.Event()
            watcher = threading.Thread(
                target=_watch, args=(server, jobs, viewers, faults, samples, done)
            )
            for thread in (*viewers, watcher):
                thread.start()
            _write(jobs, 60.0 * asked.minutes, chance, logdir / "training_logs.db")
            done.set()
            for viewer in viewers:
                viewer.done.set()
            watcher.join()
            for job in jobs:
                if not _is_level(server, job):
                    faults.add("a task has not the points that were written")
    return _told(asked, viewers, samples, faults)


def _told(
    asked: argparse.Namespace, viewers: list[Viewer], samples: list[Sample], faults: Faults
) -> int:
    quarter = max(len(samples) // 4, 1)
    before, after = _median(samples[quarter : 2 * quarter]), _median(samples[-quarter:])
    grew, points = after.memory - before.memory, after.points - before.points
    fresh = max(asked.tasks * FILLS_UP - before.points, 0)
    may = points * BYTES_A_POINT + min(points, fresh) * (BYTES_AT_FIRST - BYTES_A_POINT)
    if grew > (MAY_GROW_AT_MOST if asked.budget else MAY_GROW + may / 2**20):
        faults.add(f"memory grew by {grew:.0f} MB")
    if after.threads > before.threads + len(viewers):
        faults.add("threads grew")
    if after.descriptors > before.descriptors + 2 * len(viewers):
        faults.add("descriptors grew")
    ticks = after.ticks - before.ticks
    sys.stdout.write(
        f"{after.points:,} points in {asked.tasks} tasks, {sum(v.heard for v in viewers):,} heard "
        f"by {len(viewers)} viewers in {after.ticks:,} ticks.\n"
        f"Second quarter and last: {before.memory:.0f} and {after.memory:.0f} MB, "
        f"{before.threads} and {after.threads} threads, {before.descriptors} and "
        f"{after.descriptors} descriptors.\n"
        f"{grew:+.1f} MB: {grew * 2**20 / max(points, 1):,.0f} bytes for each of {points:,} "
        f"points, {grew * 2**20 / max(ticks, 1):,.0f} for each of {ticks:,} ticks.\n"
    )
    for said, times in faults.found.items():
        sys.stdout.write(f"{times}x {said}\n")
    return 1 if faults.found else 0


def _median(samples: list[Sample]) -> Sample:
    each = [sorted(numbers)[len(numbers) // 2] for numbers in zip(*samples, strict=True)]
    return Sample(*each)


if __name__ == "__main__":
    sys.exit(main())
