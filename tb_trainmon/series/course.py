"""The course of a series in a few dozen values."""

from __future__ import annotations

import numpy as np

from tb_trainmon.core.columns import FloatArray


def course(value: FloatArray, most: int) -> FloatArray:
    """At most ``most`` values: the mean of each of as many equal parts of ``value``.

    Values that are not finite are passed over; a part that has no other is NaN.
    """
    if len(value) <= most:
        return np.where(np.isfinite(value), value, np.nan)
    edges = np.linspace(0, len(value), most + 1).astype(np.intp)
    with np.errstate(invalid="ignore", over="ignore"):
        sums = np.add.reduceat(value, edges[:-1])
    means = sums / np.diff(edges)
    # A part that holds such a value shows by its sum, so that all are looked at once.
    for at in np.flatnonzero(~np.isfinite(sums)).tolist():
        means[at] = mean(value[edges[at] : edges[at + 1]])
    return np.asarray(means)


def mean(value: FloatArray) -> float:
    """Mean of the finite values; NaN if there is none."""
    finite = value[np.isfinite(value)]
    return float(finite.mean()) if len(finite) else float("nan")
