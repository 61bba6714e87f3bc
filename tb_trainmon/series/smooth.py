"""Smoothing: a debiased exponential moving average, then a trailing moving average.

The average is TensorBoard's (``last = w * last + (1 - w) * value``, divided by ``1 - w ** n``), so
that the numbers agree with its Scalars tab. Both start anew at each attempt and pass over values
that are not finite. ``w = 0`` and ``n = 1`` change nothing.

Every step is computed in one fixed order of operations, so smoothing a series in parts gives the
same bits as smoothing it at once.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import FloatArray, GrowingArray, IntArray
from tb_trainmon.core.compiled import is_compiled
from tb_trainmon.series.accumulate import Accumulated

if is_compiled("tb_trainmon.series.averages_kernel"):
    from tb_trainmon.series.averages_kernel import exponential, trailing
else:
    from tb_trainmon.series.averages import exponential, trailing

_PIECE = 1 << 16  # values that are smoothed at once

_State = tuple[float, float, FloatArray]  # last mean, weight ** n, the values that the window holds
_START: _State = (0.0, 1.0, np.empty(0))


def smooth(value: FloatArray, attempt: IntArray, ema: float, ma: int) -> FloatArray:
    """``value`` smoothed; ``attempt`` gives each point's attempt. Not finite: NaN in the result."""
    smoother = Smoother(ema, ma)
    smoother.extend(value, attempt)
    return smoother.values()


def smooth_at(
    points: Accumulated, setting: tuple[float, int], index: npt.NDArray[np.intp]
) -> FloatArray:
    """``smooth`` of the points, at ``index``, which ascends. Takes no other memory."""
    smoother = Smoother(*setting)
    found = np.empty(len(index))
    done = 0
    for begin in range(0, len(points), _PIECE):
        if done == len(index):
            break
        end = begin + _PIECE
        part = points[begin:end]
        smoother.extend(part.value, part.attempt)
        last = int(np.searchsorted(index, end))
        found[done:last] = smoother.values()[index[done:last] - begin]
        smoother.forget(0)
        done = last
    return found


class Smoother:
    """Smooths a series that grows: ``extend`` costs what is new, not what is there.

    ``begin`` is the index of the first value that has not been forgotten.
    """

    def __init__(self, ema: float, ma: int) -> None:
        self._weight = ema
        self._window = ma
        self.begin = 0
        self._values = GrowingArray(np.empty(0))
        self._attempt: int | None = None
        self._state = _START

    def __len__(self) -> int:
        """How many values have been smoothed, those that were forgotten included."""
        return self.begin + len(self._values)

    def extend(self, value: FloatArray, attempt: IntArray) -> None:
        """Smooth the points that follow those seen so far."""
        boundaries = np.flatnonzero(attempt[1:] != attempt[:-1]) + 1
        edges = [0, *boundaries.tolist(), len(value)]
        for first, last in pairwise(edges):
            # In pieces: a number in Python takes four times the memory of one in an array.
            for start in range(first, last, _PIECE):
                self._extend_attempt(value[start : min(start + _PIECE, last)], int(attempt[first]))

    @property
    def memory(self) -> int:
        """Bytes that it takes."""
        return self._values.memory

    def values(self) -> FloatArray:
        """The smoothed values of all points from ``begin`` on, one for each."""
        return self._values.view()

    def forget(self, keep: int) -> None:
        """Keep the newest ``keep`` values, and up to as many more, so that it costs little."""
        size = len(self._values) - keep
        if size > keep:
            self._values = GrowingArray(self._values.view()[size:].copy())
            self.begin += size

    def _extend_attempt(self, value: FloatArray, attempt: int) -> None:
        if attempt != self._attempt:
            self._attempt, self._state = attempt, _START
        if self._weight == 0.0 and self._window == 1:
            self._values.extend(np.where(np.isfinite(value), value, np.nan))
            return
        finite = np.isfinite(value)
        if finite.all():
            self._values.extend(self._smooth_finite(value))
            return
        result = np.full(len(value), np.nan)
        result[finite] = self._smooth_finite(value[finite])
        self._values.extend(result)

    def _smooth_finite(self, value: FloatArray) -> FloatArray:
        last, power, tail = self._state
        if self._weight > 0.0:
            value, last, power = exponential(value, self._weight, last, power)
        window = np.concatenate([tail, value]) if len(tail) else value
        # A copy: a view would keep all values.
        self._state = (last, power, window[max(len(window) - self._window + 1, 0) :].copy())
        return value if self._window == 1 else trailing(window, self._window)[len(tail) :]
