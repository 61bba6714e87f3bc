"""Whether values jump back with their steps: that shows a restart where steps alone do not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, FloatArray
from tb_trainmon.core.joined import stretches, windows

_LOOKED_AT = 1 << 20  # differences that tell what is usual
_FEW = 3  # points at an end that are looked at together, for what they say without their noise


def any_number() -> np.errstate:
    """A block whose arithmetic may meet infinities and 1e308, which NumPy would print warnings of.

    What comes out of them is infinite or NaN, and is looked at as such.
    """
    return np.errstate(over="ignore", invalid="ignore")


def jumped_back(before: Column, after: Column) -> bool | None:
    """Whether the values of ``after`` are nearer to what they were at its steps than to the latest.

    ``before`` is the same series up to there. None where the values do not tell: they have not
    moved in between, or are no numbers.
    """
    first = after[:1].step.item()
    at = min(first_where(before, lambda piece: piece.step >= first), len(before) - 2 * _FEW)
    at = max(at, 0)
    then, latest = _middle(before[at : at + _FEW].value), _middle(before[-_FEW:].value)
    now = _middle(after[:_FEW].value)
    moved = abs(latest - then)
    noise = _noise(before[at:])
    if not np.isfinite(moved + now) or moved <= max(noise, 1e-6 * abs(latest)):
        return None
    return bool(abs(now - then) < abs(now - latest))


def _middle(values: FloatArray) -> float:
    return float(np.median(values)) if len(values) else np.nan


def _noise(points: Column) -> float:
    """How far neighbouring values usually lie apart."""
    moves = np.abs(differences(points, lambda piece: piece.value))
    return float(np.median(moves)) if len(moves) > _FEW else 0.0


def first_where(points: Column, holds: Callable[[Column], npt.NDArray[np.bool_]]) -> int:
    """The index of the first of ``points`` for which this ``holds``; their number if for none."""
    for stretch in stretches(len(points)):
        found = holds(points[stretch])
        if found.any():
            return int(stretch.start + np.argmax(found))
    return len(points)


def differences(points: Column, of: Callable[[Column], FloatArray]) -> FloatArray:
    """Those between neighbours, for what is usual: of very many some, at equal distances.

    As far as they are finite: anybody may log infinities.
    """
    stride = -(-len(points) // _LOOKED_AT) or 1
    found = [
        _finite(np.diff(of(window))[(-begin) % stride :: stride])
        for begin, _, window in windows(points, before=1, behind=0)
    ]
    return np.concatenate([np.empty(0), *found])


def _finite(values: FloatArray) -> FloatArray:
    return values[np.isfinite(values)]
