"""A real TensorBoard over remote stores, in a process of its own: it starts, shows and ends."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores import S3
from tests.tensorboard_process import TensorBoard, running_tensorboard

TASKS = "data/plugin/trainmon/tasks"


def codes_and_tasks(tensorboard: TensorBoard) -> tuple[set[str], set[str]]:
    answer = tensorboard.get(TASKS)
    return {p["code"] for p in answer["problems"]}, {task["id"] for task in answer["tasks"]}


def tasks_when_they_are_there(tensorboard: TensorBoard) -> set[str]:
    deadline = time.monotonic() + 60.0
    while time.monotonic() < deadline:
        _, tasks = codes_and_tasks(tensorboard)
        if tasks:
            return tasks
        time.sleep(0.5)
    raise AssertionError(f"No tasks. TensorBoard said:\n{tensorboard.output.read_text()}")


@pytest.fixture
def silent_store() -> Iterator[str]:
    """The address of a server that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_log_directory_in_s3_is_shown(s3: S3, real_logs: Path) -> None:
    folder = s3.folder()
    folder.mirror(real_logs / "transformers_v5" / "full")
    with running_tensorboard("--logdir", folder.url) as tensorboard:
        assert tasks_when_they_are_there(tensorboard) == {"."}
        series = tensorboard.get("data/plugin/trainmon/series?task=.&metric=loss")["series"]
        assert series["loss"]["total_points"] > 0
        # And TensorBoard's own tabs have the run too.
        assert tensorboard.get("data/runs") != []


def test_a_store_that_never_answers_delays_neither_pages_nor_the_end(
    silent_store: str, s3: S3, real_logs: Path
) -> None:
    """TensorBoard itself waits for it too, but elsewhere."""
    spec = f"here:{real_logs / 'accelerate'},far:s3://bucket/logs"
    environment = {**s3.environment, "AWS_ENDPOINT_URL": silent_store}
    with running_tensorboard("--logdir_spec", spec, environment=environment) as tensorboard:
        for _ in range(2):
            codes, tasks = codes_and_tasks(tensorboard)
            # It is waited for still: what has been given up is told by another name.
            assert codes == {"remote_first_look"}
            assert all(task.startswith("here/") for task in tasks)
            assert tasks
    # And TensorBoard has ended before the store has, which takes connections as long as we test.
