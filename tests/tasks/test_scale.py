"""Thousands of runs, files, attempts and tags cost what they are, not their square.

Where something is asked of all for each, these take from ten seconds to minutes. The bound is far
above what they take, so that a machine may do other things besides.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tb_trainmon.core.columns import Column, column
from tb_trainmon.event_files.names import EventFileName
from tb_trainmon.event_files.scan import Folder, FoundFile, LogdirScan
from tb_trainmon.insights.door import insights_of
from tb_trainmon.routes import messages
from tb_trainmon.tasks.found.configuration import Configuration, TaskRule
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.layouts import layouts_of
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import Root
from tb_trainmon.tasks.judged.metrics.left_out import left_out
from tb_trainmon.tasks.judged.metrics.sources import MOST_OTHERS
from tb_trainmon.tasks.judged.parts.cuts import parts_of
from tb_trainmon.tasks.judged.parts.part import FilePart, Source
from tb_trainmon.tasks.judged.parts.restarts import regressions
from tb_trainmon.tasks.opened.milestones import milestones_of
from tb_trainmon.tasks.opened.table.log import TableLog
from tb_trainmon.tasks.opened.task_points import TaskPoints
from tests.tasks.scenes import NOW, Stage, assess

BOUND = 3.0  # CPU seconds of this thread
RUNS = 10_000
_LAYOUT = Layout("run", "run", (), TaskRule())


@contextmanager
def soon() -> Iterator[None]:
    began = time.thread_time()
    yield
    assert time.thread_time() - began < BOUND


def found(run: str, number: int, pid: int | None) -> FoundFile:
    # One process counts its writers; each of many begins at 0.
    name = EventFileName(NOW + number, "node", pid, number if pid == 1 else 0, "")
    return FoundFile(f"/logs/{run}/{number}", name, 1, number, 100, NOW + number + 1)


def scan(runs: Iterable[str]) -> LogdirScan:
    folders = [
        Folder(run, (found(run, n, n),), frozenset({"hparams.yml"}), ())
        for n, run in enumerate(runs)
    ]
    return LogdirScan("/logs", tuple(sorted(folders, key=lambda folder: folder.path)), ())


@pytest.mark.parametrize(
    ("run", "outer"),
    [("run{}", []), ("run/part{}", ["run"]), ("part{}", [""]), ("a/b/c/d/e/run{}/f", [])],
)
def test_a_log_directory_of_ten_thousand_runs(run: str, outer: list[str]) -> None:
    everything = scan([*outer, *(run.format(n) for n in range(RUNS))])
    with soon():
        layouts = layouts_of(Root("/logs"), everything, Configuration(), [])
    assert sum(len(layout.runs) for layout in layouts) == RUNS + len(outer)


def part(
    number: int, pid: int | None, *, slot: str = "", tags: Iterable[str] = ("train/loss",),
    start: int = 0,
) -> FilePart:  # fmt: skip
    at = NOW + 100 * number
    scalars = {tag: column([start + 10, start + 20], [at + 1, at + 2], [1, 1]) for tag in tags}
    source = Source("run", slot, found("run", number, pid), {}, None, at, at)
    return parts_of(source, scalars)[0]


@pytest.mark.parametrize(
    ("make", "attempts"),
    [
        pytest.param(lambda n: part(n, n), 3000, id="restarts"),
        pytest.param(lambda n: part(n, None, start=20 * n), 1, id="one chain"),
        pytest.param(lambda n: part(n, n, tags=("train/loss",) if n % 2 else ()), 1500, id="lost"),
        pytest.param(
            lambda n: part(n, n, tags=("train/loss",) if n % 2 == 0 else ("eval/loss",)),
            1500,
            id="evaluations",
        ),
        pytest.param(lambda n: part(n, 1, slot=f"part{n}"), 1, id="runs in a run"),
    ],
)
def test_a_task_of_three_thousand_files(make: Callable[[int], FilePart], attempts: int) -> None:
    parts = [make(n) for n in range(3000)]
    with soon():
        task = assess(_LAYOUT, parts, SideFiles(), NOW + 1e6)
    assert len(task.attempts) == attempts


def one_point(_: FilePart, tag: str) -> Column:
    """Of a file of which every tag has one."""
    return column([1], [NOW], [len(tag)])


@pytest.mark.parametrize("steps", [5, 500])
def test_what_a_task_takes_is_counted_with_all_that_is_kept_of_it(
    tmp_path: Path, steps: int
) -> None:
    """Its judgement, what rules look at and its marks, which are most of a small task."""
    stage = Stage(tmp_path)
    tags = ("train/loss", "train/grad_norm", "train/learning_rate", "eval/loss", "val/acc", "x")
    for number in range(12):
        values = {tag: float(number) for tag in tags}
        file = stage.file(f"run{number}")
        for step in range(1, steps + 1):
            file.log(step, NOW + step, values)

    def look(number: int) -> int:
        opened = stage.opened(f"run{number}")
        messages.whole(opened, opened.assessment, insights_of(opened))
        opened.once(milestones_of)
        opened.measure()
        return opened.memory

    look(0)  # what is learnt once is not of a task
    tracemalloc.start()
    try:
        counted = sum(look(number) for number in range(1, 12))
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert 0.5 * taken < counted < 3 * taken


def test_a_task_of_twenty_thousand_tags() -> None:
    parts = [part(0, 1, tags=[f"layer/{n}" for n in range(20_000)])]
    with soon():
        task = assess(_LAYOUT, parts, SideFiles(), NOW + 1e6)
        points = TaskPoints(task, one_point, TableLog())
        counted = sum(len(points.pieces(metric)) for metric in task.metrics)
    assert counted == MOST_OTHERS
    assert [problem.code for problem in left_out(parts, task.metrics)] == ["scalars_left_out"]


def test_a_metric_in_each_of_three_thousand_runs() -> None:
    parts = [part(n, 1, slot=f"part{n}", tags=("custom",)) for n in range(3000)]
    with soon():
        task = assess(_LAYOUT, parts, SideFiles(), NOW + 1e6)
        points = TaskPoints(task, one_point, TableLog())
        counted = sum(len(points.pieces(metric)) for metric in task.metrics if not metric.derived)
    assert counted == 3000


def test_a_hundred_thousand_steps_that_go_back_every_twentieth_time() -> None:
    steps = np.arange(200_000, dtype=np.int64)
    steps[::20] = np.arange(10_000)
    with soon():
        assert regressions(column(steps, steps, steps)) == []
