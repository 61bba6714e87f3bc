"""A real browser on a real TensorBoard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    FrameLocator,
    Page,
    expect,
    sync_playwright,
)

from tests.browser.find_chromium import find
from tests.browser.still_life import lay_out, still_tensorboard
from tests.tensorboard_process import TensorBoard, running_tensorboard

#: How long a test waits for what it expects to see; patient, for busy machines.
WAIT_MILLISECONDS = 30_000

#: Chromium has nobody to phone here, and a container's /dev/shm is small.
ARGUMENTS = ["--disable-quic", "--disable-dev-shm-usage", "--disable-gpu"]

FRAME = 'iframe[src*="plugin_entry.html?name=trainmon"]'


def open_trainmon(page: Page, tensorboard: TensorBoard, **view: str) -> FrameLocator:
    """The frame of the TrainMon tab, opened by URL with the keys of ``view`` in it."""
    keys = "".join(f"&p.trainmon.{key}={quote(value, safe='')}" for key, value in view.items())
    page.goto(f"{tensorboard.url}#trainmon{keys}")
    return page.frame_locator(FRAME)


def inside(page: Page) -> Frame:
    """The document of the TrainMon tab."""
    element = page.query_selector(FRAME)
    frame = element.content_frame() if element else None
    assert frame is not None
    return frame


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests, without its sandbox: root cannot start it otherwise."""
    expect.set_options(timeout=WAIT_MILLISECONDS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile of the test's own."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        context.set_default_timeout(WAIT_MILLISECONDS)
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """An empty page. An error in its console fails the test."""
    errors: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: _note(errors, message))
    yield page
    assert errors == []


def _note(errors: list[str], message: ConsoleMessage) -> None:
    if message.type == "error" and not _is_tensorboards_own(message.location["url"]):
        errors.append(f"{message.text} ({message.location})")


def _is_tensorboards_own(url: str) -> bool:
    """Below a path prefix it looks for its font in vain; without its store it has no data."""
    return "/font-roboto/" in url or ("/data/" in url and "/data/plugin/" not in url)


@pytest.fixture(scope="session")
def tensorboard(real_logs: Path) -> Iterator[TensorBoard]:
    """A TensorBoard on all real logs, for tests that only look; below a path, as behind a proxy."""
    with running_tensorboard(
        "--logdir", str(real_logs), "--path_prefix", "/behind/a/proxy"
    ) as running:
        yield running


@pytest.fixture(scope="session")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoard]:
    """A TensorBoard whose clock stands still, on tasks in every state."""
    folder = tmp_path_factory.mktemp("still")
    lay_out(folder)
    with still_tensorboard(folder) as running:
        # Insights are counted of tasks that were opened: of all, whatever is tested first.
        for task in running.get("data/plugin/trainmon/tasks")["tasks"]:
            running.get(f"data/plugin/trainmon/task?task={quote(task['id'])}")
        yield running
