"""What a live tick costs the main thread, beside uPlot's redraw, and whether memory grows."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, median, quantiles

from playwright.sync_api import BrowserContext, CDPSession, Frame, ViewportSize

from tests.bench.drawing import built, busy, charts_alone
from tests.bench.live.browser import chromium, open_tab
from tests.bench.live.table import Row
from tests.bench.live.writers import METRICS, Writer
from tests.tensorboard_process import running_tensorboard

POINTS = 4000
POINTS_A_TICK = 10
TICK = 0.3
#: Ticks and redraws take turns, for what else the machine does changes.
TURN = 20
WARM_UP = 5
#: Of the memory, over all ticks.
SAMPLES = 20
#: The log stands beside the charts, and all six charts are in sight.
SCREEN: ViewportSize = {"width": 1920, "height": 1400}

Rest = Callable[[float], None]


def measure(
    ticks: int, other_scalars: int = 0, *, noise: bool = False, scale: int = 1
) -> list[Row]:
    """Six charts of 4,000 points, ten new ones every 300 ms, in turns with uPlot's redraw of them.

    The log is in sight and gets as many rows.
    """
    others = tuple(f"layer{n // 10}/weight{n}" for n in range(other_scalars))
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder) / "run", (*METRICS, *others), noise=noise)
        for step in range(POINTS):
            writer.write(step, flush=False)
        writer.flush()
        with running_tensorboard("--logdir", folder) as tensorboard, chromium() as browser:
            context = browser.new_context(viewport=SCREEN, device_scale_factor=scale)
            page = context.new_page()
            frame = open_tab(page, tensorboard.url, "run", open="other")
            frame.wait_for_function("document.querySelectorAll('[data-drawn-up-to]').length >= 6")
            session = context.new_cdp_session(page)
            # CPU time of the thread: on a busy machine, time on the wall is mostly waiting.
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            by_uplot = _Uplot(context, frame, ticks)
            page.wait_for_timeout(3000)
            costs: list[float] = []
            while len(costs) < ticks:
                costs += _costs(session, writer, page.wait_for_timeout, POINTS + len(costs) * 10)
                by_uplot.take_turn()
            page.wait_for_timeout(1000)
            alone = _costs_of_drawing(session, frame, page.wait_for_timeout)
            drawn = frame.evaluate(
                "() => document.querySelector('[data-drawn-up-to]').dataset.drawnUpTo"
            )
        writer.close()
    what = f"tick, 6 {'noisy' if noise else 'smooth'} charts x {POINTS} points, {scale}x screen"
    what += f", {other_scalars} scalars" if others else ""
    return [
        *_compared(what, costs, by_uplot.costs),
        Row(f"{what}: all charts drawn whole", f"{median(alone):.1f} ms", ""),
        Row(
            f"{what}: steps drawn behind",
            str(POINTS + len(costs) * POINTS_A_TICK - 1 - int(drawn)),
            "",
        ),
    ]


def _compared(what: str, costs: list[float], by_uplot: list[float]) -> list[Row]:
    """On average over turns of six seconds: all have as many beats of the clock and the list."""
    mine, uplots = _typical(costs), _typical(by_uplot)
    ratio = mine / uplots
    told = f"{mine:.1f} ms, {ratio:.2f} of uPlot's redraw ({uplots:.1f} ms)"
    ninth, uplots_ninth = quantiles(costs, n=10)[-1], quantiles(by_uplot, n=10)[-1]
    return [
        Row(f"{what}: main thread", told, "1.3 of uPlot's", ratio <= 1.3),
        Row(f"{what}: half of them", f"{median(costs):.1f} ms, uPlot's {median(by_uplot):.1f}", ""),
        Row(f"{what}: dearest of ten", f"{ninth:.1f} ms, uPlot's {uplots_ninth:.1f}", ""),
    ]


def _typical(costs: list[float]) -> float:
    """The median of the turns' averages: one turn may have had the machine's bad moment."""
    return median(fmean(costs[at : at + TURN]) for at in range(0, len(costs), TURN))


class _Uplot:
    """The points that the tab shows, in charts of the same size, by uPlot in a page of its own."""

    def __init__(self, context: BrowserContext, frame: Frame, ticks: int) -> None:
        given = frame.evaluate(_SHOWN)
        self._page, self._session = charts_alone(context, built())
        self._page.evaluate("(given) => beginWith(...given)", [*given, ticks + TURN + WARM_UP])
        for _ in range(WARM_UP):
            self._page.evaluate("() => tick()")
        self.costs: list[float] = []

    def take_turn(self) -> None:
        """As many redraws as the tab has ticks."""
        for _ in range(TURN):
            before = busy(self._session)
            self._page.evaluate("() => tick()")
            self.costs.append(busy(self._session) - before)


def growth(ticks: int, samples: int = SAMPLES) -> list[Row]:
    """Memory of the page over many ticks, fed to its model as fast as it paints them.

    Each view holds the points of the moment at which it was last drawn, 1.1 MB for six charts, and
    how many moments that are goes up and down by what was last drawn: so the first half of all
    samples is compared with the second, and each is told.
    """
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder) / "run", METRICS)
        for step in range(POINTS):
            writer.write(step, flush=False)
        writer.close()
        with running_tensorboard("--logdir", folder) as tensorboard, chromium() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            frame = open_tab(page, tensorboard.url, "run", open="other")
            frame.wait_for_function("() => window.trainmon.open.value.logs?.log.value")
            page.wait_for_timeout(3000)
            session = page.context.new_cdp_session(page)
            held: list[float] = []
            counts: list[str] = []
            for _ in range(samples):
                frame.evaluate(_FEED, ticks // samples)
                page.wait_for_timeout(SETTLED * 1000)
                held.append(_heap(session))
                counts.append(_on_the_page(session))
    before, after = median(held[: samples // 2]), median(held[samples // 2 :])
    what = f"memory of the page over {ticks:,} ticks"
    told = f"{before:.1f} MB, then {after - before:+.1f}"
    return [
        Row(what, told, "flat", after - before < 1.0),
        Row(f"{what}: samples", " ".join(f"{one:.1f}" for one in held), ""),
        Row(f"{what}: on the page", f"{counts[0]}, then {counts[-1]}", ""),
    ]


#: Hands the model a tick as the feed does, and waits until it is painted, again and again.
_FEED = """
    async (ticks) => {
        const open = window.trainmon.open.value;
        // Nothing comes from the server beside them: it would soon say that the task is silent.
        open.follow(false);
        open.follow = () => {};
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
        const told = (row, step) =>
            Object.fromEntries(Object.keys(row.metrics).map((name) => [name, 1 / step]));
        for (let tick = 0; tick < ticks; tick += 1) {
            const from = window.tickStep;
            window.tickStep += 10;
            const ready = open.series.ready.map((m) => [m, open.series.chart(m).value.series]);
            open.task.value = { ...open.task.value, step: window.tickStep };
            void open.series.append(Object.fromEntries(ready.map(([m, s]) => [m, delta(s, from)])));
            const { rows, total } = open.logs.log.value;
            const row = rows.get(total - 1);
            open.logs.append(Array.from({ length: 10 }, (_, i) =>
                ({ ...row, id: `fed-${from + i}`, step: from + i, metrics: told(row, from + i) })));
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        }
    }
