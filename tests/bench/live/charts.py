"""How soon the first chart is there, and how soon a zoom into a long history is drawn."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Frame, Page

from tests.bench.live.browser import WAIT_MILLISECONDS, address, chromium, frame_of
from tests.bench.live.table import Row
from tests.bench.make_logs import write_run
from tests.tensorboard_process import running_tensorboard

#: Notes in the frame when its first chart was drawn, and how long after a drag its stretch was.
_NOTE = """
    (() => {
        if (!location.href.includes('plugin_entry')) return;
        const noted = { first: null, released: null, zoom: null };
        window.noted = noted;
        const said = () => document.querySelector('.chart-card .shown')?.innerText ?? '';
        let before = '';
        addEventListener('pointerup', () => {
            noted.released = performance.now();
            noted.zoom = null;
            before = said();
        }, true);
        const look = () => {
            if (noted.first === null && document.querySelector('[data-drawn-up-to]')) {
                noted.first = performance.now();
                console.debug('first chart');
            }
            // To ask for a text has the page laid out: not while the first chart is waited for.
            if (noted.released === null) return;
            const now = said();
            if (now === before || !now.includes('of this stretch')) return;
            const { released } = noted;
            noted.released = null;
            // Painted once the frame that this change belongs to is over.
            requestAnimationFrame(() => setTimeout(() => {
                noted.zoom = performance.now() - released;
            }));
        };
        new MutationObserver(look).observe(
            document, { subtree: true, childList: true, attributes: true, characterData: true });
    })()
"""
_FIRST = """
    () => window.noted.first
        - (performance.timing.loadEventEnd - performance.timing.navigationStart)
"""


def measure(steps: int, openings: int) -> list[Row]:
    """A task of so many steps, opened on a warm server, then zoomed into five times."""
    firsts, zooms = [], []
    with tempfile.TemporaryDirectory() as folder:
        write_run(Path(folder) / "run", steps, 0, "torch")
        with running_tensorboard("--logdir", folder) as tensorboard, chromium() as browser:
            _open(browser, tensorboard.url)
            for _ in range(openings):
                page, frame = _open(browser, tensorboard.url)
                firsts.append(frame.evaluate(_FIRST))
                page.wait_for_timeout(2000)
                zooms += [_zoom(page, frame) for _ in range(5)]
                page.close()
    first, zoom = median(firsts), median(zooms)
    what = f"{steps:,} steps"
    return [
        Row(f"first chart, {what}", f"{first:.0f} ms", "180 ms", first <= 180),
        Row(f"first chart, {what}: best of {openings}", f"{min(firsts):.0f} ms", ""),
        Row(f"zoom, {what}", f"{zoom:.0f} ms", "150 ms", zoom <= 150),
        Row(f"zoom, {what}: slowest of {len(zooms)}", f"{max(zooms):.0f} ms", ""),
    ]


def _open(browser: Browser, url: str) -> tuple[Page, Frame]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(_NOTE)
    # Whatever else is asked of a page has Playwright's own scripts parsed in it: 20 ms and more.
    with page.expect_console_message(
        lambda said: said.text == "first chart", timeout=WAIT_MILLISECONDS
    ):
        page.goto(address(url, "run", view="all"), wait_until="commit")
    return page, frame_of(page)


def _zoom(page: Page, frame: Frame) -> float:
    """Milliseconds from the end of a drag to the picture of its stretch, all points asked for."""
    box = frame.locator("[data-drawn-up-to]").first.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 3
    page.mouse.move(box["x"] + box["width"] * 0.4, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, y, steps=3)
    page.mouse.up()
    frame.wait_for_function("() => window.noted.zoom !== null", timeout=WAIT_MILLISECONDS)
    page.wait_for_timeout(300)
    return float(frame.evaluate("() => window.noted.zoom"))
