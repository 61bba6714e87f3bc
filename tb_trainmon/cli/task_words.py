"""What is said of one task, taken from the routes' messages."""

from __future__ import annotations

from rich.text import Text

from tb_trainmon.cli import words
from tb_trainmon.core.plain_text import plain
from tb_trainmon.routes.messages import Message

_LONGEST_LABEL = 24  # characters of a metric's name beside its value
_NOT_FINITE = ("NaN", "Infinity", "-Infinity")


def name(task: Message) -> str:
    """Its name, and its id where that is another: the id is what --task takes."""
    shown, task_id = plain(task["name"]), plain(task["id"])
    return shown if shown == task_id else f"{shown} ({task_id})"


def steps(task: Message) -> str:
    """How far it is: "1,200 of 2,000"."""
    if task["step"] is None:
        return ""
    step = words.count(task["step"])
    total = task["total_steps"]
    return step if total is None else f"{step} of {words.count(total)}"


def remaining(task: Message, now: float) -> str:
    """How long yet: "8 to 11 min, until 14:32"."""
    eta = task["eta"]
    if eta is None:
        return ""
    left = words.duration_range(eta["low_s"], eta["high_s"])
    return f"{left}, until {words.moment(eta['finish_at'], now)}"


def lead(task: Message, *, named: bool = True) -> Text:
    """The latest value of the metric that leads: "reward 214"; one that is no number stands out."""
    shown = words.value(task["lead_value"])
    value = Text(shown, style="bold red" if shown in _NOT_FINITE else "")
    if not named or task["lead_label"] is None or task["lead_value"] is None:
        return value
    return Text(f"{_label(plain(task['lead_label']))} ").append_text(value)


def _label(text: str) -> str:
    """Its end, where it is long: a tag says what it is in its last words."""
    return text if len(text) <= _LONGEST_LABEL else f"...{text[3 - _LONGEST_LABEL :]}"


_COLOURS = {"error": "bold red", "warning": "yellow", "info": ""}


def insights(counts: Message | None) -> Text:
    """How many insights are open, the worst first: "1 error, 2 warnings"; information aside."""
    told = [
        Text(words.plural(counts[severity], severity), style=_COLOURS[severity])
        for severity in ("error", "warning")
        if counts is not None and counts[severity]
    ]
    return Text(", ").join(told)


def last_event(task: Message, now: float) -> str:
    """How long ago its last event was."""
    last = task["last_event_at"]
    return "" if last is None else words.short_age(now - by_reader(task, last))


def by_reader(task: Message, at: float) -> float:
    """A wall time by this machine's clock, where the writer's is known to be wrong."""
    return at - float(task["clock_off_s"])
