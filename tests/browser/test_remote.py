"""The TrainMon tab over an S3 store that comes and goes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import open_trainmon
from tests.conftest import StartTensorBoard
from tests.stores import S3
from tests.tasks.scenes import LogFile


@pytest.mark.waits
def test_a_store_that_cannot_be_reached_is_said_and_its_tasks_come_when_it_can(
    page: Page, s3: S3, start_tensorboard: StartTensorBoard, tmp_path: Path
) -> None:
    run = tmp_path / "bert"
    run.mkdir()
    file = LogFile(run, time.time()).train(range(1, 11), time.time(), every=0.0)
    folder = s3.folder()
    folder.mirror(tmp_path)
    tensorboard = start_tensorboard("--logdir", folder.url)
    with s3.gone():
        frame = open_trainmon(page, tensorboard)
        expect(frame.get_by_role("heading", name="cannot be read")).to_be_visible()
        expect(frame.get_by_text("Could not connect")).to_be_visible()
    expect(frame.get_by_role("button", name="Task bert, running")).to_be_visible()
    expect(frame.get_by_text("Step 10", exact=True)).to_be_visible()
    file.train(range(11, 21), time.time(), every=0.0).close()
    folder.mirror(tmp_path)
    expect(frame.get_by_text("Step 20", exact=True)).to_be_visible()
