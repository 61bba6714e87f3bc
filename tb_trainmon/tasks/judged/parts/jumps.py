"""Whether values jump back with their steps: that shows a restart where steps alone do not."""

from __future__ import annotations

import numpy as np

from tb_trainmon.core.columns import Column, FloatArray

_FEW = 3  # points at an end that are looked at together, for what they say without their noise


def jumped_back(before: Column, after: Column) -> bool | None:
    """Whether the values of ``after`` are nearer to what they were at its steps than to the latest.

    ``before`` is the same series up to there. None where the values do not tell: they have not
    moved in between, or are no numbers.
    """
    at = int(np.searchsorted(np.maximum.accumulate(before.step), after.step[0]))
    at = min(at, max(len(before) - 2 * _FEW, 0))
    then, latest = _middle(before.value[at : at + _FEW]), _middle(before.value[-_FEW:])
    now = _middle(after.value[:_FEW])
    moved = abs(latest - then)
    noise = _noise(before.value[at:])
    if not np.isfinite(moved + now) or moved <= max(noise, 1e-6 * abs(latest)):
        return None
    return bool(abs(now - then) < abs(now - latest))


def _middle(values: FloatArray) -> float:
    return float(np.median(values)) if len(values) else np.nan


def _noise(values: FloatArray) -> float:
    """How far neighbouring values usually lie apart."""
    moves = np.abs(np.diff(values))
    return float(np.median(moves)) if len(moves) > _FEW else 0.0
