"""A stage for scenes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores import memory_folder
from tests.tasks.scenes import Stage


@pytest.fixture
def place() -> str:
    """Where the log directory lies. A module whose scenes hold in a store too asks for both."""
    return "disk"


@pytest.fixture
def stage(place: str, tmp_path: Path) -> Iterator[Stage]:
    """An empty log directory; its writers end with the test."""
    logdir = tmp_path / "logs"
    logdir.mkdir()
    stage = Stage(logdir, store=memory_folder() if place == "store" else None)
    yield stage
    stage.close()
