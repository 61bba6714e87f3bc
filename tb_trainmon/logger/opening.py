"""What an attempt is when it begins, and where everything about it will be written."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, SupportsInt, cast

from tb_trainmon.logger.event_file import EventFile
from tb_trainmon.logger.event_points import EventPoints
from tb_trainmon.logger.identity import framework_name, host_name
from tb_trainmon.logger.numbers import MOST_STEPS, Numbers
from tb_trainmon.logger.recorder import Recorder
from tb_trainmon.training_logs import process, values
from tb_trainmon.training_logs.entries import Beginning

if TYPE_CHECKING:
    from tb_trainmon.logger.table import Table

DATABASE_NAME = "training_logs.db"

#: A database for many machines: an environment variable, because a URL may hold a password.
DATABASE_VARIABLE = "TRAINMON_DB_URL"


@dataclass(frozen=True)
class Attempt:
    """The arguments of ``TaskLogger``, checked: here, and only here, wrong ones raise."""

    logdir: Path
    task: str
    total_steps: int | None
    logging_steps: int
    start_step: int
    config: Mapping[str, object] | None
    name: str
    framework: str | None
    host: str | None
    runs: tuple[str, ...] = ()
    started_at: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        parts = PurePosixPath(self.task).parts
        storable = values.storable_text(self.task) == self.task
        if not parts or ".." in parts or parts[0] == "/" or not storable:
            raise ValueError(
                f"task={self.task!r} must name a folder below the log directory, like 'bert-base'."
            )
        if self.logging_steps < 1:
            raise ValueError(f"logging_steps={self.logging_steps} must be 1 or more.")
        if self.start_step < 0 or (self.total_steps is not None and self.total_steps < 0):
            raise ValueError("start_step and total_steps must not be negative.")
        if max(self.logging_steps, self.start_step, self.total_steps or 0) >= MOST_STEPS:
            raise ValueError(f"Steps are counted in 64 bits: they must be below {MOST_STEPS:,}.")

    def below_logdir(self, path: str | os.PathLike[str] | None) -> str | None:
        """``path`` for the training log: relative to the log directory where it lies in there."""
        if path is None:
            return None
        absolute = Path(path).absolute()
        if absolute.is_relative_to(self.logdir):
            return absolute.relative_to(self.logdir).as_posix()
        return os.fspath(path)


def whole(name: str, value: SupportsInt) -> int:
    """A number of steps, from whichever library it comes. Raises ValueError."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name}={value!r} must be a whole number.") from error


def frozen(config: Mapping[str, object] | None) -> Mapping[str, object] | None:
    """The configuration as it is now: the training may change its own later."""
    if config is None:
        return None
    return cast("dict[str, object]", values.storable(dict(config)))


def recorder(
    attempt: Attempt,
    numbers: Numbers,
    event_files: bool,
    database: str | os.PathLike[str] | None,
) -> Recorder:
    """The recorder of ``attempt``; nothing is written before it is started. No database: None."""
    host = host_name(attempt.host)
    points = _points(attempt, host) if event_files else None
    if database is None:
        return Recorder(None, points, numbers)
    beginning = _beginning(attempt, host, event_files)

    def new_table() -> Table:
        # Imported late, and by the writer's thread: SQLAlchemy takes a third of a second.
        from tb_trainmon.logger.table import Table  # noqa: PLC0415

        return Table(os.fspath(database), beginning)

    return Recorder(new_table, points, numbers)


def database_of(
    attempt: Attempt, table: bool, given: str | os.PathLike[str] | None
) -> str | os.PathLike[str] | None:
    """Where the table is, if there shall be one: as given, or of the environment, or the usual."""
    if not table:
        return None
    return given or os.environ.get(DATABASE_VARIABLE) or attempt.logdir / DATABASE_NAME


def _points(attempt: Attempt, host: str) -> EventPoints:
    folder = attempt.logdir / attempt.task
    file = EventFile(folder, host, os.getpid(), attempt.started_at)
    return EventPoints(file, attempt.task)


def _runs(attempt: Attempt, event_files: bool) -> tuple[str, ...]:
    own = (attempt.task,) if event_files else ()
    return tuple(dict.fromkeys(PurePosixPath(run).as_posix() for run in (*own, *attempt.runs)))


def _beginning(attempt: Attempt, host: str, event_files: bool) -> Beginning:
    return Beginning(
        task_id=attempt.task,
        name=attempt.name,
        total_steps=attempt.total_steps,
        logging_steps=attempt.logging_steps,
        runs=_runs(attempt, event_files),
        start_step=attempt.start_step,
        config=attempt.config,
        framework=framework_name(attempt.framework),
        host=host,
        pid=os.getpid(),
        process_started_at=process.started_at(os.getpid()),
        started_at=attempt.started_at,
    )
