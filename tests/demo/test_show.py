"""``trainmon demo``: both programs start, and both end, whoever asks and however often."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.demo import ports
from tb_trainmon.demo.children import Child
from tb_trainmon.training_logs.reading import TrainingLogs
from tb_trainmon.training_logs.rows import AttemptRow

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start(*options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tb_trainmon.cli", "demo", "--logdir", str(tmp_path)]
        started.append(
            subprocess.Popen(
                [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
        )
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=20)


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    pytest.fail(f"it ended without saying {words!r}: {said}")


def children_of(logdir: Path) -> list[str]:
    """The command lines of all programs that were started for ``logdir``."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_text("utf-8", "replace")
        except OSError:
            continue
        if str(logdir) in words and "tb_trainmon.cli" not in words:
            found.append(words)
    return found


def first_attempt(database: Path) -> AttemptRow:
    """TensorBoard may be there before the training has made its table."""
    deadline = time.monotonic() + 30
    attempts: list[AttemptRow] = []
    while not attempts and time.monotonic() < deadline:
        with contextlib.suppress(DatabaseUnreadable):
            attempts = TrainingLogs(str(database)).attempts().get("char-lm", [])
        time.sleep(0.1)
    return attempts[0]


needs_proc = pytest.mark.skipif(not Path("/proc").exists(), reason="looks for children in /proc")


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_both_start_and_both_end(demo: Start, tmp_path: Path, number: signal.Signals) -> None:
    process = demo("--port", "0")
    url = read_until(process, "#trainmon").split()[-1]
    with urllib.request.urlopen(url.partition("#")[0]) as page:
        assert b"TensorBoard" in page.read()
    database = tmp_path / "live" / "training_logs.db"
    assert first_attempt(database).status == "running"
    logs = TrainingLogs(str(database))
    assert [task.status for task in logs.tasks()] == ["running"]
    assert len(children_of(tmp_path)) >= 2
    process.send_signal(number)
    process.send_signal(number)
    rest, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Traceback" not in rest
    assert children_of(tmp_path) == []
    assert [task.status for task in logs.tasks()] == ["stopped"]


def test_a_port_that_is_taken_is_said_and_another_one_used(demo: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        said = read_until(demo("--port", str(taken)), "#trainmon")
    assert f"Port {taken} is taken" in said
    assert f":{taken}/" not in said


def test_a_training_that_is_complete_leaves_tensorboard_open(demo: Start, tmp_path: Path) -> None:
    process = demo("--port", "0", "--steps", "5")
    read_until(process, "The training is complete. TensorBoard stays")
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    logs = TrainingLogs(str(tmp_path / "live" / "training_logs.db"))
    assert logs.tasks()[0].status == "completed"


def test_a_place_that_cannot_be_written_is_a_sentence(demo: Start, tmp_path: Path) -> None:
    (tmp_path / "live").touch()
    process = demo("--port", "0")
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"Cannot write to {tmp_path}" in said
    assert "Traceback" not in said


def test_a_child_that_does_not_listen_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stubborn.py").write_text(
        "import signal, time\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    monkeypatch.setattr("tb_trainmon.demo.children.PATIENCE_SECONDS", 0.1)
    output = tmp_path / "logs" / "output"
    with Child(["stubborn"], output, {"PYTHONPATH": str(tmp_path)}) as child:
        while "ready" not in output.read_text():
            time.sleep(0.01)
        assert child.last_words() == "ready"
    assert child.exit_code() == -signal.SIGKILL


def test_a_free_port_is_given_and_a_taken_one_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert ports.free_port(port) != port
    assert ports.free_port(port) == port
    assert not ports.answers(port)


def test_the_training_uses_little_of_one_core(demo: Start, tmp_path: Path) -> None:
    if not Path("/proc").exists():
        pytest.skip("reads CPU times from /proc")
    read_until(demo("--port", "0"), "#trainmon")
    attempt = first_attempt(tmp_path / "live" / "training_logs.db")

    def cpu_seconds() -> float:
        words = Path(f"/proc/{attempt.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    before, began = cpu_seconds(), time.monotonic()
    time.sleep(1.5)
    assert (cpu_seconds() - before) / (time.monotonic() - began) < 0.5
