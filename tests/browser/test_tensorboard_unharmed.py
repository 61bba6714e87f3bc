"""Whatever happens to TrainMon, TensorBoard's own tabs work."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import tb_trainmon
from tests.browser.conftest import FRAME, open_trainmon
from tests.tensorboard_process import TensorBoard, running_tensorboard

PACKAGE = Path(tb_trainmon.__file__).parent


@pytest.fixture
def logdir(tmp_path: Path, real_logs: Path) -> Path:
    """One run of a real training."""
    folder = tmp_path / "logs"
    shutil.copytree(real_logs / "keras3_tf" / "epoch_only", folder / "epoch_only")
    return folder


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of TrainMon, to be damaged."""
    copy = tmp_path / "site" / PACKAGE.name
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture
def damaged(package: Path, logdir: Path) -> Iterator[TensorBoard]:
    """A TensorBoard on ``logdir`` that takes the damaged copy for the installed TrainMon."""
    path = os.pathsep.join([str(package.parent), *os.environ.get("PYTHONPATH", "").split()])
    with running_tensorboard(
        "--logdir", str(logdir), environment={"PYTHONPATH": path}
    ) as tensorboard:
        yield tensorboard


def expect_scalars(page: Page, tensorboard: TensorBoard) -> None:
    """Both of TensorBoard's tabs for scalars show a chart of the run."""
    for tab in ("timeseries", "scalars"):
        page.goto("about:blank")
        page.goto(f"{tensorboard.url}#{tab}")
        expect(page.get_by_text("epoch_loss").first).to_be_visible()
        expect(page.get_by_text("validation").first).to_be_visible()


class TestWithoutTheFrontEnd:
    @pytest.fixture
    def package(self, package: Path) -> Path:
        shutil.rmtree(package / "static")
        return package

    def test_the_other_tabs_work_and_ours_says_what_is_missing(
        self, page: Page, damaged: TensorBoard
    ) -> None:
        expect_scalars(page, damaged)

        frame = open_trainmon(page, damaged)

        expect(frame.get_by_text("installed without its front end")).to_be_visible()


class TestWithRoutesThatRaise:
    @pytest.fixture
    def package(self, package: Path) -> Path:
        (package / "routes" / "listing.py").write_text("raise RuntimeError('damaged')\n")
        return package

    def test_the_other_tabs_work(self, page: Page, damaged: TensorBoard) -> None:
        expect_scalars(page, damaged)

        assert damaged.get("data/plugins_listing")["trainmon"]["enabled"]


class TestWithACorruptDatabase:
    @pytest.fixture
    def logdir(self, logdir: Path) -> Path:
        (logdir / "training_logs.db").write_bytes(b"SQLite format 3\0" + b"nonsense" * 1000)
        return logdir

    def test_the_other_tabs_work_and_ours_shows_the_event_files_and_says_so(
        self, page: Page, damaged: TensorBoard
    ) -> None:
        expect_scalars(page, damaged)

        frame = open_trainmon(page, damaged)

        expect(frame.get_by_role("button", name="Task epoch_only")).to_be_visible()
        expect(frame.get_by_text("1 problem while reading")).to_be_visible()
        frame.get_by_text("1 problem while reading").click()
        expect(frame.get_by_text("training_logs.db").first).to_be_visible()


def test_a_frame_is_made_only_when_the_tab_is_opened(
    page: Page, whole_tensorboard: TensorBoard
) -> None:
    page.goto(f"{whole_tensorboard.url}#timeseries")
    expect(page.get_by_text("epoch_loss").first).to_be_visible()

    expect(page.locator(FRAME)).to_have_count(0)
