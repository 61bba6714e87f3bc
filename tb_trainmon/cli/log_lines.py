"""Rows of the training log as lines: time, type, attempt, step, numbers, words."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from tb_trainmon.cli import screen, words
from tb_trainmon.core.plain_text import plain
from tb_trainmon.routes.messages import Message

STYLES = {
    "start": "green",
    "step": "",
    "eval": "magenta",
    "checkpoint": "cyan",
    "end": "blue",
}
_TYPE_WIDTH = max(map(len, STYLES))
_NARROW = 100  # columns below which the date is left out
_INDENT = 4
_LEAST_ROOM = 60  # columns for numbers and words beside the step; with less they go below it
_NO_TIME = "-"
_NOT_FINITE = ("NaN", "Infinity", "-Infinity")


class LogLines:
    """Prints rows, oldest first, in columns that stay where they are."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._step_width = 6
        self._attempts: int | None = None
        self._day = ""

    def print(self, rows: Sequence[Message]) -> None:
        """Print ``rows`` behind those that were printed."""
        widths = [len(_step(row)) for row in rows]
        self._step_width = max([self._step_width, *widths])
        for row in rows:
            self._say_day(row)
            self._console.print(self._line(row))
        self._console.file.flush()

    @property
    def _narrow(self) -> bool:
        return self._console.width < _NARROW

    def _say_day(self, row: Message) -> None:
        """Where there is no room for a date in every line, once a day."""
        day = words.date_time(row["wall_time"])[:10] if row["wall_time"] is not None else self._day
        if self._narrow and day != self._day:
            self._console.print(Text(day, style="bright_black"))
        self._day = day

    def _line(self, row: Message) -> Text:
        at = words.date_time(row["wall_time"]) if row["wall_time"] is not None else _NO_TIME
        time_width = 8 if self._narrow else 19
        line = Text.assemble(
            (at[-time_width:].rjust(time_width), "bright_black"),
            "  ",
            (row["type"].ljust(_TYPE_WIDTH), STYLES.get(row["type"], "")),
            f"  #{row['attempt']}  ",
            (_step(row).rjust(self._step_width), "bold"),
        )
        parts = _parts(row)
        whole = line.cell_len + sum(2 + part.cell_len for part in parts)
        beside = line.cell_len + 2
        if whole > self._console.width < beside + _LEAST_ROOM:
            return line.append("\n").append_text(self._flowing(parts, _INDENT))
        return line.append("  ").append_text(self._flowing(parts, beside)[beside:])

    def _flowing(self, parts: Sequence[Text], indent: int) -> Text:
        """``parts`` on as many indented lines as it takes; one that is too long is wrapped."""
        room = max(self._console.width - indent, 10)
        wrapped = [line for part in parts for line in part.wrap(self._console, room)]
        return screen.flowing(wrapped, self._console.width, indent)


def _step(row: Message) -> str:
    return "" if row["step"] is None else words.count(row["step"])


def _parts(row: Message) -> list[Text]:
    metrics = [_metric(name, value) for name, value in row["metrics"].items()]
    if not row["message"] or _repeats_metrics(row):
        return metrics
    return [Text(plain(row["message"])), *metrics]


def _repeats_metrics(row: Message) -> bool:
    """Writers put the metrics into the message too, for those who read the table."""
    return any(row["message"].startswith(f"{name} ") for name in row["metrics"])


def _metric(name: str, value: float | str) -> Text:
    shown = words.value(value)
    style = "bold red" if shown in _NOT_FINITE else ""
    return Text.assemble((plain(name), "bright_black"), " ", (shown, style))
