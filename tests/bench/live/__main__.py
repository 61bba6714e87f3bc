"""``make bench-live``: TrainMon live, in a real TensorBoard, a real browser, with a real writer.

    python -m tests.bench.live [--quick] [PART ...]

PART is ``charts``, ``latency``, ``tick``, ``load`` or ``abuse``; all by default. ``--quick``: each
is short.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

from tests.bench.live import abuse, charts, endings, latency, load, ticks
from tests.bench.live.table import Row, show


def _charts(quick: bool) -> Iterator[Row]:
    yield from charts.measure(20_000, 5)
    if not quick:
        yield from charts.measure(2_000_000, 5)


def _ticks(quick: bool) -> Iterator[Row]:
    count = ticks.TURN if quick else 10 * ticks.TURN
    yield from ticks.measure(count)
    yield from ticks.measure(count, other_scalars=300)
    yield from ticks.measure(count, noise=True)
    yield from ticks.measure(count, scale=2)
    if not quick:
        yield from ticks.measure(count, noise=True, scale=2)
    yield from ticks.growth(300, samples=2) if quick else ticks.growth(10_000)


def _load(quick: bool) -> Iterator[Row]:
    for tasks in (1, 50):
        yield from load.measure(tasks, 15.0 if quick else 60.0)
    yield from endings.measure()


Part = Callable[[bool], Iterator[Row]]

PARTS: dict[str, Part] = {
    "charts": _charts,
    "latency": lambda quick: iter(latency.measure(10.0 if quick else 30.0)),
    "tick": _ticks,
    "load": _load,
    "abuse": lambda quick: iter(abuse.measure(8 if quick else 40)),
}


def main() -> None:
    """Run the parts that are named and print each row as soon as it is measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.live")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    for name in asked.parts or PARTS:
        show(PARTS[name](asked.quick))


if __name__ == "__main__":
    main()
