r"""A table of points as CSV (RFC 4180, with ``\n`` between the lines), in UTF-8.

Numbers are written with as many digits as it takes to read the same bits back; ``NaN``,
``Infinity`` and ``-Infinity`` are spelt as everywhere in TrainMon's answers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from tb_trainmon.core.columns import FloatArray
from tb_trainmon.export import log_table
from tb_trainmon.export.log_table import LogTable
from tb_trainmon.export.point_table import COLUMNS, Chunk, PointTable, Source
from tb_trainmon.series.accumulate import Accumulated

_ROWS = 1 << 14  # at a time: the texts of so many fit a processor's cache
_LOG_ROWS = 1 << 11
_CHUNK = 1 << 18  # bytes, about: a task of thousands of short series is not sent line by line


def chunks(table: PointTable) -> Generator[Chunk, None, None]:
    """The file, piece by piece."""
    heads = [_head(source) for source in table.sources]
    waiting, size, rows = [_line(COLUMNS)], 0, 0
    for index, points in table.blocks(_ROWS):
        waiting.append(_lines(heads[index], points))
        size += len(waiting[-1])
        rows += len(points)
        if size >= _CHUNK:
            yield Chunk(b"".join(waiting), rows)
            waiting, size = [], 0
    yield Chunk(b"".join(waiting), rows)


def log_chunks(table: LogTable) -> Generator[Chunk, None, None]:
    """The file of a training log, piece by piece. A value that there is not is an empty field."""
    yield Chunk(_line(log_table.COLUMNS), 0)
    rows = 0
    for block in table.blocks(_LOG_ROWS):
        rows += len(block)
        yield Chunk(_text(block), rows)


def _head(source: Source) -> bytes:
    """What all lines of a source begin with."""
    metric = source.metric
    return _line((metric.run, metric.tag, metric.name)).rstrip(b"\n") + b","


def _line(fields: tuple[str, ...]) -> bytes:
    return _text([fields])


def _text(rows: Sequence[tuple[object, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _lines(head: bytes, rows: Accumulated) -> bytes:
    columns = (
        _numbers(rows.attempt),
        _numbers(rows.points.step),
        _numbers(rows.x),
        _floats(rows.points.wall_time),
        _floats(rows.value),
    )
    return head + (b"\n" + head).join(map(b",".join, zip(*columns, strict=True))) + b"\n"


def _numbers(values: npt.NDArray[Any]) -> list[bytes]:
    # orjson is the quickest way from an array to text: 15 times as fast as str() of each.
    plain = np.ascontiguousarray(values)
    return orjson.dumps(plain, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")


def _floats(values: FloatArray) -> list[bytes]:
    texts = _numbers(values)
    for index in np.flatnonzero(~np.isfinite(values)).tolist():
        texts[index] = _name(float(values[index]))
    return texts


def _name(value: float) -> bytes:
    if value != value:  # noqa: PLR0124  NaN
        return b"NaN"
    return b"Infinity" if value > 0 else b"-Infinity"
