"""TensorBoard's own reader is the reference: the same points, count by count and bit by bit."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.compat.proto.event_pb2 import SessionLog
from tensorboard.compat.proto.summary_pb2 import DATA_CLASS_SCALAR
from tensorboard.util.tensor_util import make_ndarray

from tb_trainmon.core.columns import Column, column
from tb_trainmon.event_files.event_file import EventFile

LOGS = Path(__file__).parent.parent / "fixtures" / "logs"
FILES = sorted(str(path.relative_to(LOGS)) for path in LOGS.rglob("*tfevents*"))


def bits(points: Column) -> tuple[bytes, bytes, bytes]:
    return points.step.tobytes(), points.wall_time.tobytes(), points.value.tobytes()


def accumulated(path: str) -> dict[str, Column]:
    """The scalars as EventAccumulator has them, simple values and tensors."""
    found = EventAccumulator(
        path, size_guidance={"scalars": 0, "tensors": 0}, purge_orphaned_data=False
    ).Reload()
    tags = found.Tags()
    series = {
        tag: as_column(found.Scalars(tag), lambda event: event.value) for tag in tags["scalars"]
    }
    for tag in tags["tensors"]:
        if found.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
            series[tag] = as_column(
                found.Tensors(tag), lambda event: make_ndarray(event.tensor_proto).item()
            )
    return series


def as_column(events: Iterable[Any], value: Any) -> Column:
    events = list(events)
    return column(
        [event.step for event in events],
        [event.wall_time for event in events],
        [value(event) for event in events],
    )


def served(path: str) -> dict[str, Column]:
    """The scalars by the rules of what TensorBoard shows: data_compat, then dataclass_compat."""
    classes: dict[str, int] = {}
    rows: dict[str, list[tuple[int, float, float]]] = {}
    for event in EventFileLoader(path).Load():
        for value in event.summary.value:
            if classes.setdefault(value.tag, value.metadata.data_class) == DATA_CLASS_SCALAR:
                number = float(make_ndarray(value.tensor).item())
                rows.setdefault(value.tag, []).append((event.step, event.wall_time, number))
    return {tag: column(*zip(*points, strict=True)) for tag, points in rows.items()}


def test_there_are_logs() -> None:
    assert len(FILES) > 60


@pytest.mark.parametrize("name", FILES)
def test_scalars_are_those_of_tensorboard(name: str) -> None:
    path = str(LOGS / name)
    file = EventFile(path)
    batch = file.read()
    found = {tag: bits(points) for tag, points in batch.scalars.items()}
    assert found == {tag: bits(points) for tag, points in accumulated(path).items()}
    assert found == {tag: bits(points) for tag, points in served(path).items()}
    assert file.problems == ()


@pytest.mark.parametrize("name", FILES)
def test_events_times_texts_and_sessions_are_those_of_tensorboard(name: str) -> None:
    path = str(LOGS / name)
    batch = EventFile(path).read()
    raw = EventAccumulator(path, size_guidance={"tensors": 0}, purge_orphaned_data=False)
    raw.Reload()
    events = list(EventFileLoader(path).Load())
    times = [event.wall_time for event in events if 0 < event.wall_time < np.inf]
    assert batch.first_wall_time == min(times)
    assert batch.last_wall_time == max(times)
    assert batch.bytes_read == Path(path).stat().st_size
    texts = {
        tag: make_ndarray(raw.Tensors(tag)[-1].tensor_proto).ravel()[0].decode()
        for tag in raw.Tags()["tensors"]
        if raw.SummaryMetadata(tag).plugin_data.plugin_name == "text"
    }
    assert batch.texts == texts
    starts = [event.step for event in events if event.session_log.status == SessionLog.START]
    assert [start.step for start in batch.session_starts] == starts
