"""What tests of every room can ask for."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.forked_tensorboard import forked_tensorboard
from tests.postgresql_server import NoPostgreSQL, Server, may_be_skipped
from tests.stores import S3, Folder, memory_folder, running_s3
from tests.tensorboard_process import TensorBoard, heed_ctrl_c

StartTensorBoard = Callable[..., TensorBoard]

# A busy machine makes no law false. The environment of the frameworks' tests has no hypothesis.
with contextlib.suppress(ImportError):
    from hypothesis import settings

    settings.register_profile("no deadline", deadline=None)
    settings.register_profile("many", deadline=None, max_examples=10_000)
    settings.load_profile("no deadline")

# Small matrices are multiplied no faster by several threads, which wait for each other by counting.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Also for what the tests start: commands that are ended by Ctrl-C.
heed_ctrl_c()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who waits begins first, so that nobody waits for it in the end."""
    items.sort(key=lambda item: item.get_closest_marker("waits") is None)


def pytest_collection_finish() -> None:
    """What was collected stays to the end: whoever looks for garbage need not look at it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def real_logs() -> Path:
    """Event files that real trainers wrote: see their README.md. Copy what a test changes."""
    return Path(__file__).parent / "fixtures" / "logs"


@pytest.fixture
def start_tensorboard() -> Iterator[StartTensorBoard]:
    """Starts TensorBoards, with TrainMon as it is installed and a bare page; all end with the test.

    ``start_tensorboard("--logdir", str(folder))`` returns once it answers.
    """
    with contextlib.ExitStack() as started:

        def start(*arguments: str) -> TensorBoard:
            return started.enter_context(forked_tensorboard(*arguments))

        yield start


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A real PostgreSQL server; each test makes a database of its own in it."""
    try:
        server = Server()
    except NoPostgreSQL as reason:
        if may_be_skipped():
            pytest.skip(str(reason))
        raise
    with contextlib.closing(server):
        yield server


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    """A real S3 API on loopback."""
    with running_s3() as server:
        yield server


@pytest.fixture(params=["memory", "s3"])
def folder(request: pytest.FixtureRequest) -> Folder:
    """An empty folder, in each kind of store."""
    if request.param == "memory":
        return memory_folder()
    s3: S3 = request.getfixturevalue("s3")
    return s3.folder()
