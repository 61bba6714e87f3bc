"""Where the steps of a series go back, and whether training was restarted there."""

from __future__ import annotations

import numpy as np

from tb_trainmon.core.columns import Column
from tb_trainmon.core.joined import windows
from tb_trainmon.tasks.judged.parts.jumps import any_number, differences, jumped_back

POINTS_THAT_STAY = 3  # so many points behind a step that went back make it a restart
_FEW = 200  # of which it takes less to see first whether any goes back
_A_PAUSE = 10.0  # times the usual gap between points, and at the least so many seconds:
_SHORTEST_PAUSE = 30.0


def restarts(points: Column) -> list[int]:
    """Where training began anew: indices at which the steps went back, and more than that shows it.

    More: values that jump back to what they were there; where they do not tell, a pause that does
    not fit the pace. Values that go on show a counter of each epoch, however long it is evaluated.
    """
    found: list[int] = []
    begin = 0
    for index in regressions(points):
        before, after = points[begin:index], points[index : index + POINTS_THAT_STAY]
        with any_number():
            jumped = jumped_back(before, after)
            jumped = _paused(before, after) if jumped is None else jumped
        if jumped:
            found.append(index)
            begin = index
    return found


def _paused(before: Column, after: Column) -> bool:
    """Whether there was a pause between the two that does not fit the pace."""
    pause = after[:1].wall_time.item() - before[-1:].wall_time.item()
    if not pause > _SHORTEST_PAUSE:
        return False
    gaps = differences(before, lambda piece: piece.wall_time)
    return bool(len(gaps) == 0 or pause > _A_PAUSE * max(np.quantile(gaps, 0.9), 0.0))


def regressions(points: Column) -> list[int]:
    """Indices at which the step goes back *and stays* below what it had reached.

    A single point with an earlier step is none (some frameworks log an evaluation at step = epoch
    among steps counted in iterations).
    """
    found: list[int] = []
    if len(points) <= _FEW and points.ascends:
        return found
    highest: int | None = None  # step since the last one found
    for begin, own, window in windows(points, before=1, behind=POINTS_THAT_STAY - 1):
        steps = window.step
        for at in (np.flatnonzero(steps[1:own] < steps[: own - 1]) + 1).tolist():
            # Between two regressions steps ascend: the last of them is the largest.
            last = int(steps[at - 1])
            highest = last if highest is None else max(highest, last)
            stay = steps[at : at + POINTS_THAT_STAY]
            ascend = len(stay) == POINTS_THAT_STAY and bool(np.all(stay[1:] > stay[:-1]))
            if ascend and stay[-1] < highest:
                found.append(begin + at)
                highest = None
    return found
