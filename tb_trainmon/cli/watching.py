"""Looking again and again: a picture that changes in a terminal, a line a change elsewhere."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from tb_trainmon.cli import exit_codes, screen, task_words, words
from tb_trainmon.core.plain_text import plain
from tb_trainmon.routes.messages import Message

Ask = Callable[[], Message]


def watch(
    ask: Ask,
    show: Callable[[Message, Console], RenderableType],
    is_over: Callable[[Message], bool],
    interval: float,
    console: Console,
) -> int:
    """Fill the screen until Ctrl-C or the end; then leave the last picture where one was typed."""
    answer = ask()
    code = exit_codes.DONE
    live = Live(show(answer, console), console=console, screen=True, auto_refresh=False)
    with _ending_signals_unwind():
        # Not "with live": what interrupts its start must still put the terminal right.
        try:
            live.start(refresh=True)
            while not is_over(answer):
                time.sleep(interval)
                answer = ask()
                live.update(show(answer, console), refresh=True)
        except KeyboardInterrupt:
            code = exit_codes.INTERRUPTED
        finally:
            live.stop()
    console.print(show(answer, console))
    return code


def watch_changes(
    ask: Ask,
    tasks_of: Callable[[Message], list[Message]],
    is_over: Callable[[Message], bool],
    interval: float,
    console: Console,
) -> int:
    """A line for each task, and one whenever a status changes."""
    known: dict[str, str] = {}
    while True:
        answer = ask()
        for task in tasks_of(answer):
            if known.get(task["id"]) != task["status"]:
                known[task["id"]] = task["status"]
                console.print(_line(task, console))
        console.file.flush()
        if is_over(answer):
            return exit_codes.DONE
        time.sleep(interval)


def _line(task: Message, console: Console) -> Text:
    step = task_words.steps(task)
    return Text.assemble(
        (words.date_time(time.time()), "bright_black"),
        "  ",
        screen.status_text(task["status"], console),
        "  ",
        task_words.name(task),
        f" at step {step}" if step else "",
        f": {plain(task['status_reason'])}",
    )


@contextmanager
def _ending_signals_unwind() -> Iterator[None]:
    """SIGTERM and a closed terminal end the process as Ctrl-C does: the terminal is put right."""

    def unwind(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(exit_codes.TERMINATED)

    numbers = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {number: signal.signal(number, unwind) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
