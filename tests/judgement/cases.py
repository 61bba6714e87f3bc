"""Situations from public reports: each is made, looked at, and compared with what must be shown."""

from __future__ import annotations

import json
import runpy
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.judgement.asking import JUDGEMENT, Asked
from tests.judgement.score import Score

_FOLDER = JUDGEMENT / "cases"

_Task = Mapping[str, Any]
_Wanted = Mapping[str, Any]


def score() -> Score:
    """Of all cases: the whole of each, and each thing that is to be shown."""
    found = Score()
    expected = json.loads((_FOLDER / "expected.json").read_text())
    for case in sorted(path for path in _FOLDER.iterdir() if path.name[:2].isdigit()):
        with tempfile.TemporaryDirectory() as folder:
            made = _made(case, Path(folder))
            faults = [*_faults(expected[case.name[:2]], Asked(made))]
        found.add("cases", not faults, f"{case.name}: {'; '.join(faults[:3])}")
    return found


def _made(case: Path, folder: Path) -> Path:
    """The log directory of a case; its maker imports ``events`` from the folder above."""
    shutil.copy(_FOLDER / "events.py", folder)
    work = folder / case.name
    shutil.copytree(case, work)
    before = [*sys.path]
    sys.modules.pop("events", None)
    try:
        sys.path.insert(0, str(folder))
        runpy.run_path(str(work / "make.py"), run_name="__main__")
    finally:
        sys.path[:] = before
        sys.modules.pop("events", None)
    return work / "logs"


def _faults(wanted: _Wanted, asked: Asked) -> Iterator[str]:
    listed = {task["id"]: task for task in asked.listed()}
    tasks = [asked.task(task_id) for task_id in listed]
    if "tasks" in wanted and len(tasks) != wanted["tasks"]:
        yield f"{len(tasks)} tasks, not {wanted['tasks']}"
    if not tasks:
        yield "no task"
        return

    def of(task: _Task, what: _Wanted) -> list[str]:
        return [*_faults_of(task, what, listed[task["id"]], asked)]

    by_step = sorted(tasks, key=lambda task: task["step"] or 0)
    for what in wanted.get("each", {}).values():
        yield from of(tasks[0], what)
    if "all" in wanted:
        for task in tasks:
            yield from of(task, wanted["all"])
    if "training" in wanted:
        yield from of(by_step[-1], wanted["training"])
    one = wanted.get("or_one_task") and len(tasks) == 1 and tasks[0]["status"] == "running"
    if "each_by_step" in wanted and not one:
        for task, what in zip(by_step, wanted["each_by_step"], strict=False):
            yield from of(task, what)


def _faults_of(task: _Task, wanted: _Wanted, listed: _Task, asked: Asked) -> Iterator[str]:
    for key, want in wanted.items():
        said = _said(key, want, task, listed, asked)
        if said is not None:
            yield f"{task['name']}: {key} {said}, not {want}"


def _said(key: str, want: Any, task: _Task, listed: _Task, asked: Asked) -> object:
    """What is shown where that is wrong; None where it is right."""
    if key == "distinct_x":
        said: Any = {name: len({*asked.points(task["id"], name)}) for name in want}
        return _unless(said, said == want)
    if key == "list_status":
        return _unless(listed["status"], listed["status"] == want)
    said = _SHOWN[key](task, want)
    return _unless(said, _is_right(key, said, want))


def _metrics(task: _Task) -> dict[str, _Task]:
    return {metric["metric"]: metric for metric in task["metrics"]}


def _of_metrics(task: _Task, names: Iterable[str], show: Callable[[_Task], Any]) -> dict[str, Any]:
    known = _metrics(task)
    return {name: show(known[name]) for name in names if name in known}


def _has_a_word(task: _Task, _: object) -> bool:
    return bool(task["problems"] or _metrics(task).get("loss", {}).get("note"))


# By key of expected.json, what of a task it is about; the key's own value comes second.
_SHOWN: Mapping[str, Callable[[_Task, Any], Any]] = {
    "status": lambda task, _: task["status"],
    "total": lambda task, _: task["total_steps"],
    "step": lambda task, _: task["step"],
    "attempts": lambda task, _: len(task["attempts"]),
    "kinds": lambda task, _: [attempt["kind"] for attempt in task["attempts"]],
    "x_start": lambda task, _: task["attempts"][0]["x_start"],
    "x_end": lambda task, _: task["attempts"][-1]["x_end"],
    "attempt_start": lambda task, _: {str(a["attempt"]): a["start_step"] for a in task["attempts"]},
    "metrics": lambda task, want: _of_metrics(task, want, lambda m: [m["tag"], m["points"]]),
    "points": lambda task, want: _of_metrics(task, want, lambda m: m["points"]),
    "has": lambda task, want: [name for name in want if name in _metrics(task)],
    "has_not": lambda task, want: [name for name in want if name not in _metrics(task)],
    "says_something": _has_a_word,
}


def _is_right(key: str, said: Any, want: Any) -> bool:
    if key == "total":
        return said in want
    if key in ("step", "x_start", "x_end"):
        return _between(said, want)
    if key == "attempt_start":
        return all(_between(said.get(number), bounds) for number, bounds in want.items())
    if key == "points":
        return all(said.get(name) in allowed for name, allowed in want.items())
    return bool(said == want)


def _unless(said: object, is_right: bool) -> object:
    return None if is_right else said if said is not None else "none"


def _between(value: float | None, bounds: Sequence[float]) -> bool:
    return value is not None and bounds[0] <= value <= bounds[1]
