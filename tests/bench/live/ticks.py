"""What a live tick costs the page's main thread, and whether its memory grows."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import CDPSession

from tests.bench.live.browser import chromium, open_tab
from tests.bench.live.table import Row
from tests.bench.live.writers import METRICS, Writer
from tests.tensorboard_process import running_tensorboard

POINTS = 4000
POINTS_A_TICK = 10
TICK = 0.3
TAGS = (*METRICS, "perplexity")


def measure(ticks: int, other_scalars: int = 0) -> list[Row]:
    """Six charts of 4,000 points, ten new ones every 300 ms."""
    others = tuple(f"layer{n // 10}/weight{n}" for n in range(other_scalars))
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder) / "run", (*TAGS, *others))
        for step in range(POINTS):
            writer.write(step, flush=False)
        writer.flush()
        with running_tensorboard("--logdir", folder) as tensorboard, chromium() as browser:
            page = browser.new_page(viewport={"width": 1600, "height": 1400})
            frame = open_tab(page, tensorboard.url, "run", open="other")
            frame.wait_for_function("document.querySelectorAll('[data-drawn-up-to]').length >= 6")
            costs = _costs(page.context.new_cdp_session(page), writer, ticks, page.wait_for_timeout)
            drawn = frame.evaluate(
                "() => document.querySelector('[data-drawn-up-to]').dataset.drawnUpTo"
            )
        writer.close()
    what = f"tick, 6 charts x {POINTS} points" + (f", {other_scalars} scalars" if others else "")
    middle = median(costs)
    return [
        Row(f"{what}: main thread", f"{middle:.1f} ms", "16 ms", middle <= 16.0),
        Row(
            f"{what}: steps drawn behind", str(POINTS + ticks * POINTS_A_TICK - 1 - int(drawn)), ""
        ),
    ]


def _costs(session: CDPSession, writer: Writer, ticks: int, rest: object) -> list[float]:
    """Milliseconds that the main thread was busy, tick by tick."""
    assert callable(rest)
    # CPU time of the thread: on a busy machine, time on the wall is mostly waiting.
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    rest(3000)
    costs = []
    step = POINTS
    for _ in range(ticks):
        before = _busy(session)
        began = time.monotonic()
        for _ in range(POINTS_A_TICK):
            writer.write(step, flush=False)
            step += 1
        writer.flush()
        rest(max(TICK - (time.monotonic() - began), 0.0) * 1000)
        costs.append(_busy(session) - before)
    rest(1000)
    return costs


def _busy(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000.0 * sum(float(m["value"]) for m in metrics if m["name"] == "TaskDuration")
