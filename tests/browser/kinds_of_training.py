"""A training of each kind that the tab knows, and from how wide a screen each is looked at."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.browser.still_life import REPOSITORY, WRITTEN
from tests.routes.site import Clock
from tests.routes.trainer import training

FIXTURES = REPOSITORY / "tests" / "fixtures"


@dataclass(frozen=True)
class Look:
    """From a screen of this many pixels, in light or in the dark."""

    width: int
    theme: str


#: Each kind once, and those that were here first twice: a picture costs a second or two.
LOOKS = {
    "rl-control": (Look(1280, "light"), Look(360, "dark")),
    "rl-post-training": (Look(1280, "light"), Look(360, "dark")),
    "classification": (Look(1280, "light"), Look(360, "dark")),
    "detection": (Look(2560, "light"),),
    "segmentation": (Look(1280, "dark"),),
    "gan": (Look(360, "light"),),
    "diffusion": (Look(1280, "dark"),),
    "speech": (Look(360, "dark"),),
    "regression": (Look(1280, "light"),),
    "seq2seq": (Look(2560, "dark"),),
    "unknown": (Look(1280, "light"),),
}

#: As real trainers logged them.
REAL = {
    "rl-control": Path("logs", "stable_baselines3", "ppo"),
    "rl-post-training": Path("logs", "trl", "grpo"),
    "classification": Path("logs", "keras3_tf", "batch_freq"),
    "detection": Path("judgement", "strangers", "end-sign-2"),
    "unknown": Path("logs", "lightning", "full"),
}

#: From where to where a tag goes in the course of a training.
Course = tuple[float, float]


@dataclass(frozen=True)
class Played:
    """The tags of a framework, of whose trainings no log is here."""

    training: Mapping[str, Course]
    evaluation: Mapping[str, Course]


PLAYED = {
    "segmentation": Played(  # mmseg
        {
            "loss": (2.4, 0.31),
            "decode.loss_ce": (1.7, 0.22),
            "aux.loss_ce": (0.7, 0.09),
            "decode.acc_seg": (31.0, 92.0),
            "lr": (1e-2, 1e-4),
        },
        {"mIoU": (9.0, 71.3), "mAcc": (14.0, 80.2), "aAcc": (52.0, 93.1)},
    ),
    "gan": Played(  # mimicry
        {
            "errG": (0.7, 2.9),
            "errD": (1.4, 0.55),
            "D(x)": (0.5, 0.78),
            "D(G(z))": (0.5, 0.21),
            "lr_G": (2e-4, 1e-4),
        },
        {"FID": (310.0, 24.6)},
    ),
    "diffusion": Played(  # improved-diffusion
        {
            "loss": (1.0, 0.031),
            "loss_q0": (1.0, 0.11),
            "loss_q3": (1.0, 0.004),
            "mse": (1.0, 0.03),
            "vb": (0.02, 0.001),
            "grad_norm": (1.1, 0.06),
            "samples": (640.0, 128_000.0),
        },
        {},
    ),
    "speech": Played(  # NeMo
        {
            "train_loss": (310.0, 12.5),
            "learning_rate": (1e-3, 1e-5),
            "training_batch_wer": (1.0, 0.11),
        },
        {"val_loss": (280.0, 18.4), "val_wer": (0.98, 0.137)},
    ),
    "regression": Played(  # SchNetPack
        {"train_loss": (1.3, 0.021), "lr": (5e-4, 1e-6)},
        {"val_loss": (1.2, 0.034), "val_energy_MAE": (0.9, 0.041), "val_forces_MAE": (0.6, 0.029)},
    ),
    "seq2seq": Played(  # the Hugging Face Trainer, summarization
        {"train/loss": (3.9, 1.71), "train/learning_rate": (5e-5, 1e-6)},
        {"eval/loss": (3.4, 1.92), "eval/rouge1": (21.0, 41.7), "eval/rougeL": (15.0, 34.2)},
    ),
}

STEPS, LOGGED_EVERY, EVALUATED_EVERY = 2000, 10, 200


def lay_out_kinds(folder: Path) -> None:
    """A task of each kind, by its name, written some hours ago."""
    for name, logs in REAL.items():
        shutil.copytree(FIXTURES / logs, folder / name)
    for name, played in PLAYED.items():
        _play(folder / name, played)
    for path in folder.rglob("*.tfevents.*"):
        written = WRITTEN if path.parent.name in PLAYED else _opened_at(path)
        os.utime(path, (written, written))


def _opened_at(path: Path) -> float:
    """As its name tells: all of them are of short trainings."""
    return float(path.name.split("tfevents.")[1].split(".")[0])


def _play(folder: Path, played: Played) -> None:
    clock = Clock(WRITTEN - STEPS)
    with training(folder, clock) as trainer:
        for step in range(LOGGED_EVERY, STEPS + 1, LOGGED_EVERY):
            clock.advance(LOGGED_EVERY - 1.0)  # ``log`` takes the last second
            trainer.log(step, **_values(played.training, step))
            if step % EVALUATED_EVERY == 0:
                trainer.log(step, **_values(played.evaluation, step))


def _values(courses: Mapping[str, Course], step: int) -> dict[str, float]:
    wave = 0.04 * math.sin(step * 0.37) * math.sin(step * 0.011 + 1.0)
    left = math.exp(-5.0 * step / STEPS) * (1.0 + wave)
    return {tag: end + (start - end) * left for tag, (start, end) in courses.items()}
