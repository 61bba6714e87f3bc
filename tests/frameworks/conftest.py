"""Real trainings, each in a process of its own, and what the tab says of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.told import Told

ROOT = Path(__file__).parents[2]
TRAININGS = Path(__file__).parent / "trainings"
ENDS_WITHIN_SECONDS = 120

#: No training asks the network for anything, and two of them share the machine.
ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "KERAS_BACKEND": "torch",
    "TOKENIZERS_PARALLELISM": "false",
}


class Training:
    """A training script in a process of its own."""

    def __init__(
        self, script: str, output: Path, options: dict[str, Any], launcher: Sequence[str] = ()
    ) -> None:
        self.output = output
        output.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, *launcher, str(TRAININGS / script), str(output)]
        self.process = subprocess.Popen(
            [*command, json.dumps(options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=output,
            env={**os.environ, **ENVIRONMENT},
        )
        self.said: list[str] = []

    def wait_until_it_says(self, line: str) -> None:
        assert self.process.stdout is not None
        for said in self.process.stdout:
            self.said.append(said)
            if said.strip() == line:
                return
        raise AssertionError(f"It never said {line!r}, but:\n{''.join(self.said)}")

    def end(self) -> tuple[int, str]:
        """The exit code, and all that it said."""
        rest, _ = self.process.communicate(timeout=ENDS_WITHIN_SECONDS)
        return self.process.returncode, "".join(self.said) + rest

    def complete(self) -> str:
        """All that it said, which must end well."""
        code, said = self.end()
        assert code == 0, said
        return said


Train = Callable[..., Training]


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """The folder that a training makes everything in; its name is the task's."""
    return tmp_path / "out" / "tiny"


@pytest.fixture
def told(output: Path) -> Told:
    """What a TensorBoard says that was started one folder further up."""
    return Told(output.parent)


@pytest.fixture
def train(output: Path) -> Iterator[Train]:
    """Starts trainings; all end with the test: ``train("with_keras.py", FAIL_AT=3)``."""
    started: list[Training] = []

    def start(script: str, launcher: Sequence[str] = (), **options: Any) -> Training:
        started.append(Training(script, output, options, launcher))
        return started[-1]

    yield start
    for training in started:
        if training.process.poll() is None:
            training.process.kill()
        training.process.communicate()
