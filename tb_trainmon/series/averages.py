"""The two averages of ``smooth`` over finite values, in NumPy and plain Python.

``averages_kernel`` computes the same, many times faster where it is compiled. What is added to what
is the same in both, operation by operation, so that they agree to the last bit.
"""

from __future__ import annotations

from itertools import accumulate, repeat
from operator import mul

import numpy as np

from tb_trainmon.core.columns import FloatArray


def exponential(
    value: FloatArray, weight: float, last: float, power: float
) -> tuple[FloatArray, float, float]:
    """Debiased exponential moving average of finite values.

    ``last`` and ``power`` (``weight ** n``) carry the state of the ``n`` values before: 0 and 1
    where there are none. Returns the averages and the state behind them.
    """
    rest = 1.0 - weight
    running = accumulate(value.tolist(), lambda mean, v: mean * weight + rest * v, initial=last)
    means = np.fromiter(running, dtype=np.float64, count=len(value) + 1)
    powers = np.fromiter(
        accumulate(repeat(weight, len(value)), mul, initial=power), np.float64, len(value) + 1
    )
    return means[1:] / (1.0 - powers[1:]), float(means[-1]), float(powers[-1])


def trailing(value: FloatArray, window: int) -> FloatArray:
    """Mean of each value and the ``window - 1`` before it, or of as many as there are."""
    total = value.copy()
    for back in range(1, min(window, len(value))):
        # One addition a lag, in this order, keeps the sum of a window independent of the cut.
        total[back:] += value[:-back]
    return np.asarray(total / np.minimum(np.arange(1, len(value) + 1), window))
