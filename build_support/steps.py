"""Commands that check or test something, each run to its end and told of in a line or whole."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Step:
    """One command; ``allowed`` is an exit code that is no failure either."""

    name: str
    command: tuple[str, ...]
    allowed: int = 0


@dataclass(frozen=True)
class Done:
    """What became of a step."""

    step: Step
    failed: bool
    said: str
    seconds: float


def environment() -> dict[str, str]:
    """Ours, in which Python may keep what it compiles: tests start it some hundred times."""
    return {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(step: Step) -> Done:
    """Run ``step`` to its end."""
    began = time.monotonic()
    ended = subprocess.run(
        step.command,
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    failed = ended.returncode not in (0, step.allowed)
    return Done(step, failed, ended.stdout, time.monotonic() - began)


def tell(done: Done) -> Done:
    """Print what became of a step."""
    sys.stdout.write(report(done))
    sys.stdout.flush()
    return done


def report(done: Done) -> str:
    """One line for what is well, all that it said for what is not."""
    head = f"{'FAILED' if done.failed else 'ok':6}  {done.step.name} ({done.seconds:.0f} s)"
    said = done.said.rstrip()
    return f"{head}\n{said}\n" if done.failed else f"{head}: {said.rpartition(chr(10))[2]}\n"
