"""Robust statistics: medians, spreads and lines that single values cannot move."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tb_trainmon.core.columns import FloatArray

_WINDOWS = 1 << 14
NORMAL = 1.4826  # turns a median absolute deviation into a standard deviation, of normal noise


def median(values: FloatArray) -> float:
    """The median of finite values, NaN of nothing; without the checks of NumPy's own."""
    n = len(values)
    if not n:
        return float("nan")
    middle = np.partition(values, (n - 1) // 2 if n % 2 else [n // 2 - 1, n // 2])
    return float(middle[n // 2] + middle[(n - 1) // 2]) / 2.0


def spread(values: FloatArray) -> float:
    """The standard deviation that normal noise with this median absolute deviation has."""
    return NORMAL * median(np.abs(values - median(values))) if len(values) else float("nan")


def noise(values: FloatArray) -> float:
    """The spread of single values about a course that is smooth: by the steps between them."""
    return spread(np.diff(values)) / np.sqrt(2.0) if len(values) > 2 else float("nan")


def noise_about_a_bend(values: FloatArray) -> float:
    """The same for few values of a course that bends: by the changes of their steps."""
    return spread(np.diff(values, 2)) / np.sqrt(6.0) if len(values) > 3 else float("nan")


def rolling_median(values: FloatArray, width: int) -> FloatArray:
    """Centred running median of an odd ``width``; at the ends of what there is of it."""
    if width <= 1 or len(values) < 2:
        return values
    half, n = width // 2, len(values)
    if n <= width:
        return np.array([median(values[max(i - half, 0) : i + half + 1]) for i in range(n)])
    first = [median(values[: i + half + 1]) for i in range(half)]
    last = [median(values[i - half :]) for i in range(n - half, n)]
    return np.concatenate([first, _medians(values, width), last])


def trailing_median(values: FloatArray, width: int) -> FloatArray:
    """Median of each value and the ``width`` - 1 before it; of as many as there are at first."""
    first = [median(values[: i + 1]) for i in range(min(width - 1, len(values)))]
    if len(values) < width:
        return np.asarray(first)
    return np.concatenate([first, _medians(values, width)])


def _medians(values: FloatArray, width: int) -> FloatArray:
    """The median of each ``width`` values that follow one another."""
    windows = sliding_window_view(values, width)
    # In pieces: NumPy copies the windows, each of which is as wide.
    pieces = range(0, len(windows), _WINDOWS)
    return np.concatenate([np.median(windows[at : at + _WINDOWS], axis=1) for at in pieces])
