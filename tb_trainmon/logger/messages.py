"""The words in the training log's ``message`` column."""

from __future__ import annotations

from collections.abc import Mapping

from tb_trainmon.training_logs.entries import Ending

#: So many metrics say enough in one line; the others are in the row's ``metrics``.
MOST_METRICS = 4


def started(start_step: int, total_steps: int | None) -> str:
    """How an attempt begins."""
    begun = f"Resumed from step {start_step:,}" if start_step else "Started from scratch"
    return begun if total_steps is None else f"{begun}; {total_steps:,} steps in all"


def measured(metrics: Mapping[str, float]) -> str:
    """What a step or an evaluation measured."""
    shown = list(metrics.items())[:MOST_METRICS]
    return ", ".join(f"{name} {value:.4g}" for name, value in shown)


def checkpoint(path: str | None) -> str:
    """What was saved."""
    return "Checkpoint saved" if path is None else f"Saved {path}"


def ended(ending: Ending, step: int | None) -> str:
    """How an attempt ended, and where."""
    where = "before the first step" if step is None else f"at step {step:,}"
    cause = f": {ending.error}" if ending.error else ""
    return f"{ending.status.capitalize()} {where}{cause}"
