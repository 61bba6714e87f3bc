"""A real Chromium on a real TensorBoard, and what its page says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Frame, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, FRAME
from tests.browser.find_chromium import find

WAIT_MILLISECONDS = 60_000

#: ``monitor``: the page's model, from the module that TensorBoard has imported.
_MODEL = """
    async () => {
        const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
        const entry = loaded.find((name) => new URL(name).pathname.endsWith('index.js'));
        const module = await import(entry);
        window.trainmon = (await module.tab).monitor;
    }
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def open_tab(page: Page, url: str, task: str, **view: str) -> Frame:
    """The frame of the TrainMon tab, with ``window.trainmon`` for its model."""
    page.goto(address(url, task, **view))
    return frame_of(page)


def address(url: str, task: str, **view: str) -> str:
    """Where a TensorBoard shows a task."""
    keys = "".join(f"&p.trainmon.{key}={quote(value, safe='')}" for key, value in view.items())
    return f"{url}#trainmon&p.trainmon.task={quote(task, safe='')}{keys}"


def frame_of(page: Page) -> Frame:
    """The frame of the TrainMon tab once it has a chart, with ``window.trainmon`` for its model."""
    page.set_default_timeout(WAIT_MILLISECONDS)
    element = page.wait_for_selector(FRAME)
    frame = element.content_frame() if element else None
    assert frame is not None
    frame.wait_for_selector("[data-drawn-up-to]")
    frame.evaluate(_MODEL)
    return frame


def points_in_model(frame: Frame, metric: str = "loss") -> list[int]:
    """The steps of a metric that the page's model holds, in its order."""
    found: Any = frame.evaluate(
        """(metric) => {
            const state = window.trainmon.open.value.series.chart(metric).value;
            return state.kind === 'ready' ? [...state.series.step] : [];
        }""",
        metric,
    )
    return list(found)


def way(frame: Frame) -> str | None:
    """How news come: ``stream``, ``poll`` or None."""
    found: Any = frame.evaluate("() => window.trainmon.open.value.way.value")
    return None if found is None else str(found)
