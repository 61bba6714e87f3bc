"""What is exported is what was logged: every point, to the last bit, in every format."""

from __future__ import annotations

import math
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tb_trainmon.core.columns import column, concatenate
from tb_trainmon.core.errors import FormatUnavailable
from tb_trainmon.export import csv_text, parquet
from tb_trainmon.export.formats import FORMATS
from tb_trainmon.export.point_table import COLUMNS, PointTable, Source
from tb_trainmon.series.accumulate import Piece
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tests.export.reading import Row, rows_of, written
from tests.tasks.scenes import Stage
from tests.tasks.test_no_point_lost import HIDES_NANS, expected_of, rows
from tests.tasks.test_real_logs import LATER, LOGS, TASKS

Point = tuple[str, str, int, int, int]  # run, tag, step, and the bits of time and value

NAN = 0x7FF8 << 48
NEGATIVE_NANS = (-(1 << 51),)  # what x86 computes; no text tells a NaN's sign

ODD = (math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308, 0.1, 1e16, 123456789.0)


def table_of(*sources: Source) -> PointTable:
    return PointTable("a task", sources)


def source(
    tag: str = "loss", values: tuple[float, ...] | np.ndarray = (1.0,), run: str = "run"
) -> Source:
    steps = np.arange(1, len(values) + 1)
    points = column(steps, 1_700_000_000.25 + steps, values)
    return Source(Metric(tag, run, run, tag, "train"), [Piece(1, 0, points)])


def bits(values: list[float]) -> list[int]:
    """As bits, so that a NaN equals itself and -0.0 is not 0.0."""
    found: list[int] = np.array(values, dtype=np.float64).view(np.int64).tolist()
    return found


def point(row: Row) -> Point:
    """One exported row as run, tag, step and the bits of its time and value."""
    return row["run"], row["tag"], row["step"], *bits([row["wall_time"], row["value"]])


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if task.attempts])
def test_every_point_that_tensorboards_own_reader_finds_is_exported(
    name: str, format_: str
) -> None:
    task = Stage(LOGS, now=LATER).opened(name)
    exported = rows_of(written(PointTable.of(task), format_), format_)
    runs = {(m.slot, m.tag): m.run for m in task.assessment.metrics}
    expected: Counter[Point] = Counter()
    for (slot, tag), files in expected_of(task).items():
        for step, time, value in rows(concatenate(files)):
            of_csv = format_ == "csv" and value in NEGATIVE_NANS
            expected[runs[slot, tag], tag, step, time, NAN if of_csv else value] += 1
    found = Counter(map(point, exported))
    if name == HIDES_NANS[0]:  # the next test looks at those
        for counter in (found, expected):
            for key in [key for key in counter if key[1] == HIDES_NANS[1]]:
                del counter[key]
    assert found == expected


@pytest.mark.parametrize("format_", FORMATS)
def test_a_loss_that_the_trainer_hid_is_exported_as_the_nan_that_it_was(format_: str) -> None:
    name, tag = HIDES_NANS
    task = Stage(LOGS, now=LATER).opened(name)
    exported = rows_of(written(PointTable.of(task), format_), format_)
    values = [row["value"] for row in exported if row["tag"] == tag]
    assert bits(values) == bits(task.series("loss").points.value.tolist())
    assert sum(map(math.isnan, values)) == 14


@pytest.mark.parametrize("format_", FORMATS)
def test_rows_are_laid_out_like_the_charts(format_: str) -> None:
    """Metric by metric as the task lists them, ascending in x, with each attempt's number."""
    task = Stage(LOGS, now=LATER).opened("transformers_v5/restart_newlr/tb")
    exported = rows_of(written(PointTable.of(task), format_), format_)
    logged = [metric for metric in task.assessment.metrics if metric.derived is None]
    assert list(dict.fromkeys(row["metric"] for row in exported)) == [m.name for m in logged]
    for metric in logged:
        shown = task.series(metric.name).points
        mine = [row for row in exported if row["metric"] == metric.name]
        assert [row["x"] for row in mine] == shown.x.tolist()
        assert [row["attempt"] for row in mine] == shown.attempt.tolist()
        assert {(row["run"], row["tag"]) for row in mine} == {(metric.run, metric.tag)}
    assert {row["attempt"] for row in exported} == {1, 2}


def test_what_was_computed_is_not_exported_as_if_it_had_been_logged() -> None:
    task = Stage(LOGS, now=LATER).opened("transformers_v5/restart_newlr/tb")
    assert "perplexity" in [metric.name for metric in task.assessment.metrics]
    names = [source.metric.name for source in PointTable.of(task).sources]
    assert "perplexity" not in names
    assert "loss" in names


