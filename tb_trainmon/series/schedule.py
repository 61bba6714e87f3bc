"""Where a learning rate changes its course: the end of a warm-up, a jump, the start of a decay.

A schedule changes the rate at every step, so what counts is what its own course does not explain.
Points of one attempt, ascending in step; values that are not finite or below zero are passed over.
Own rules: no framework logs where its schedule turns. They know the shapes that the schedules of
PyTorch (``torch.optim.lr_scheduler``) and of transformers (``transformers.optimization``) have.

*End of a warm-up*: the first of the highest points, where the rate had risen to it from the very
first point, without falling and without a jump, by ``_RISE`` of it at least. Neither the first nor
the last point: a rate that only falls has no warm-up, and one that still rises no end of it yet.

*Jump*: between two points the rate changes by ``_JUMP`` of the larger of them at least, and by
``_LARGE`` of the highest rate (or the rounding of small numbers in a log would be jumps). And so it
does neither before nor after: both its slope and its ratio, a step, are more than ``_STEEP`` times
those of the two intervals beside it. A smooth schedule never shows that, however rarely it is
logged: the slope of a decay is largest at one of its ends or, of a cosine, changes slowly; the
ratio of an exponential stays as it is. The first and the last interval have but one beside them,
so they are left out: a jump is told one point later.

*Start of a decay*: the last point of a stretch that stayed the same for ``_STRETCH`` points, if the
rate then falls at once and at least twice, and has lost ``_LOST`` of it after no more steps than
the stretch took. A cosine stands still at its top for much less time than it takes to lose that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, FloatArray

MOST_CHANGES = 50  # of one attempt; more are a schedule of many stairs
_RISE = 0.05
_JUMP = 0.1
_LARGE = 0.001
_STEEP = 4.0
_STRETCH = 4
_LOST = 0.02
_EQUAL = 1e6  # rates are the same if they are when rounded to so many parts of the highest

Kind = Literal["warm-up", "jump", "decay"]
_Index = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Turn:
    """The rate of the point at ``index`` is ``after``, and was ``before`` at the point before it.

    Of the start of a decay, ``index`` is the last point of the stretch that stayed the same.
    """

    kind: Kind
    index: int
    before: float
    after: float


def turns(points: Column) -> list[Turn]:
    """The changes of a learning rate, in the order of its points; of many jumps the largest."""
    index = _usable(points)
    step, rate = points.step[index].astype(np.float64), points.value[index]
    if len(rate) < 3 or not rate.max() > 0.0:
        return []
    jumps = _jumps(step, rate)
    level = np.round(rate * (_EQUAL / rate.max()))
    others = [*_warm_up(level, jumps), *_decays(step, rate, level)]
    kept = _largest(rate, jumps, max(MOST_CHANGES - len(others), 0))
    found = others + [_jump(int(at)) for at in kept]
    return [
        Turn(kind, int(index[at]), float(rate[max(at - 1, 0)]), float(rate[at]))
        for kind, at in sorted(found, key=lambda turn: turn[1])[:MOST_CHANGES]
    ]


def _jump(index: int) -> tuple[Kind, int]:
    return "jump", index


def _usable(points: Column) -> _Index:
    """Points with a rate; of several at one step the last, as far as a float can tell steps."""
    index = np.flatnonzero(np.isfinite(points.value) & (points.value >= 0.0))
    step = points.step[index].astype(np.float64)
    return np.asarray(index[np.append(step[1:] > step[:-1], True)[: len(index)]])


def _jumps(step: FloatArray, rate: FloatArray) -> _Index:
    """Indices of the first points behind jumps."""
    change = np.abs(np.diff(rate))
    larger = np.maximum(rate[1:], rate[:-1])
    stands_out = (change >= _JUMP * larger) & (change >= _LARGE * rate.max())
    at = np.flatnonzero(stands_out[1:-1]) + 1  # intervals; few, so the rest is looked at there
    slope = change / np.diff(step)
    steep = slope[at] > _STEEP * np.maximum(slope[at - 1], slope[at + 1])
    at = at[steep]
    sides = np.array([_ratio(step, rate, at + side) for side in (-1, 0, 1)])
    return np.asarray(at[sides[1] > _STEEP * np.maximum(sides[0], sides[2])] + 1)


def _ratio(step: FloatArray, rate: FloatArray, interval: _Index) -> FloatArray:
    """How steep the logarithm of the rate is; to or from zero beyond every number."""
    low = np.minimum(rate[interval], rate[interval + 1])
    high = np.maximum(rate[interval], rate[interval + 1])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(high / low) / (step[interval + 1] - step[interval])
    return np.asarray(np.where(high > 0.0, ratio, 0.0))


def _warm_up(level: FloatArray, jumps: _Index) -> list[tuple[Kind, int]]:
    peak = int(level.argmax())
    if not 0 < peak < len(level) - 1 or level[peak] - level[0] < _RISE * level[peak]:
        return []
    rises = bool(np.all(level[1 : peak + 1] >= level[:peak]))
    return [("warm-up", peak)] if rises and not np.any(jumps <= peak) else []


def _decays(step: FloatArray, rate: FloatArray, level: FloatArray) -> list[tuple[Kind, int]]:
    edges = np.flatnonzero(level[1:] != level[:-1])  # last points of stretches, but of the last
    begins = np.append(0, edges[:-1] + 1)[: len(edges)]
    long = (edges - begins + 1 >= _STRETCH) & (edges + 2 < len(rate))
    begin, end = begins[long], edges[long]
    falls = (level[end + 1] < level[end]) & (level[end + 2] < level[end + 1])
    begin, end = begin[falls], end[falls]
    until = np.searchsorted(step, step[end] + (step[end] - step[begin]), side="right") - 1
    lost = rate[until] <= (1.0 - _LOST) * rate[end]
    return [("decay", int(at)) for at in end[lost]]


def _largest(rate: FloatArray, jumps: _Index, most: int) -> _Index:
    if len(jumps) <= most:
        return jumps
    size = np.abs(rate[jumps] - rate[jumps - 1])
    return np.sort(jumps[np.argsort(-size, kind="stable")[:most]])
