"""What trainers have left behind, without the event files that say more."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tb_trainmon import cli
from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.training_logs.reading import TrainingLogs

LONG_AGO = time.time() - 86_400.0


class Left:
    """A log directory in which trainers have been."""

    def __init__(self, logdir: Path, real_logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.logdir = logdir
        self.logs = TrainingLogs(str(logdir / "training_logs.db"))
        self._real_logs = real_logs
        self._capsys = capsys
        logdir.mkdir()

    def real(self, scene: str, output: str = "", without: str = "events.out.*") -> Path:
        """The output folder of a real Hugging Face training, as ``output``."""
        folder = self.logdir / (output or scene)
        source = self._real_logs / "transformers_v5" / scene
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns(without), dirs_exist_ok=True)
        for path in folder.rglob("trainer_state.json"):
            self.age(path)
        return folder

    def state(self, output: str, checkpoint: int, **changed: Any) -> Path:
        """A ``trainer_state.json`` with a loss for each of ten steps."""
        path = self.logdir / output / f"checkpoint-{checkpoint}" / "trainer_state.json"
        path.parent.mkdir(parents=True)
        history = [{"step": step, "loss": 1 / step} for step in range(10, checkpoint + 1, 10)]
        values = {"global_step": checkpoint, "max_steps": 100, "log_history": history}
        path.write_text(json.dumps({**values, **changed}))
        self.age(path)
        return path

    def lines(self, output: str, lines: list[dict[str, Any]], age: float = 86_400.0) -> Path:
        """A ``trainer_log.jsonl``, as LLaMA-Factory writes it."""
        path = self.logdir / output / "trainer_log.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        self.age(path, age)
        return path

    def age(self, path: Path, age: float = 86_400.0) -> None:
        os.utime(path, (time.time() - age, time.time() - age))

    def run(self, *arguments: str) -> list[str]:
        """What ``trainmon import`` says."""
        assert cli.main(["import", str(self.logdir), *arguments]) == 0
        return self._capsys.readouterr().out.splitlines()

    def rows(self, task: str, kind: str = "") -> list[tuple[int, str, int | None]]:
        """Attempt, type and step of each row."""
        try:
            found = self.logs.logs(task)
        except DatabaseUnreadable:
            return []
        return [(r.attempt, r.type, r.step) for r in found if kind in ("", r.type)]


@pytest.fixture
def left(
    tmp_path: Path,
    real_logs: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Left]:
    monkeypatch.delenv("TRAINMON_DB_URL", raising=False)
    left = Left(tmp_path / "out", real_logs, capsys)
    yield left
    left.logs.close()


def line(step: int, elapsed: str, total: int = 30, **measured: float) -> dict[str, Any]:
    """One line of a ``trainer_log.jsonl``."""
    return {
        "current_steps": step,
        "total_steps": total,
        **(measured or {"loss": 1 / step, "lr": 1e-4}),
        "epoch": step / 10,
        "percentage": round(100 * step / total, 2),
        "elapsed_time": elapsed,
        "remaining_time": "0:00:00",
    }


Line = Callable[..., dict[str, Any]]
