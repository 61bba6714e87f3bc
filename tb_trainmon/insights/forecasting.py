"""What a series' own past says of its next value: a forecast, and how far values stray from it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from tb_trainmon.core.columns import FloatArray
from tb_trainmon.insights.robust import NORMAL

_RECENT = 9  # values whose median a forecast is not below: a loss falls ever more slowly
_SMOOTH = 5  # values whose median the line is drawn through, so that a spike does not bend it
_FEWEST = 8  # values that a line is drawn through


def forecasts(y: FloatArray, line: int) -> FloatArray:
    """For each value what the line through the ``line`` values before it says of it.

    A line through what there is, where that is less; NaN for the first few. Never below the median
    of the last nine: the line through a falling loss would run ahead of it.
    """
    smooth, recent = _past_medians(y, _SMOOTH), _past_medians(y, _RECENT)
    found = np.full(len(y), np.nan)
    growing = np.arange(_FEWEST, min(line, len(y)))
    found[growing] = _ahead_of_all(smooth, growing)
    if len(y) > line:
        found[line:] = _ahead(sliding_window_view(smooth, line)[:-1])
    found[_FEWEST:] = np.maximum(found[_FEWEST:], recent[_FEWEST - 1 : -1])
    return found


def _past_medians(y: FloatArray, width: int) -> FloatArray:
    """Median of each value and those before it."""
    padded = np.concatenate([np.full(width - 1, y[0]), y])
    return np.asarray(np.median(sliding_window_view(padded, width), axis=1))


def _ahead(windows: FloatArray) -> FloatArray:
    """What the least-squares line through each window says of the value behind it."""
    width = windows.shape[1]
    t = np.arange(width) - (width - 1) / 2.0
    slope = windows @ t / (t @ t)
    return np.asarray(windows.mean(axis=1) + slope * (width + 1) / 2.0)


def _ahead_of_all(y: FloatArray, n: npt.NDArray[np.intp]) -> FloatArray:
    """The same of the lines through the first ``n`` values."""
    begin = y[: int(n[-1])] if len(n) else y[:0]
    sums, moments = np.cumsum(begin), np.cumsum(begin * np.arange(len(begin)))
    total, moment = sums[n - 1], moments[n - 1]
    slope = (moment - total * (n - 1) / 2.0) / (n * (n * n - 1.0) / 12.0)
    return np.asarray(total / n + slope * (n + 1) / 2.0)


def deviations(residual: FloatArray, at: npt.NDArray[np.intp], width: int) -> FloatArray:
    """The robust deviation of the ``width`` residuals before each of the places ``at``."""
    past = _before(residual, at, width)
    centre = np.nanmedian(past, axis=1, keepdims=True)
    return np.asarray(NORMAL * np.nanmedian(np.abs(past - centre), axis=1))


def excursions(residual: FloatArray, at: npt.NDArray[np.intp], width: int) -> FloatArray:
    """The second largest of the ``width`` residuals before each place: one spike hides no other."""
    past = np.nan_to_num(_before(residual, at, width), nan=-np.inf)
    return np.maximum(np.partition(past, width - 2, axis=1)[:, width - 2], 0.0)


def _before(residual: FloatArray, at: npt.NDArray[np.intp], width: int) -> FloatArray:
    padded = np.concatenate([np.full(width, np.nan), residual])
    return sliding_window_view(padded, width)[at]
