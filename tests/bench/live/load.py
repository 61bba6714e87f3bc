"""Two hundred streams: how soon each hears of a point, and what that costs TensorBoard."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import numpy as np

from tests.bench.live.processes import Usage, pid_listening_on
from tests.bench.live.table import Row
from tests.bench.live.writers import METRICS, training
from tests.tensorboard_process import TensorBoard, running_tensorboard

STREAMS = 200
POINTS_PER_SECOND = 10.0
BYTES_OF_A_POINT = 24  # step, wall time and value
ROUTE = "data/plugin/trainmon/"


@dataclass
class Heard:
    """What all streams of a bench heard."""

    delays: list[float] = field(default_factory=list)
    missed: int = 0
    doubled: int = 0


async def _listen(url: str, task: str, cursor: str, heard: Heard) -> None:
    """Read one stream until cancelled; every point once, in order."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=2**24)
    path = (
        f"{address.path}{ROUTE}stream?task={quote(task)}&metric=loss&ema=0.6&ma=5&cursor={cursor}"
    )
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    last: int | None = None
    try:
        while True:
            line = await reader.readline()
            if not line.startswith(b'data: {"type":"points"'):
                continue
            now = time.time()
            loss = json.loads(line[6:])["series"]["loss"]
            heard.delays += [now - written for written in loss["wall_time"]]
            for step in loss["step"]:
                heard.doubled += last is not None and step <= last
                heard.missed += max(step - last - 1, 0) if last is not None else 0
                last = step
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _listen_to_all(
    tensorboard: TensorBoard, tasks: Sequence[str], seconds: float, usage: Usage
) -> tuple[Heard, list[float], float]:
    """What was heard, the memory at five moments, and the share of CPU."""
    cursors = {
        task: tensorboard.get(f"{ROUTE}series?task={quote(task)}&metric=loss")["cursor"]
        for task in tasks
    }
    heard = Heard()
    streams = [
        asyncio.create_task(_listen(tensorboard.url, task, cursors[task], heard))
        for task in (tasks[n % len(tasks)] for n in range(STREAMS))
    ]
    await asyncio.sleep(3.0)
    heard.delays.clear()
    measured = Usage(pid_listening_on(urlsplit(tensorboard.url).port or 0))
    memory = []
    for _ in range(5):
        await asyncio.sleep(seconds / 5)
        memory.append(usage.megabytes())
    share = measured.cpu_share()
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    return heard, memory, share


def measure(tasks: int, seconds: float) -> list[Row]:
    """Streams on so many tasks, each of which gets ten points a second."""
    with tempfile.TemporaryDirectory() as folder:
        names = [f"task{n:02d}" for n in range(tasks)]
        folders = [Path(folder) / name for name in names]
        with training(*folders, per_second=POINTS_PER_SECOND):
            time.sleep(3.0)
            with running_tensorboard("--logdir", folder) as tensorboard:
                usage = Usage(pid_listening_on(urlsplit(tensorboard.url).port or 0))
                tensorboard.get(ROUTE + "tasks")
                threads = usage.threads()
                heard, memory, share = asyncio.run(
                    _listen_to_all(tensorboard, names, seconds, usage)
                )
                time.sleep(3.0)  # two more points find out who has gone
                left = usage.threads() - threads
    what = f"{STREAMS} streams on {tasks} task{'s' * (tasks > 1)}"
    p50, p99 = np.quantile(heard.delays, [0.5, 0.99])
    growth = memory[-1] - memory[1]
    # What was written meanwhile is kept: that is no leak.
    written = tasks * POINTS_PER_SECOND * seconds * 3 / 5 * len(METRICS) * BYTES_OF_A_POINT / 2**20
    return [
        Row(f"{what}: delivery p50", f"{p50 * 1000:.0f} ms", ""),
        Row(f"{what}: delivery p99", f"{p99 * 1000:.0f} ms", "1000 ms", p99 <= 1.0),
        Row(f"{what}: CPU of TensorBoard", f"{share:.2f} cores", "0.50 cores", share <= 0.5),
        Row(
            f"{what}: memory",
            f"{memory[0]:.0f} MB, {growth:+.1f} MB, {written:.1f} of it new points",
            "flat",
            growth - written < 5.0,
        ),
        Row(
            f"{what}: points missed, doubled",
            f"{heard.missed}, {heard.doubled}",
            "0, 0",
            heard.missed == heard.doubled == 0,
        ),
        Row(f"{what}: threads left over", str(left), "0", left <= 0),
    ]
