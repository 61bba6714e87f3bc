"""One connection for all tabs, none for hidden ones, and no point lost on a bad one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, expect

from tests.bench.live.browser import open_tab, points_in_model, way
from tests.bench.live.writers import Writer
from tests.browser.conftest import FRAME
from tests.conftest import StartTensorBoard
from tests.proxy import Proxy

WAIT_SECONDS = 60.0
TABS = 8


class Job:
    """A training that logs when the test says so."""

    def __init__(self, folder: Path) -> None:
        self._writer = Writer(folder)
        self.steps: list[int] = []
        self.log(5)

    def log(self, points: int) -> None:
        for _ in range(points):
            self._writer.write(len(self.steps) + 1)
            self.steps.append(len(self.steps) + 1)

    def end(self) -> None:
        self._writer.close()


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    job = Job(tmp_path / "logs" / "job")
    yield job
    job.end()


@pytest.fixture
def proxy(start_tensorboard: StartTensorBoard, job: Job, tmp_path: Path) -> Iterator[Proxy]:
    """Before a TensorBoard on the job's logs."""
    tensorboard = start_tensorboard("--logdir", str(tmp_path / "logs"))
    with Proxy(tensorboard.url).serving() as proxy:
        yield proxy


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)


def arrives(page: Page, frame: Frame, job: Job) -> None:
    """Every point that was written is in the page's model, once and in order."""
    wait_until(page, lambda: len(points_in_model(frame)) >= len(job.steps))
    assert points_in_model(frame) == job.steps


def test_eight_tabs_are_live_on_one_stream(context: BrowserContext, proxy: Proxy, job: Job) -> None:
    pages = [context.new_page() for _ in range(TABS)]
    frames = [open_tab(page, proxy.url, "job") for page in pages]
    for page, frame in zip(pages, frames, strict=True):
        wait_until(page, lambda frame=frame: way(frame) == "stream")  # type: ignore[misc]
    job.log(3)
    for page, frame in zip(pages, frames, strict=True):
        arrives(page, frame, job)
    assert proxy.open_streams == 1
    assert proxy.streams_opened == 1


@pytest.mark.waits
def test_a_hidden_tab_streams_nothing_and_catches_up_with_a_word(
    page: Page, proxy: Proxy, job: Job
) -> None:
    """TensorBoard hides our frame while another of its tabs is chosen."""
    frame = open_tab(page, proxy.url, "job")
    wait_until(page, lambda: proxy.open_streams == 1)
    page.evaluate(f"document.querySelector('{FRAME}').style.visibility = 'hidden'")
    # The server finds out that it has gone when it sends something.
    while proxy.open_streams > 0:
        job.log(1)
        page.wait_for_timeout(200)
    page.wait_for_timeout(6000)
    before = len(points_in_model(frame))
    assert before < len(job.steps)
    page.evaluate(f"document.querySelector('{FRAME}').style.visibility = 'visible'")
    arrives(page, frame, job)
    word = page.frame_locator(FRAME).get_by_text("that you were away")
    expect(word).to_contain_text(f"+{len(job.steps) - before} steps, loss ")


def test_a_stream_that_is_cut_again_and_again_loses_nothing(
    page: Page, proxy: Proxy, job: Job
) -> None:
    frame = open_tab(page, proxy.url, "job")
    for _ in range(5):
        job.log(2)
        page.wait_for_timeout(200)
        proxy.cut()
        job.log(2)
    arrives(page, frame, job)


@pytest.mark.parametrize("streams", ["refuse", "hold"])
def test_where_no_stream_gets_through_the_page_polls(
    context: BrowserContext, proxy: Proxy, job: Job, streams: str
) -> None:
    """A proxy that answers 502, and one that waits for the end of what never ends."""
    proxy.streams = "refuse" if streams == "refuse" else "hold"
    page = context.new_page()
    frame = open_tab(page, proxy.url, "job")
    wait_until(page, lambda: way(frame) == "poll")
    for _ in range(3):
        job.log(2)
        arrives(page, frame, job)
    expect(page.frame_locator(FRAME).get_by_text("· polling")).to_be_visible()


def test_a_tensorboard_that_was_restarted_goes_on_where_it_was(
    context: BrowserContext,
    proxy: Proxy,
    job: Job,
    start_tensorboard: StartTensorBoard,
    tmp_path: Path,
) -> None:
    page = context.new_page()
    frame = open_tab(page, proxy.url, "job")
    wait_until(page, lambda: way(frame) == "stream")
    proxy.is_down = True
    proxy.cut()
    job.log(3)
    expect(page.frame_locator(FRAME).get_by_text("TrainMon keeps trying")).to_be_visible()
    proxy.target = start_tensorboard("--logdir", str(tmp_path / "logs")).url
    proxy.is_down = False
    job.log(3)
    arrives(page, frame, job)
    expect(page.frame_locator(FRAME).get_by_text("TrainMon keeps trying")).to_be_hidden()


def test_a_browser_without_shared_workers_streams_from_the_page(
    new_page: Page, proxy: Proxy, job: Job
) -> None:
    new_page.add_init_script("delete window.SharedWorker")
    frame = open_tab(new_page, proxy.url, "job")
    wait_until(new_page, lambda: way(frame) == "stream")
    job.log(3)
    arrives(new_page, frame, job)
    assert proxy.open_streams == 1
