"""What is concluded of a training does not depend on how its log lies on disk.

A few histories in every run of the suite; thousands with ``--hypothesis-profile=many``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, column
from tb_trainmon.event_files.names import EventFileName
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.found.configuration import TaskRule
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.cuts import parts_of
from tb_trainmon.tasks.judged.parts import Source
from tb_trainmon.tasks.judged.siblings import UsualEnd
from tests.tasks.scenes import HOURS, NOW, assess

few = settings(max_examples=max(settings().max_examples // 4, 1))


@dataclass(frozen=True)
class Launch:
    """A process that was launched at ``at``, and what it logged: step and time of each point."""

    at: float
    points: Sequence[tuple[int, float]]

    @property
    def end(self) -> float:
        return self.points[-1][1]


@dataclass(frozen=True)
class History:
    """A training that logs every ``every`` steps, and what is to be concluded of it."""

    every: int
    launches: Sequence[Launch]
    attempts: Sequence[tuple[str, int, int]]  # kind, base, last step


@dataclass(frozen=True)
class Names:
    """What it is called, and who wrote it. ``cuts``: shares of a launch at which files change."""

    run: str = "run"
    host: str = "node"
    pid: int | None = 100
    tags: Sequence[str] = ("train/loss", "learning_rate", "grad_norm", "eval/loss")
    cuts: Sequence[float] = field(default=())


@st.composite
def histories(draw: st.DrawFn, *, kinds: Sequence[str] = ("restart", "resume")) -> History:
    """Launches one after another, each of which may load for as long as training takes."""
    every = draw(st.sampled_from([1, 10, 25, 100]))
    pace = draw(st.floats(2.0, 60.0)) / every  # seconds a step
    at = NOW
    launches: list[Launch] = []
    attempts: list[tuple[str, int, int]] = []
    for number in range(draw(st.integers(1, 4))):
        loading = draw(st.floats(0.5, 60.0)) * pace * every
        count = draw(st.integers(10, 40))
        kind = draw(st.sampled_from(kinds)) if number else "first"
        base = draw(_checkpoints(every, attempts[-1][2], kinds)) if kind == "resume" else 0
        steps = [base + every * (n + 1) for n in range(count)]
        launch = Launch(at, [(step, at + loading + (step - base) * pace) for step in steps])
        launches.append(launch)
        attempts.append((kind, base, steps[-1]))
        at = launch.end + draw(st.floats(900.0, 90_000.0))
    return History(every, launches, attempts)


def _checkpoints(every: int, last: int, kinds: Sequence[str]) -> st.SearchStrategy[int]:
    """Steps to resume from: the last one, or one behind the first few."""
    if kinds == ("resume",):
        return st.just(last)
    return st.integers(2, last // every).map(lambda n: n * every)


def judged(
    history: History,
    names: Names = Names(),
    *,
    until: int | None = None,
    now: float | None = None,
    total: int | None = None,
) -> Assessment:
    """What is said of it; ``until`` so many of all its points, ``now`` long after the last one."""
    parts = []
    left = sum(len(launch.points) for launch in history.launches) if until is None else until
    for number, launch in enumerate(history.launches):
        points, left = launch.points[:left], max(left - len(launch.points), 0)
        edges = [0, *sorted({int(cut * len(points)) for cut in names.cuts} - {0}), len(points)]
        for uid, (begin, end) in enumerate(pairwise(edges)):
            if begin < end:
                opened = launch.at if not uid else points[begin][1] - 0.5
                pid = None if names.pid is None else names.pid + number
                made = EventFileName(opened, names.host, pid, uid, "")
                file = FoundFile(
                    f"/logs/{number}/{uid}", made, 1, 10 * number + uid, 100, points[end - 1][1]
                )
                texts = {"config": json.dumps({"max_steps": total})} if total else {}
                source = Source(names.run, "", file, texts, None, opened, points[end - 1][1])
                parts += parts_of(source, _scalars(points[begin:end], history.every, names.tags))
    last = max(part.last_wall_time for part in parts)
    layout = Layout(names.run, names.run, (), TaskRule())
    return assess(layout, parts, SideFiles(), last + 48 * HOURS if now is None else now)


def _scalars(
    points: Sequence[tuple[int, float]], every: int, tags: Sequence[str]
) -> Mapping[str, Column]:
    found = {}
    for tag in tags:
        some = [p for p in points if p[0] // every % 5 == 0] if tag.startswith("eval") else points
        if some:
            steps, times = zip(*some, strict=True)
            found[tag] = column(steps, times, 4.0 / (1.0 + np.array(steps)))
    return found


def told(task: Assessment) -> object:
    """All that is concluded, but not in which words."""
    return (
        [(a.kind, a.start_step, a.last_step, a.shift, a.x_end) for a in task.attempts],
        (task.verdict.status, task.step, task.total.steps if task.total else None),
        task.leading.tag,
        sorted((metric.name, metric.tag, metric.role) for metric in task.metrics),
        task.kind.name,
    )


@few
@given(histories())
def test_attempts_are_those_that_there_were(history: History) -> None:
    task = judged(history)
    found = [(a.kind, a.start_step, a.last_step) for a in task.attempts]
    assert found == [*history.attempts]


@few
@given(histories(), st.lists(st.floats(0.05, 0.95), max_size=8))
def test_a_log_that_is_cut_into_any_number_of_files_says_the_same(
    history: History, cuts: list[float]
) -> None:
    assert told(judged(history, Names(cuts=cuts))) == told(judged(history))


@few
@given(
    histories(),
    st.sampled_from(["exp", "a/b/c", "2023-11-14", "resnet50", "实验", "x=0.1,y=2"]),
    st.sampled_from(["gpu1", "pod-7f9c", "LAPTOP.local"]),
    st.sampled_from([1, 4_000, 99_999]),
    st.permutations(Names().tags),
)
def test_other_folders_hosts_processes_and_orders_of_tags_say_the_same(
    history: History, run: str, host: str, pid: int, tags: list[str]
) -> None:
    assert told(judged(history, Names(run, host, pid, tags))) == told(judged(history))


@few
@given(histories(), st.integers(1, 5_000), st.integers(1, 5_000), st.data())
def test_a_point_more_takes_no_verdict_back(
    history: History, total: int, usual: int, data: st.DataObject
) -> None:
    """While points arrive it is running, whatever it has reached: none takes a "completed" back."""
    points = [point for launch in history.launches for point in launch.points]
    until = data.draw(st.integers(1, len(points)))
    end = UsualEnd(usual, 5, 6, float(history.every))
    for count in {until, min(until + 1, len(points))}:
        task = judged(history, until=count, now=points[count - 1][1] + 1.0, total=total)
        assert task.beside(end).verdict.status == "running"


@few
@given(histories(kinds=("resume",)))
def test_clean_resumes_move_the_axis_by_no_step(history: History) -> None:
    task = judged(history)
    assert [attempt.shift for attempt in task.attempts] == [0] * len(history.launches)
    assert task.attempts[-1].x_end == task.step == history.attempts[-1][2]


@pytest.mark.parametrize("pid", [None, 1])
@few
@given(histories(kinds=("resume",)), st.lists(st.floats(0.05, 0.95), max_size=5))
def test_they_do_not_either_where_files_change(
    pid: int | None, history: History, cuts: list[float]
) -> None:
    task = judged(history, Names(pid=pid, cuts=cuts))
    assert {attempt.shift for attempt in task.attempts} == {0}
    assert task.attempts[-1].x_end == history.attempts[-1][2]
