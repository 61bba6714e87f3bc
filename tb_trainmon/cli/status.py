"""Show which tasks there are and how each is doing, or one task in detail.

With --task the exit code tells the task's status: 0 completed, 1 failed, 3 running, 4 pending,
5 stopped. 6: there is no such task; 7: the log directory cannot be read; 2: wrong arguments.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from rich.console import Console, RenderableType

from tb_trainmon.cli import exit_codes, screen, task_list, task_page
from tb_trainmon.cli.arguments import add_interval, add_log_directory, whole_number
from tb_trainmon.cli.asking import NoTask, is_unreadable, open_tasks, task_named
from tb_trainmon.cli.watching import watch, watch_changes
from tb_trainmon.event_files.reader import without_kernel
from tb_trainmon.insights.tally import Tally
from tb_trainmon.routes import endpoints, listing
from tb_trainmon.routes.json_bytes import dumped
from tb_trainmon.routes.messages import Message
from tb_trainmon.routes.parameters import Query
from tb_trainmon.tasks.judged.status.verdict import STATUSES
from tb_trainmon.tasks.service import Tasks

_SHOWN = 50  # tasks, unless asked for more
_LOOKING = 1.0  # seconds that the insights of running tasks may take


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which tasks, and how to show them."""
    parser.epilog = (__doc__ or "").partition("\n\n")[2]
    parser.add_argument("--task", metavar="ID", help="one task in detail; its exit code: see below")
    parser.add_argument(
        "--status",
        action="append",
        choices=STATUSES,
        help="only tasks of this status; may be repeated",
    )
    parser.add_argument(
        "--limit",
        metavar="N",
        type=whole_number(1, 10**9),
        help=f"so many tasks at most, those with the newest activity ({_SHOWN}; with --json all)",
    )
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--watch", action="store_true", help="refresh until Ctrl-C, or until the task has ended"
    )
    either.add_argument("--json", action="store_true", help="what the HTTP route answers")
    add_interval(parser, 2.0, 0.1, 3600, " with --watch")
    add_log_directory(parser)


def run(chosen: argparse.Namespace) -> int:
    """Show the list or the task; gives the exit code."""
    service = open_tasks(chosen)
    try:
        code = _list(service, chosen) if chosen.task is None else _task(service, chosen)
    except NoTask as error:
        screen.complain(str(error))
        return exit_codes.NO_TASK
    slow = without_kernel()
    if slow and not chosen.json:
        screen.complain(slow)
    return code


def _list(service: Tasks, chosen: argparse.Namespace) -> int:
    def ask() -> Message:
        service.kept(Tally).look(service, service.listing().tasks, _LOOKING)
        answer = listing.tasks(service, Query())
        if chosen.status:
            answer["tasks"] = [task for task in answer["tasks"] if task["status"] in chosen.status]
        return answer

    def show(answer: Message, console: Console) -> RenderableType:
        fitting = task_list.tasks_that_fit(console, len(answer["problems"]))
        limit = fitting if chosen.watch and chosen.limit is None else chosen.limit or _SHOWN
        return task_list.rendered(answer, console, time.time(), limit)

    answer = ask()
    if chosen.json:
        answer["tasks"] = answer["tasks"][: chosen.limit]
        _write_json(answer)
    elif chosen.watch:
        return _watched(ask, show, chosen, lambda answer: list(answer["tasks"]))
    else:
        console = screen.console()
        screen.show(console, show(answer, console))
    return exit_codes.NO_LOGDIR if is_unreadable(answer) else exit_codes.DONE


def _task(service: Tasks, chosen: argparse.Namespace) -> int:
    query = Query(task=task_named(service, chosen.task))

    def show(answer: Message, console: Console) -> RenderableType:
        return task_page.rendered(answer, console, time.time())

    answer = endpoints.task(service, query)
    if chosen.json:
        _write_json(answer)
    elif chosen.watch:

        def ask() -> Message:
            nonlocal answer
            answer = endpoints.task(service, query)
            return answer

        code = _watched(ask, show, chosen, lambda answer: [answer])
        if code != exit_codes.DONE:
            return code
    else:
        console = screen.console()
        screen.show(console, show(answer, console))
    return exit_codes.BY_STATUS[answer["status"]]


def _watched(
    ask: Callable[[], Message],
    show: Callable[[Message, Console], RenderableType],
    chosen: argparse.Namespace,
    tasks_of: Callable[[Message], list[Message]],
) -> int:
    """Look again and again; a single task only until it has ended."""

    def is_over(answer: Message) -> bool:
        return chosen.task is not None and answer["mode"] == "history"

    console = screen.console()
    if console.is_terminal and not console.is_dumb_terminal:
        return watch(ask, show, is_over, chosen.interval, console)
    return watch_changes(ask, tasks_of, is_over, chosen.interval, console)


def _write_json(answer: Message) -> None:
    sys.stdout.buffer.write(dumped(answer) + b"\n")
