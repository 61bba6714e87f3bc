"""Training tasks in every state at one moment, and a TensorBoard for which it is that moment."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

from tests.routes.site import Clock
from tests.routes.trainer import Trainer, training
from tests.tensorboard_process import TensorBoard, running_tensorboard

REPOSITORY = Path(__file__).parents[2]
LAUNCHER = Path(__file__).with_name("frozen_tensorboard.py")

#: Some hours after the committed demo logs were made: 2026-11-23, 06:00 in UTC.
MOMENT = 1_795_413_600.0
#: When their files were written last, as a checkout would not tell.
WRITTEN = MOMENT - 4 * 3600
RUNNING, PENDING = "llama-sft/tb", "waiting"
DEMO = ("restarted", "finished", "failed", "stopped", "event_files_only")
STEP_SECONDS = 9.0


@contextmanager
def still_tensorboard(folder: Path) -> Iterator[TensorBoard]:
    """A TensorBoard on ``folder`` whose clock stands at MOMENT."""
    with running_tensorboard("--logdir", str(folder), program=(LAUNCHER, MOMENT)) as running:
        yield running


def lay_out(folder: Path) -> None:
    """The demo's finished tasks, one that runs since two hours, and one that has not begun."""
    for name in DEMO:
        shutil.copytree(REPOSITORY / "demo_logs" / name, folder / name)
    shutil.copy(REPOSITORY / "demo_logs" / "training_logs.db", folder)
    with training(folder / PENDING, Clock(MOMENT - 40.0)):
        pass
    saved = _one_that_runs(folder / RUNNING)
    for path in folder.rglob("*"):
        is_over = path.relative_to(folder).parts[0] in DEMO
        moment = saved.get(path, WRITTEN if is_over else MOMENT)
        os.utime(path, (moment, moment))


def _one_that_runs(folder: Path) -> dict[Path, float]:
    """Killed at step 2,500, resumed at 2,000 with half the rate; the times of its checkpoints."""
    clock, saved = Clock(MOMENT - 8200.0), {}
    for pid, steps, peak in ((1, range(10, 2510, 10), 3e-4), (2, range(2010, 10_000, 10), 1.5e-4)):
        with training(folder, clock, pid) as trainer:
            trainer.arguments(max_steps=10_000, learning_rate=peak, per_device_train_batch_size=8)
            for step in takewhile(lambda _: clock() <= MOMENT - STEP_SECONDS, steps):
                _train(trainer, clock, step, peak)
                if step % 500 == 0:
                    saved[folder.parent / f"checkpoint-{step}"] = clock()
        clock.now = MOMENT - 5400.0
    for checkpoint in saved:
        checkpoint.mkdir()
    return saved


def _train(trainer: Trainer, clock: Clock, step: int, peak: float) -> None:
    clock.advance(STEP_SECONDS - 1.0)  # ``log`` takes the last second
    wave = math.sin(step * 0.37) * math.sin(step * 0.11 + 1.0)
    trainer.log(
        step,
        train__loss=1.6 + 2.4 * math.exp(-step / 900) + 0.12 * wave,
        train__grad_norm=1.0 + 0.4 * abs(wave),
        train__learning_rate=peak * min(1.0, step / 300),
        train__epoch=step / 2500,
    )
    if step % 500 == 0:
        trainer.log(step, eval__loss=1.75 + 2.2 * math.exp(-step / 800) + step / 40_000)
