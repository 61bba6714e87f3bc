"""Real writers of points: TensorBoard's own event file writer, in a process of its own."""

from __future__ import annotations

import math
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.synchronize import Event as Signal
from pathlib import Path
from random import Random

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

METRICS = ("loss", "perplexity", "grad_norm", "learning_rate", "eval/loss", "samples_per_second")


class Writer:
    """Writes one run; a point's wall time is that of its flush.

    Its values fall smoothly, or with ``noise`` as those of a real training: a curve that goes to
    and fro costs far more to draw.
    """

    def __init__(
        self, folder: Path, tags: Sequence[str] = ("loss",), *, noise: bool = False
    ) -> None:
        self._writer = EventFileWriter(str(folder))
        self._tags = tags
        self._noise = Random(1) if noise else None

    def write(self, step: int, *, flush: bool = True, clock: float | None = None) -> None:
        """One point of every tag, at the time that it is or that ``clock`` says."""
        now = time.time() if clock is None else clock
        values = [Summary.Value(tag=tag, simple_value=self._value(step)) for tag in self._tags]
        self._writer.add_event(Event(wall_time=now, step=step, summary=Summary(value=values)))
        if flush:
            self._writer.flush()

    def _value(self, step: int) -> float:
        if self._noise is None:
            return 1.0 / (step + 1)
        return 1.6 + 2.4 * math.exp(-step / 900) + self._noise.gauss(0.0, 0.08)

    def flush(self) -> None:
        """What was written is in the file."""
        self._writer.flush()

    def close(self) -> None:
        """End the run."""
        self._writer.close()


def write_steadily(
    folders: Sequence[Path], tags: Sequence[str], per_second: float, first: int, stop: Signal
) -> None:
    """A point a run, so many times a second, until told to stop."""
    writers = [Writer(folder, tags) for folder in folders]
    began, count = time.monotonic(), 0
    while not stop.is_set():
        for writer in writers:
            writer.write(first + count)
        count += 1
        time.sleep(max(began + count / per_second - time.monotonic(), 0.0))
    for writer in writers:
        writer.close()


@contextmanager
def training(
    *folders: Path, per_second: float, tags: Sequence[str] = ("loss",), first: int = 1
) -> Iterator[None]:
    """``write_steadily`` in a process of its own, for the time of the ``with`` block."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    process = context.Process(target=write_steadily, args=(folders, tags, per_second, first, stop))
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join()
