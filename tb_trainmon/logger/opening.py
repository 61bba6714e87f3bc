"""What an attempt is when it begins, and where everything about it will be written."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tb_trainmon.logger.event_file import EventFile
from tb_trainmon.logger.event_points import EventPoints
from tb_trainmon.logger.identity import framework_name, host_name
from tb_trainmon.logger.recorder import Recorder
from tb_trainmon.logger.table import Table
from tb_trainmon.training_logs import process
from tb_trainmon.training_logs.entries import Beginning

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
    config: dict[str, object] | None
    name: str
    framework: str | None
    host: str | None
    runs: tuple[str, ...] = ()
    started_at: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        parts = PurePosixPath(self.task).parts
        if not parts or ".." in parts or parts[0] == "/" or "\0" in self.task:
            raise ValueError(
                f"task={self.task!r} must name a folder below the log directory, like 'bert-base'."
            )
        if self.logging_steps < 1:
            raise ValueError(f"logging_steps={self.logging_steps} must be 1 or more.")
        if self.start_step < 0 or (self.total_steps is not None and self.total_steps < 0):
            raise ValueError("start_step and total_steps must not be negative.")

    def below_logdir(self, path: str | os.PathLike[str] | None) -> str | None:
        """``path`` for the training log: relative to the log directory where it lies in there."""
        if path is None:
            return None
        absolute = Path(path).absolute()
        if absolute.is_relative_to(self.logdir):
            return absolute.relative_to(self.logdir).as_posix()
        return os.fspath(path)


def recorder(
    attempt: Attempt, event_files: bool, table: bool, database: str | os.PathLike[str] | None
) -> Recorder:
    """The recorder of ``attempt``; nothing is written before it is started."""
    host = host_name(attempt.host)
    rows = _table(attempt, host, event_files, database) if table else None
    return Recorder(rows, _points(attempt, host) if event_files else None)


def _points(attempt: Attempt, host: str) -> EventPoints:
    folder = attempt.logdir / attempt.task
    file = EventFile(folder, host, os.getpid(), attempt.started_at)
    return EventPoints(file, attempt.task)


def _table(
    attempt: Attempt, host: str, event_files: bool, database: str | os.PathLike[str] | None
) -> Table:
    given = database or os.environ.get(DATABASE_VARIABLE) or attempt.logdir / DATABASE_NAME
    return Table(os.fspath(given), _beginning(attempt, host, event_files))


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
