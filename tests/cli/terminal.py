"""``trainmon`` as a person or a script runs it: a process, in a pipe or in a terminal."""

from __future__ import annotations

import atexit
import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from tests.cli.warm_start import warm_command

COMMAND = (sys.executable, "-W", "error", "-m", "tb_trainmon.cli")
PATIENCE = 60.0  # seconds; a busy machine takes its time
CTRL_C = b"\x03"

# So that Ctrl-C, pressed in it, reaches the command.
_TAKE_THE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)
_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>])")


def environment(**changes: str | None) -> dict[str, str]:
    """The test's environment without what changes colours and widths; None takes a variable out."""
    changing = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TRAINMON_DB_URL", "TTY_COMPATIBLE")
    kept = {name: value for name, value in os.environ.items() if name not in changing}
    kept |= {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
    kept |= {name: value for name, value in changes.items() if value is not None}
    return kept


@cache
def _warm_command() -> tuple[str, ...]:
    """Its server ends with the tests."""
    running = ExitStack()
    atexit.register(running.close)
    return running.enter_context(warm_command())


def run(
    *arguments: str | Path, cwd: Path | None = None, **variables: str | None
) -> subprocess.CompletedProcess[str]:
    """Run it to its end; its answers go into a pipe."""
    return subprocess.run(
        [*_warm_command(), *arguments],
        cwd=cwd,
        env=environment(**variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def without_escapes(text: str) -> str:
    """What is left of a terminal's output when nothing moves or colours it."""
    return _ESCAPE.sub("", text).replace("\r", "")


class Terminal:
    """A pseudo-terminal in which it runs; ``screen`` is all that came so far."""

    def __init__(
        self, *arguments: str | Path, columns: int = 120, rows: int = 40, **variables: str | None
    ) -> None:
        self._mine, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-S", "-c", _TAKE_THE_TERMINAL, *COMMAND, *arguments],
            stdin=its,
            stdout=its,
            stderr=its,
            env=environment(**variables),
            start_new_session=True,
        )
        os.close(its)
        # A read may end within a character.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.raw = ""

    @property
    def screen(self) -> str:
        return without_escapes(self.raw)

    def wait_for(self, text: str) -> None:
        """Until ``text`` came."""
        self._read_until(lambda: text in self.screen)
        assert text in self.screen, f"{text!r} did not come; there is:\n{self.screen}"

    def press(self, key: bytes) -> None:
        os.write(self._mine, key)

    def end(self) -> int:
        """Wait for its end; gives the exit code."""
        self._read_until(lambda: False)
        code = self.process.wait(PATIENCE)
        os.close(self._mine)
        return code

    def _read_until(self, is_enough: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_enough() and time.monotonic() < deadline:
            ready, _, _ = select.select([self._mine], [], [], 0.1)
            if not ready:
                continue
            try:
                came = os.read(self._mine, 65536)
            except OSError:  # Linux says so at the end
                return
            if not came:
                return
            self.raw += self._decoder.decode(came)


class Pipe:
    """It runs, and its answers are read as they come: with ``piped``."""

    def __init__(self, *arguments: str | Path) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *arguments],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def line(self) -> str:
        """The next line."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def rest(self) -> list[str]:
        """All further lines, once it has ended."""
        out, self.errors = self.process.communicate(timeout=PATIENCE)
        return out.splitlines()


@contextmanager
def piped(*arguments: str | Path) -> Iterator[Pipe]:
    """It runs for the time of the ``with`` block."""
    pipe = Pipe(*arguments)
    try:
        yield pipe
    finally:
        pipe.process.kill()
        pipe.process.communicate()


def everything(*arguments: str | Path, columns: int = 120, no_color: str | None = None) -> Terminal:
    """Run it to its end in a terminal of that width."""
    terminal = Terminal(*arguments, columns=columns, NO_COLOR=no_color)
    terminal.end()
    return terminal
