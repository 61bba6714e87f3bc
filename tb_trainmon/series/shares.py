"""What share one series is of another, at the steps that both have."""

from __future__ import annotations

import numpy as np

from tb_trainmon.core.columns import Column


def share(part: Column, whole: Column) -> Column:
    """``part`` over ``whole``, at the times of ``part``; steps that one of them lacks are left out.

    Both ascend in step; of several points of one step in ``whole`` the first counts. Where the
    whole is not positive there is no share.
    """
    if not len(whole):
        return part[:0]
    at = np.minimum(np.searchsorted(whole.step, part.step), len(whole) - 1)
    value = whole.value[at]
    both = np.flatnonzero((whole.step[at] == part.step) & (value > 0.0))
    found = part.take(both)
    return Column(found.step, found.wall_time, found.value / value[both])
