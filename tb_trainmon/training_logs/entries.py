"""What a writer says about a task: how an attempt begins, what happened in it, how it ended.

Each knows the columns that it fills, in a form that every database takes.
"""

from __future__ import annotations

from dataclasses import dataclass

from tb_trainmon.training_logs import values

Columns = dict[str, object]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is known of a task and its new attempt when it begins.

    Of one that is written down afterwards neither its process nor its times need be known.
    """

    task_id: str
    name: str
    total_steps: int | None
    logging_steps: int | None
    runs: tuple[str, ...]
    start_step: int
    config: dict[str, object] | None
    framework: str | None
    host: str | None
    pid: int | None
    process_started_at: float | None
    started_at: float | None

    def of_task(self, status: str, runs_before: tuple[str, ...]) -> Columns:
        """The columns of the task that a new attempt changes; runs are only ever added."""
        new_runs = (run for run in self.runs if run not in runs_before)
        return {
            "name": values.storable_text(self.name),
            "status": status,
            "total_steps": self.total_steps,
            "logging_steps": self.logging_steps,
            "runs": [*runs_before, *new_runs],
            "error": None,
            "heartbeat_at": self.started_at,
        }

    def of_attempt(self, attempt: int, status: str) -> Columns:
        """The columns of attempt number ``attempt``."""
        return {
            "task_id": self.task_id,
            "attempt": attempt,
            "status": status,
            "start_step": self.start_step,
            "config": values.storable(self.config),
            "framework": self.framework,
            "host": self.host,
            "pid": self.pid,
            "process_started_at": self.process_started_at,
            "started_at": self.started_at,
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the training log, before it has a number."""

    type: str
    step: int | None
    wall_time: float | None
    message: str
    metrics: dict[str, float]

    def columns(self, task_id: str, attempt: int) -> Columns:
        """The columns of the row."""
        return {
            "task_id": task_id,
            "attempt": attempt,
            "type": self.type,
            "step": self.step,
            "wall_time": self.wall_time,
            "message": values.storable_text(self.message),
            "metrics": {name: values.spelled(value) for name, value in self.metrics.items()},
        }


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt ended: ``completed``, ``failed`` (with its error) or ``stopped``."""

    status: str
    error: str | None
    ended_at: float | None

    def of_task(self) -> Columns:
        """The columns of the task that an ending changes."""
        error = None if self.error is None else values.storable_text(self.error)
        return {"status": self.status, "error": error}

    def of_attempt(self) -> Columns:
        """The columns of the attempt that an ending changes."""
        return {"status": self.status, "ended_at": self.ended_at}
