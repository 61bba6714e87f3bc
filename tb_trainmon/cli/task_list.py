"""The list of tasks: a table where there is room, two or three lines a task where there is not."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from tb_trainmon.cli import screen, task_words, words
from tb_trainmon.routes.messages import Message

_TABLE_WIDTH = 110  # columns from which on a table fits
_WIDE = 10_000  # columns in which any table fits
_NARROWEST_NAME = 16
_BAR_WIDTHS = (8, 24)
_WIDTH_OF_THE_REST = 88  # columns of a table beside names and bars, at the most
_LINES_OF_A_CARD = 3
_QUIET = "bright_black"


def rendered(answer: Message, console: Console, now: float, limit: int) -> RenderableType:
    """An answer of the route ``tasks``: the first ``limit`` tasks, and what could not be read."""
    tasks = [{**task, "insights": answer["insights"].get(task["id"])} for task in answer["tasks"]]
    shown = tasks[:limit]
    parts: list[RenderableType] = []
    table = _table(shown, console, now) if shown and console.width >= _TABLE_WIDTH else None
    if table is not None and _fits(table, shown, console):
        parts.append(table)
    else:
        parts += [_card(task, console, now) for task in shown]
    if not tasks:
        parts.append(Text("There is no task here.", style=_QUIET))
    if len(tasks) > len(shown):
        more = f"and {words.plural(len(tasks) - len(shown), 'more task')} (--limit N shows N)"
        parts.append(Text(more, style=_QUIET))
    return Group(*parts, *screen.problem_lines(answer["problems"]))


def tasks_that_fit(console: Console, problems: int) -> int:
    """How many tasks of one line (or of one card) a screen has room for."""
    room = max(console.height - problems - 2, 1)
    return max(room if console.width >= _TABLE_WIDTH else room // _LINES_OF_A_CARD, 1)


def _fits(table: Table, tasks: Sequence[Message], console: Console) -> bool:
    """Whether only names, which are folded, take more room than there is: nothing is cut off."""
    widest = console.measure(table, options=console.options.update(width=_WIDE)).maximum
    longest = max(len(task_words.name(task)) for task in tasks)
    return widest - max(longest - _NARROWEST_NAME, 0) <= console.width


def _table(tasks: Sequence[Message], console: Console, now: float) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=_QUIET)
    table.add_column("STATUS", no_wrap=True)
    table.add_column("TASK", overflow="fold", min_width=_NARROWEST_NAME)
    table.add_column("PROGRESS", no_wrap=True)
    named = any(task["lead_metric"] not in (None, "loss") for task in tasks)
    for title in ("STEP", "LATEST" if named else "LOSS"):
        table.add_column(title, no_wrap=True, justify="right")
    for title in ("LEFT", "LAST EVENT"):
        table.add_column(title, no_wrap=True)
    found = [task_words.insights(task["insights"]) for task in tasks]
    if any(found):
        table.add_column("INSIGHTS", no_wrap=True)
    width = _bar_width(tasks, console)
    for task, insights in zip(tasks, found, strict=True):
        table.add_row(
            screen.status_text(task["status"], console),
            Text(task_words.name(task)),
            _progress(task, console, width),
            task_words.steps(task),
            task_words.lead(task, named=named),
            task_words.remaining(task, now),
            task_words.last_event(task, now),
            *([insights] if any(found) else []),
        )
    return table


def _bar_width(tasks: Sequence[Message], console: Console) -> int:
    """What the names leave of the line; 0 if that is not worth a bar."""
    longest = max(len(task_words.name(task)) for task in tasks)
    insights = max(len(task_words.insights(task["insights"])) for task in tasks)
    taken = longest + (insights and insights + 2)
    room = min(console.width - _WIDTH_OF_THE_REST - taken, _BAR_WIDTHS[1])
    return room if room >= _BAR_WIDTHS[0] else 0


def _progress(task: Message, console: Console, width: int) -> Text:
    """A bar, on a terminal, and the percentage."""
    progress = task["progress"]
    if progress is None:
        return Text()
    percent = f"{words.percent(progress):>5}"
    bar = screen.bar_text(progress, task["status"], width, console)
    return bar.append(" " * bool(bar)).append(percent)


def _card(task: Message, console: Console, now: float) -> RenderableType:
    title = Table.grid(padding=(0, 1, 0, 0), expand=True)
    title.add_column(width=screen.STATUS_WIDTH, no_wrap=True)
    title.add_column(overflow="fold", ratio=1)
    title.add_row(screen.status_text(task["status"], console), Text(task_words.name(task)))
    return Group(title, screen.flowing(_facts(task, console, now), console.width))


def _facts(task: Message, console: Console, now: float) -> list[Text]:
    parts = [
        _progress(task, console, _BAR_WIDTHS[0]),
        Text(task_words.steps(task)),
        Text(task_words.remaining(task, now)),
    ]
    if task["lead_value"] is not None:
        parts.append(task_words.lead(task))
    parts.append(Text(task_words.last_event(task, now), style=_QUIET))
    parts.append(task_words.insights(task["insights"]))
    return [part for part in parts if part.plain]
