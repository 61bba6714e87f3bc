"""A real browser on a real TensorBoard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Frame,
    FrameLocator,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.browser.find_chromium import find
from tests.browser.still_life import lay_out, still_tensorboard
from tests.forked_tensorboard import forked_tensorboard
from tests.tensorboard_process import TensorBoard, running_tensorboard

#: How long a test waits for what it expects to see; patient, for busy machines.
WAIT_MILLISECONDS = 30_000

#: The first two are pages for what is typed into the address bar, which each new page has ready: a
#: third of its cost. The others are those that Playwright names; but the last list counts.
NOT_NEEDED = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)

#: Chromium has nobody to phone here, and a container's /dev/shm is small.
ARGUMENTS = [
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    f"--disable-features={','.join(NOT_NEEDED)}",
]

VIEWPORT: ViewportSize = {"width": 1280, "height": 900}

#: As behind a proxy.
BELOW_A_PATH = ("--path_prefix", "/behind/a/proxy")

FRAME = 'iframe[src*="plugin_entry.html?name=trainmon"]'


def address_of(tensorboard: TensorBoard, **view: str) -> str:
    """The URL of the TrainMon tab with the keys of ``view`` in it."""
    keys = "".join(f"&p.trainmon.{key}={quote(value, safe='')}" for key, value in view.items())
    return f"{tensorboard.url}#trainmon{keys}"


def open_trainmon(page: Page, tensorboard: TensorBoard, **view: str) -> FrameLocator:
    """The frame of the TrainMon tab, opened by URL."""
    page.goto(address_of(tensorboard, **view))
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


@pytest.fixture(scope="session")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile with one page: what it has compiled of TensorBoard stays compiled."""
    with browser.new_context(viewport=VIEWPORT) as profile:
        profile.set_default_timeout(WAIT_MILLISECONDS)
        profile.new_page()
        yield profile


@pytest.fixture
def context(profile: BrowserContext) -> Iterator[BrowserContext]:
    """The profile; what the test stored in it, and the pages that it opened, go with the test."""
    yield profile
    leave(profile)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """An empty page. An error in its console fails the test."""
    first = context.pages[0]
    first.set_viewport_size(VIEWPORT)
    with watched(first):
        yield first


@pytest.fixture
def new_page(context: BrowserContext) -> Iterator[Page]:
    """A page of the test's own, for scripts that change what a page is; otherwise as ``page``."""
    with watched(context.new_page()) as page:
        yield page


def leave(profile: BrowserContext) -> None:
    """One empty page is left; nothing is stored, allowed or routed, the mouse is in its corner."""
    first, *others = profile.pages
    origins = {origin_of(page) for page in profile.pages}
    for page in others:
        page.close()
    first.goto("about:blank")
    forget(first, origins)


def forget(page: Page, origins: Iterable[str]) -> None:
    """Nothing is stored for ``origins``, allowed or routed, the mouse is in its corner."""
    page.unroute_all(behavior="ignoreErrors")
    page.mouse.move(0, 0)
    session = page.context.new_cdp_session(page)
    for origin in {*origins} - {"null"}:
        everything = {"origin": origin, "storageTypes": "all"}
        session.send("Storage.clearDataForOrigin", everything)
    session.detach()
    page.context.clear_cookies()
    page.context.clear_permissions()


def origin_of(page: Page) -> str:
    return str(page.evaluate("location.origin"))


@contextmanager
def watched(page: Page) -> Iterator[Page]:
    """An error in the console of ``page`` fails the block."""
    errors: list[str] = []

    def tell(error: Error) -> None:
        errors.append(str(error))

    def note(message: ConsoleMessage) -> None:
        _note(errors, message)

    page.on("pageerror", tell)
    page.on("console", note)
    yield page
    page.remove_listener("pageerror", tell)
    page.remove_listener("console", note)
    assert errors == []


def _note(errors: list[str], message: ConsoleMessage) -> None:
    if message.type == "error" and not _is_tensorboards_own(message.location["url"]):
        errors.append(f"{message.text} ({message.location})")


def _is_tensorboards_own(url: str) -> bool:
    """Below a path prefix it looks for its font in vain; without its store it has no data."""
    return "/font-roboto/" in url or ("/data/" in url and "/data/plugin/" not in url)


@pytest.fixture(scope="session")
def tensorboard(real_logs: Path) -> Iterator[TensorBoard]:
    """A TensorBoard on all real logs, for tests that only look; its page is a bare one."""
    with forked_tensorboard("--logdir", str(real_logs), *BELOW_A_PATH) as running:
        yield running


@pytest.fixture(scope="session")
def whole_tensorboard(real_logs: Path) -> Iterator[TensorBoard]:
    """One with TensorBoard's own page, for tests of what we do in it."""
    with running_tensorboard("--logdir", str(real_logs), *BELOW_A_PATH) as running:
        yield running


@pytest.fixture(scope="session")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoard]:
    """A TensorBoard whose clock stands still, on tasks in every state."""
    folder = tmp_path_factory.mktemp("still")
    lay_out(folder)
    with still_tensorboard(folder) as running:
        # Insights are counted of tasks that were opened: of all, whatever is tested first.
        for task in running.listing()["tasks"]:
            running.get(f"data/plugin/trainmon/task?task={quote(task['id'])}")
        yield running