def test_a_table_does_not_change_while_its_task_grows(tmp_path: Path) -> None:
    """A download may take minutes; its task is not held for it."""
    stage = Stage(tmp_path)
    file = stage.file()
    file.train(range(1, 11), stage.now)
    table = PointTable.of(stage.opened())
    before = written(table, "csv")
    file.train(range(11, 5000), stage.now + 10)
    assert len(PointTable.of(stage.opened())) == 4999
    assert written(table, "csv") == before
    assert len(table) == 10
    stage.close()


@pytest.mark.parametrize("format_", FORMATS)
def test_numbers_of_every_kind_are_read_back_as_they_were(format_: str) -> None:
    exported = rows_of(written(table_of(source(values=ODD)), format_), format_)
    assert bits([row["value"] for row in exported]) == bits(list(ODD))


@pytest.mark.parametrize("format_", FORMATS)
def test_names_of_every_kind_are_read_back_as_they_were(format_: str) -> None:
    names = ['a,"b"', "line\nbreak", " blank ", "模型/损失", "=1+1", "it's", ""]
    table = table_of(*(source(tag=name, run=name[::-1]) for name in names))
    exported = rows_of(written(table, format_), format_)
    assert [row["tag"] for row in exported] == names
    assert [row["run"] for row in exported] == [name[::-1] for name in names]


@pytest.mark.slow
@pytest.mark.parametrize("format_", FORMATS)
def test_a_series_longer_than_any_block_is_whole(format_: str) -> None:
    values = np.random.default_rng(0).normal(size=200_001)
    table = table_of(source("short"), source("long", values), source("last"))
    exported = rows_of(written(table, format_), format_)
    assert [row["tag"] for row in exported] == ["short", *["long"] * len(values), "last"]
    assert bits([row["value"] for row in exported[1:-1]]) == bits(values.tolist())


@pytest.mark.parametrize("format_", FORMATS)
def test_a_task_without_points_is_a_file_without_rows(format_: str) -> None:
    assert rows_of(written(table_of(), format_), format_) == []
    assert rows_of(written(table_of(source(values=())), format_), format_) == []


def test_csv_begins_with_the_names_of_its_columns() -> None:
    lines = written(table_of(source()), "csv").decode().split("\n")
    assert lines == [",".join(COLUMNS), "run,loss,loss,1,1,1,1700000001.25,1.0", ""]


def test_csv_spells_what_is_no_number_as_the_routes_do() -> None:
    lines = written(table_of(source(values=ODD[:3])), "csv").decode().split("\n")[1:-1]
    assert [line.rpartition(",")[2] for line in lines] == ["NaN", "Infinity", "-Infinity"]


def test_parquet_has_the_documented_types_and_names_its_task() -> None:
    file = pq.ParquetFile(pa.BufferReader(written(table_of(source()), "parquet")))
    schema = file.schema_arrow
    assert schema.names == list(COLUMNS)
    assert all(pa.types.is_dictionary(schema.field(name).type) for name in COLUMNS[:3])
    assert [schema.field(name).type for name in COLUMNS[3:]] == [
        *[pa.int64()] * 3,
        *[pa.float64()] * 2,
    ]
    assert file.metadata.metadata[b"trainmon.task"] == b"a task"


def test_short_series_share_a_row_group_and_a_chunk() -> None:
    """A task may have thousands of them."""
    table = table_of(*(source(f"tag{n}", np.ones(100)) for n in range(3000)))
    file = pq.ParquetFile(pa.BufferReader(written(table, "parquet")))
    assert file.metadata.num_row_groups == 2
    assert len(list(csv_text.chunks(table))) < 100


def test_a_file_is_made_piece_by_piece() -> None:
    """Nothing is gathered: of a long table the first piece comes while most of it is untouched."""
    table = table_of(source(values=np.ones(1_000_000)))
    for chunks in (csv_text.chunks(table), parquet.chunks(table)):
        assert next(chunks).rows <= len(table) / 3
        chunks.close()  # as when the reader goes away


def test_parquet_without_pyarrow_is_a_sentence_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "tb_trainmon.export.parquet")
    monkeypatch.delattr("tb_trainmon.export.parquet")
    with pytest.raises(FormatUnavailable, match=r"pip install 'tb-trainmon\[parquet\]'"):
        FORMATS["parquet"].writer()
    assert FORMATS["csv"].writer() is csv_text.chunks
