"""How a metric is called: in the table (canonical) and in an event file (a tag)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

EVALUATION = "eval_"

_EVALUATION = re.compile(r"(?:eval|val|valid|validation)_(.+)")
_TEST = re.compile(r"test_(.+)")
_TRAINING = re.compile(r"(?:train|training)_(.+)")
_RAW_EVALUATION = re.compile(r"(?:eval|val|valid|validation|test)/")
_CANONICAL = {"lr": "learning_rate", "gradient_norm": "grad_norm"}


def in_evaluation(name: str) -> str:
    """The canonical name of what an evaluation measured: its ``loss`` is ``eval_loss``."""
    return name if name.startswith(EVALUATION) or "/" in name else EVALUATION + name


def by_role(logs: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a framework logged, as what training and what an evaluation measured.

    Names become canonical: ``train_loss`` is ``loss``, ``val_loss`` is ``eval_loss``. A name with a
    slash is a raw tag and stays. Texts and whole tables are no metrics.
    """
    training: dict[str, Any] = {}
    evaluation: dict[str, Any] = {}
    for name, value in logs.items():
        if value is None or isinstance(value, str | bytes | Mapping | list | tuple):
            continue
        if "/" in name:
            (evaluation if _RAW_EVALUATION.match(name) else training)[name] = value
        elif found := _EVALUATION.fullmatch(name):
            evaluation[EVALUATION + found[1]] = value
        elif found := _TEST.fullmatch(name):
            evaluation["test/" + found[1]] = value
        else:
            found = _TRAINING.fullmatch(name)
            short = found[1] if found else name
            training[_CANONICAL.get(short, short)] = value
    return training, evaluation


def tag(name: str) -> str:
    """The tag of a canonical name: ``train/loss``, ``eval/loss``; a raw tag stays as it is."""
    if "/" in name:
        return name
    if name.startswith(EVALUATION):
        return "eval/" + name[len(EVALUATION) :]
    return "train/" + name