"""


#: Longer than anything on the page is told later than it came.
SETTLED = 4.0


def _on_the_page(session: CDPSession) -> str:
    found = session.send("Memory.getDOMCounters")
    return f"{found['nodes']} nodes and {found['jsEventListeners']} listeners"


def _heap(session: CDPSession) -> float:
    """Megabytes in use once all garbage is collected."""
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 2**20


#: The curves on the page, and how large their charts are.
_SHOWN = """
    () => {
        const { series } = window.trainmon.open.value;
        const curves = series.ready.map((metric) => {
            const { x, value, smoothed } = series.chart(metric).value.series;
            return { x, value, smoothed };
        });
        const { width, height } = document.querySelector('.plot').getBoundingClientRect();
        return [curves, Math.round(width), Math.round(height)];
    }
"""


def _costs(session: CDPSession, writer: Writer, rest: Rest, step: int) -> list[float]:
    """Milliseconds that the main thread was busy, tick by tick."""
    costs = []
    rest(TICK * 1000)
    for _ in range(TURN):
        before = busy(session)
        began = time.monotonic()
        for _ in range(POINTS_A_TICK):
            writer.write(step, flush=False)
            step += 1
        writer.flush()
        rest(max(TICK - (time.monotonic() - began), 0.0) * 1000)
        costs.append(busy(session) - before)
    return costs


def _costs_of_drawing(session: CDPSession, frame: Frame, rest: Rest) -> list[float]:
    """The same for charts that are drawn anew without anything else."""
    costs = []
    for _ in range(10):
        before = busy(session)
        frame.evaluate(_REDRAW)
        rest(TICK * 1000)
        costs.append(busy(session) - before)
    return costs


_REDRAW = """
    () => {
        const { series } = window.trainmon.open.value;
        for (const chart of series.ready.map((metric) => series.chart(metric))) {
            chart.value = { kind: 'ready', series: { ...chart.value.series, origin: {} } };
        }
    }
"""
