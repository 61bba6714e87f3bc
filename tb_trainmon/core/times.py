"""Which wall times can be one. Seconds since the epoch."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import FloatArray

EARLIEST = 946_684_800.0  # the year 2000
LATEST = 3_999_999_999.0  # the year 2096; a round 4e9 is a test's or a broken clock's


def plausible(wall_time: float) -> bool:
    """Whether a wall time can be one: not 0, not NaN, of this century."""
    return EARLIEST <= wall_time <= LATEST


def earliest(times: Collection[float]) -> float | None:
    """The least of those that can be one; None where none can."""
    least = min(times, default=0.0)  # almost always it
    return least if plausible(least) else min(filter(plausible, times), default=None)


def latest(times: Collection[float]) -> float | None:
    """The greatest of those that can be one; None where none can."""
    greatest = max(times, default=0.0)
    return greatest if plausible(greatest) else max(filter(plausible, times), default=None)


def plausible_times(wall_time: FloatArray) -> npt.NDArray[np.bool_]:
    """``plausible`` for each of an array."""
    return np.asarray((wall_time >= EARLIEST) & (wall_time <= LATEST))
