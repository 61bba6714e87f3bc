"""A real TensorBoard in a process of its own, as a person starts it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STARTS_WITHIN_SECONDS = 60
ENDS_WITHIN_SECONDS = 15
ANSWERS_WITHIN_SECONDS = 120
ON_A_FREE_PORT = ("--host", "127.0.0.1", "--port", "0")

_URL = re.compile(r"^TensorBoard \S+ at (http://\S+/) ", re.MULTILINE)


@dataclass(frozen=True)
class TensorBoard:
    """One that runs and answers at ``url``, which ends with a slash; ``output`` is what it said."""

    url: str
    output: Path
    pid: int

    def get_text(self, path: str) -> str:
        """What ``path`` answers with; anything but status 200 is an error."""
        with urllib.request.urlopen(self.url + path, timeout=ANSWERS_WITHIN_SECONDS) as answer:
            text: str = answer.read().decode("utf-8")
            return text

    def get(self, path: str) -> Any:
        """The JSON that ``path`` answers with."""
        return json.loads(self.get_text(path))

    def listing(self) -> Any:
        """The list of tasks once it is whole."""
        answer = self.get("data/plugin/trainmon/tasks")
        while answer["progress"] is not None:
            time.sleep(0.1)
            answer = self.get("data/plugin/trainmon/tasks")
        return answer


@contextlib.contextmanager
def running_tensorboard(
    *arguments: str,
    python: str | Path = sys.executable,
    environment: Mapping[str, str] | None = None,
    program: Sequence[object] = ("-m", "tensorboard.main"),
) -> Iterator[TensorBoard]:
    """Start TensorBoard with ``arguments`` on a free port; end it with the block.

    It runs in an empty folder, so that only an installed TrainMon can be found.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output.txt"
        command = [str(word) for word in (python, *program, *ON_A_FREE_PORT)]
        with output.open("wb") as file:
            process = subprocess.Popen(
                [*command, *arguments],
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=heed_ctrl_c,  # noqa: PLW1509  it takes no lock
            )
        try:
            url = wait_for_url(lambda: process.poll() is None, output)
            yield TensorBoard(url, output, process.pid)
        finally:
            _end(process)


def wait_for_url(runs: Callable[[], bool], output: Path) -> str:
    """Where the TensorBoard that writes ``output`` answers; an error if it no longer runs."""
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        said = output.read_text("utf-8", errors="replace")
        found = _URL.search(said)
        if found:
            return found[1]
        if not runs():
            raise AssertionError(f"TensorBoard ended at once. It said:\n{said}")
        time.sleep(0.05)
    raise AssertionError(f"TensorBoard does not start. It said:\n{output.read_text('utf-8')}")


def heed_ctrl_c() -> None:
    """What a shell starts in the background ignores it, and all that is started there."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, as Ctrl-C does; the data server that it started goes with it."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(ENDS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise AssertionError("TensorBoard did not end when it was asked to.") from None
