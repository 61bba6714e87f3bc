"""Windows along a file hold its records, wherever they begin and whatever is between them."""

from __future__ import annotations

import random
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tensorboard.compat.proto import types_pb2 as types

from tb_trainmon.event_files.event_file import EventFile
from tb_trainmon.event_files.samples import samples
from tests.event_files.conftest import steps_of

if TYPE_CHECKING:
    from tests.event_files.conftest import Records, Scene


def test_a_window_has_the_records_that_lie_in_it(scene: Scene, records: Records) -> None:
    """Whole ones alone, in their order; where none lies, there is none."""
    parts = [records.version(), *records.scalars(range(5000))]
    scene.write(*parts)
    ends = list(accumulate(map(len, parts)))
    for start in (0, 1, ends[0], ends[0] + 1, ends[40] - 1, ends[-3]):
        (batch,) = samples(str(scene.path), [start], 500)
        inside = [
            number - 1
            for number, end in enumerate(ends)
            if number and end - len(parts[number]) >= start and end <= start + 500
        ]
        assert steps_of(batch) == inside
    assert [steps_of(b) for b in samples(str(scene.path), [10**9], 1000)] == [[]]


def test_each_window_is_told_by_itself(scene: Scene, records: Records) -> None:
    scene.write(records.version(), *records.scalars(range(5000)))
    size = scene.path.stat().st_size
    found = [steps_of(b) for b in samples(str(scene.path), [0, size // 2, size - 2000], 2000)]
    assert found[0][0] == 0
    assert found[2][-1] == 4999
    assert found[0][-1] < found[1][0] <= found[1][-1] < found[2][0]


def test_a_window_knows_what_the_head_says_about_a_tag(scene: Scene, records: Records) -> None:
    """TF2 names the plugin once, perhaps behind a large graph."""
    one = {"dtype": types.DT_FLOAT, "float_val": [1.0]}
    tags = [("loss", "scalars"), ("weights", "histograms")]
    first = [records.tensor(0, tag, plugin, **one) for tag, plugin in tags]
    later = [records.tensor(step, tag, **one) for step in range(1, 3000) for tag, _ in tags]
    graph = records.event(graph_def=bytes(100_000))
    scene.write(records.version(), graph, *first, *later)
    offset = scene.path.stat().st_size - 5000
    (batch,) = samples(str(scene.path), [offset], 5000)
    assert list(batch.scalars) == ["loss"]
    assert steps_of(batch)[-1] == 2999


def test_what_is_damaged_is_skipped(scene: Scene, records: Records) -> None:
    data = bytearray(b"".join(records.scalars(range(2000))))
    for offset in range(30_000, 40_000, 1000):
        data[offset] ^= 0x20
    scene.write(bytes(data))
    (batch,) = samples(str(scene.path), [30_000], 10_000)
    assert set(steps_of(batch)) <= set(range(2000))
    assert len(steps_of(batch)) > 150


def test_noise_has_no_record(scene: Scene) -> None:
    scene.write(random.Random(1).randbytes(100_000))
    assert [b.events for b in samples(str(scene.path), [0, 50_000], 16_384)] == [0, 0]


def test_a_file_that_is_not_there_is_an_error(scene: Scene) -> None:
    with pytest.raises(FileNotFoundError):
        samples(str(scene.path), [0], 1000)


def test_windows_over_a_real_log_hold_what_is_in_it(logs: Path) -> None:
    for path in sorted(logs.rglob("*tfevents*")):
        size, whole = path.stat().st_size, EventFile(str(path)).read()
        for batch in samples(str(path), range(0, size, 4096), 8192):
            for tag, points in batch.scalars.items():
                known = whole.scalars[tag]
                pairs = set(zip(known.step.tolist(), known.wall_time.tolist(), strict=True))
                assert set(zip(points.step.tolist(), points.wall_time.tolist(), strict=True)) <= (
                    pairs
                )
