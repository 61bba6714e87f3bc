"""Which points of a long series a chart gets: the latest, or a faithful overview of all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import FloatArray, IntArray

IndexArray = npt.NDArray[np.intp]


def latest(total: int, limit: int) -> slice:
    """The last ``limit`` of ``total`` points."""
    return slice(max(total - limit, 0), total)


def within(x: IntArray, x_min: float | None, x_max: float | None) -> slice:
    """The points whose x (ascending) lies in [x_min, x_max]; None leaves that side open."""
    start = 0 if x_min is None else int(np.searchsorted(x, x_min, side="left"))
    stop = len(x) if x_max is None else int(np.searchsorted(x, x_max, side="right"))
    return slice(start, max(stop, start))


def overview(value: FloatArray, limit: int) -> IndexArray:
    """Ascending indices of at most ``limit`` points that keep the shape of ``value``.

    The series is cut into buckets of equal length; each keeps its smallest and its largest finite
    value, and the first and the last point stay. A bucket with no finite value keeps one point, so
    that a run of NaN stays visible as one.
    """
    total = len(value)
    if total <= limit:
        return np.arange(total)
    if limit <= 3:
        return np.unique(np.linspace(0, total - 1, limit).astype(np.intp))
    size = -(-total // ((limit - 2) // 2))
    lowest = _per_bucket(np.where(np.isfinite(value), value, np.inf), size, np.argmin)
    highest = _per_bucket(np.where(np.isfinite(value), value, -np.inf), size, np.argmax)
    ends = np.array([0, total - 1], dtype=np.intp)
    return np.asarray(np.unique(np.concatenate([lowest, highest, ends])))


def _per_bucket(value: FloatArray, size: int, pick: Callable[..., Any]) -> IndexArray:
    whole = len(value) // size * size
    found = pick(value[:whole].reshape(-1, size), axis=1) + np.arange(0, whole, size)
    if whole < len(value):
        found = np.append(found, whole + pick(value[whole:]))
    return np.asarray(found, dtype=np.intp)
