"""What a live tick costs the page's main thread, and whether its memory grows."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import CDPSession, Frame

from tests.bench.live.browser import chromium, open_tab
from tests.bench.live.table import Row
from tests.bench.live.writers import METRICS, Writer
from tests.tensorboard_process import running_tensorboard

POINTS = 4000
POINTS_A_TICK = 10
TICK = 0.3


def measure(ticks: int, other_scalars: int = 0, *, noise: bool = False) -> list[Row]:
    """Six charts of 4,000 points, ten new ones every 300 ms."""
    others = tuple(f"layer{n // 10}/weight{n}" for n in range(other_scalars))
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder) / "run", (*METRICS, *others), noise=noise)
        for step in range(POINTS):
            writer.write(step, flush=False)
        writer.flush()
        with running_tensorboard("--logdir", folder) as tensorboard, chromium() as browser:
            page = browser.new_page(viewport={"width": 1600, "height": 1400})
            frame = open_tab(page, tensorboard.url, "run", open="other")
            frame.wait_for_function("document.querySelectorAll('[data-drawn-up-to]').length >= 6")
            session = page.context.new_cdp_session(page)
            costs = _costs(session, writer, ticks, page.wait_for_timeout)
            alone = _costs_of_drawing(session, frame, page.wait_for_timeout)
            drawn = frame.evaluate(
                "() => document.querySelector('[data-drawn-up-to]').dataset.drawnUpTo"
            )
        writer.close()
    what = f"tick, 6 {'noisy ' if noise else ''}charts x {POINTS} points"
    what += f", {other_scalars} scalars" if others else ""
    middle = median(costs)
    return [
        Row(f"{what}: main thread", f"{middle:.1f} ms", "16 ms", middle <= 16.0),
        Row(f"{what}: dearest of ten", f"{quantiles(costs, n=10)[-1]:.1f} ms", ""),
        Row(f"{what}: all charts drawn whole", f"{median(alone):.1f} ms", ""),
        Row(
            f"{what}: steps drawn behind", str(POINTS + ticks * POINTS_A_TICK - 1 - int(drawn)), ""
        ),
    ]


def growth(ticks: int) -> list[Row]:
    """Memory of the page over many ticks, fed to its model as fast as it paints them."""
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder) / "run", METRICS)
        for step in range(POINTS):
            writer.write(step, flush=False)
        writer.close()
        with running_tensorboard("--logdir", folder) as tensorboard, chromium() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            frame = open_tab(page, tensorboard.url, "run", open="other")
            page.wait_for_timeout(3000)
            session = page.context.new_cdp_session(page)
            frame.evaluate(_FEED, ticks // 5)
            before = _heap(session)
            frame.evaluate(_FEED, ticks)
            grown = _heap(session) - before
    what = f"memory of the page after {ticks:,} ticks"
    return [Row(what, f"{before:.1f} MB, {grown:+.1f} MB", "flat", grown < 2.0)]


#: Hands the model a tick as the feed does, and waits until it is painted, again and again.
_FEED = """
    async (ticks) => {
        const open = window.trainmon.open.value;
        window.tickStep ??= open.task.value.step;
        const delta = (series, from) => {
            const x = Array.from({ length: 10 }, (_, i) => from + 1 + i);
            // As smooth as what is there: noise costs the rasteriser more, which is no growth.
            const value = x.map((step) => 1 / step);
            const total_points = series.total_points + 10;
            const [wall_time, attempt] = [x.map(() => Date.now() / 1000), x.map(() => 1)];
            const { run, tag } = series;
            return { run, tag, total_points, x, step: x, wall_time, value, smoothed: value,
                attempt, non_finite: [] };
        };
        for (let tick = 0; tick < ticks; tick += 1) {
            const from = window.tickStep;
            window.tickStep += 10;
            const ready = open.series.ready.map((m) => [m, open.series.chart(m).value.series]);
            open.task.value = { ...open.task.value, step: window.tickStep };
            void open.series.append(Object.fromEntries(ready.map(([m, s]) => [m, delta(s, from)])));
            const row = open.logs.log.value.rows[0];
            open.logs.append(Array.from({ length: 10 }, (_, i) =>
                ({ ...row, id: `fed-${from + i}`, step: from + i })));
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        }
    }
"""


def _heap(session: CDPSession) -> float:
    """Megabytes in use once all garbage is collected."""
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 2**20


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


def _costs_of_drawing(session: CDPSession, frame: Frame, rest: object) -> list[float]:
    """The same for charts that are drawn anew without anything else."""
    assert callable(rest)
    costs = []
    for _ in range(20):
        before = _busy(session)
        frame.evaluate(_REDRAW)
        rest(TICK * 1000)
        costs.append(_busy(session) - before)
    return costs


_REDRAW = """
    () => {
        const { series } = window.trainmon.open.value;
        for (const chart of series.ready.map((metric) => series.chart(metric))) {
            chart.value = { kind: 'ready', series: { ...chart.value.series, origin: {} } };
        }
    }
"""


def _busy(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000.0 * sum(float(m["value"]) for m in metrics if m["name"] == "TaskDuration")
