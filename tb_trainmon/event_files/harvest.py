"""What the events of one file mean: gathered by tag while they are decoded, taken as a batch.

The rules of what is a scalar are TensorBoard's (``data_compat.py``, ``dataclass_compat.py``): a
``simple_value`` always is, whatever plugin the tag's metadata names; a tensor is one if its tag's
plugin is "scalars". Beyond TensorBoard, a tensor of one number is a scalar where no plugin is
known, which is what remains of a file whose first records are lost.

A text is a string tensor of the plugin "text", or of none. Strings of other plugins are none: that
is how TF2 stores images and Keras its model.
"""

from __future__ import annotations

import math
from array import array
from typing import Any

import numpy as np
from tensorboard.compat.proto.event_pb2 import SessionLog

from tb_trainmon.core.columns import Column
from tb_trainmon.event_files.batch import Batch, HyperParameter, SessionStart
from tb_trainmon.event_files.hyperparameters import SESSION_START_TAG, hyperparameters
from tb_trainmon.event_files.tensors import number_in, text_in


class Points:
    """The growing columns of one tag: 24 bytes a point, handed to NumPy without a copy."""

    __slots__ = ("append_step", "append_value", "append_wall_time", "step", "value", "wall_time")

    def __init__(self) -> None:
        self.step = array("q")
        self.wall_time = array("d")
        self.value = array("d")
        # Looked up once here instead of three times a point.
        self.append_step = self.step.append
        self.append_wall_time = self.wall_time.append
        self.append_value = self.value.append

    def column(self) -> Column:
        """The points as NumPy arrays on the same memory; nothing can be appended any more."""
        return Column(
            np.frombuffer(self.step, dtype=np.int64),
            np.frombuffer(self.wall_time, dtype=np.float64),
            np.frombuffer(self.value, dtype=np.float64),
        )


class Harvest:
    """Gathers the events of one file; remembers between batches what a file says only once."""

    def __init__(self) -> None:
        # A tag's plugin stands with the tag's first value alone.
        self._plugins: dict[str, str] = {}
        self._taken: dict[str, int] = {}
        self._begin()

    def _begin(self) -> None:
        self.points: dict[str, Points] = {}
        self.events = 0
        self.bytes_read = 0
        self.first_wall_time = math.inf
        self.last_wall_time = 0.0
        self._texts: dict[str, str] = {}
        self._hparams: dict[str, HyperParameter] | None = None
        self._session_starts: list[SessionStart] = []
        self._writer: str | None = None

    def take(self) -> Batch:
        """Everything gathered since the last call."""
        self._taken = self._points_so_far()
        timed = self.first_wall_time <= self.last_wall_time
        batch = Batch(
            scalars={tag: points.column() for tag, points in self.points.items()},
            texts=self._texts,
            hparams=self._hparams,
            session_starts=self._session_starts,
            first_wall_time=self.first_wall_time if timed else None,
            last_wall_time=self.last_wall_time if timed else None,
            writer=self._writer,
            events=self.events,
            bytes_read=self.bytes_read,
        )
        self._begin()
        return batch

    def points_of(self, tag: str) -> Points:
        """The columns of ``tag`` in this batch."""
        points = self.points.get(tag)
        if points is None:
            points = self.points[tag] = Points()
        return points

    def add(self, event: Any) -> None:
        """Gather one event (the wall times and the count are the caller's: it knows them)."""
        if event.HasField("summary"):
            step, wall_time = event.step, event.wall_time
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    self._add_point(value.tag, step, wall_time, value.simple_value)
                else:
                    self._add_value(value, step, wall_time)
        elif event.HasField("session_log"):
            if event.session_log.status == SessionLog.START:
                start = SessionStart(event.step, event.wall_time, self._points_so_far())
                self._session_starts.append(start)
        elif event.HasField("source_metadata"):
            self._writer = event.source_metadata.writer

    def plain_scalar(self, event: Any) -> tuple[str, float] | None:
        """The tag and number of an event that is one scalar and says nothing besides."""
        if not event.HasField("summary") or len(event.summary.value) != 1:
            return None
        value = event.summary.value[0]
        if value.HasField("simple_value"):
            return value.tag, value.simple_value
        tag = value.tag or value.node_name
        if value.HasField("metadata") or self._plugins.get(tag) != "scalars":
            return None
        number = number_in(value.tensor)
        return None if number is None else (tag, number)

    def _add_value(self, value: Any, step: int, wall_time: float) -> None:
        # The oldest tensor summaries name the node instead of a tag.
        tag = value.tag or value.node_name
        plugin = self._plugin(tag, value)
        if tag == SESSION_START_TAG:
            self._hparams = hyperparameters(value.metadata.plugin_data.content) or self._hparams
        if plugin in ("", "scalars"):
            number = number_in(value.tensor)
            if number is not None:
                self._add_point(tag, step, wall_time, number)
        if plugin in ("", "text"):
            text = text_in(value.tensor)
            if text is not None:
                self._texts[tag] = text

    def _plugin(self, tag: str, value: Any) -> str:
        """The plugin that the tag's first metadata names; "" while there was none."""
        plugin = self._plugins.get(tag)
        if plugin is None:
            if not value.HasField("metadata"):
                return ""
            plugin = self._plugins[tag] = value.metadata.plugin_data.plugin_name
        return plugin

    def _add_point(self, tag: str, step: int, wall_time: float, value: float) -> None:
        points = self.points_of(tag)
        points.append_step(step)
        points.append_wall_time(wall_time)
        points.append_value(value)

    def _points_so_far(self) -> dict[str, int]:
        so_far = dict(self._taken)
        for tag, points in self.points.items():
            so_far[tag] = so_far.get(tag, 0) + len(points.step)
        return so_far
