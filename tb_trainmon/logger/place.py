"""Where the task of a framework's training is: in which log directory, under which name."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tb_trainmon.logger.opening import DATABASE_VARIABLE

#: ``runs/<MonDD_HH-MM-SS_host>``: PyTorch's default, and Hugging Face's, with one for each launch.
_LAUNCH = re.compile(r"[A-Z][a-z]{2}\d{2}_\d{2}-\d{2}-\d{2}_.+")
LAUNCHES = "runs"

PathLike = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person said where; None is left to the callback."""

    logdir: PathLike | None = None
    task: str | None = None
    name: str | None = None
    event_files: bool | None = None
    database: PathLike | None = None

    @property
    def shares_a_database(self) -> bool:
        """Whether rows go where those of other trainings are, rather than beside the logs."""
        return self.database is not None or bool(os.environ.get(DATABASE_VARIABLE))


@dataclass(frozen=True, slots=True)
class Place:
    """``TaskLogger``'s arguments of these names.

    ``runs`` are the folders in which the framework itself writes event files.
    """

    logdir: Path
    task: str
    name: str
    event_files: bool
    runs: tuple[str, ...] = ()
    database: PathLike | None = None


def as_named(
    logdir: PathLike, task: str, name: str | None, runs: Sequence[str], database: PathLike | None
) -> Place:
    """The place of a training whose framework has no folder of its own: all of it was said."""
    return Place(
        logdir=_absolute(logdir),
        task=task,
        name=name or task,
        event_files=not runs,
        runs=tuple(runs),
        database=database,
    )


def of_output_folder(output: PathLike, events: PathLike | None, choice: Choice) -> Place:
    """The place of a training that has ``output`` for all it makes.

    ``events`` is the folder in which the framework writes event files now, if it does. Everything
    goes into ``output``, so that ``tensorboard --logdir`` finds it there and above. Where the
    event files lie elsewhere it goes to them, because that is where TensorBoard is started.
    """
    output = _absolute(output)
    events = None if events is None else _absolute(events)
    logdir = _log_directory(output, events, choice)
    runs = _runs(events, logdir)
    return Place(
        logdir=logdir,
        task=choice.task or _task(output, logdir),
        name=choice.name or choice.task or output.name,
        event_files=not runs if choice.event_files is None else choice.event_files,
        runs=runs,
        database=choice.database,
    )


def _log_directory(output: Path, events: Path | None, choice: Choice) -> Path:
    if choice.logdir is not None:
        return _absolute(choice.logdir)
    home = output if events is None or events.is_relative_to(output) else events
    # In a shared database "runs" would be everybody's name: there the folder's own name is.
    return home.parent if choice.shares_a_database else home


def _task(output: Path, logdir: Path) -> str:
    if output == logdir:
        return LAUNCHES
    if output.is_relative_to(logdir):
        return output.relative_to(logdir).as_posix()
    return output.name


def _runs(events: Path | None, logdir: Path) -> tuple[str, ...]:
    if events is None or not events.is_relative_to(logdir):
        return ()
    is_launch = events.parent.name == LAUNCHES and _LAUNCH.fullmatch(events.name)
    folder = events.parent if is_launch and events != logdir else events
    return (folder.relative_to(logdir).as_posix(),)


def _absolute(path: PathLike) -> Path:
    return Path(path).expanduser().absolute()
