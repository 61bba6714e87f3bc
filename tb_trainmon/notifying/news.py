"""What is news of a task: pure, from what was known of it and what the list says now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from tb_trainmon.core.plain_text import plain

Kind = Literal["completed", "failed", "stopped", "revived", "nan", "insight", "total", "slipped"]
KINDS: tuple[Kind, ...] = (
    "completed",
    "failed",
    "stopped",
    "revived",
    "nan",
    "insight",
    "total",
    "slipped",
)
SETTLED = 5.0  # seconds that an end has to be seen for: a file that is being written is no end

_ENDS = ("completed", "failed", "stopped")
_NOT_FINITE = ("NaN", "Infinity", "-Infinity")
_LEAST_SLIP = 600.0  # seconds; nobody is told of less
_ALARMING = ("error", "warning")

Task = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class News:
    """Something that somebody may want to be told of a task, with its evidence in a sentence."""

    task: str
    kind: Kind
    says: str
    at: float
    step: int | None = None
    total: int | None = None
    reading: str = ""
    of: str = ""  # the metric that it is about, as people call it


@dataclass(frozen=True, slots=True)
class Promise:
    """When a task was said to be done: seconds since the epoch, and how wide the range was."""

    finish_at: float
    width: float


@dataclass(frozen=True, slots=True)
class Known:
    """What was told, or needed no telling, of a task.

    ``changing`` is a status that was seen at ``changing_since`` and has to last before it is told.
    ``nan_of`` and ``total_of`` are the attempts of which a NaN and a reached total were told,
    ``insights`` those that were told; None where nobody has asked for them yet.
    """

    status: str
    nan_of: int | None = None
    total_of: int | None = None
    insights: tuple[str, ...] | None = None
    promise: Promise | None = None
    changing: str | None = None
    changing_since: float = 0.0


def first_sight(task: Task) -> Known:
    """What is known of a task that was there before anybody asked to be told: nothing is news."""
    known = Known(str(task["status"]), insights=_ids(task))
    attempt = task["attempts"]
    if _without_number(task) is not None:
        known = replace(known, nan_of=attempt)
    if _has_reached(task):
        known = replace(known, total_of=attempt)
    return replace(known, promise=_promise(task))


def appeared(task: Task) -> Known:
    """What is known of a task that came meanwhile: that it lives, whatever has become of it."""
    return Known("pending" if task["status"] == "pending" else "running", insights=())


def news_of(known: Known, task: Task, now: float) -> tuple[list[News], Known]:
    """What is to be told of ``task`` (a TASK of docs/http_api.md), and what is known after that."""
    found: list[News] = []
    known = _of_status(known, task, now, found)
    if known.changing is None:
        known = _of_values(known, task, now, found)
    return found, known


def is_changing(known: Known) -> bool:
    """Whether an end was seen that has not lasted long enough yet to be told."""
    return known.changing is not None


def _of_status(known: Known, task: Task, now: float, found: list[News]) -> Known:
    status = str(task["status"])
    if status == known.status:
        return replace(known, changing=None)
    if status not in _ENDS:
        if known.status in _ENDS:
            found.append(_news(task, "revived", now, "It goes on again. " + task["status_reason"]))
        return replace(known, status=status, changing=None, promise=None)
    if known.changing != status:
        return replace(known, changing=status, changing_since=now)
    if now - known.changing_since < SETTLED:
        return known
    found.append(_news(task, _end(status), now, task["status_reason"]))
    return replace(known, status=status, changing=None, promise=None)


def _end(status: str) -> Kind:
    return "completed" if status == "completed" else "failed" if status == "failed" else "stopped"


def _of_values(known: Known, task: Task, now: float, found: list[News]) -> Known:
    attempt = task["attempts"]
    broken = _without_number(task)
    if broken is not None and known.nan_of != attempt:
        label, value = broken
        found.append(_news(task, "nan", now, f"Its {label} is {value}.", label))
        known = replace(known, nan_of=attempt)
    if task["status"] == "running" and _has_reached(task) and known.total_of != attempt:
        says = f"It has reached its total of {task['total_steps']:,} steps, and still runs."
        found.append(_news(task, "total", now, says))
        known = replace(known, total_of=attempt)
    known = _of_insights(known, task, now, found)
    return _of_promise(known, task, now, found)


def _without_number(task: Task) -> tuple[str, str] | None:
    """What leads, or the loss, where it is not finite: how it is called, and what it is."""
    for label, value in ((task["lead_label"], task["lead_value"]), ("loss", task["loss"])):
        if value in _NOT_FINITE:
            return str(label), str(value)
    return None


def _of_promise(known: Known, task: Task, now: float, found: list[News]) -> Known:
    promise = _promise(task)
    before = known.promise
    if promise is None or before is None:
        return replace(known, promise=promise or before)
    slip = promise.finish_at - before.finish_at
    if slip <= max(before.width, _LEAST_SLIP):
        return known
    says = f"It will be done {_hours(slip)} later than it was expected to be."
    found.append(_news(task, "slipped", now, says))
    return replace(known, promise=promise)


def _promise(task: Task) -> Promise | None:
    eta = task["eta"]
    if eta is None:
        return None
    return Promise(float(eta["finish_at"]), float(eta["high_s"]) - float(eta["low_s"]))


def _has_reached(task: Task) -> bool:
    step, total = task["step"], task["total_steps"]
    return step is not None and total is not None and step >= total


def _of_insights(known: Known, task: Task, now: float, found: list[News]) -> Known:
    ids = _ids(task)
    if ids is None:
        return known
    if known.insights is not None:
        for insight in _alarming(task):
            if str(insight["id"]) not in known.insights:
                says = f"{insight['title'].rstrip('.')}: {insight['evidence']}"
                found.append(_news(task, "insight", now, says))
    # Those that have closed may open again, and are told again then.
    return replace(known, insights=ids)


def _ids(task: Task) -> tuple[str, ...] | None:
    """Of the open warnings and errors; None where they were not asked for."""
    if not isinstance(task.get("insights"), list):
        return None
    return tuple(str(insight["id"]) for insight in _alarming(task))


def _alarming(task: Task) -> Iterator[Mapping[str, Any]]:
    for insight in task["insights"]:
        if insight["open"] and insight["severity"] in _ALARMING:
            yield insight


def _news(task: Task, kind: Kind, now: float, says: str, of: str = "") -> News:
    return News(
        task=str(task["id"]),
        kind=kind,
        says=says,
        at=now,
        step=task["step"],
        total=task["total_steps"],
        reading=_reading(task),
        of=of,
    )


def _reading(task: Task) -> str:
    """The latest value of what leads, as the list has it."""
    if task["lead_value"] is None:
        return ""
    return f"{plain(str(task['lead_label']))} {_value(task['lead_value'])}"


def _value(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


def _hours(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
