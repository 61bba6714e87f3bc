"""Print the training log of a task, oldest row first.

Without --task: of the only task there is. With --json: what the HTTP route answers, newest row
first; with --follow --json: a row a line, oldest first, and a row whose id is known replaces it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence

from tb_trainmon.cli import exit_codes, screen
from tb_trainmon.cli.arguments import add_interval, add_log_directory, whole_number
from tb_trainmon.cli.asking import NoTask, open_tasks, task_named
from tb_trainmon.cli.following import Follower
from tb_trainmon.cli.log_lines import LogLines
from tb_trainmon.core.errors import BadParameter
from tb_trainmon.core.plain_text import plain
from tb_trainmon.routes import endpoints
from tb_trainmon.routes.json_bytes import dumped
from tb_trainmon.routes.messages import Message
from tb_trainmon.routes.parameters import Query
from tb_trainmon.tasks.service import Tasks
from tb_trainmon.training_logs.rows import TYPES

_SHOWN = 200  # rows, as the route's default
_MOST = 10_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which rows, and how to show them."""
    parser.epilog = (__doc__ or "").partition("\n\n")[2]
    parser.add_argument("--task", metavar="ID", help="the task (the only one there is)")
    parser.add_argument(
        "--follow", "-f", action="store_true", help="go on until the task has ended, or Ctrl-C"
    )
    parser.add_argument(
        "--type", metavar="TYPE,...", type=_types, help=f"only rows of {', '.join(TYPES)}"
    )
    parser.add_argument(
        "--limit",
        metavar="N",
        type=whole_number(1, _MOST),
        default=_SHOWN,
        help=f"the latest N rows ({_SHOWN})",
    )
    parser.add_argument("--json", action="store_true", help="what the HTTP route answers")
    add_interval(parser, 1.0, 0.1, 3600, " with --follow")
    add_log_directory(parser)


def run(chosen: argparse.Namespace) -> int:
    """Print the rows; gives the exit code."""
    service = open_tasks(chosen)
    try:
        task = task_named(service, chosen.task)
        if chosen.json and not chosen.follow:
            query = Query(task=task, limit=chosen.limit, type=chosen.type)
            sys.stdout.buffer.write(dumped(endpoints.logs(service, query)) + b"\n")
            return exit_codes.DONE
    except NoTask as error:
        screen.complain(str(error))
        return exit_codes.NO_TASK
    except BadParameter as error:  # the route has narrower bounds than a terminal
        screen.complain(str(error))
        return exit_codes.USAGE
    follower = Follower(service, task, chosen.type)
    say = _json_lines if chosen.json else LogLines(screen.console()).print
    say(follower.last(chosen.limit))
    if chosen.follow:
        _follow(service, task, follower, say, chosen.interval)
    return exit_codes.DONE


def _follow(
    service: Tasks,
    task: str,
    follower: Follower,
    say: Callable[[Sequence[Message]], None],
    interval: float,
) -> None:
    while True:
        with service.opened(task) as opened:
            assessment = opened.assessment
        is_over = assessment.mode == "history"
        say(follower.news(is_last_look=is_over))
        if is_over:
            verdict = assessment.verdict
            screen.complain(plain(f"The task has ended: {verdict.status}. {verdict.reason}"))
            return
        time.sleep(interval)


def _json_lines(rows: Sequence[Message]) -> None:
    for row in rows:
        sys.stdout.buffer.write(dumped(row) + b"\n")
    sys.stdout.buffer.flush()


def _types(text: str) -> list[str]:
    chosen = [part.strip() for part in text.split(",")]
    for part in chosen:
        if part not in TYPES:
            allowed = ", ".join(TYPES)
            raise argparse.ArgumentTypeError(f"{part!r} is no type; allowed are {allowed}")
    return chosen
