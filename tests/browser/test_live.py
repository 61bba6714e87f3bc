"""A training that goes on while one looks."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from playwright.sync_api import Page, expect

from tb_trainmon import TaskLogger
from tests.browser.conftest import open_trainmon
from tests.conftest import StartTensorBoard
from tests.tensorboard_process import TensorBoard, running_tensorboard

TOTAL_STEPS = 100

#: The demo's training, which goes on by a step for each line, and to its end once no more can come.
STEP_BY_STEP = """
import sys
from tb_trainmon.demo import job, speed
speed.Speed.rest = lambda self: sys.stdin.readline()
sys.exit(job.main(sys.argv[1:]))
"""


@pytest.fixture
def training(tmp_path: Path) -> Iterator[IO[str]]:
    """A small real training in ``tmp_path``, which goes on as it is told."""
    command = [sys.executable, "-c", STEP_BY_STEP, "--logdir", str(tmp_path), "--task", "live"]
    length = ["--total-steps", str(TOTAL_STEPS)]
    with subprocess.Popen([*command, *length], stdin=subprocess.PIPE, text=True) as job:
        assert job.stdin is not None
        yield job.stdin
        job.terminate()


def go_on(training: IO[str], steps: int) -> None:
    training.write("\n" * steps)
    training.flush()


def test_a_live_task_goes_on_and_ends_on_the_page_without_a_reload(
    page: Page, training: IO[str], tmp_path: Path
) -> None:
    """In TensorBoard's own page."""
    go_on(training, 20)
    with running_tensorboard("--logdir", str(tmp_path)) as tensorboard:
        watch_to_the_end(page, tensorboard, training)


def watch_to_the_end(page: Page, tensorboard: TensorBoard, training: IO[str]) -> None:
    frame = open_trainmon(page, tensorboard)
    page.evaluate("window.loadedOnce = true")
    status = frame.get_by_role("region", name="Status", exact=True)

    expect(status).to_contain_text("running")
    expect(frame.get_by_text("Live", exact=True)).to_be_visible()
    expect(status).to_contain_text(f"of {TOTAL_STEPS}")
    expect(status.locator("strong").first).to_have_text(re.compile(r"^\d+$"))
    first = int(status.locator("strong").first.inner_text())
    go_on(training, 20)
    expect(status.locator("strong").first).not_to_have_text(str(first))

    training.close()
    expect(status).to_contain_text("completed")
    expect(frame.get_by_text("History", exact=True)).to_be_visible()
    expect(status).to_contain_text(f"Step {TOTAL_STEPS} of {TOTAL_STEPS}")
    expect(frame.get_by_label(f"up to step {TOTAL_STEPS}").first).to_be_visible()
    assert page.evaluate("window.loadedOnce")


def test_a_finished_task_that_is_resumed_while_one_looks_is_live_again(
    page: Page, start_tensorboard: StartTensorBoard, tmp_path: Path
) -> None:
    """And both attempts are on its one axis."""
    launch(tmp_path, "resumed", range(1, 21))
    frame = open_trainmon(page, start_tensorboard("--logdir", str(tmp_path)))
    status = frame.get_by_role("region", name="Status", exact=True)
    expect(status).to_contain_text("completed")
    expect(frame.get_by_text("History", exact=True)).to_be_visible()
    with TaskLogger(tmp_path, task="resumed", total_steps=30, logging_steps=1) as log:
        for step in range(21, 25):
            log.step(step, loss=1.0 / step)
        expect(status).to_contain_text("running")
        expect(frame.get_by_text("Live", exact=True)).to_be_visible()
        expect(frame.get_by_label("up to step 24").first).to_be_visible()
        log.step(25, loss=0.5)
        expect(frame.get_by_label("up to step 25").first).to_be_visible()
    expect(frame.get_by_text("History", exact=True)).to_be_visible()


def launch(logdir: Path, task: str, steps: range) -> None:
    """A training that has come to its end."""
    with TaskLogger(logdir, task=task, total_steps=30, logging_steps=1) as log:
        for step in steps:
            log.step(step, loss=1.0 / step)
