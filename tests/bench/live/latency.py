"""From the writer's flush of a point to its pixel; TensorBoard's own answer in the same run.

That answer is its scalars route, asked ten times a second; its page asks once in 30 seconds.
"""

from __future__ import annotations

import tempfile
import threading
import time
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Frame

from tests.bench.live.browser import chromium, open_tab, way
from tests.bench.live.table import Row
from tests.bench.live.writers import Writer
from tests.tensorboard_process import TensorBoard, running_tensorboard

RATES = (1.0, 10.0, 100.0)

#: Notes, frame by frame, up to which step the loss is drawn, and when that was to be seen: the
#: pixels of its canvas have changed, and the frame that shows them is over.
_NOTE = """
    () => {
        window.drawn = [];
        const host = () => document.querySelector('[data-drawn-up-to]');
        const pixels = () => [...host().querySelectorAll('canvas')].map((canvas) => {
            const { width, height } = canvas;
            const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
            let hash = 0;
            for (const pixel of new Uint32Array(data.buffer)) {
                hash = (Math.imul(hash, 31) + pixel) | 0;
            }
            return hash;
        }).join();
        let last = host().dataset.drawnUpTo;
        let seen = pixels();
        let awaited = null;
        const look = () => {
            const upTo = host().dataset.drawnUpTo;
            if (upTo !== last) awaited = Number((last = upTo));
            if (awaited !== null && pixels() !== seen) {
                const step = awaited;
                [seen, awaited] = [pixels(), null];
                requestAnimationFrame(() => window.drawn.push([step, Date.now() / 1000]));
            }
            requestAnimationFrame(look);
        };
        look();
    }
"""


def measure(seconds: float) -> list[Row]:
    """At 1, 10 and 100 points a second, so long each."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder) / "run")
        for step in range(10):
            writer.write(step)
        with running_tensorboard("--logdir", folder) as tensorboard, chromium() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            frame = open_tab(page, tensorboard.url, "run")
            while way(frame) != "stream":
                page.wait_for_timeout(100)
            frame.evaluate(_NOTE)
            asked = _Asker(tensorboard)
            first = 10
            for rate in RATES:
                flushed = _write(writer, first, rate, seconds)
                page.wait_for_timeout(4000)
                rows += _rows(f"flush to pixel, {rate:g} points/s", flushed, _drawn(frame))
                rows += _own(rate, flushed, asked)
                first += len(flushed)
            asked.end()
        writer.close()
    return rows


def _write(writer: Writer, first: int, rate: float, seconds: float) -> dict[int, float]:
    """When each step was flushed."""
    flushed: dict[int, float] = {}
    began = time.monotonic()
    for count in range(max(int(rate * seconds), 10)):
        time.sleep(max(began + count / rate - time.monotonic(), 0.0))
        writer.write(first + count)
        flushed[first + count] = time.time()
    return flushed


def _drawn(frame: Frame) -> Sequence[tuple[float, float]]:
    found: Any = frame.evaluate("() => window.drawn")
    return [(float(step), float(at)) for step, at in found]


def _delays(flushed: dict[int, float], seen: Sequence[tuple[float, float]]) -> list[float]:
    """For each step, until the first sight of it or of a later one."""
    steps = [step for step, _ in seen]
    found = []
    for step, at in flushed.items():
        index = bisect_left(steps, step)
        if index < len(seen):
            found.append(max(seen[index][1] - at, 0.0))
    return found


def _rows(what: str, flushed: dict[int, float], seen: Sequence[tuple[float, float]]) -> list[Row]:
    delays = _delays(flushed, seen)
    middle, late = np.quantile(delays, [0.5, 0.95])
    lost = len(flushed) - len(delays)
    return [
        Row(f"{what}: median", f"{middle * 1000:.0f} ms", "400 ms", bool(middle <= 0.4)),
        Row(f"{what}: p95", f"{late * 1000:.0f} ms", "700 ms", bool(late <= 0.7)),
        Row(f"{what}: never drawn", f"{lost} of {len(flushed)}", "0", lost == 0),
    ]


def _own(rate: float, flushed: dict[int, float], asked: _Asker) -> list[Row]:
    delays = _delays(flushed, asked.seen)
    what = f"TensorBoard's own answer, {rate:g} points/s: median, p95"
    if not delays:
        return [Row(what, "not within the run", "")]
    middle, late = np.quantile(delays, [0.5, 0.95])
    return [Row(what, f"{middle * 1000:.0f}, {late * 1000:.0f} ms", "")]


class _Asker:
    """Asks TensorBoard's scalars route ten times a second for its latest step."""

    def __init__(self, tensorboard: TensorBoard) -> None:
        self.seen: list[tuple[float, float]] = []
        self._tensorboard = tensorboard
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._ends.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._ends.wait(0.1):
            points = self._tensorboard.get("data/plugin/scalars/scalars?run=run&tag=loss")
            step = float(points[-1][1])
            if not self.seen or step > self.seen[-1][0]:
                self.seen.append((step, time.time()))
