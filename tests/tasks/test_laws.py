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
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, column
from tb_trainmon.event_files.names import EventFileName
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.found.configuration import TaskRule
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.parts.cuts import parts_of
from tb_trainmon.tasks.judged.parts.part import Source
from tb_trainmon.tasks.judged.progress.siblings import UsualEnd
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
    """A training that logs every ``every`` steps, and what is to be concluded of it.

    ``counts_from``: 1, or 0 where the first of 10 steps is step 0, as Lightning counts.
    """

    every: int
    counts_from: int
    launches: Sequence[Launch]
    attempts: Sequence[tuple[str, int, int]]  # kind, steps that were done before, last step

    @property
    def points(self) -> list[tuple[int, float]]:
        """Those of all launches."""
        return [point for launch in self.launches for point in launch.points]


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
    """Launches one after another, each of which may load for as long as training takes.

    Some trainers log whichever step comes first, and some start from between two logged steps.
    """
    every = draw(st.sampled_from([1, 10, 25, 100]))
    counts_from = draw(st.sampled_from([0, 1])) if every > 1 else 1
    logs_first = draw(st.booleans())
    pace = draw(st.floats(2.0, 60.0)) / every  # seconds a step
    at, reached = NOW, 0
    launches: list[Launch] = []
    attempts: list[tuple[str, int, int]] = []
    for number in range(draw(st.integers(1, 4))):
        loading = draw(st.floats(0.5, 60.0)) * pace * every
        count = draw(st.integers(10, 40))
        kind = draw(st.sampled_from(kinds)) if number else "first"
        done = draw(_checkpoints(every, reached, kinds)) if kind == "resume" else 0
        after = [done - done % every + every * (n + 1) for n in range(count)]
        after = [done + 1, *after] if logs_first and after[0] > done + 1 else after
        steps = [step - 1 + counts_from for step in after]
        times = [at + loading + (step - done) * pace for step in after]
        launch = Launch(at, list(zip(steps, times, strict=True)))
        launches.append(launch)
        attempts.append((kind, done, steps[-1]))
        at, reached = launch.end + draw(st.floats(900.0, 90_000.0)), after[-1]
    return History(every, counts_from, launches, attempts)


def _checkpoints(every: int, last: int, kinds: Sequence[str]) -> st.SearchStrategy[int]:
    """Numbers of steps to resume from: of all, or of some behind the first few."""
    if kinds == ("resume",):
        return st.just(last)
    on_the_grid = st.integers(2, last // every).map(lambda n: n * every)
    return on_the_grid | st.integers(2 * every, last)


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


@pytest.mark.parametrize("pid", [None, 100])
@few
@given(histories())
def test_attempts_are_those_that_there_were(pid: int | None, history: History) -> None:
    """One that starts from between two logged steps starts from there within an interval.

    Where no name tells the process, launches as long as one another may be rounds of one.
    """
    counts = [len(launch.points) for launch in history.launches]
    assume(pid is not None or len({*counts}) == len(counts))
    found = judged(history, Names(pid=pid)).attempts
    assert [(a.kind, a.last_step) for a in found] == [(k, last) for k, _, last in history.attempts]
    for attempt, (_, done, _) in zip(found, history.attempts, strict=True):
        assert abs(attempt.start_step - done) <= (history.every if done % history.every else 1)


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
    points = history.points
    until = data.draw(st.integers(1, len(points)))
    end = UsualEnd(usual, 5, 6, float(history.every))
    for count in {until, min(until + 1, len(points))}:
        task = judged(history, until=count, now=points[count - 1][1] + 1.0, total=total)
        assert task.beside(end).verdict.status == "running"


@few
@given(histories(), st.integers(1, 5_000), st.floats(1.0, 20_000.0), st.data())
def test_points_more_never_turn_running_into_completed_and_back(
    history: History, total: int, wait: float, data: st.DataObject
) -> None:
    """Looked at at one time, with ever more of the points that had been written by then."""
    most = len(history.points)
    counts = sorted(data.draw(st.lists(st.integers(1, most), min_size=3, max_size=6, unique=True)))
    now = history.points[counts[-1] - 1][1] + wait
    said = [judged(history, until=n, now=now, total=total).verdict.status for n in counts]
    once = said[said.index("running") :] if "running" in said else []
    assert "completed" not in once or "running" not in once[once.index("completed") :]


@few
@given(histories(), st.integers(1, 5_000), st.lists(st.floats(0.0, 1e6), min_size=2, max_size=3))
def test_without_a_point_more_a_verdict_stands(
    history: History, total: int, waits: list[float]
) -> None:
    last = history.points[-1][1]
    said = [judged(history, now=last + wait, total=total).verdict.status for wait in sorted(waits)]
    ended = said[said.count("running") :]
    assert "running" not in ended
    assert len({*ended}) <= 1


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
