"""Asks all that can be asked about a log directory; an answer that is a failure of ours is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.routes.site import Site

#: Query parameters of each route, beside the task.
QUESTIONS: dict[str, list[dict[str, Any]]] = {
    "task": [{}, {"total_steps": 10**15}],
    "series": [
        {},
        {"ema": 0.9, "ma": 7},
        {"view": "all", "limit": 7, "axis": "step"},
        {"view": "all", "axis": "active", "x_min": -1e300, "x_max": 1e300},
        {"view": "all", "axis": "wall", "x_min": 0},
    ],
    "points": [{}, {"cursor": "CURSOR"}, {"cursor": "9" * 5000}, {"cursor": "CURSOR0" * 1000}],
    "logs": [
        {},
        {"limit": 1, "before": 2**53},
        {"first": 0, "type": "step"},
        {"search": "e #1", "limit": 1000},
    ],
    "marks": [{}],
    "sparklines": [{}],
    "export": [{}, {"of": "log"}],
}


def failures(site: Site) -> Iterator[str]:
    """What went wrong inside of us, of all routes about all tasks; nothing, if all is well."""
    since = site.get("tasks")["revision"]
    site.watcher._clock.advance(5.0)  # type: ignore[attr-defined]
    for parameters in ({}, {"since": since}, {"since": since + "0" * 5000}, {"since": "\ufffd:٣"}):
        answer = site.answer("tasks", **parameters)
        if answer.status_code != 200:
            yield f"tasks: {answer.status_code}"
    listing = site.get("tasks")
    yield from (f"{p['where']}: {p['message']}" for p in listing["problems"] if _is_ours(p))
    for task in [each["id"] for each in listing["tasks"]]:
        yield from _of_task(site, task)


def _of_task(site: Site, task: str) -> Iterator[str]:
    cursor = None
    for route, questions in QUESTIONS.items():
        for question in questions:
            asked = {k: v.replace("CURSOR", cursor or "") if k == "cursor" else v
                     for k, v in question.items()}  # fmt: skip
            answer = site.answer(route, task=task, **asked)
            body = answer.get_data()  # read whole: an export goes wrong while it is sent
            if answer.status_code != 200:
                yield f"{route} of {task!r} {question}: {answer.status_code} {body[:300]!r}"
            elif route == "series":
                cursor = answer.json["cursor"] if answer.json else None


def _is_ours(problem: dict[str, str]) -> bool:
    return problem["code"] == "internal"
