"""Checkpoints: everything that is needed to go on as if nothing had happened."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tb_trainmon.demo.model import Weights

#: So many are kept, the latest ones.
KEPT = 2

NAME = re.compile(r"step-(\d+)\.npz")


@dataclass(frozen=True)
class Checkpoint:
    """The weights after ``step`` steps, and what the optimizer remembers."""

    step: int
    weights: Weights
    mean: Weights
    square: Weights


def save(folder: Path, checkpoint: Checkpoint) -> Path:
    """Write ``checkpoint`` whole or not at all, and delete all but the latest ones."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"step-{checkpoint.step:06d}.npz"
    unfinished = path.with_suffix(".unfinished")
    parts = {"weights": checkpoint.weights, "mean": checkpoint.mean, "square": checkpoint.square}
    arrays = {
        f"{kind}/{name}": part for kind, all_of in parts.items() for name, part in all_of.items()
    }
    with unfinished.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # its stub takes names for options
    unfinished.replace(path)
    for old in _saved(folder)[:-KEPT]:
        old.unlink()
    return path


def latest(folder: Path) -> Checkpoint | None:
    """The latest checkpoint in ``folder`` that can be read, if there is one."""
    found = (_loaded(path) for path in reversed(_saved(folder)))
    return next((checkpoint for checkpoint in found if checkpoint is not None), None)


def clear(folder: Path) -> None:
    """Delete all checkpoints: a new attempt from scratch must not resume from an old one."""
    for path in _saved(folder):
        path.unlink()


def _saved(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("step-*.npz") if NAME.fullmatch(path.name))


def _loaded(path: Path) -> Checkpoint | None:
    parts: dict[str, Weights] = {"weights": {}, "mean": {}, "square": {}}
    try:
        with np.load(path, allow_pickle=False) as arrays:
            for key in arrays.files:
                kind, _, name = key.partition("/")
                parts[kind][name] = arrays[key]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
    match = NAME.fullmatch(path.name)
    assert match is not None
    return Checkpoint(int(match[1]), **parts)
