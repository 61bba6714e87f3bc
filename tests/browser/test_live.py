"""A training that goes on while one looks."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tb_trainmon import TaskLogger
from tests.browser.conftest import open_trainmon
from tests.conftest import StartTensorBoard
from tests.tensorboard_process import TensorBoard, running_tensorboard

TOTAL_STEPS = 100


@pytest.fixture
def training(tmp_path: Path) -> Iterator[Path]:
    """The log directory of a small real training that has just begun and takes ten seconds."""
    command = [sys.executable, "-m", "tb_trainmon.demo.job", "--logdir", str(tmp_path)]
    pace = ["--total-steps", str(TOTAL_STEPS), "--steps-per-second", "10"]
    with subprocess.Popen([*command, "--task", "live", *pace]) as job:
        yield tmp_path
        job.terminate()


def test_a_live_task_goes_on_and_ends_on_the_page_without_a_reload(
    page: Page, training: Path
) -> None:
    """In TensorBoard's own page."""
    with running_tensorboard("--logdir", str(training)) as tensorboard:
        watch_to_the_end(page, tensorboard)


def watch_to_the_end(page: Page, tensorboard: TensorBoard) -> None:
    frame = open_trainmon(page, tensorboard)
    page.evaluate("window.loadedOnce = true")
    status = frame.get_by_role("region", name="Status", exact=True)

    expect(status).to_contain_text("running")
    expect(frame.get_by_text("Live", exact=True)).to_be_visible()
    expect(status).to_contain_text(f"of {TOTAL_STEPS}")
    expect(status.locator("strong").first).to_have_text(re.compile(r"^\d+$"))
    first = int(status.locator("strong").first.inner_text())
    expect(status.locator("strong").first).not_to_have_text(str(first))

    # A real training: on a machine with much else to do it takes far more than ten seconds.
    expect(status).to_contain_text("completed", timeout=180_000)
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
