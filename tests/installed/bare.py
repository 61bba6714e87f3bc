"""An environment with nothing in it, on a machine without Node and without a compiler."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.tensorboard_process import running_tensorboard

ROOT = Path(__file__).parents[2]
LOGS = ROOT / "demo_logs"
#: Of the demo's logs, and what must be told of it.
TASK, STATUS = "finished", "completed"
INSTALL_SECONDS = 900


class NotInstalled(Exception):
    """pip could not install what was asked for; the text is its last words."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a TensorBoard with TrainMon in it said, and how long it took until its first points."""

    tensorboard: str
    reader: str
    seconds: float


class Bare:
    """A new environment of one Python. Nothing but its own programs is on its PATH."""

    def __init__(self, folder: Path, python: Path) -> None:
        subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
        self._folder = folder
        self.python = folder / "bin" / "python"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
            "PATH": str(folder / "bin"),
            "CC": "there-is-no-compiler",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }

    def install(self, *requirements: str, cached: bool = True) -> float:
        """Install with pip; the seconds it took. Raises NotInstalled."""
        options = ["--quiet", "--only-binary", ":all:", *([] if cached else ["--no-cache-dir"])]
        began = time.monotonic()
        run = subprocess.run(
            [self.python, "-m", "pip", "install", *options, *requirements],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
        if run.returncode != 0:
            raise NotInstalled("\n".join(run.stderr.strip().splitlines()[-4:]))
        return time.monotonic() - began

    def start(self) -> Answers:
        """Start TensorBoard on the demo's logs and ask it what the tab asks first.

        Raises AssertionError, with what it said, where it does not start or answers wrongly.
        """
        began = time.monotonic()
        environment = {name: "" for name in os.environ if name.startswith("PYTHON")}
        with running_tensorboard(
            "--logdir",
            str(LOGS),
            python=self.python,
            environment={**environment, **self.environment},
        ) as tensorboard:
            listing = tensorboard.get("data/plugins_listing")
            assert listing["trainmon"]["enabled"], listing
            page = tensorboard.get_text("data/plugin_entry.html?name=trainmon")
            assert "index.js" in page, page
            module = tensorboard.get_text("data/plugin/trainmon/index.js")
            assert "installed without its front end" not in module
            tasks = {task["id"]: task for task in tensorboard.listing()["tasks"]}
            assert tasks[TASK]["status"] == STATUS, tasks
            series = tensorboard.get(f"data/plugin/trainmon/series?task={TASK}&metric=loss")
            assert series["series"]["loss"]["total_points"] > 100
            seconds = time.monotonic() - began
            version = tensorboard.get("data/environment")["version"]
        return Answers(version, self._reader(), seconds)

    def _reader(self) -> str:
        program = "from tb_trainmon.event_files.reader import reader_in_use; print(reader_in_use())"
        run = subprocess.run(
            [self.python, "-I", "-c", program], capture_output=True, text=True, check=True, cwd="/"
        )
        return run.stdout.strip()

    def versions(self) -> dict[str, str]:
        """Of every package in it, by name."""
        run = subprocess.run(
            [self.python, "-m", "pip", "list", "--format", "json"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return {package["name"].lower(): package["version"] for package in json.loads(run.stdout)}


def say(line: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
