"""What the events of one file mean: gathered by tag while they are decoded, taken as a batch.

The rules of what is a scalar are TensorBoard's (``data_compat.py``, ``dataclass_compat.py``): a
``simple_value`` always is, whatever plugin the tag's metadata names; a tensor is one if its tag's
plugin is "scalars". Beyond TensorBoard, a tensor of one number is a scalar where no plugin is
known, which is what remains of a file whose first records are lost.

A text is a string tensor of the plugin "text", or of none. Strings of other plugins are none: that
is how TF2 stores images and Keras its model.
"""

from __future__ import annotations

from typing import Any

from google.protobuf.message import DecodeError
from tensorboard.compat.proto.event_pb2 import Event, SessionLog

from tb_trainmon.event_files.batch import MOST_STARTS, Batch, HyperParameter, SessionStart
from tb_trainmon.event_files.hyperparameters import SESSION_START_TAG, hyperparameters
from tb_trainmon.event_files.tags import Tags
from tb_trainmon.event_files.tensors import number_in, text_in
from tb_trainmon.event_files.texts import Texts


class Harvest:
    """Gathers the events of one file; what must be remembered between batches is in ``tags``."""

    def __init__(self, tags: Tags) -> None:
        self._tags = tags
        self._begin()

    def _begin(self) -> None:
        self._texts = Texts()
        self._hparams: dict[str, HyperParameter] | None = None
        self._session_starts: list[SessionStart] = []
        self._writer: str | None = None

    def take(self) -> Batch:
        """Everything gathered since the last call but the points, which are in the tags."""
        batch = Batch(
            texts=dict(self._texts.by_tag),
            hparams=self._hparams,
            session_starts=self._session_starts,
            writer=self._writer,
        )
        self._begin()
        return batch

    def add_record(self, record: bytes) -> float | None:
        """Gather a serialized event; returns its wall time, or None if it is no event."""
        try:
            event = Event.FromString(record)
        except DecodeError:
            return None
        self.add(event)
        wall_time: float = event.wall_time
        return wall_time

    def add(self, event: Any) -> None:
        """Gather one event (the wall times and the count are the caller's: it knows them)."""
        if event.HasField("summary"):
            step, wall_time = event.step, event.wall_time
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    self._tags.append(value.tag, step, wall_time, value.simple_value)
                else:
                    self._add_value(value, step, wall_time)
        elif event.HasField("session_log"):
            if event.session_log.status == SessionLog.START:
                start = SessionStart(event.step, event.wall_time, self._tags.points_so_far())
                self._session_starts.append(start)
                if len(self._session_starts) > 2 * MOST_STARTS:
                    del self._session_starts[:MOST_STARTS]
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
        if value.HasField("metadata") or self._tags.plugin(tag) != "scalars":
            return None
        number = number_in(value.tensor)
        return None if number is None else (tag, number)

    def _add_value(self, value: Any, step: int, wall_time: float) -> None:
        # The oldest tensor summaries name the node instead of a tag.
        tag = value.tag or value.node_name
        plugin = self._plugin(tag, value)
        if tag == SESSION_START_TAG:
            self._hparams = hyperparameters(value.metadata.plugin_data.content) or self._hparams
        number = number_in(value.tensor) if plugin in ("", "scalars") else None
        text = text_in(value.tensor) if plugin in ("", "text") else None
        if number is not None:
            self._tags.append(tag, step, wall_time, number)
        if text is not None:
            self._texts.add(tag, text)
        if number is None and text is None:
            self._tags.note(tag, wall_time)

    def _plugin(self, tag: str, value: Any) -> str:
        """The plugin that the tag's first metadata names; "" while there was none."""
        # It stands with the tag's first value alone.
        plugin = self._tags.plugin(tag)
        if plugin is None:
            if not value.HasField("metadata"):
                return ""
            plugin = value.metadata.plugin_data.plugin_name
            self._tags.learn_plugin(tag, plugin)
        return plugin
