"""How often a series is logged, beside others."""

from __future__ import annotations

from collections.abc import Iterable

_SHARE = 0.4  # of the points of the busiest


def as_often_as_any(points: Iterable[int]) -> float:
    """How many points a series has at the least that is logged as often as any of these."""
    return _SHARE * max(points, default=0)
