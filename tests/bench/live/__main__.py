"""``make bench-live``: TrainMon live, in a real TensorBoard, a real browser, with a real writer.

    python -m tests.bench.live [--quick] [PART ...]

PART is ``charts``, ``latency``, ``tick``, ``load`` or ``abuse``; all by default. ``--quick``: each
is short.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from tests.bench.live import abuse, charts, endings, latency, load, ticks
from tests.bench.live.table import Row, show

Part = Callable[[bool], list[Row]]

PARTS: dict[str, Part] = {
    "charts": lambda quick: [
        *charts.measure(20_000, 5),
        *([] if quick else charts.measure(2_000_000, 5)),
    ],
    "latency": lambda quick: latency.measure(10.0 if quick else 30.0),
    "tick": lambda quick: [
        *ticks.measure(60 if quick else 200),
        *ticks.measure(60 if quick else 200, noise=True),
        *ticks.measure(60 if quick else 200, scale=2),
        *ticks.measure(60 if quick else 200, noise=True, scale=2),
        *ticks.measure(60 if quick else 200, other_scalars=300),
        *ticks.growth(300 if quick else 10_000),
    ],
    "load": lambda quick: [
        *load.measure(1, 15.0 if quick else 60.0),
        *load.measure(50, 15.0 if quick else 60.0),
        *endings.measure(),
    ],
    "abuse": lambda quick: abuse.measure(8 if quick else 40),
}


def main() -> None:
    """Run the parts that are named and print each one's rows as it ends."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.live")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    for name in asked.parts or PARTS:
        show(PARTS[name](asked.quick))


if __name__ == "__main__":
    main()
