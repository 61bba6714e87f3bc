"""A task as it lies on disk and in the database, before anything of it is judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.configuration import TaskRule
from tb_trainmon.tasks.found.grouping import Run
from tb_trainmon.training_logs.rows import AttemptRow, TaskRow

if TYPE_CHECKING:
    from tb_trainmon.training_logs.reading import TrainingLogs

TABLE = "training_logs"  # the slot of what a task's table rows measure


@record(frozen=True, slots=True)
class Checkpoint:
    """A ``checkpoint-<step>`` folder; ``made_at`` is the folder's modification time."""

    step: int
    path: str
    made_at: float


@record(frozen=True, slots=True)
class TableTask:
    """What the companion database says of a task, and where to ask for its log rows."""

    row: TaskRow
    attempts: Sequence[AttemptRow]
    database: TrainingLogs


@record(frozen=True, slots=True)
class Layout:
    """Runs, side files (absolute paths), checkpoints and table rows of one task."""

    id: str
    name: str
    runs: tuple[Run, ...]
    rule: TaskRule
    side_files: tuple[str, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    table: TableTask | None = None
