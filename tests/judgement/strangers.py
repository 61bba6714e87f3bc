"""Logs of strangers: attempts, their kinds, steps and bases, totals, ends, and what leads.

A truth has: how many tasks trained, attempts as [first step, last step, kind], the total, whether
it ended, and the tag that belongs on the first chart (with others that are as good).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.judgement.asking import JUDGEMENT, Asked
from tests.judgement.score import Score

_FOLDER = JUDGEMENT / "strangers"
_LATER = 7200.0  # seconds: a fresh checkout's files have not just been written
# Steps between two logged points, at the most, by framework.
_INTERVALS = {"ml-agents": 50_000, "slim": 10, "tf1": 100}
_STARTS = {"first": "F", "restart": "R", "resume": "S"}
# What nobody can tell where a truth is unsure of something.
_UNSURE = {
    "attempts": ["attempts"],
    "steps": ["last", "base"],
    "total": ["total"],
    "ended": ["status"],
    "lead": ["lead"],
}

_Truth = Mapping[str, Any]
_Task = Mapping[str, Any]


def score() -> Score:
    """Of all folders."""
    found = Score()
    expected = json.loads((_FOLDER / "expected.json").read_text())
    for name, row in expected.items():
        truth = {"unsure": False, "framework": "", **row["truth"]}
        _grade(found, name, truth, Asked(_FOLDER / name, _LATER))
    return found


def _grade(score: Score, name: str, truth: _Truth, asked: Asked) -> None:
    listed = asked.listed()
    ids = [task["id"] for task in listed]
    main = truth.get("main")
    near = [
        i
        for i in ids
        if main and (i == main or main.startswith(f"{i}/") or i.startswith(f"{main}/"))
    ]
    opened = {i: asked.task(i) for i in (near or ids[:1])[:3]}
    task: _Task = opened.get(main) or next(iter(opened.values()), {})
    for field, is_right, said in _answers(truth, listed, opened, task):
        if is_right is not None:
            score.add(f"strangers {field}", is_right, f"{name}: {said}")


def _answers(
    truth: _Truth, listed: Sequence[_Task], opened: Mapping[str, _Task], task: _Task
) -> list[tuple[str, bool | None, object]]:
    unsure = {*truth.get("unsure_fields", ())}
    wanted, attempts = truth["attempts"], task.get("attempts", [])
    trained = sum(bool(each["attempts"]) for each in listed)
    same = len(attempts) == len(wanted)
    answers: list[tuple[str, bool | None, object]] = [
        ("tasks", None if truth["unsure"] else trained == truth["tasks"], trained),
        ("attempts", None if truth["unsure"] else same, len(attempts)),
    ]
    if not wanted:
        return answers
    if same:
        kinds = [attempt["kind"] for attempt in attempts]
        answers.append(("kinds", kinds == [each[2] for each in wanted], _shown(kinds)))
        answers.append(("last", _last_are_right(attempts, wanted), "another last step"))
        answers.append(("base", not (bad := _bad_bases(truth, attempts, wanted)), bad[:2]))
    elif not truth["unsure"]:
        answers += [(field, False, "count") for field in ("kinds", "last", "base")]
    status, total = task.get("status"), task.get("total_steps")
    ended = (status == "completed") == (truth["ended"] == "completed")
    answers.append(("total", total == truth["total"], total))
    answers.append(("status", ended and status in ("completed", "stopped"), status))
    leads = _leading_tags(opened)
    right = {truth["lead_metric"], *(truth.get("lead_alt") or ())}
    answers.append(("lead", bool(right & {*leads}), leads))
    silent = {field for name in unsure for field in _UNSURE.get(name, ())}
    return [(field, None if field in silent else ok, said) for field, ok, said in answers]


def _leading_tags(opened: Mapping[str, _Task]) -> list[str]:
    """Tags of the first two charts."""
    return [
        metric["tag"]
        for task in opened.values()
        for metric in task["metrics"]
        if metric["metric"] in [*task["lead"]][:2] and metric["points"]
    ]


def _shown(kinds: Sequence[str]) -> str:
    return " ".join(_STARTS[kind] for kind in kinds)


def _last_are_right(attempts: Sequence[_Task], wanted: Sequence[Any]) -> bool:
    pairs = zip(attempts, wanted, strict=True)
    return all(attempt["last_step"] in (last, last + 1) for attempt, (_, last, _) in pairs)


def _bad_bases(truth: _Truth, attempts: Sequence[_Task], wanted: Sequence[Any]) -> list[str]:
    found, drift_before = [], 0
    interval = next((n for name, n in _INTERVALS.items() if name in truth["framework"]), 1)
    for number, (attempt, (first, _, kind)) in enumerate(zip(attempts, wanted, strict=True), 1):
        base, drift = attempt["start_step"], attempt["x_end"] - attempt["last_step"]
        before = wanted[number - 2][1]
        if kind == "first":
            wrong = drift != 0 or base > first
        elif kind == "restart":
            wrong = base != 0
        elif first > before and first - before <= interval:  # a clean resume does not move the axis
            wrong = drift != drift_before
        else:
            wrong = not first - interval <= base <= first
        if wrong:
            found.append(f"{number}: base {base}, drift {drift}")
        drift_before = drift
    return found
