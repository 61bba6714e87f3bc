"""Exported files, read back by other programs' readers."""

from __future__ import annotations

import csv
import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tb_trainmon.export.formats import FORMATS
from tb_trainmon.export.point_table import PointTable

Row = dict[str, Any]
_TYPES = {"attempt": int, "step": int, "x": int, "wall_time": float, "value": float}


def written(table: PointTable, format_: str) -> bytes:
    """The whole file; its last piece says that all rows are in it."""
    chunks = list(FORMATS[format_].writer()(table))
    assert chunks[-1].rows == len(table)
    return b"".join(chunk.data for chunk in chunks)


def log_rows_of(data: bytes, format_: str) -> list[Row]:
    """The rows of a training log's file; what there is not is None in both formats."""
    rows = rows_of(data, format_) if format_ == "parquet" else _lines(data)
    for row in rows if format_ == "csv" else ():
        for name in ("attempt", "step", "x", "wall_time"):
            row[name] = _TYPES[name](row[name]) if row[name] else None
    return rows


def _lines(data: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def rows_of(data: bytes, format_: str) -> list[Row]:
    """The rows of a file, each by column."""
    if format_ == "parquet":
        found: list[Row] = pq.read_table(pa.BufferReader(data)).to_pylist()
        return found
    return [
        {name: _TYPES.get(name, str)(text) for name, text in row.items()} for row in _lines(data)
    ]
