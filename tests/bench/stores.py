"""Measures what a store of many objects costs: the first look, a later one, one after a restart.

    python -m tests.bench.stores [--objects 20000] [--answers 0.03] [--steps 30]

The store is a folder of this machine that answers each question after so many seconds, by a client
that asks one after another, as those of SFTP, HDFS and Hugging Face do.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.event_files.remote.logdir import Interest
from tests.bench.make_logs import write_run


class SlowStore(LocalFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Answers after ``seconds``, and counts the questions."""

    protocol = "slow"
    seconds = 0.0
    asked = 0

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        return super()._strip_protocol(str(path).removeprefix("slow://"))

    def find(self, path: str, **options: Any) -> Any:
        """The listing, a thousand to a question."""
        found = super().find(path, **options)
        for _ in range(-(-len(found) // 1000)):
            self._answer()
        return found

    def cat_file(self, path: str, start: Any = None, end: Any = None, **options: Any) -> Any:
        """A range of a file."""
        self._answer()
        return super().cat_file(path, start, end, **options)

    def _answer(self) -> None:
        SlowStore.asked += 1
        time.sleep(self.seconds)


def main() -> None:
    """Print seconds, CPU seconds and questions of each look."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--objects", type=int, default=20_000)
    parser.add_argument("--answers", type=float, default=0.03, help="seconds to an answer")
    parser.add_argument("--steps", type=int, default=30)
    asked = parser.parse_args()
    fsspec.register_implementation("slow", SlowStore, clobber=True)
    SlowStore.seconds = asked.answers
    with tempfile.TemporaryDirectory(prefix="trainmon-store-") as place:
        logs, cache = Path(place) / "logs", Path(place) / "cache"
        for number in range(asked.objects):
            write_run(logs / f"run{number:05}", asked.steps, number, "torch")
        disks = _new(cache)
        _look("the first look", disks, logs)
        _look("a later look", disks, logs)
        write_run(logs / "run00000", asked.steps + 1, 0, "torch")
        _look("one object has changed", disks, logs)
        _look("after a restart", _new(cache), logs)
        kept = sum(path.stat().st_size for path in cache.iterdir())
        sys.stdout.write(f"{kept / 1e6:.1f} MB are kept on this machine.\n")


def _new(cache: Path) -> Disks:
    return Disks(time.time, start=lambda work: work(), rest=0.0, cache=cache)


def _look(what: str, disks: Disks, logs: Path) -> None:
    SlowStore.asked = 0
    cpu, began = time.process_time(), time.monotonic()
    logdir = disks.logdir(f"slow://{logs}", Interest(lambda _: False, lambda _: 1 << 16))
    logdir._next_at = 0.0
    scan = logdir.scan()
    took, cpu = time.monotonic() - began, time.process_time() - cpu
    assert scan is not None
    seen = sum(logdir.glance(file.path) is not None for f in scan.folders for file in f.event_files)
    sys.stdout.write(
        f"{what}: {took:.1f} s, {cpu:.1f} s of CPU, {SlowStore.asked:,} questions, {seen:,} files "
        f"{[problem.message for problem in logdir.problems] or ''}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
