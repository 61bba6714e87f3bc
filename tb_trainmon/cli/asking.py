"""Questions to the tasks: those of the HTTP routes, so that the answers are theirs."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence
from math import inf

from tb_trainmon.core.errors import TrainMonError
from tb_trainmon.routes import listing
from tb_trainmon.routes.messages import Message
from tb_trainmon.routes.parameters import Query
from tb_trainmon.tasks.found.roots import roots_from_flags
from tb_trainmon.tasks.from_flags import tasks_from_flags
from tb_trainmon.tasks.service import Tasks

_CANDIDATES = 10  # named where one has to be chosen
_UNREADABLE = (
    "logdir_missing",
    "no_logdir",
    "remote_credentials",
    "remote_denied",
    "remote_package",
    "remote_scheme",
    "remote_unreachable",
)


class NoTask(TrainMonError):
    """No task was named, or none of this name is there; the text lists those that may be meant."""


def open_tasks(chosen: argparse.Namespace) -> Tasks:
    """The tasks of the log directory that was named; nothing is read yet."""
    logdir = "" if chosen.logdir_spec else chosen.logdir
    roots = roots_from_flags(logdir, chosen.logdir_spec or "")
    return tasks_from_flags(roots, chosen.db, chosen.config, patience=inf)


def is_unreadable(answer: Message) -> bool:
    """Whether nothing of what was named as log directory can be read."""
    codes = {problem["code"] for problem in answer["problems"]}
    return not answer["tasks"] and bool(codes.intersection(_UNREADABLE))


def task_named(service: Tasks, wanted: str | None) -> str:
    """The id of the task that is meant: an id, the end of one, a name; or the only task there is.

    Raises NoTask with a sentence.
    """
    if wanted is not None and service.has(wanted):
        return wanted
    tasks: Sequence[Message] = listing.tasks(service, Query())["tasks"]
    if wanted is None:
        if len(tasks) == 1:
            return str(tasks[0]["id"])
        raise NoTask(_which([task["id"] for task in tasks]))
    meant = [t["id"] for t in tasks if t["name"] == wanted or t["id"].endswith(f"/{wanted}")]
    if len(meant) == 1:
        return str(meant[0])
    raise NoTask(_unknown(wanted, meant, [task["id"] for task in tasks]))


def _which(ids: Sequence[str]) -> str:
    if not ids:
        return "There is no task here."
    return f"There are {len(ids):,} tasks: choose one with --task.{_listed(ids)}"


def _unknown(wanted: str, meant: Sequence[str], ids: Sequence[str]) -> str:
    if meant:
        return f"{wanted!r} may be one of {len(meant):,} tasks.{_listed(meant)}"
    close = difflib.get_close_matches(wanted, ids, 3, 0.5)
    close += [i for i in ids if wanted.lower() in i.lower() and i not in close]
    if close:
        return f"There is no task {wanted!r}. Did you mean:{_listed(close)}"
    return f"There is no task {wanted!r}. `trainmon status` lists those there are."


def _listed(ids: Sequence[str]) -> str:
    lines = [f"\n  {task_id}" for task_id in ids[:_CANDIDATES]]
    if len(ids) > _CANDIDATES:
        lines.append(f"\n  and {len(ids) - _CANDIDATES:,} more")
    return "".join(lines)
