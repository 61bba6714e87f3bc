"""Each browser once, each test in all of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.every_browser.browsers import BROWSERS, SIZE, NoBrowser
from tests.every_browser.tab import Tab
from tests.tensorboard_process import TensorBoard, running_tensorboard

DEMO_LOGS = Path(__file__).resolve().parents[2] / "demo_logs"


@pytest.fixture(scope="session", params=list(BROWSERS))
def tab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """One that is not here fails where CI is set, and else is skipped with a sentence."""
    name: str = request.param
    folder = tmp_path_factory.mktemp(name)
    try:
        with BROWSERS[name](folder) as session:
            session.command("SetWindowRect", width=SIZE[0], height=SIZE[1])
            yield Tab(name, session, folder / "saved")
    except NoBrowser as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoard]:
    """A TensorBoard on the demo's logs, below a path, as behind a proxy."""
    logs = tmp_path_factory.mktemp("demo") / "logs"
    shutil.copytree(DEMO_LOGS, logs)
    with running_tensorboard("--logdir", str(logs), "--path_prefix", "/behind/a/proxy") as running:
        yield running
