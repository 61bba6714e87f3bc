"""The smoothings of one series, by the settings that its readers ask for.

Those that are followed go on from where they were; of those that were asked for once, a few stay.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from tb_trainmon.core.columns import FloatArray, Stretch
from tb_trainmon.series.accumulate import Accumulated
from tb_trainmon.series.smooth import Smoother, smooth_at

MOST = 64  # settings in all: each takes 8 bytes a point
IDLE_KEPT = 4  # settings that nobody follows: a slider that is dragged passes many
WHOLE = 1 << 21  # points of the longest series whose values are all kept
_NEWEST = 1 << 16  # values that are kept of a longer one
_PIECE = 1 << 18  # points that are smoothed before any are forgotten
_FOLLOWED_FOR = 50  # times that points came since a setting was asked for the last time


@dataclass(slots=True)
class _Setting:
    """A setting of the two sliders, and at which growth of the series it was asked for."""

    first: int
    last: int
    smoother: Smoother | None = None


class Smoothings:
    """Smooths one series by any setting, at the cost of what came since that was asked for."""

    def __init__(self) -> None:
        self._growths = 0
        # The latest asked for at the end; most have no smoother any more, but are known by name,
        # so that who asks again is seen to follow.
        self._settings: OrderedDict[tuple[float, int], _Setting] = OrderedDict()

    @property
    def memory(self) -> int:
        """Bytes that all smoothed values take."""
        return sum([s.smoother.memory for s in self._settings.values() if s.smoother is not None])

    def grew(self) -> None:
        """Points were appended to the series."""
        self._growths += 1

    def start_anew(self) -> None:
        """The points of the series are others now."""
        for setting in self._settings.values():
            setting.smoother = None

    def smoothed(self, points: Accumulated, ema: float, ma: int, at: Stretch) -> FloatArray:
        """All ``points`` of the series smoothed (see ``series.smooth``): the values ``at`` these.

        Of a series of more than ``WHOLE`` points the newest values are kept, for who follows it;
        others are made anew when they are asked for.
        """
        setting = self._settings.setdefault((ema, ma), _Setting(self._growths, self._growths))
        self._settings.move_to_end((ema, ma))
        setting.last = self._growths
        smoother = setting.smoother = setting.smoother or Smoother(ema, ma)
        for begin in range(len(smoother), len(points), _PIECE):
            part = points[begin : begin + _PIECE]
            smoother.extend(part.value, part.attempt)
            if len(points) > WHOLE:
                smoother.forget(_NEWEST)
        if len(self._settings) > IDLE_KEPT:
            self._let_go()
        if isinstance(at, slice) and at.start >= smoother.begin:
            return smoother.values()[at.start - smoother.begin : at.stop - smoother.begin]
        if not smoother.begin:
            return smoother.values()[at]
        index = np.arange(at.start, at.stop) if isinstance(at, slice) else at
        return smooth_at(points, (ema, ma), index)

    def _let_go(self) -> None:
        while len(self._settings) > MOST:
            self._settings.popitem(last=False)
        kept = [setting for setting in self._settings.values() if setting.smoother is not None]
        for setting in [each for each in kept if not self._is_followed(each)][:-IDLE_KEPT]:
            setting.smoother = None

    def _is_followed(self, setting: _Setting) -> bool:
        """Whether it was asked for again since points came, and not long ago."""
        again = setting.last > setting.first
        return again and self._growths - setting.last <= _FOLLOWED_FOR
