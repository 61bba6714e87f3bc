"""How a metric is called: in the table (canonical) and in an event file (a tag)."""

from __future__ import annotations

EVALUATION = "eval_"


def in_evaluation(name: str) -> str:
    """The canonical name of what an evaluation measured: its ``loss`` is ``eval_loss``."""
    return name if name.startswith(EVALUATION) or "/" in name else EVALUATION + name


def tag(name: str) -> str:
    """The tag of a canonical name: ``train/loss``, ``eval/loss``; a raw tag stays as it is."""
    if "/" in name:
        return name
    if name.startswith(EVALUATION):
        return "eval/" + name[len(EVALUATION) :]
    return "train/" + name
