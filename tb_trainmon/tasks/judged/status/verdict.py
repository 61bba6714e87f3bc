"""The status of a task, each with a sentence that gives its evidence.

Event files alone cannot tell a failed task from a killed or a stopped one, so they are never
called failed without proof: an ``error.txt``, or the companion table.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Literal

from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.judged.progress.reached import Reached
from tb_trainmon.tasks.judged.progress.siblings import UsualEnd
from tb_trainmon.tasks.judged.progress.totals import Total, Totals
from tb_trainmon.tasks.judged.sentences import duration
from tb_trainmon.tasks.judged.status.ends import Sign, is_done, was_short
from tb_trainmon.tasks.judged.status.pulse import Pulse
from tb_trainmon.tasks.judged.status.silence import Silence
from tb_trainmon.training_logs.process import is_running

Status = Literal["pending", "running", "completed", "failed", "stopped"]
STATUSES: tuple[Status, ...] = ("pending", "running", "completed", "failed", "stopped")

_HEARTBEATS = 30.0  # a process may be invisible (a container) while its heartbeat is this fresh
_PENDING = 86400.0  # seconds after which a launch without a scalar is no longer to come


@record(frozen=True, slots=True)
class Verdict:
    """A status and the evidence for it."""

    status: Status
    reason: str

    @property
    def is_live(self) -> bool:
        """Whether it may go on by itself: pending and running tasks."""
        return self.status in ("pending", "running")


@record(frozen=True, slots=True)
class Evidence:
    """What is known when a task is judged. Times in seconds since the epoch.

    ``silence`` is None where there was no event at all. ``sign`` is the trainer's own sign of its
    end; ``error`` what an ``error.txt`` says that is newer than the last event.
    ``writes_its_end``: it is a trainer that does not end without a sign. ``usual_end``: where its
    siblings ended. ``launched_again``: when a process was launched after its latest attempt that
    has not logged a scalar yet.
    """

    now: float
    pulse: Pulse
    reached: Reached
    silence: Silence | None
    has_scalars: bool
    last_event_at: float | None
    step: int | None
    totals: Totals
    sign: Sign | None
    error: str | None
    writes_its_end: bool
    usual_end: UsualEnd | None = None
    launched_again: float | None = None

    def beside(self, usual_end: UsualEnd | None) -> Evidence:
        """The same where its siblings ended at ``usual_end``; itself where that tells nothing."""
        reached = self.reached
        if usual_end is None or not reached.trains or not usual_end.is_for(reached.interval):
            return self
        return Evidence(  # by hand: it is made for each task of a list, and ``replace`` is slow
            self.now,
            self.pulse,
            self.reached,
            self.silence,
            self.has_scalars,
            self.last_event_at,
            self.step,
            self.totals.beside(usual_end, reached),
            self.sign,
            self.error,
            self.writes_its_end,
            usual_end,
            self.launched_again,
        )

    @property
    def clock_off(self) -> float:
        """Seconds by which the writer's clock is ahead of the reader's.

        By the file system's; and nothing that was written is yet to come.
        """
        told = self.silence.clock_off if self.silence is not None else 0.0
        return told if self.last_event_at is None else max(told, self.last_event_at - self.now)

    @property
    def is_alive(self) -> bool:
        """Whether it has been silent for no longer than it may be."""
        return self.silence is not None and self.pulse.outlasts(self.silence.seconds)


def judge(evidence: Evidence, table: TableTask | None) -> Verdict:
    """The status of a task."""
    verdict = _from_table(evidence, table) if table is not None else None
    return verdict or _from_event_files(evidence)


def _from_event_files(evidence: Evidence) -> Verdict:
    if evidence.error is not None:
        return Verdict("failed", evidence.error)
    if not evidence.has_scalars:
        return _never_started(evidence)
    if evidence.launched_again is not None and evidence.is_alive:
        return Verdict("running", _again(evidence, evidence.launched_again))
    if evidence.sign is not None and evidence.sign.final:
        return Verdict("completed", _signed(evidence, evidence.sign))
    if evidence.is_alive:
        return Verdict("running", _running(evidence))
    end = _ended(evidence)
    return Verdict("completed", end) if end else Verdict("stopped", _stopped(evidence))


def _never_started(evidence: Evidence) -> Verdict:
    if evidence.silence is None:
        return Verdict("pending", "No scalar has been logged yet.")
    age = duration(evidence.silence.seconds)
    if evidence.silence.seconds > _PENDING:
        return Verdict("stopped", f"It never logged a scalar: launched {age} ago.")
    return Verdict("pending", f"No scalar has been logged since the launch {age} ago.")


def _signed(evidence: Evidence, sign: Sign) -> str:
    step, total, reached = evidence.step, evidence.totals.total, evidence.reached
    # The last interval's loss is not always logged; then something else tells the last step.
    if (
        step is not None
        and total is not None
        and step < total.last_step(reached)
        and was_short(reached, total)
    ):
        return f"Stopped early: {sign.words} at step {step:,} of {total.steps:,}."
    return f"Found {sign.words}."


def _ended(evidence: Evidence) -> str | None:
    """What shows that a task that fell silent had come to its end; None without it."""
    reached, total = evidence.reached, evidence.totals.total
    if evidence.sign is not None:
        return _signed(evidence, evidence.sign)
    if total is not None and is_done(reached, total, writes_its_end=evidence.writes_its_end):
        return _counted(reached, total)
    if evidence.totals.epochs_done is not None:
        return f"{evidence.totals.epochs_done}."
    return _as_siblings_did(evidence)


def _as_siblings_did(evidence: Evidence) -> str | None:
    """That it ended where its siblings did, unless a total of its own says otherwise."""
    end, total = evidence.usual_end, evidence.totals.total
    if end is None or evidence.writes_its_end or evidence.reached.last != end.step:
        return None
    if total is not None and was_short(evidence.reached, total):
        return None
    return f"It fell silent at step {end.step:,}, {end.words}."


def _counted(reached: Reached, total: Total) -> str:
    last = reached.last or 0
    if last >= total.steps:
        return f"Step {last:,} reached the total of {total.steps:,}."
    if last == total.steps - 1:
        return f"Step {last:,}, counted from 0, is the last of {total.steps:,}."
    interval = reached.interval or 0
    beyond = f"one more interval of {interval:,} would have been beyond it"
    if last + interval == total.steps:
        beyond = "a counter from 0 does not come to it"
    return (
        f"Step {last:,} is the last that is logged before the total of {total.steps:,}: {beyond}."
    )


def _running(evidence: Evidence) -> str:
    pulse, limit = evidence.pulse, evidence.pulse.limit
    allowed = f"after {duration(limit.seconds)} of silence it counts as"
    end = _ended(evidence)
    if end is not None:
        return f"{end} {allowed[0].upper()}{allowed[1:]} completed."
    if limit.due:
        return f"It may pause, {limit.due}; {allowed} stopped."
    usual = pulse.usual
    pace = f"usually every {duration(usual)}" if usual is not None else "so far once"
    return f"Points arrive, {pace}{_clock(evidence)}; {allowed} stopped."


def _again(evidence: Evidence, launched_at: float) -> str:
    ago = duration(max(evidence.now - launched_at, 0.0))
    return (
        f"It was launched again {ago} ago and has not logged a scalar yet; after "
        f"{duration(evidence.pulse.limit.seconds)} of silence that counts as no launch."
    )


def _clock(evidence: Evidence) -> str:
    """Which clock says so, where the writer's is wrong."""
    off = evidence.silence.clock_off if evidence.silence else 0.0
    if not off:
        return ""
    side = "ahead of" if off > 0 else "behind"
    return f" (by the file's modification: the writer's clock is {duration(abs(off))} {side} it)"


def _stopped(evidence: Evidence) -> str:
    return f"{_silence(evidence)}; no end marker."


def _silence(evidence: Evidence) -> str:
    if evidence.silence is None:
        return "No event"
    return f"No event for {duration(evidence.silence.seconds)}{_clock(evidence)}"


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
    beat = table.row.heartbeat_at
    ages = [] if beat is None else [evidence.now - beat]
    ages += [] if evidence.silence is None else [evidence.silence.seconds]
    age = min(ages, default=None)
    if age is None or not evidence.pulse.outlasts(age):
        silence = "ever" if age is None else f"for {duration(age)}"
        return Verdict("failed", f"No heartbeat {silence}, and no recorded end.")
    if age > _HEARTBEATS and _process_is_gone(table):
        return Verdict(
            "failed",
            f"No heartbeat for {duration(age)}: its process is gone, with no recorded end.",
        )
    return _alive(table, duration(evidence.pulse.limit.seconds))


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
    return last > ended + _HEARTBEATS and evidence.is_alive
