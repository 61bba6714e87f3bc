"""Streams of a real TensorBoard: through its own server, by its own threads."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import StartTensorBoard
from tests.routes.site import Clock
from tests.routes.trainer import Trainer, training
from tests.tensorboard_process import TensorBoard, running_tensorboard

pytestmark = pytest.mark.slow

ROUTE = "/data/plugin/trainmon/"
STREAMS = 20


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[tuple[Path, Trainer]]:
    """A log directory, and the trainer that is at work in it."""
    with training(tmp_path / "run", Clock(time.time() - 5)) as trainer:
        log(trainer, 1, 2, 3)
        yield tmp_path, trainer


def log(trainer: Trainer, *steps: int) -> None:
    for step in steps:
        trainer.log(step, loss=1 / step)
    trainer.flush()


def stream(tensorboard: TensorBoard, query: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(tensorboard.url).netloc, timeout=30)
    connection.request("GET", f"{ROUTE}stream?{query}")
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    return answer


def events(answer: http.client.HTTPResponse) -> Iterator[dict[str, str]]:
    """The fields of each event, as it comes."""
    fields: dict[str, str] = {}
    for line in answer:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            fields[name] = value
        elif "data" in fields:
            yield fields
            fields = {}


def connections(tensorboard: TensorBoard) -> int:
    """How many the server holds, by the kernel's own list."""
    port = urlsplit(tensorboard.url).port
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    # Column 1 is the local address and 3 the state: 01 established, 08 closed by the peer.
    ours = [row for row in rows if int(row[1].split(":")[1], 16) == port]
    return sum(row[3] in {"01", "08"} for row in ours)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30.0
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_flushed_point_reaches_every_stream_and_who_hangs_up_is_let_go(
    start_tensorboard: StartTensorBoard, logs: tuple[Path, Trainer]
) -> None:
    folder, trainer = logs
    tensorboard = start_tensorboard("--logdir", str(folder))
    cursor = tensorboard.get(f"{ROUTE[1:]}series?task=run")["cursor"]
    with ExitStack() as opened:
        streams = [
            opened.enter_context(closing(stream(tensorboard, f"task=run&cursor={cursor}")))
            for _ in range(STREAMS)
        ]
        log(trainer, 4)
        for answer in streams:
            last = next(fields for fields in events(answer) if "id" in fields)
            assert json.loads(last["data"])["series"]["loss"]["step"] == [4]
        if Path("/proc/net/tcp").exists():
            wait_until(lambda: connections(tensorboard) == STREAMS)
    # A disconnect is noticed when something is sent: the next point.
    for step in range(5, 8):
        log(trainer, step)
        time.sleep(0.4)
    if Path("/proc/net/tcp").exists():
        wait_until(lambda: connections(tensorboard) == 0)


def test_ctrl_c_ends_a_tensorboard_with_open_streams(logs: tuple[Path, Trainer]) -> None:
    """``running_tensorboard`` asks it to end and fails if it does not."""
    with ExitStack() as opened, running_tensorboard("--logdir", str(logs[0])) as tensorboard:
        for _ in range(STREAMS):
            answer = opened.enter_context(closing(stream(tensorboard, "task=run")))
            assert next(events(answer))["event"] == "reset"
