"""How true the finishing time is: real runs, cut off along their way and asked for their end.

    .venv/bin/python -m tests.bench.eta [FILE] [--half 0|1] [--statuses]

FILE is JSON: ``{"runs": {name: {"time_s": [...], "step": [...]}}}``, seconds since the first point
and steps of the training metric that is logged most often; each ends with its last point, which is
taken for its total. ``--half`` takes every second run: what was chosen on one half is to hold on
the other. Prints, for each share of the way: answers, how many true ends lie inside the range, the
error of its middle and its width (both medians, the width as a share of what was left); then
between what these lie where other runs might have been drawn (a bootstrap over the runs, 5 to
95 %). ``--statuses`` writes the runs as event files and asks, at each of these places, when the
point arrives and again a second before the next one, for the whole status: how many of these live
runs are called completed, how many stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

import numpy as np

from tb_trainmon.core.columns import Column, column
from tb_trainmon.tasks.judged.timing.eta import estimate
from tests.tasks.scenes import Stage

SHARES = tuple(share / 10 for share in range(1, 10))
_DRAWS = 500
REPLAYS = Path(__file__).parents[1] / "fixtures" / "replays.json"


def runs(file: Path, half: int | None = None) -> Iterator[Column]:
    """The leading points of each run."""
    found = json.loads(file.read_text(encoding="utf-8"))["runs"]
    known = list(found.values()) if isinstance(found, dict) else found
    for number, run in enumerate(known):
        if half is None or number % 2 == half:
            times = 1.7e9 + np.asarray(run["time_s"], dtype=np.float64)
            yield column(run["step"], times, np.ones(len(times)))


def cuts(points: Column) -> Iterator[tuple[float, int]]:
    """Shares of the way, and the point that each is reached at."""
    first, total = int(points.step[0]), int(points.step.max())
    for share in SHARES:
        yield share, int(np.searchsorted(points.step, first + (total - first) * share))


Answer = tuple[float, bool, float, float]


def answers(points: Column) -> Iterator[Answer]:
    """Share of the way, whether the end lay inside, the middle's error, the range's width."""
    total = int(points.step.max())
    for share, at in cuts(points):
        known = points[: at + 1]
        now = float(known.wall_time[-1])
        left = float(points.wall_time[-1]) - now
        eta = estimate(known, total, now)
        if eta is None or left <= 0:
            continue
        middle = eta.finish_at - now
        wrong = max(middle / left, left / max(middle, 1e-9)) - 1.0
        yield share, eta.low_s <= left <= eta.high_s, wrong, (eta.high_s - eta.low_s) / left


def figures(told: Iterable[Answer]) -> tuple[int, float, float, float]:
    """Answers, share inside, median error and median width."""
    mine = list(told)
    inside = sum(answer[1] for answer in mine) / len(mine)
    return len(mine), inside, median(a[2] for a in mine), median(a[3] for a in mine)


def table(
    file: Path, half: int | None = None
) -> dict[float | str, tuple[int, float, float, float]]:
    """Answers, share inside, median error and median width: by share of the way, and of all."""
    told = [answer for points in runs(file, half) for answer in answers(points)]
    found: dict[float | str, tuple[int, float, float, float]] = {
        share: figures(mine)
        for share in SHARES
        if (mine := [answer for answer in told if answer[0] == share])
    }
    return {**found, "all": figures(told)} if told else {}


def drawn(file: Path, half: int | None = None) -> tuple[list[float], list[float]]:
    """The same three of all, where other runs had been drawn: the 5th percentiles, the 95th."""
    told = [list(answers(points)) for points in runs(file, half)]
    chance = np.random.default_rng(0)
    draws = [
        figures(answer for run in chance.integers(0, len(told), len(told)) for answer in told[run])
        for _ in range(_DRAWS)
    ]
    low, high = np.quantile(np.array([draw[1:] for draw in draws]), [0.05, 0.95], axis=0)
    return low.tolist(), high.tolist()


def statuses(file: Path, half: int | None = None) -> Counter[str]:
    """What live runs are called, their totals typed: all that their points say."""
    called: Counter[str] = Counter()
    for points in runs(file, half):
        with tempfile.TemporaryDirectory() as folder:
            called.update(_statuses(Stage(Path(folder)), points))
    return called


def _statuses(stage: Stage, points: Column) -> Iterator[str]:
    times, total = points.wall_time.tolist(), int(points.step.max())
    log = stage.file(created=times[0])
    written = 0
    for _, at in cuts(points):
        for n in range(written, at + 1):
            log.log(int(points.step[n]), times[n], {"train/loss": 1.0 / (n + 1)})
        written = at + 1
        for now in (times[at], max(times[at + 1] - 1.0, times[at])):
            stage.now = now
            yield stage.opened().judged(total).verdict.status
    stage.close()


def main() -> None:
    """Print the table."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("file", nargs="?", type=Path, default=REPLAYS)
    ask.add_argument("--half", type=int, choices=(0, 1))
    ask.add_argument("--statuses", action="store_true")
    given = ask.parse_args()
    lines = ["way    answers  inside  error  width"]
    for key, (count, inside, wrong, width) in table(given.file, given.half).items():
        way = key if isinstance(key, str) else f"{key:.0%}"
        lines.append(f"{way:>5} {count:>8} {inside:>7.0%} {wrong:>6.1%} {width:>6.1%}")
    for name, low_or_high in zip(("5%", "95%"), drawn(given.file, given.half), strict=True):
        inside, wrong, width = low_or_high
        lines.append(f"{name:>5} {'drawn':>8} {inside:>7.0%} {wrong:>6.1%} {width:>6.1%}")
    if given.statuses:
        called = statuses(given.file, given.half)
        lines += [
            f"live runs called {status}: {called[status]} of {called.total()}"
            for status in ("completed", "stopped")
        ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
