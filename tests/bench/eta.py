"""How true the finishing time is: real runs, cut off along their way and asked for their end.

    .venv/bin/python -m tests.bench.eta [FILE] [--half 0|1]

FILE is JSON: ``{"runs": {name: {"time_s": [...], "step": [...]}}}``, seconds since the first point
and steps of the training metric that is logged most often; each ends with its last point, which is
taken for its total. ``--half`` takes every second run: what was chosen on one half is to hold on
the other. Prints, for each share of the way: answers, how many true ends lie inside the range, the
error of its middle and its width (both medians, the width as a share of what was left).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from tb_trainmon.core.columns import Column, column
from tb_trainmon.tasks.judged.eta import estimate

SHARES = tuple(share / 10 for share in range(1, 10))
REPLAYS = Path(__file__).parents[1] / "fixtures" / "replays.json"


def runs(file: Path, half: int | None = None) -> Iterator[Column]:
    """The leading points of each run."""
    found = json.loads(file.read_text(encoding="utf-8"))["runs"]
    known = list(found.values()) if isinstance(found, dict) else found
    for number, run in enumerate(known):
        if half is None or number % 2 == half:
            times = 1.7e9 + np.asarray(run["time_s"], dtype=np.float64)
            yield column(run["step"], times, np.ones(len(times)))


def answers(points: Column) -> Iterator[tuple[float, bool, float, float]]:
    """Share of the way, whether the end lay inside, the middle's error, the range's width."""
    first, total = int(points.step[0]), int(points.step.max())
    for share in SHARES:
        at = int(np.searchsorted(points.step, first + (total - first) * share))
        known = points[: at + 1]
        now = float(known.wall_time[-1])
        left = float(points.wall_time[-1]) - now
        eta = estimate(known, total, now)
        if eta is None or left <= 0:
            continue
        middle = eta.finish_at - now
        wrong = max(middle / left, left / max(middle, 1e-9)) - 1.0
        yield share, eta.low_s <= left <= eta.high_s, wrong, (eta.high_s - eta.low_s) / left


def table(
    file: Path, half: int | None = None
) -> dict[float | str, tuple[int, float, float, float]]:
    """Answers, share inside, median error and median width: by share of the way, and of all."""
    told = [answer for points in runs(file, half) for answer in answers(points)]
    rows: dict[float | str, tuple[int, float, float, float]] = {}
    keys: tuple[float | str, ...] = (*SHARES, "all")
    for key in keys:
        mine = [answer for answer in told if key in ("all", answer[0])]
        if mine:
            inside = sum(answer[1] for answer in mine) / len(mine)
            rows[key] = (len(mine), inside, median(a[2] for a in mine), median(a[3] for a in mine))
    return rows


def main() -> None:
    """Print the table."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("file", nargs="?", type=Path, default=REPLAYS)
    ask.add_argument("--half", type=int, choices=(0, 1))
    given = ask.parse_args()
    lines = ["way    answers  inside  error  width"]
    for key, (count, inside, wrong, width) in table(given.file, given.half).items():
        way = key if isinstance(key, str) else f"{key:.0%}"
        lines.append(f"{way:>5} {count:>8} {inside:>7.0%} {wrong:>6.1%} {width:>6.1%}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
