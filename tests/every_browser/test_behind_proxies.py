"""Behind every proxy the tab is live, and no stream stays when its browser has gone."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tb_trainmon import TaskLogger
from tb_trainmon.cli.doctor import server
from tests.every_browser.proxies import PROXIES
from tests.every_browser.tab import Tab
from tests.live.test_in_tensorboard import connections
from tests.tensorboard_process import TensorBoard, running_tensorboard

#: Seconds of a stream, here: more than those after which a browser takes it for a good one.
LONGEST = 6.0
PROGRAM = f"""
import tb_trainmon.live.watcher as watcher
watcher.LONGEST = {LONGEST}
from tensorboard.main import run_main
run_main()
"""
#: Of the requests before: a proxy may keep their connections for a moment.
SETTLED = 1


@dataclass
class Training:
    """One that goes on when it is told to."""

    folder: Path
    log: TaskLogger
    step: int = 0

    def advance(self) -> int:
        """One step more; its number."""
        self.step += 1
        self.log.step(self.step, loss=1.0 / self.step)
        return self.step


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Training]:
    """After its first twenty steps."""
    folder = tmp_path_factory.mktemp("training")
    with TaskLogger(folder, task="live", total_steps=900, logging_steps=1) as log:
        training = Training(folder, log)
        for _ in range(20):
            training.advance()
        yield training


@pytest.fixture(scope="module")
def tensorboard(training: Training) -> Iterator[TensorBoard]:
    with running_tensorboard("--logdir", str(training.folder), program=("-c", PROGRAM)) as running:
        running.listing()
        yield running


@pytest.fixture(scope="module", params=list(PROXIES))
def address(
    request: pytest.FixtureRequest,
    tensorboard: TensorBoard,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Of the tab, through a proxy."""
    name: str = request.param
    with PROXIES[name](tensorboard.url, tmp_path_factory.mktemp(name)) as url:
        yield url


def stream(url: str, client: str) -> http.client.HTTPConnection:
    """Somebody who listens, and has heard the first bytes."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    path = f"{parts.path}data/plugin/trainmon/stream?task=live&client={client}"
    connection.request("GET", path, headers={"Accept": "text/event-stream"})
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.read1(64).startswith(b"retry:")
    return connection


def wait_until_settled(tensorboard: TensorBoard, within: float) -> None:
    deadline = time.monotonic() + within
    while connections(tensorboard) > SETTLED:
        assert time.monotonic() < deadline, f"{connections(tensorboard)} connections are left"
        time.sleep(0.1)


def test_nothing_in_between_keeps_the_tab_from_working(address: str) -> None:
    findings = list(server.ask(address))
    assert {finding.level for finding in findings} == {"good"}, findings
    assert "What happens is streamed as it happens." in [finding.what for finding in findings]


def test_who_has_gone_leaves_no_stream(address: str, tensorboard: TensorBoard) -> None:
    """Whether or not the proxy says so."""
    wait_until_settled(tensorboard, 30.0)
    for number in range(8):
        with closing(stream(address, f"browser{number}")):
            pass
    wait_until_settled(tensorboard, 30.0)


def test_rounds_of_hiding_leave_one_stream_at_most(address: str, tensorboard: TensorBoard) -> None:
    wait_until_settled(tensorboard, 30.0)
    for _ in range(4):
        with closing(stream(address, "one-browser")):
            pass
    deadline = time.monotonic() + LONGEST * 0.7
    while connections(tensorboard) > 1 + SETTLED:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_tab_is_live_and_stays_so_while_streams_end(
    tab: Tab, address: str, training: Training
) -> None:
    """Each goes on where the last one ended: nothing is polled, nothing is missing."""
    tab.open(address, task="live")
    tab.see("Live")
    began = time.monotonic()
    while time.monotonic() - began < 1.5 * LONGEST:
        step = training.advance()
        tab.see(f"up to step {step}", '[role="img"]')
        assert tab.run("return find('*', '· polling') === null")
