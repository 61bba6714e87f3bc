"""Which points of a long series a chart gets: the latest, or a faithful overview of all."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import FloatArray, IntArray, Stretch, Values
from tb_trainmon.series.accumulate import Accumulated

IndexArray = npt.NDArray[np.intp]

_PIECE = 1 << 18  # values that are looked at together
_LARGEST = 2.0**62  # steps beyond are no steps; nor are they int64


def latest(total: int, limit: int) -> slice:
    """The last ``limit`` of ``total`` points."""
    return slice(max(total - limit, 0), total)


def within(points: Accumulated, x_min: float | None, x_max: float | None) -> slice:
    """The points whose x lies in [x_min, x_max]; None leaves that side open."""
    start = 0 if x_min is None else points.rank(_whole(x_min, math.ceil), "left").item()
    stop = len(points) if x_max is None else points.rank(_whole(x_max, math.floor), "right").item()
    return slice(start, max(stop, start))


def _whole(bound: float, rounded: Callable[[float], int]) -> IntArray:
    # Whole numbers, or NumPy would turn every x into a float to compare it with one.
    return np.array([rounded(min(max(bound, -_LARGEST), _LARGEST))], dtype=np.int64)


def size_of(stretch: Stretch) -> int:
    """How many points ``stretch`` has."""
    return stretch.stop - stretch.start if isinstance(stretch, slice) else len(stretch)


def thinned(value: Values, stretches: Sequence[Stretch], limit: int) -> IndexArray:
    """Ascending indices of at most ``limit`` points: an overview of each stretch by itself.

    Stretches that have few points keep them; what those leave is shared by the others alike.
    """
    shares = fair_shares([size_of(stretch) for stretch in stretches], limit)
    kept = [
        overview(value, share, stretch) for stretch, share in zip(stretches, shares, strict=True)
    ]
    return np.concatenate([np.empty(0, dtype=np.intp), *kept])


def _at(stretch: Stretch, index: IndexArray) -> IndexArray:
    return index + stretch.start if isinstance(stretch, slice) else stretch[index]


def _part(stretch: Stretch, begin: int, end: int) -> Stretch:
    if isinstance(stretch, slice):
        return slice(stretch.start + begin, stretch.start + end)
    return stretch[begin:end]


def fair_shares(sizes: Sequence[int], limit: int) -> list[int]:
    """How much of ``limit`` each of ``sizes`` gets: none more than it needs, the rest alike."""
    shares = [0] * len(sizes)
    left = limit
    for done, index in enumerate(sorted(range(len(sizes)), key=lambda index: sizes[index])):
        shares[index] = min(sizes[index], left // (len(sizes) - done))
        left -= shares[index]
    return shares


def overview(value: Values, limit: int, of: Stretch | None = None) -> IndexArray:
    """Ascending indices of at most ``limit`` points that keep the shape of ``value``.

    The series (or its stretch ``of``) is cut into buckets of equal length; each keeps its smallest
    and its largest finite value, and the first and the last point stay. A bucket with no finite
    value keeps one point, so that a run of NaN stays visible as one.
    """
    of = slice(0, len(value)) if of is None else of
    total = size_of(of)
    if total <= limit:
        return _at(of, np.arange(total))
    if limit <= 3:
        return _at(of, np.linspace(0, total - 1, max(limit, 0)).astype(np.intp))
    size = -(-total // ((limit - 2) // 2))
    found = [np.array([0, total - 1], dtype=np.intp)]
    step = max(_PIECE // size, 1) * size
    for begin in range(0, total, step):
        piece = value[_part(of, begin, min(begin + step, total))]
        found.append(_per_bucket(piece, size, np.argmin, np.inf) + begin)
        found.append(_per_bucket(piece, size, np.argmax, -np.inf) + begin)
    kept = np.sort(np.concatenate(found))
    return _at(of, cast(IndexArray, kept[np.append(True, kept[1:] != kept[:-1])]))


def _per_bucket(
    value: FloatArray, size: int, pick: Callable[..., Any], passed_over: float
) -> IndexArray:
    """The index that ``pick`` finds in each bucket; ``passed_over`` stands for what is not finite.

    A bucket that holds such values shows by what is picked from it: all others are looked at once,
    where they lie. (tsdownsample's MinMax saves 0.4 of 1.1 ms at two million points, but takes
    infinities for extremes: not worth a dependency.)
    """
    whole = len(value) // size * size
    buckets = value[:whole].reshape(-1, size)
    found = pick(buckets, axis=1) + np.arange(0, whole, size)
    broken = np.flatnonzero(~np.isfinite(value[found]))
    if len(broken):
        finite = np.where(np.isfinite(buckets[broken]), buckets[broken], passed_over)
        found[broken] = pick(finite, axis=1) + broken * size
    if whole < len(value):
        rest = value[whole:]
        found = np.append(found, whole + pick(np.where(np.isfinite(rest), rest, passed_over)))
    return np.asarray(found, dtype=np.intp)
