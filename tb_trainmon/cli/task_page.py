"""One task in detail: its status with the evidence for it, its numbers, its attempts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from tb_trainmon.cli import screen, task_words, words
from tb_trainmon.core.plain_text import plain
from tb_trainmon.routes.messages import Message
from tb_trainmon.tasks.judged.metrics.metric import HEADLINES

_WIDEST_BAR = 60
_COLUMNS = 100  # of the terminal, for a table of attempts
_QUIET = "bright_black"


def rendered(task: Message, console: Console, now: float) -> RenderableType:
    """An answer of the route ``task``."""
    return Group(
        Text(task_words.name(task), style="bold"),
        _status(task, console),
        *_progress(task, console, now),
        *_section("", [*_times(task, now), *_facts(task["facts"])]),
        *_section("Latest", _latest(task["metrics"], [*task["lead"], *HEADLINES])),
        *_section("Where the time went", _time(task["time"], task["goodput"])),
        *_section("Attempts", _attempts(task, now, console)),
        *_insights(task),
        *screen.problem_lines(task["problems"]),
    )


def _status(task: Message, console: Console) -> Text:
    reason = plain(task["status_reason"])
    return Text.assemble(screen.status_text(task["status"], console), "  ", reason)


def _progress(task: Message, console: Console, now: float) -> Iterable[RenderableType]:
    progress = task["progress"]
    if progress is not None:
        width = min(console.width - 7, _WIDEST_BAR)
        bar = screen.bar_text(progress, task["status"], width, console)
        yield bar.append(" " * bool(bar)).append(words.percent(progress))
    steps, source = task_words.steps(task), task["total_source"]
    if steps:
        yield Text(f"Step {steps}" + (f" (total: {plain(source)})" if source else ""))
    if task["eta"] is not None:
        yield Text(_finish(task["eta"], now))
    elif task["status"] == "running":
        yield Text(_why_no_eta(task), style=_QUIET)
    ahead = _ahead(task, now)
    if ahead:
        yield Text(ahead, style=_QUIET)


def _ahead(task: Message, now: float) -> str:
    """What comes next, and what a crash now would cost."""
    told = [
        f"Next {name} {_due(task[key], now)}."
        for name, key in (
            ("evaluation", "next_evaluation_at"),
            ("checkpoint", "next_checkpoint_at"),
        )
        if task[key] is not None
    ]
    if task["at_risk_s"] is not None:
        told.append(f"A crash now would cost {words.duration(task['at_risk_s'])}.")
    return " ".join(told)


def _due(at: float, now: float) -> str:
    return f"in {words.duration(at - now)}" if at - now >= 1.0 else "now"


def _finish(eta: Message, now: float) -> str:
    left = words.duration_range(eta["low_s"], eta["high_s"])
    return f"{left} left, done at about {words.moment(eta['finish_at'], now)}"


def _why_no_eta(task: Message) -> str:
    if task["total_steps"] is None:
        return "No finishing time while the total is unknown."
    return "No finishing time yet: it takes a few more logged steps."


_Row = Sequence[str | Text]


_TIME = {
    "training_s": "training",
    "evaluation_s": "evaluation",
    "checkpoint_s": "checkpoints",
    "start_s": "starting up",
    "repeated_s": "steps done twice",
    "stalled_s": "stalled",
    "down_s": "not running",
}


def _time(time: Message | None, goodput: float | None) -> Iterable[_Row]:
    """What took at least a second, with its share; then the share that made new steps."""
    whole = sum(time.values()) if time else 0.0
    if time is None or goodput is None or whole < 1.0:
        return
    for part, name in _TIME.items():
        if round(time[part]) >= 1:
            yield name, f"{words.duration(time[part])}  ({words.percent(time[part] / whole)})"
    yield "made new steps", words.percent(goodput)


def _section(title: str, rows: Iterable[_Row]) -> Iterable[RenderableType]:
    """Rows in columns, below a title, if there are any; the last column wraps."""
    known = list(rows)
    if not known:
        return
    yield Text(f"\n{title}" if title else "", style="bold")
    grid = Table.grid(padding=(0, 2, 0, 0))
    for index in range(max(map(len, known))):
        grid.add_column(style=_QUIET if index == 0 else "", overflow="fold")
    for row in known:
        grid.add_row(*row)
    yield grid


def _times(task: Message, now: float) -> Iterable[_Row]:
    for title, key in (("Started", "started_at"), ("Last event", "last_event_at")):
        if task[key] is not None:
            at = task_words.by_reader(task, task[key])
            yield title, f"{words.moment(at, now)} ({words.age(now - at)})"
    launches = task["launches_without_scalars"]
    if launches:
        noun = "launch" if launches == 1 else "launches"
        yield "Never started", f"{words.count(launches)} {noun} without a scalar"


def _facts(facts: Mapping[str, Any]) -> Iterable[_Row]:
    for name, fact in facts.items():
        title = plain(name.replace("_", " "))
        yield title[:1].upper() + title[1:], _said(fact)


def _said(fact: Any) -> str:
    if isinstance(fact, (int, float)) and not isinstance(fact, bool):
        return words.count(fact) if isinstance(fact, int) else words.value(fact)
    return plain(fact if isinstance(fact, str) else json.dumps(fact, ensure_ascii=False))


def _latest(metrics: Sequence[Message], shown_first: Sequence[str]) -> Iterable[_Row]:
    for metric in metrics:
        if metric["metric"] not in shown_first or not metric["points"]:
            continue
        shown = Text(words.value(metric["last_value"]))
        if metric["last_value"] is None:
            shown = Text(_NAMES[metric["last_non_finite"]], style="bold red")
        note = metric["note"]
        at = f"at step {words.count(metric['last_step'])}"
        yield metric["metric"], shown, at + (f"; {plain(note)}" if note else "")
    others = sum(metric["metric"] not in shown_first for metric in metrics)
    if others:
        yield f"and {words.plural(others, 'other scalar')}", "", ""


_NAMES = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def _attempts(task: Message, now: float, console: Console) -> Iterable[_Row]:
    """In columns, where there is room for them."""
    for number, *rest in _attempt_rows(task, now):
        yield (
            [number, *rest]
            if console.width >= _COLUMNS
            else [number, ", ".join(filter(None, rest))]
        )


def _attempt_rows(task: Message, now: float) -> Iterable[Sequence[str]]:
    for attempt in task["attempts"]:
        how = {"first": "began", "restart": "restarted", "resume": "resumed"}[attempt["kind"]]
        yield (
            str(attempt["attempt"]),
            attempt["status"],
            f"{how} at step {words.count(attempt['start_step'])}{_until(attempt)}",
            _span(task, attempt, now),
            ", ".join(_change(name, *both) for name, both in attempt["changed"].items()),
        )


def _until(attempt: Message) -> str:
    last = attempt["last_step"]
    return "" if last is None else f", up to {words.count(last)}"


def _span(task: Message, attempt: Message, now: float) -> str:
    began, ended = attempt["started_at"], attempt["ended_at"]
    if began is None:
        return ""
    began = task_words.by_reader(task, began)
    ended = now if ended is None else task_words.by_reader(task, ended)
    lasted = words.duration(ended - began)
    return f"{words.moment(began, now)}, {lasted}"


def _change(name: str, before: Any, after: Any) -> str:
    return f"{plain(name)} {_value(before)} -> {_value(after)}"


def _value(value: Any) -> str:
    return (
        "absent" if value is None else _said(value) if not isinstance(value, bool) else str(value)
    )


_MARKS = {"error": ("!", "bold red"), "warning": ("!", "yellow"), "info": ("*", "")}


def _insights(task: Message) -> Iterable[RenderableType]:
    """Each with its numbers and its advice; what is over in quiet. Without any, who looked."""
    looked = sum(look["looked"] for look in task["insights_looked"])
    if not task["insights"]:
        if looked:
            yield Text(f"\nNo insights: {words.plural(looked, 'rule')} looked.", style=_QUIET)
        return
    yield Text("\nInsights", style="bold")
    for insight in task["insights"]:
        mark, style = _MARKS[insight["severity"]]
        title = plain(insight["title"])
        if insight["open"]:
            yield Text.assemble((f"{mark} {insight['severity']}  ", style), title)
            yield Text(f"  {plain(insight['evidence'])}", style=_QUIET)
            yield Text(f"  {plain(insight['advice'])}", style=_QUIET)
        else:
            yield Text(f"  over     {title}", style=_QUIET)
