"""Write every point of every attempt of a task, or its training log, to a file, as CSV or Parquet.

The columns of points are run, tag, metric, attempt, step, x (the accumulated step), wall_time and
value; docs/http_api.md describes them. Values are not smoothed, nothing is left out.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn

from tb_trainmon.cli import exit_codes, screen, words
from tb_trainmon.cli.arguments import add_log_directory
from tb_trainmon.cli.asking import NoTask, open_tasks, task_named
from tb_trainmon.core.errors import FormatUnavailable
from tb_trainmon.core.plain_text import plain
from tb_trainmon.export.formats import FORMATS, Format
from tb_trainmon.export.log_table import LogTable
from tb_trainmon.export.point_table import Chunk, PointTable
from tb_trainmon.tasks.opened.open_task import OpenTask
from tb_trainmon.tasks.service import Tasks

STDOUT = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which task, and where to."""
    parser.epilog = (__doc__ or "").partition("\n\n")[2]
    parser.add_argument("--task", metavar="ID", help="the task (the only one there is)")
    parser.add_argument(
        "--of", choices=("points", "log"), default="points", help="what is in the file (points)"
    )
    parser.add_argument(
        "--format", choices=FORMATS, help="of the file (what the name of --output ends with; csv)"
    )
    parser.add_argument(
        "--output",
        "-o",
        metavar="FILE",
        default=STDOUT,
        help="the file, which is replaced if it is there; - is standard output (-)",
    )
    add_log_directory(parser)


def run(chosen: argparse.Namespace) -> int:
    """Write the file; gives the exit code."""
    name = chosen.format or _format_of(chosen.output)
    if name == "parquet" and chosen.output == STDOUT and sys.stdout.isatty():
        screen.complain("Parquet is no text for a terminal; name a file with --output.")
        return exit_codes.USAGE
    service = open_tasks(chosen)
    try:
        write = _writer_of(chosen.of, FORMATS[name])
        _export(service, task_named(service, chosen.task), write, chosen.output)
    except NoTask as error:
        screen.complain(str(error))
        return exit_codes.NO_TASK
    except FormatUnavailable as error:
        screen.complain(str(error))
        return exit_codes.FAILED
    except BrokenPipeError:
        raise
    except OSError as error:
        screen.complain(f"{chosen.output} cannot be written: {error.strerror or error}.")
        return exit_codes.FAILED
    return exit_codes.DONE


def _format_of(output: str) -> str:
    suffix = Path(output).suffix.removeprefix(".").lower()
    return suffix if suffix in FORMATS else "csv"


@dataclass(frozen=True)
class _File:
    """How many things are in a file, in words, and its pieces."""

    size: int
    words: str
    chunks: Iterator[Chunk]


_Write = Callable[[OpenTask], _File]
_Table = TypeVar("_Table", bound=Sized)


def _writer_of(things: str, format_: Format) -> _Write:
    if things == "log":
        return _writer(LogTable.of, format_.log_writer(), "row")
    return _writer(PointTable.of, format_.writer(), "point")


def _writer(
    table_of: Callable[[OpenTask], _Table], written: Callable[[_Table], Iterator[Chunk]], thing: str
) -> _Write:
    def file(opened: OpenTask) -> _File:
        table = table_of(opened)
        return _File(len(table), words.plural(len(table), thing), written(table))

    return file


def _export(service: Tasks, task: str, write: _Write, output: str) -> None:
    # Opened before the task is read: what cannot be written is said at once.
    with _opened(output) as file, _progress() as progress:
        step = progress.add_task(f"Reading {plain(task)}", total=None)
        with service.opened(task) as opened:
            table = write(opened)
        progress.update(step, description=f"Writing {table.words}", total=table.size)
        for chunk in table.chunks:
            file.write(chunk.data)
            progress.update(step, completed=chunk.rows)
    if output != STDOUT:
        screen.complain(f"{output}: {table.words} of {task}")


def _progress() -> Progress:
    """Shown on a terminal only, and gone when it is done."""
    console = screen.complaints()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


@contextlib.contextmanager
def _opened(output: str) -> Iterator[BinaryIO]:
    """Standard output, or a file that has its name only when it is whole."""
    if output == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(output)
    if path.exists() and not path.is_file():  # a device or a named pipe
        with path.open("wb") as file:
            yield file
        return
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
