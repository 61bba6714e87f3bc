"""The messages of docs/http_api.md as shapes, and a check that names where an answer departs.

A shape is a type, a tuple of types, a list with one shape (of every member), a dict of shapes by
key (exactly those keys; ``key?`` may be missing), or ``mapping(shape)`` for keys of any name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NUMBER = (int, float)
MAYBE_NUMBER = (int, float, type(None))
MAYBE_TEXT = (str, type(None))
MAYBE_INTEGER = (int, type(None))


@dataclass(frozen=True)
class mapping:  # noqa: N801  reads as a word among the shapes
    """Any keys; every value has this shape."""

    of: object


@dataclass(frozen=True)
class maybe:  # noqa: N801  reads as a word among the shapes
    """The shape, or null."""

    of: object


PROBLEM = {"code": str, "where": str, "message": str}
ATTEMPT = {
    "attempt": int,
    "kind": str,
    "because": str,
    "status": str,
    "start_step": int,
    "last_step": MAYBE_INTEGER,
    "x_start": int,
    "x_end": int,
    "started_at": MAYBE_NUMBER,
    "ended_at": MAYBE_NUMBER,
    "active_start_s": MAYBE_NUMBER,
    "first_at": MAYBE_NUMBER,
    "last_at": MAYBE_NUMBER,
    "config": maybe(mapping(object)),
    "changed": mapping([object]),
}
OUTLINE = {
    "id": str,
    "name": str,
    "status": str,
    "status_reason": str,
    "mode": str,
    "step": MAYBE_INTEGER,
    "total_steps": MAYBE_INTEGER,
    "progress": MAYBE_NUMBER,
    "eta": maybe({"low_s": float, "high_s": float, "finish_at": float}),
    "loss": (int, float, str, type(None)),
    "lead_metric": MAYBE_TEXT,
    "lead_label": MAYBE_TEXT,
    "lead_better": MAYBE_TEXT,
    "lead_value": (int, float, str, type(None)),
    "attempts": int,
    "last_event_at": MAYBE_NUMBER,
    "started_at": MAYBE_NUMBER,
    "usual_gap_s": MAYBE_NUMBER,
    "clock_off_s": NUMBER,
}
METRIC = {
    "metric": str,
    "label": str,
    "better": MAYBE_TEXT,
    "run": str,
    "tag": str,
    "role": str,
    "points": int,
    "last_value": MAYBE_NUMBER,
    "last_non_finite?": str,
    "last_step": MAYBE_INTEGER,
    "note": MAYBE_TEXT,
}
INSIGHT = {
    "id": str,
    "rule": str,
    "severity": str,
    "title": str,
    "evidence": str,
    "advice": str,
    "metric": MAYBE_TEXT,
    "attempt": int,
    "x_start": int,
    "x_end": int,
    "step_start": int,
    "step_end": int,
    "since": MAYBE_NUMBER,
    "open": bool,
    "facts": mapping((int, float, str)),
}
TIME = {
    "training_s": NUMBER,
    "evaluation_s": NUMBER,
    "checkpoint_s": NUMBER,
    "stalled_s": NUMBER,
    "repeated_s": NUMBER,
    "down_s": NUMBER,
    "start_s": NUMBER,
}
WHOLE = {
    **OUTLINE,
    "kind": str,
    "kind_reason": str,
    "lead": [str],
    "total_source": MAYBE_TEXT,
    "next_evaluation_at": MAYBE_NUMBER,
    "next_checkpoint_at": MAYBE_NUMBER,
    "at_risk_s": MAYBE_NUMBER,
    "time": maybe(TIME),
    "goodput": MAYBE_NUMBER,
    "time_of_attempts": [{"attempt": int, **TIME}],
    "logged_goodput": maybe({"tag": str, "goodput": float, "badput": mapping(float)}),
    "total_refuted": [{"steps": int, "source": str, "reason": str}],
    "metrics": [METRIC],
    "offered": [{"metric": str, "why": str}],
    "attempts": [ATTEMPT],
    "launches_without_scalars": int,
    "facts": mapping(object),
    "insights": [INSIGHT],
    "insights_looked": [{"rule": str, "looked": bool, "why": MAYBE_TEXT}],
    "problems": [PROBLEM],
}
COLUMNS = {
    "run": str,
    "tag": str,
    "total_points": int,
    "x": [int],
    "step": [int],
    "wall_time": [NUMBER],
    "value": [MAYBE_NUMBER],
    "smoothed": [MAYBE_NUMBER],
    "attempt": [int],
    "non_finite": [[(int, str)]],
}
ROW = {
    "id": str,
    "type": str,
    "attempt": int,
    "step": MAYBE_INTEGER,
    "wall_time": MAYBE_NUMBER,
    "message": str,
    "metrics": mapping((int, float, str)),
    "derived": bool,
    "x": MAYBE_INTEGER,
}
MAYBE_PROGRESS = maybe({"stage": str, "done": int, "total": MAYBE_INTEGER})
TASKS = {
    "tasks": [OUTLINE],
    "whole": bool,
    "revision": str,
    "problems": [PROBLEM],
    "progress": MAYBE_PROGRESS,
    "reader": str,
    "insights": mapping({"error": int, "warning": int, "info": int}),
}
EXPECTED = {
    "task": str,
    "revision": int,
    "expected": maybe(
        {
            "metric": str,
            "attempt": int,
            "x": [NUMBER],
            "step": [NUMBER],
            "value": [NUMBER],
            "low": [NUMBER],
            "high": [NUMBER],
            "schedule": str,
        }
    ),
    "why": MAYBE_TEXT,
}
SERIES = {
    "task": str,
    "revision": int,
    "cursor": str,
    "attempts": [ATTEMPT],
    "series": mapping({**COLUMNS, "cropped_points": int}),
}
LOGS = {
    "logs": [ROW],
    "first": int,
    "next": MAYBE_TEXT,
    "total": int,
    "counts": {"start": int, "step": int, "eval": int, "checkpoint": int, "end": int},
    "unsearched": int,
    "goes_on": bool,
    "source": str,
}
PLACE = {"x": int, "step": int, "attempt": int, "wall_time": MAYBE_NUMBER}
MARK = {"type": str, **PLACE, "text": str}
MARKS = {
    "task": str,
    "revision": int,
    "marks": [MARK],
    "omitted": int,
    "best": maybe({"metric": str, "value": NUMBER, **PLACE, "checkpoint": maybe(MARK)}),
}
GUIDE = {
    "guide": mapping({"meaning": str, "ideal": str, "abnormal": str, "tips": str, "absent": str}),
}
SPARKLINES = {
    "sparklines": mapping({"metric": str, "values": [MAYBE_NUMBER], "whole": bool}),
}
POINTS = {"task": str, "cursor": str, "messages": [object]}
MESSAGES: Mapping[str, Any] = {
    "task": {"type": str, "task": WHOLE},
    "points": {"type": str, "revision": int, "series": mapping(COLUMNS)},
    "logs": {"type": str, "logs": [ROW], "total": int},
    "reset": {"type": str, "reason": str},
}

#: By route, the shape of a good answer.
ROUTES: Mapping[str, Any] = {
    "tasks": TASKS,
    "task": WHOLE,
    "series": SERIES,
    "points": POINTS,
    "logs": LOGS,
    "marks": MARKS,
    "guide": GUIDE,
    "expected": EXPECTED,
    "sparklines": SPARKLINES,
}


def check(value: Any, shape: Any, place: str = "answer") -> None:
    """Fails with the place where ``value`` has another shape."""
    if isinstance(shape, maybe):
        if value is not None:
            check(value, shape.of, place)
    elif isinstance(shape, mapping):
        assert isinstance(value, dict), f"{place} is {value!r}"
        for key, member in value.items():
            check(member, shape.of, f"{place}.{key}")
    elif isinstance(shape, dict):
        _check_keys(value, shape, place)
    elif isinstance(shape, list):
        assert isinstance(value, list), f"{place} is {value!r}"
        for at, member in enumerate(value):
            check(member, shape[0], f"{place}[{at}]")
    else:
        allowed = isinstance(value, shape) and (
            not isinstance(value, bool) or shape in (bool, object)
        )
        assert allowed, f"{place} is {value!r}, which is no {shape}"


def _check_keys(value: Any, shape: dict[str, Any], place: str) -> None:
    assert isinstance(value, dict), f"{place} is {value!r}"
    required = {key for key in shape if not key.endswith("?")}
    known = {key.removesuffix("?"): of for key, of in shape.items()}
    assert required <= value.keys() <= known.keys(), f"{place} has {sorted(value)}"
    for key, member in value.items():
        check(member, known[key], f"{place}.{key}")


def check_columns(series: Any, place: str) -> None:
    """Columns of one length, ascending; null exactly where ``non_finite`` says why."""
    lengths = {
        len(series[name]) for name in ("x", "step", "wall_time", "value", "smoothed", "attempt")
    }
    assert len(lengths) == 1, place
    assert series["x"] == sorted(series["x"]), place
    assert series["attempt"] == sorted(series["attempt"]), place
    named = dict(series["non_finite"])
    assert set(named.values()) <= {"nan", "inf", "-inf"}, place
    for column in ("value", "smoothed"):
        assert [at for at, value in enumerate(series[column]) if value is None] == list(named), (
            place
        )
