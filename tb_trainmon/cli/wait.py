"""Wait for a task: until it has completed, ended, come to a step, or a metric is low enough.

    trainmon wait --logdir runs --task bert-base && ./evaluate.sh
    trainmon wait --logdir runs --task bert-base --for "eval_loss<2.0"

Exit code 0: it is so. Where the task ended without: 1 failed, 5 stopped, 8 completed.
124: --timeout was reached. 6: there is no such task; 2: wrong arguments.
"""

from __future__ import annotations

import argparse
import math
import operator
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from tb_trainmon.cli import exit_codes, screen, task_words
from tb_trainmon.cli.arguments import add_interval, add_log_directory, seconds
from tb_trainmon.cli.asking import NoTask, open_tasks, task_named
from tb_trainmon.core.plain_text import plain
from tb_trainmon.routes import endpoints
from tb_trainmon.routes.messages import Message
from tb_trainmon.routes.parameters import Query
from tb_trainmon.tasks.service import Tasks

_COMPARISON = re.compile(r"(?P<metric>[^<>=]+?)\s*(?P<sign><=|>=|<|>)\s*(?P<value>[-+.\deE]+)")
_STEP = re.compile(r"step\s*(?:=|>=)\s*(?P<step>\d{1,15})")
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Goal:
    """What is waited for: how it is said, and whether it is so by a TASK message."""

    text: str
    is_reached: Callable[[Message], bool]
    is_an_end: bool = False


def goal_of(text: str) -> Goal:
    """``completed``, ``ended``, ``step=N`` or a comparison. Raises ArgumentTypeError."""
    if text == "completed":
        return Goal(text, lambda task: task["status"] == "completed", is_an_end=True)
    if text == "ended":
        return Goal(text, _has_ended, is_an_end=True)
    step = _STEP.fullmatch(text)
    if step:
        least = int(step["step"])
        return Goal(text, lambda task: task["step"] is not None and task["step"] >= least)
    comparison = _COMPARISON.fullmatch(text.strip())
    value = _number(comparison["value"]) if comparison else None
    if comparison is None or value is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not completed, ended, step=N or a comparison such as loss<2.0"
        )
    holds = _SIGNS[comparison["sign"]]
    metric = comparison["metric"].strip()
    return Goal(text, lambda task: _holds(task, metric, holds, value))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which task, what for, and how long."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = (__doc__ or "").partition("\n\n")[2]
    parser.add_argument("--task", metavar="ID", help="the task (the only one there is)")
    parser.add_argument(
        "--for",
        dest="goal",
        metavar="WHAT",
        type=goal_of,
        default="completed",
        help="completed, ended, step=N, or METRIC<VALUE and the like (completed)",
    )
    add_interval(parser, 5.0, 0.1, 3600)
    parser.add_argument(
        "--settle",
        metavar="SECONDS",
        type=seconds(0, 86400),
        default=10.0,
        help="an end has to be seen for so long before it is believed (10)",
    )
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=seconds(0, 10**9), help="wait no longer than this"
    )
    add_log_directory(parser)


def run(chosen: argparse.Namespace) -> int:
    """Wait; gives the exit code."""
    service = open_tasks(chosen)
    try:
        return _wait(service, task_named(service, chosen.task), chosen)
    except NoTask as error:
        screen.complain(str(error))
        return exit_codes.NO_TASK


def _wait(service: Tasks, task_id: str, chosen: argparse.Namespace) -> int:
    goal: Goal = chosen.goal
    deadline = math.inf if chosen.timeout is None else time.monotonic() + chosen.timeout
    seen_since: tuple[str, float] | None = None
    while True:
        task = endpoints.task(service, Query(task=task_id))
        now = time.monotonic()
        if not goal.is_an_end and goal.is_reached(task):
            return _said(task, goal, exit_codes.DONE)
        pause = chosen.interval
        if _has_ended(task):
            # What ends by a sign in a file that is still being written may go on.
            if seen_since is None or seen_since[0] != task["status"]:
                seen_since = (task["status"], now)
            rest = seen_since[1] + chosen.settle - now
            if rest <= 0:
                return _said(task, goal, _code(task, goal))
            pause = min(pause, rest)
        else:
            seen_since = None
        if now >= deadline:
            screen.complain(f"{plain(task_id)}: not {goal.text} in time. {_where(task)}")
            return exit_codes.TIMED_OUT
        time.sleep(max(min(pause, deadline - now), 0.01))


def _code(task: Message, goal: Goal) -> int:
    if goal.is_an_end or task["status"] != "completed":
        return exit_codes.BY_STATUS[task["status"]]
    return exit_codes.NOT_SO


def _said(task: Message, goal: Goal, code: int) -> int:
    reached = goal.text if code == exit_codes.DONE else f"not {goal.text}"
    screen.complain(f"{plain(task['id'])}: {reached}. {_where(task)}")
    return code


def _where(task: Message) -> str:
    step = task_words.steps(task)
    at = f" at step {step}" if step else ""
    return f"It is {task['status']}{at}: {plain(task['status_reason'])}"


def _has_ended(task: Message) -> bool:
    return bool(task["mode"] == "history")


def _holds(task: Message, metric: str, holds: Callable[[float, float], bool], value: float) -> bool:
    found = next((m for m in task["metrics"] if metric in (m["metric"], m["tag"])), None)
    last = None if found is None else found["last_value"]
    return last is not None and holds(last, value)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
