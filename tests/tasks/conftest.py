"""A stage for scenes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tasks.scenes import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """An empty log directory; its writers end with the test."""
    logdir = tmp_path / "logs"
    logdir.mkdir()
    stage = Stage(logdir)
    yield stage
    stage.close()
