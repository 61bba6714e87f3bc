"""The route ``export``: all points or the whole log of a task as a file, streamed as it is made."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

from werkzeug.wrappers import Response

from tb_trainmon.export.formats import FORMATS, Format
from tb_trainmon.export.log_table import LogTable
from tb_trainmon.export.point_table import Chunk, PointTable
from tb_trainmon.routes.parameters import MultiMapping, Parameters
from tb_trainmon.tasks.service import Tasks

_LONGEST_NAME = 150  # characters: file systems allow 255 bytes, and a percent sign costs three

_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",  # TensorBoard warns of answers without it
    "X-Accel-Buffering": "no",  # nginx would gather the whole file first
}


def export(service: Tasks, args: MultiMapping) -> Response:
    """The file. The task is not held while it is sent, however slow the reader."""
    asked = Parameters(args, ("task", "format", "of"))
    name = asked.choice("format", FORMATS, "csv")
    of = asked.choice("of", ("points", "log"), "points")
    chunks, stem = (_log if of == "log" else _points)(service, asked, FORMATS[name])
    data = (chunk.data for chunk in chunks)
    response = Response(data, content_type=FORMATS[name].content_type, headers=_HEADERS)
    response.headers["Content-Disposition"] = disposition(stem, name)
    return response


_File = tuple[Iterator[Chunk], str]  # its pieces, and its name without the ending


def _points(service: Tasks, asked: Parameters, format_: Format) -> _File:
    writer = format_.writer()
    with service.opened(asked.required("task")) as opened:
        table = PointTable.of(opened)
    return writer(table), table.task


def _log(service: Tasks, asked: Parameters, format_: Format) -> _File:
    writer = format_.log_writer()
    with service.opened(asked.required("task")) as opened:
        table = LogTable.of(opened)
    return writer(table), f"{table.task} log"


def disposition(task_id: str, suffix: str) -> str:
    """Content-Disposition for a task of any name (RFC 6266; RFC 8187 for what is not ASCII)."""
    stem = _as_file_name(task_id)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode("ascii")
    ascii_stem = re.sub(r"[^\w .+=@~-]", "_", plain).strip(" .") or "task"
    header = f'attachment; filename="{ascii_stem}.{suffix}"'
    if ascii_stem == stem:
        return header
    return f"{header}; filename*=UTF-8''{quote(stem, safe='')}.{suffix}"


def _as_file_name(task_id: str) -> str:
    """``task_id`` without what a file name must not have on some system."""
    name = "".join("_" if unicodedata.category(c)[0] == "C" else c for c in task_id)
    name = re.sub(r'[/\\:*?"<>|]+', "-", name)[:_LONGEST_NAME]
    return name.strip(" .-") or "task"
