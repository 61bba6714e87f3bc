"""A training job: event files of TensorBoard's own messages and record writer, by a test's clock.

TensorBoard's ``EventFileWriter`` would do the same by the clock of the machine, in a thread.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.summary.writer.record_writer import RecordWriter

from tests.routes.site import Clock

ARGUMENTS = "args/text_summary"


class Trainer:
    """One process that logs to one folder; each ``log`` takes a second of the clock."""

    def __init__(self, folder: Path, clock: Clock, pid: int = 1) -> None:
        self._clock = clock
        folder.mkdir(parents=True, exist_ok=True)
        count = len(list(folder.iterdir()))
        self.path = folder / f"events.out.tfevents.{int(clock()):010d}.vm.{pid}.{count}"
        self._writer = RecordWriter(self.path.open("wb"))
        self._write(Event(wall_time=clock(), file_version="brain.Event:2"))

    def log(self, step: int, **metrics: float) -> None:
        """Scalars of one step, as one event; a name's ``__`` is the tag's slash."""
        self._clock.advance(1.0)
        values = [
            Summary.Value(tag=name.replace("__", "/"), simple_value=value)
            for name, value in metrics.items()
        ]
        self._add(step, Summary(value=values))

    def arguments(self, **arguments: object) -> None:
        """What the Hugging Face Trainer says about itself when it starts."""
        metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="text"))
        text = TensorProto(dtype="DT_STRING", string_val=[json.dumps(arguments).encode()])
        value = Summary.Value(tag=ARGUMENTS, metadata=metadata, tensor=text)
        self._add(0, Summary(value=[value]))

    def flush(self) -> None:
        """What was logged so far is in the file."""
        self._writer.flush()

    def close(self) -> None:
        """The process has ended."""
        self._writer.close()

    def _add(self, step: int, summary: Summary) -> None:
        self._write(Event(wall_time=self._clock(), step=step, summary=summary))

    def _write(self, event: Event) -> None:
        self._writer.write(event.SerializeToString())


@contextmanager
def training(folder: Path, clock: Clock, pid: int = 1) -> Iterator[Trainer]:
    """A trainer that is at work for the time of the ``with`` block."""
    trainer = Trainer(folder, clock, pid)
    try:
        yield trainer
    finally:
        trainer.close()


def train(folder: Path, clock: Clock, steps: range, scale: float = 1.0) -> None:
    """A whole short training: a loss that falls."""
    with training(folder, clock) as trainer:
        for step in steps:
            trainer.log(step, loss=scale / step)
