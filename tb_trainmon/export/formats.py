"""The file formats of an export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tb_trainmon.core.errors import FormatUnavailable
from tb_trainmon.export import csv_text
from tb_trainmon.export.log_table import LogTable
from tb_trainmon.export.point_table import Chunk, PointTable

INSTALL_PARQUET = "pip install 'tb-trainmon[parquet]'"

Writer = Callable[[PointTable], Iterator[Chunk]]
LogWriter = Callable[[LogTable], Iterator[Chunk]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format; ``writers`` gives what writes it: points, a log. Or raises FormatUnavailable."""

    content_type: str
    writers: Callable[[], tuple[Writer, LogWriter]]

    def writer(self) -> Writer:
        """What writes points. Raises FormatUnavailable."""
        return self.writers()[0]

    def log_writer(self) -> LogWriter:
        """What writes a training log. Raises FormatUnavailable."""
        return self.writers()[1]


def _csv() -> tuple[Writer, LogWriter]:
    return csv_text.chunks, csv_text.log_chunks


def _parquet() -> tuple[Writer, LogWriter]:
    try:
        # Late: pyarrow is an extra, and takes a quarter of a second.
        from tb_trainmon.export import parquet  # noqa: PLC0415
    except ImportError as error:
        raise FormatUnavailable(
            f"Parquet needs the package pyarrow, which cannot be used here ({error}). "
            f"Install it with: {INSTALL_PARQUET}"
        ) from None
    return parquet.chunks, parquet.log_chunks


#: By the word that asks for it, which is also the ending of such a file's name.
FORMATS: Mapping[str, Format] = {
    "csv": Format("text/csv; charset=utf-8", _csv),
    "parquet": Format("application/vnd.apache.parquet", _parquet),
}
