"""The terminal: what it can show, and how a status looks in it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, RenderableType
from rich.progress_bar import ProgressBar
from rich.text import Text

from tb_trainmon.core.plain_text import plain

_UNBOUNDED = 100_000  # columns: a line of a file is never cut or wrapped


@dataclass(frozen=True, slots=True)
class Look:
    """Symbol and colour of a status; the word always stands beside them."""

    symbol: str
    ascii: str
    style: str


LOOKS = {
    "pending": Look("○", "o", "yellow"),
    "running": Look("▶", ">", "green"),
    "completed": Look("✓", "+", "blue"),
    "failed": Look("✗", "x", "bold red"),
    "stopped": Look("■", "#", "bright_black"),
}
STATUS_WIDTH = max(map(len, LOOKS)) + 2


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to ``main``: rich would end the process with a code of its own."""
        raise BrokenPipeError


def console() -> Console:
    """Where answers go. Not a terminal: plain lines of any length, without colours."""
    columns = os.environ.get("COLUMNS", "")
    width = None if sys.stdout.isatty() or columns.isdecimal() else _UNBOUNDED
    return _Console(width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def show(console: Console, *shown: RenderableType) -> None:
    """Print; the blanks that fill up a line are for terminals."""
    if console.is_terminal:
        console.print(*shown, sep="\n")
        return
    with console.capture() as captured:
        console.print(*shown, sep="\n")
    for line in captured.get().splitlines():
        console.file.write(line.rstrip() + "\n")


def complaints() -> Console:
    """Where errors and the progress of long work go."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def complain(sentence: str) -> None:
    """Say what is wrong; only its own line breaks break it."""
    for line in sentence.split("\n"):
        sys.stderr.write(plain(line) + "\n")


def status_text(status: str, screen: Console) -> Text:
    """The status as a symbol and a word, "▶ running"."""
    look = LOOKS.get(status, Look("?", "?", ""))
    symbol = look.ascii if screen.options.ascii_only else look.symbol
    return Text(f"{symbol} {status}", style=look.style, no_wrap=True)


def bar_text(progress: float, status: str, width: int, console: Console) -> Text:
    """A progress bar in the colour of the status; nothing where answers go into a file."""
    drawn = Text()
    if not console.is_terminal:
        return drawn
    style = LOOKS[status].style if status in LOOKS else ""
    bar = ProgressBar(
        total=1.0, completed=progress, width=width, complete_style=style, finished_style=style
    )
    for segment in console.render(bar, console.options.update_width(width)):
        drawn.append(segment.text.rstrip("\n"), segment.style)
    # Without colours the rest of a bar is not drawn.
    drawn.pad_right(width - drawn.cell_len)
    return drawn


def flowing(parts: Sequence[Text], width: int, indent: int = 2) -> Text:
    """``parts`` beside each other, two blanks apart, on as many indented lines as it takes."""
    lines: list[Text] = []
    for part in parts:
        if lines and lines[-1].cell_len + 2 + part.cell_len <= width:
            lines[-1].append("  ").append_text(part)
        else:
            lines.append(Text(" " * indent).append_text(part))
    return Text("\n").join(lines)


def problem_lines(problems: Sequence[dict[str, str]]) -> list[RenderableType]:
    """What could not be read, a sentence each."""
    return [
        Text.assemble(
            ("! ", "yellow"),
            plain(f"{p['where']}: {p['message']}" if p["where"] else p["message"]),
        )
        for p in problems
    ]
