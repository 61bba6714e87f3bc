"""Every scalar that TensorBoard's own reader finds is in its task's metrics, to the last bit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

from tb_trainmon.core.columns import Column, column, concatenate
from tb_trainmon.series.accumulate import by_step
from tb_trainmon.tasks.opened.open_task import OpenTask
from tests.tasks.scenes import Stage
from tests.tasks.test_real_logs import LATER, LOGS, TASKS

# The Trainer logs 0.0 where the loss was NaN; that one is shown as NaN, which a test of its own
# looks at.
HIDES_NANS = ("transformers_v5/nan/tb", "train/loss")

Key = tuple[str, str]  # slot, tag


@cache
def by_tensorboard(path: str) -> dict[str, Column]:
    """The scalars of one file as EventAccumulator has them, nothing sampled, nothing purged."""
    found = EventAccumulator(
        path, size_guidance={"scalars": 0, "tensors": 0}, purge_orphaned_data=False
    ).Reload()
    tags = found.Tags()
    series = {tag: as_column((e, e.value) for e in found.Scalars(tag)) for tag in tags["scalars"]}
    for tag in tags["tensors"]:
        if found.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
            events = found.Tensors(tag)
            series[tag] = as_column((e, make_ndarray(e.tensor_proto).item()) for e in events)
    return series


def as_column(events: Iterable[tuple[Any, float]]) -> Column:
    rows = [(event.step, event.wall_time, value) for event, value in events]
    return column(*zip(*rows, strict=True))


def rows(points: Column) -> list[tuple[int, int, int]]:
    """The points as bits, so that a NaN equals itself and -0.0 is not 0.0."""
    times, values = points.wall_time.view(np.int64), points.value.view(np.int64)
    return list(zip(points.step.tolist(), times.tolist(), values.tolist(), strict=True))


def expected_of(task: OpenTask) -> dict[Key, list[Column]]:
    """By slot and tag, the points of each file."""
    found: dict[Key, list[Column]] = {}
    for run in task.assessment.layout.runs:
        for file in run.files:
            for tag, points in by_tensorboard(file.path).items():
                found.setdefault((run.slot, tag), []).append(points)
    return found


def shown_of(task: OpenTask) -> dict[Key, Column]:
    """By slot and tag, the points of each metric that is not computed, as they were logged."""
    return {
        (m.slot, m.tag): task.series(m.name).points.points
        for m in task.assessment.metrics
        if not m.derived
    }


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if task.attempts])
def test_every_scalar_of_every_file_is_shown(name: str) -> None:
    """Count by count and bit by bit; within a file's tag also in the order it was written in."""
    task = Stage(LOGS, now=LATER).opened(name)
    expected, shown = expected_of(task), shown_of(task)
    assert set(shown) == set(expected)
    for key, files in expected.items():
        if (name, key[1]) == HIDES_NANS:
            assert len(shown[key]) == sum(map(len, files))
            continue
        assert Counter(rows(shown[key])) == Counter(rows(concatenate(files))), key
        if len(task.assessment.attempts) == 1 and len(files) == 1:
            assert rows(shown[key]) == rows(by_step(files[0])), key


def test_each_scalar_has_one_name() -> None:
    stage = Stage(LOGS, now=LATER)
    for name in TASKS:
        metrics = stage.opened(name).assessment.metrics
        assert len({metric.name for metric in metrics}) == len(metrics)
        sources = [(metric.slot, metric.tag) for metric in metrics if not metric.derived]
        assert len(set(sources)) == len(sources)


def test_x_ascends_and_each_attempt_begins_where_the_one_before_ended() -> None:
    stage = Stage(LOGS, now=LATER)
    for name in TASKS:
        task = stage.opened(name)
        attempts = task.assessment.attempts
        for before, after in pairwise(attempts):
            assert after.x_start == before.x_end
        for metric in task.assessment.metrics:
            points = task.series(metric.name).points
            assert np.all(np.diff(points.x) >= 0)
            assert np.all(np.diff(points.attempt) >= 0)


def test_the_files_of_the_fixtures_are_all_in_a_task() -> None:
    layouts = [task.layout for task in Stage(LOGS, now=LATER).listed().values()]
    shown = [file.path for layout in layouts for run in layout.runs for file in run.files]
    assert sorted(shown) == sorted(str(path) for path in Path(LOGS).rglob("*tfevents*"))
