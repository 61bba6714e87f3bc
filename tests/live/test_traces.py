"""What writing leaves behind is noticed, whatever way it was written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tb_trainmon.live.traces import Traces
from tests.live.conftest import Scene
from tests.routes.site import Clock
from tests.routes.trainer import Trainer, train
from tests.tasks.tables import Table


@pytest.fixture
def traces(scene: Scene) -> Traces:
    """Of the task ``run``, looked at once."""
    return looked_at(scene)


def looked_at(scene: Scene) -> Traces:
    traces = Traces()
    with scene.tasks.opened("run") as opened:
        traces.follow(opened.assessment.layout)
    assert traces.changed()
    assert not traces.changed()
    return traces


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\0")


def truncate(path: Path) -> None:
    os.truncate(path, 10)


def replace(path: Path) -> None:
    """By a file of the same size and time."""
    before = path.stat()
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


def overwrite(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content)
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))


@pytest.mark.parametrize("write", [append, truncate, replace, overwrite, Path.unlink])
def test_a_file_that_was_written_to_is_noticed_once(
    traces: Traces, trainer: Trainer, write: Callable[[Path], None]
) -> None:
    write(trainer.path)
    assert traces.changed()
    assert not traces.changed()


def test_a_file_that_came_is_noticed(
    scene: Scene, traces: Traces, trainer: Trainer, clock: Clock
) -> None:
    train(trainer.path.parent, clock, range(4, 6))
    clock.advance(60.0)
    with scene.tasks.opened("run") as opened:
        traces.follow(opened.assessment.layout)
    assert traces.changed()


def test_a_row_of_the_table_is_noticed(tmp_path: Path, clock: Clock) -> None:
    table = Table(tmp_path).task("run", runs=[]).attempt().log(step=1, metrics={"loss": 1.0})
    # A file written this very moment could be written again under the same time: it counts as new.
    os.utime(table.path, (clock() - 60, clock() - 60))
    traces = looked_at(Scene(tmp_path, clock))
    table.log(step=2, metrics={"loss": 0.5})
    assert traces.changed()
