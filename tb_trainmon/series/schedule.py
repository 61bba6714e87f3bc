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
from tb_trainmon.core.joined import pieces_of, stretches

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
    step, rate = points.step.astype(np.float64), points.value
    if index is not None:
        step, rate = step[index], rate[index]
    if len(rate) < 3 or not rate.max() > 0.0:
        return []
    jumps = _jumps(step, rate)
    level = rate * (_EQUAL / rate.max())
    np.round(level, out=level)
    others = [*_warm_up(level, jumps), *_decays(step, rate, level)]
    kept = _largest(rate, jumps, max(MOST_CHANGES - len(others), 0))
    found = others + [_jump(int(at)) for at in kept]
    return [
        Turn(
            kind,
            at if index is None else int(index[at]),
            float(rate[max(at - 1, 0)]),
            float(rate[at]),
        )
        for kind, at in sorted(found, key=lambda turn: turn[1])[:MOST_CHANGES]
    ]


def _jump(index: int) -> tuple[Kind, int]:
    return "jump", index


def _usable(points: Column) -> _Index | None:
    """Points with a rate; of several at one step the last, as far as a float can tell steps.

    None: all of them, as mostly.
    """
    last, all_ = -np.inf, True
    for piece in pieces_of(points):
        step = piece.step.astype(np.float64)
        all_ &= bool(_is_rate(piece.value).all() and (np.diff(step, prepend=last) > 0.0).all())
        last = step[-1]
    if all_:
        return None
    index = np.flatnonzero(_is_rate(points.value))
    step = points.step[index].astype(np.float64)
    return np.asarray(index[np.append(step[1:] > step[:-1], True)[: len(index)]])


def _is_rate(value: FloatArray) -> npt.NDArray[np.bool_]:
    return np.asarray(np.isfinite(value) & (value >= 0.0))


def _jumps(step: FloatArray, rate: FloatArray) -> _Index:
    """Indices of the first points behind jumps."""
    large = _LARGE * rate.max()
    found = [
        part.start + _standing_out(rate[part.start : part.stop + 1], large)
        for part in stretches(len(rate) - 1)
    ]
    at = np.concatenate(found)  # intervals; few, so the rest is looked at there
    at = at[(at > 0) & (at < len(rate) - 2)]
    slopes = [abs(_slope(step, rate, at + side)) for side in (-1, 0, 1)]
    at = at[slopes[1] > _STEEP * np.maximum(slopes[0], slopes[2])]
    sides = np.array([_ratio(step, rate, at + side) for side in (-1, 0, 1)])
    return np.asarray(at[sides[1] > _STEEP * np.maximum(sides[0], sides[2])] + 1)


def _standing_out(rate: FloatArray, large: float) -> _Index:
    """Intervals between these rates in which they change by much."""
    change = np.abs(np.diff(rate))
    larger = np.maximum(rate[1:], rate[:-1])
    return np.flatnonzero((change >= _JUMP * larger) & (change >= large))


def _slope(step: FloatArray, rate: FloatArray, interval: _Index) -> FloatArray:
    change = rate[interval + 1] - rate[interval]
    return np.asarray(change / (step[interval + 1] - step[interval]))


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
    begin, end = _stretches(level)
    whole = end + 2 < len(rate)
    begin, end = begin[whole], end[whole]
    falls = (level[end + 1] < level[end]) & (level[end + 2] < level[end + 1])
    begin, end = begin[falls], end[falls]
    until = np.searchsorted(step, step[end] + (step[end] - step[begin]), side="right") - 1
    lost = rate[until] <= (1.0 - _LOST) * rate[end]
    return [("decay", int(at)) for at in end[lost]]


def _stretches(level: FloatArray) -> tuple[_Index, _Index]:
    """First and last points of stretches that stayed the same for ``_STRETCH`` points."""
    same = np.concatenate([[False], level[1:] == level[:-1], [False]])  # as the one before it
    size = len(same) - _STRETCH + 1
    # And so are those that follow, from each point on.
    long = np.logical_and.reduce([same[n : n + size] for n in range(1, _STRETCH)])
    begin = np.flatnonzero(long & ~same[:size])
    end = np.flatnonzero(long[:-1] & ~same[_STRETCH:]) + _STRETCH - 1
    return begin, end


def _largest(rate: FloatArray, jumps: _Index, most: int) -> _Index:
    if len(jumps) <= most:
        return jumps
    size = np.abs(rate[jumps] - rate[jumps - 1])
    return np.sort(jumps[np.argsort(-size, kind="stable")[:most]])
