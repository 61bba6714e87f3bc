"""One row of each table, as the rest of the program sees it: typed, frozen, already decoded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tb_trainmon.core.plain_text import excerpt
from tb_trainmon.core.record import record
from tb_trainmon.training_logs import values

#: Characters of a message that are shown: as many as the trace of the longest stack.
LONGEST_MESSAGE = 20_000

#: What a row of the log may be.
TYPES = ("start", "step", "eval", "checkpoint", "end")


def known_type(told: str) -> str:
    """One of TYPES: of a type that nobody knows, a row is a step."""
    return told if told in TYPES else "step"


@record(frozen=True, slots=True)
class TaskRow:
    """One task: what it is, how far it means to go and when it last gave a sign of life."""

    task_id: str
    name: str
    status: str
    total_steps: int | None
    logging_steps: int | None
    runs: tuple[str, ...]
    error: str | None
    created_at: float | None
    heartbeat_at: float | None

    @classmethod
    def from_database(cls, row: Mapping[str, object]) -> TaskRow:
        """The row with what is sound in it; whatever cannot be understood is left empty."""
        task_id = values.text(row.get("task_id"))
        return cls(
            task_id=task_id,
            name=excerpt(values.text(row.get("name")) or task_id),
            status=values.text(row.get("status")),
            total_steps=values.integer(row.get("total_steps")),
            logging_steps=values.integer(row.get("logging_steps")),
            runs=values.texts(row.get("runs")),
            error=excerpt(values.text(row.get("error"))) or None,
            created_at=values.seconds(row.get("created_at")),
            heartbeat_at=values.seconds(row.get("heartbeat_at")),
        )


@record(frozen=True, slots=True)
class AttemptRow:
    """One execution of a task: from where it started, with which parameters, in which process."""

    task_id: str
    attempt: int
    status: str
    start_step: int | None
    config: dict[str, object] | None
    framework: str | None
    host: str | None
    pid: int | None
    process_started_at: float | None
    started_at: float | None
    ended_at: float | None

    @classmethod
    def from_database(cls, row: Mapping[str, object]) -> AttemptRow:
        """The row with what is sound in it; whatever cannot be understood is left empty."""
        return cls(
            task_id=values.text(row.get("task_id")),
            attempt=values.integer(row.get("attempt")) or 1,
            status=values.text(row.get("status")),
            start_step=values.integer(row.get("start_step")),
            config=values.mapping(row.get("config")),
            framework=values.text(row.get("framework")) or None,
            host=values.text(row.get("host")) or None,
            pid=values.integer(row.get("pid")),
            process_started_at=values.seconds(row.get("process_started_at")),
            started_at=values.seconds(row.get("started_at")),
            ended_at=values.seconds(row.get("ended_at")),
        )


class LogRow(NamedTuple):
    """One entry of the training log: start, step, eval, checkpoint or end.

    A tuple, because millions are made: as a frozen dataclass it took twice as long.
    """

    id: int
    task_id: str
    attempt: int
    type: str
    step: int | None
    wall_time: float | None
    message: str
    metrics: dict[str, float]

    @classmethod
    def from_database(cls, row: Mapping[str, object]) -> LogRow:
        """The row with what is sound in it; whatever cannot be understood is left empty."""
        value = row.get
        return cls(
            values.integer(value("id")) or 0,
            values.text(value("task_id")),
            values.integer(value("attempt")) or 1,
            values.text(value("type")),
            values.integer(value("step")),
            values.seconds(value("wall_time")),
            excerpt(values.text(value("message")), LONGEST_MESSAGE),
            values.numbers(value("metrics")),
        )
