"""A table of points as Parquet, written row group by row group. Needs pyarrow."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tb_trainmon.export.log_table import LogTable
from tb_trainmon.export.point_table import Chunk, PointTable, Source
from tb_trainmon.series.accumulate import Accumulated

_ROWS = 1 << 16  # at a time
_GROUP = 1 << 18  # rows of a row group, at the least: 14 MB before they are compressed
_NAME = pa.dictionary(pa.int32(), pa.string())  # plain strings to readers other than Arrow
_SCHEMA = pa.schema(
    [
        ("run", _NAME),
        ("tag", _NAME),
        ("metric", _NAME),
        ("attempt", pa.int64()),
        ("step", pa.int64()),
        ("x", pa.int64()),
        ("wall_time", pa.float64()),
        ("value", pa.float64()),
    ]
)
_LOG_SCHEMA = pa.schema(
    [
        ("type", _NAME),
        ("attempt", pa.int64()),
        ("step", pa.int64()),
        ("x", pa.int64()),
        ("wall_time", pa.float64()),
        ("message", pa.string()),
        ("metrics", pa.string()),
    ]
)
_REPETITIVE = ["run", "tag", "metric", "attempt"]  # worth a dictionary; the others hardly repeat


class _Outbox(io.RawIOBase):
    """A file that is handed on as it is written."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # all that pyarrow gives it
        self._waiting.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        waiting, self._waiting = self._waiting, []
        return b"".join(waiting)


def chunks(table: PointTable) -> Generator[Chunk, None, None]:
    """The file, piece by piece."""
    outbox = _Outbox()
    done = 0
    schema = _SCHEMA.with_metadata({"trainmon.task": table.task})
    names = _Names(table.sources)
    with pq.ParquetWriter(outbox, schema, compression="zstd", use_dictionary=_REPETITIVE) as writer:
        for group in _groups(table):
            batches = [names.batch(index, points, schema) for index, points in group]
            rows = pa.Table.from_batches(batches, schema)
            writer.write_table(rows, row_group_size=len(rows))
            done += len(rows)
            yield Chunk(outbox.taken(), done)
    yield Chunk(outbox.taken(), done)


def log_chunks(table: LogTable) -> Generator[Chunk, None, None]:
    """The file of a training log, piece by piece."""
    outbox = _Outbox()
    done = 0
    schema = _LOG_SCHEMA.with_metadata({"trainmon.task": table.task})
    with pq.ParquetWriter(outbox, schema, compression="zstd") as writer:
        for block in table.blocks(_ROWS):
            lines = [(*line[:5], _text(line[5]), _text(line[6])) for line in block]
            columns = zip(*lines, strict=True)
            arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            done += len(block)
            yield Chunk(outbox.taken(), done)
    yield Chunk(outbox.taken(), done)


def _groups(table: PointTable) -> Iterator[list[tuple[int, Accumulated]]]:
    group: list[tuple[int, Accumulated]] = []
    size = 0
    for index, points in table.blocks(_ROWS):
        group.append((index, points))
        size += len(points)
        if size >= _GROUP:
            yield group
            group, size = [], 0
    if group:
        yield group


class _Names:
    """The texts of all sources, once: a row holds their numbers."""

    def __init__(self, sources: tuple[Source, ...]) -> None:
        metrics = [source.metric for source in sources]
        self._columns = [
            _encoded([_text(getattr(metric, name)) for metric in metrics])
            for name in ("run", "tag", "name")
        ]

    def batch(self, source: int, rows: Accumulated, schema: pa.Schema) -> pa.RecordBatch:
        """The rows of one source."""
        names = [
            pa.DictionaryArray.from_arrays(
                np.full(len(rows), numbers[source], dtype=np.int32), dictionary
            )
            for numbers, dictionary in self._columns
        ]
        points = rows.points
        columns = [rows.attempt, points.step, rows.x, points.wall_time, rows.value]
        return pa.RecordBatch.from_arrays([*names, *map(pa.array, columns)], schema=schema)


def _encoded(texts: list[str]) -> tuple[list[int], pa.Array]:
    """Each text as its number in a dictionary, and the dictionary."""
    numbers = {text: at for at, text in enumerate(dict.fromkeys(texts))}
    return [numbers[text] for text in texts], pa.array(list(numbers), pa.string())


def _text(value: str) -> str:
    return value.encode("utf-8", "backslashreplace").decode("utf-8")
