"""Six charts of 4,000 points (raw and smoothed), drawn by uPlot and by our own code in turns.

What a tick costs the main thread in CPU time, so that a busy machine counts less, and as a ratio
to uPlot's::

    python -m tests.bench.drawing [--ticks 40] [--rounds 3]

``whole``: every chart is drawn anew, as where its range moves. ``strip``: a live chart that stands
still for its next points (``steady``), of which only what is new is drawn: a tick of the tab.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from playwright.sync_api import BrowserContext, CDPSession, Page

from build_support import front_end
from tests.bench.live.browser import chromium

WAYS = ("uplot", "whole", "strip")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ticks", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    program = built()
    with chromium() as browser:
        for scale in (1, 2):
            context = browser.new_context(
                viewport={"width": 1440, "height": 900}, device_scale_factor=scale
            )
            page, session = charts_alone(context, program)
            for noisy in (False, True):
                _show(scale, noisy, _measure(page, session, noisy, options.ticks, options.rounds))
            context.close()


@cache
def built() -> str:
    """The page's program, by Vite."""
    with tempfile.TemporaryDirectory() as folder:
        npm = front_end.find_npm()
        assert npm is not None, "Node is needed to build the page."
        subprocess.run(
            [*npm.command, "exec", "--", "vite", "build", "--config", "tests/bench/vite.config.ts"],
            cwd=front_end.FRONTEND,
            env={**os.environ, "TRAINMON_BENCH_OUT": folder},
            check=True,
        )
        return (Path(folder) / "drawing.js").read_text("utf-8")


def charts_alone(context: BrowserContext, program: str) -> tuple[Page, CDPSession]:
    """A page with nothing but the charts, once ``begin`` is called in it; times are CPU times."""
    page = context.new_page()
    page.set_content("<!doctype html><body style='margin:0'></body>")
    page.add_script_tag(content=program)
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    return page, session


def _measure(
    page: Page, session: CDPSession, noisy: bool, ticks: int, rounds: int
) -> dict[str, list[float]]:
    """Milliseconds of CPU a tick; the ways take turns, for what else the machine does changes."""
    costs: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            page.evaluate("([way, noisy, ticks]) => begin(way, noisy, ticks)", [way, noisy, ticks])
            for _ in range(5):
                page.evaluate("() => tick()")
            for _ in range(ticks - 5):
                before = busy(session)
                page.evaluate("() => tick()")
                costs[way].append(busy(session) - before)
    return costs


def busy(session: CDPSession) -> float:
    """Milliseconds that the page's main thread has been busy, by the clock that is enabled."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000.0 * sum(float(m["value"]) for m in metrics if m["name"] == "TaskDuration")


def _show(scale: int, noisy: bool, costs: dict[str, list[float]]) -> None:
    base = statistics.median(costs["uplot"])
    what = f"{'noise ' if noisy else 'smooth'} {scale}x screen"
    told = (
        f"{way} {statistics.median(c):.1f} ms ({statistics.median(c) / base:.2f})"
        for way, c in costs.items()
    )
    sys.stdout.write(f"{what}: {', '.join(told)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
