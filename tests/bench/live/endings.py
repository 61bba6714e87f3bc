"""How 200 streams end: half of their readers hang up, then TensorBoard gets a Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.live.processes import Usage, pid_listening_on
from tests.bench.live.table import Row
from tests.bench.live.writers import training
from tests.tensorboard_process import TensorBoard, running_tensorboard

STREAMS = 200
FREED_WITHIN = 3.0
ENDS_WITHIN = 2.0


def measure() -> list[Row]:
    """Threads that are left of those who hung up, and the seconds until the process has ended."""
    with tempfile.TemporaryDirectory() as folder, training(Path(folder) / "run", per_second=10.0):
        time.sleep(1.0)
        with running_tensorboard("--logdir", folder) as tensorboard:
            pid = pid_listening_on(urlsplit(tensorboard.url).port or 0)
            tensorboard.listing()
            usage = Usage(pid)
            before = usage.threads()
            streams = [_listening(tensorboard) for _ in range(STREAMS)]
            _until(lambda: usage.threads() >= before + STREAMS)
            for stream in streams[::2]:
                stream.close()
            freed = _until(lambda: usage.threads() <= before + STREAMS // 2 + 2)
            os.kill(pid, signal.SIGINT)
            ended = _until(lambda: not _is_running(pid))
        for stream in streams[1::2]:
            stream.close()
    what = f"{STREAMS} streams"
    return [
        Row(
            f"{what}: half hang up, freed after",
            f"{freed:.1f} s",
            f"{FREED_WITHIN:g} s",
            freed <= FREED_WITHIN,
        ),
        Row(
            f"{what}: Ctrl-C with half of them open",
            f"{ended:.1f} s",
            f"{ENDS_WITHIN:g} s",
            ended <= ENDS_WITHIN,
        ),
    ]


def _listening(tensorboard: TensorBoard) -> socket.socket:
    """A reader that takes nothing: what is sent fits into the kernel's buffers for long enough."""
    address = urlsplit(tensorboard.url)
    connection = socket.create_connection((address.hostname or "", address.port or 0))
    path = f"{address.path}data/plugin/trainmon/stream?task=run&metric=loss"
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    return connection


def _until(holds: Callable[[], bool]) -> float:
    """Seconds that it took."""
    began = time.monotonic()
    while not holds() and time.monotonic() - began < 30.0:
        time.sleep(0.02)
    return time.monotonic() - began


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # ended, and not yet asked for by the one who started it
