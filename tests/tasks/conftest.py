"""A stage for scenes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores import memory_folder
from tests.tasks.scenes import Stage
from tests.tasks.tables import Table


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play the scenes of a module that is marked ``wherever`` in both places."""
    marks = list(metafunc.definition.iter_markers())
    chosen = any(mark.name == "parametrize" and "place" in mark.args[:1] for mark in marks)
    if not chosen and "place" in metafunc.fixturenames and "wherever" in [m.name for m in marks]:
        metafunc.parametrize("place", ["disk", "store"])


@pytest.fixture
def place() -> str:
    """Where the log directory lies."""
    return "disk"


@pytest.fixture
def stage(place: str, tmp_path: Path) -> Iterator[Stage]:
    """An empty log directory; its writers end with the test."""
    logdir = tmp_path / "logs"
    logdir.mkdir()
    stage = Stage(logdir, store=memory_folder() if place == "store" else None)
    yield stage
    stage.close()


@pytest.fixture
def table(stage: Stage) -> Table:
    """A database at the top of the log directory."""
    return Table(stage.logdir)
