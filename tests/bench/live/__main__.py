"""``make bench-live``: TrainMon live, in a real TensorBoard, a real browser, with a real writer."""

from __future__ import annotations

from tests.bench.live import load
from tests.bench.live.table import show

if __name__ == "__main__":
    show(load.measure(1, 20.0))
    show(load.measure(50, 20.0))
