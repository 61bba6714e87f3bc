"""The status of a task, each with a sentence that gives its evidence.

Event files alone cannot tell a failed task from a killed or a stopped one, so they are never
called failed without proof: an ``error.txt``, or the companion table.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.judged.pulse import Pulse
from tb_trainmon.tasks.judged.sentences import duration
from tb_trainmon.training_logs.process import is_running

Status = Literal["pending", "running", "completed", "failed", "stopped"]
STATUSES: tuple[Status, ...] = ("pending", "running", "completed", "failed", "stopped")

_HEARTBEATS = 30.0  # a process may be invisible (a container) while its heartbeat is this fresh


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status and the evidence for it."""

    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known when a task is judged. Times in seconds since the epoch.

    ``end_marker`` is a phrase that names the trainer's own sign of the end; ``error`` the last
    line of an ``error.txt`` that is newer than the last event.
    """

    now: float
    pulse: Pulse
    has_scalars: bool
    last_event_at: float | None
    step: int | None
    total: int | None
    end_marker: str | None
    error: str | None


def judge(evidence: Evidence, table: TableTask | None) -> Verdict:
    """The status of a task."""
    verdict = _from_table(evidence, table) if table is not None else None
    return verdict or _from_event_files(evidence)


def _from_event_files(evidence: Evidence) -> Verdict:
    if evidence.error is not None:
        return Verdict("failed", f"error.txt says: {evidence.error}")
    if not evidence.has_scalars:
        return Verdict("pending", _never_started(evidence))
    if evidence.end_marker is not None:
        return Verdict("completed", _ended(evidence))
    step, total = evidence.step, evidence.total
    if step is not None and total is not None and step >= total:
        return Verdict("completed", f"Step {step:,} reached the total of {total:,}.")
    if _is_fresh(evidence):
        return Verdict("running", _running(evidence))
    return Verdict("stopped", f"{_silence(evidence)}; no end marker.")


def _never_started(evidence: Evidence) -> str:
    if evidence.last_event_at is None:
        return "No scalar has been logged yet."
    age = duration(evidence.now - evidence.last_event_at)
    return f"No scalar has been logged since the launch {age} ago."


def _ended(evidence: Evidence) -> str:
    step, total = evidence.step, evidence.total
    if step is not None and total is not None and step < total:
        return f"Stopped early: {evidence.end_marker} at step {step:,} of {total:,}."
    return f"Found {evidence.end_marker}."


def _running(evidence: Evidence) -> str:
    usual = evidence.pulse.usual
    limit = duration(evidence.pulse.limit)
    pace = f"usually every {duration(usual)}" if usual is not None else "so far once"
    return f"Points arrive, {pace}; after {limit} of silence it counts as stopped."


def _is_fresh(evidence: Evidence) -> bool:
    last = evidence.last_event_at
    return last is not None and evidence.pulse.outlasts(evidence.now - last)


def _silence(evidence: Evidence) -> str:
    if evidence.last_event_at is None:
        return "No event"
    return f"No event for {duration(evidence.now - evidence.last_event_at)}"


def _from_table(evidence: Evidence, table: TableTask) -> Verdict | None:
    """What the table says, unless the job's own signs of life contradict it."""
    status = table.row.status
    if status not in STATUSES:
        return None
    # Whoever beats while it waits can be found dead while it waits; a scheduler's row never beats.
    if status == "running" or (status == "pending" and table.row.heartbeat_at is not None):
        return _by_heartbeat(evidence, table)
    if status != "pending" and _revived(evidence, table):
        return Verdict("running", f"The table says {status}, but events arrive again.")
    if status == "failed" and table.row.error:
        return Verdict("failed", table.row.error)
    if status == "stopped" and table.row.error:
        return Verdict("stopped", f"The job recorded that it was interrupted: {table.row.error}.")
    return _RECORDED[status]


_RECORDED: Mapping[str, Verdict] = {
    "pending": Verdict("pending", "The table says that it waits to start."),
    "completed": Verdict("completed", "The job recorded its clean end."),
    "failed": Verdict("failed", "The table says so, without an error text."),
    "stopped": Verdict("stopped", "The job recorded that it was interrupted."),
}


def _by_heartbeat(evidence: Evidence, table: TableTask) -> Verdict:
    signs = [sign for sign in (table.row.heartbeat_at, evidence.last_event_at) if sign is not None]
    age = evidence.now - max(signs) if signs else None
    if age is None or not evidence.pulse.outlasts(age):
        silence = "ever" if age is None else f"for {duration(age)}"
        return Verdict("failed", f"No heartbeat {silence}, and no recorded end.")
    if age > _HEARTBEATS and _process_is_gone(table):
        return Verdict(
            "failed",
            f"No heartbeat for {duration(age)}: its process is gone, with no recorded end.",
        )
    return _alive(table, duration(evidence.pulse.limit))


def _alive(table: TableTask, limit: str) -> Verdict:
    so_far = f"after {limit} of silence it counts as failed."
    if table.row.status == "pending":
        return Verdict("pending", f"It waits to start, and its heartbeat is fresh; {so_far}")
    return Verdict("running", f"Its heartbeat is fresh; {so_far}")


def _process_is_gone(table: TableTask) -> bool:
    attempt = table.attempts[-1] if table.attempts else None
    if attempt is None or attempt.pid is None or attempt.host != socket.gethostname():
        return False
    return is_running(attempt.pid, attempt.process_started_at) is False


def _revived(evidence: Evidence, table: TableTask) -> bool:
    ended = table.attempts[-1].ended_at if table.attempts else None
    last = evidence.last_event_at
    if ended is None or last is None:
        return False
    return last > ended + _HEARTBEATS and _is_fresh(evidence)
