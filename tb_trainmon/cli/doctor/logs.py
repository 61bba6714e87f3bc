"""The log directory: can it be read, is there something in it, can its clock be trusted."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

from tb_trainmon.cli.asking import is_unreadable, open_tasks
from tb_trainmon.cli.doctor.environment import is_installed
from tb_trainmon.cli.doctor.finding import Finding, failed, good, warning
from tb_trainmon.cli.words import plural
from tb_trainmon.routes import listing
from tb_trainmon.routes.messages import Message
from tb_trainmon.routes.parameters import Query

#: Ahead of this machine's clock, beyond what clocks of one network differ by.
AHEAD_SECONDS = 60.0
#: What TensorBoard's other tabs need for a store without TensorFlow.
TENSORBOARDS_OWN = {"s3": "boto3", "gs": "gcsfs", "hdfs": "fsspec"}


def check(chosen: argparse.Namespace) -> Iterator[Finding]:
    """What the list of tasks says of it."""
    where = chosen.logdir_spec or chosen.logdir
    answer = listing.tasks(open_tasks(chosen), Query())
    unreadable = is_unreadable(answer)
    for problem in answer["problems"]:
        yield _problem(problem, unreadable)
    yield from store_packages(where)
    if unreadable:
        return
    if not answer["tasks"]:
        yield failed(
            f"There is no training in {where}: no event file and no companion database.",
            "Name the folder that the training writes to, or one above it.",
        )
        return
    yield good(f"{plural(len(answer['tasks']), 'task')} in {where}")
    yield from clocks(answer["tasks"], time.time())


def _problem(problem: Message, unreadable: bool) -> Finding:
    what = f"{problem['where']}: {problem['message']}" if problem["where"] else problem["message"]
    todo = "What stands there is left out; the rest is shown."
    return failed(what, "") if unreadable else warning(what, todo)


def store_packages(where: str) -> Iterator[Finding]:
    """Packages for TensorBoard's own tabs; one that TrainMon lacks is a problem of the list."""
    for scheme in sorted({part.rpartition(":")[2] for part in where.split("://")[:-1]}):
        module = TENSORBOARDS_OWN.get(scheme)
        if module and not is_installed(module) and not is_installed("tensorflow"):
            yield warning(
                f"TensorBoard's own tabs read {scheme}:// by {module}, and that is not installed.",
                f"pip install {module}",
            )


def clocks(tasks: list[Message], now: float) -> Iterator[Finding]:
    """A writer whose clock is ahead looks alive for longer than it is."""
    for task in tasks:
        ahead = (task["last_event_at"] or now) - now
        if ahead > AHEAD_SECONDS:
            yield warning(
                f"{task['name']}: its last event is {ahead:,.0f} s in this machine's future.",
                "Set the clocks of this machine and of the one that trains (NTP).",
            )
