"""Many readers with as many settings of the sliders: what each costs, and what is kept for them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tb_trainmon.core.columns import FloatArray, IntArray, column
from tb_trainmon.series import smoothings
from tb_trainmon.series.accumulate import Piece
from tb_trainmon.series.growing import GrowingSeries
from tb_trainmon.series.smooth import Smoother, smooth
from tb_trainmon.series.smoothings import IDLE_KEPT, MOST

POINTS = 1000
SETTINGS = [(weight / 20, 1 + weight) for weight in range(12)]
Work = Counter[tuple[float, int]]


def takes(series: GrowingSeries, settings: int) -> bool:
    """Whether it takes what so many settings do, and the room behind them."""
    return 1.0 <= series.memory / (8 * len(series) * settings) <= 1.5


def series_of(size: int, series: GrowingSeries | None = None) -> GrowingSeries:
    """A falling loss of so many points, as one more update of ``series``."""
    series = series or GrowingSeries()
    steps = np.arange(1, size + 1)
    series.update([Piece(1, 0, column(steps, steps, 1.0 / steps))])
    return series


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """How many points were smoothed, by setting."""
    done: Work = Counter()
    extend = Smoother.extend

    def counted(self: Smoother, value: FloatArray, attempt: IntArray) -> None:
        done[self._weight, self._window] += len(value)
        extend(self, value, attempt)

    monkeypatch.setattr(Smoother, "extend", counted)
    return done


def test_each_setting_that_is_followed_costs_what_is_new(work: Work) -> None:
    """The first sight may have been forgotten; at the second it is known who stays."""
    series = series_of(POINTS)
    for size in range(POINTS, POINTS + 3):
        for setting in SETTINGS:
            series_of(size, series).smoothed(*setting)
    work.clear()
    for size in range(POINTS + 3, POINTS + 103):
        series_of(size, series)
        for setting in SETTINGS:
            series.smoothed(*setting)
    assert set(work.values()) == {100}
    for setting in SETTINGS:
        points = series.points
        expected = smooth(points.value, points.attempt, *setting)
        assert np.array_equal(series.smoothed(*setting), expected)


def test_a_slider_that_is_dragged_leaves_little_behind(work: Work) -> None:
    """Also over a task that runs, for one who follows it at another setting."""
    series = series_of(POINTS)
    for size in range(POINTS, POINTS + 10):
        series_of(size, series).smoothed(0.9, 1)
    for setting in SETTINGS:
        series.smoothed(*setting)
    assert takes(series, 1 + IDLE_KEPT)
    work.clear()
    series_of(POINTS + 20, series).smoothed(0.9, 1)
    assert work == {(0.9, 1): 11}


def test_a_setting_that_nobody_follows_any_more_is_let_go() -> None:
    series = series_of(POINTS)
    for size in range(POINTS, POINTS + 5):
        for setting in SETTINGS:
            series_of(size, series).smoothed(*setting)
    assert takes(series, len(SETTINGS))
    for size in range(POINTS + 5, POINTS + 105):
        series_of(size, series).smoothed(*SETTINGS[0])
    # Those that idle are as long as they were when they were asked for the last time.
    assert series.memory <= 1.5 * 8 * len(series) * (1 + IDLE_KEPT)


def test_there_is_an_end_to_what_is_kept() -> None:
    series = GrowingSeries()
    for size in (POINTS, POINTS + 1, POINTS + 2):
        series_of(size, series)
        for weight in range(2 * MOST):
            series.smoothed(weight / (2 * MOST), 1)
    assert series.memory <= 1.5 * 8 * len(series) * MOST


def test_points_that_moved_are_smoothed_anew_for_all_who_follow() -> None:
    series = series_of(POINTS)
    for size in (POINTS, POINTS + 1):
        for setting in SETTINGS:
            series_of(size, series).smoothed(*setting)
    assert not series.update([Piece(1, 0, column([1, 2], [1.0, 2.0], [5.0, 7.0]))])
    assert series.smoothed(0.0, 1).tolist() == [5.0, 7.0]


def test_of_a_very_long_series_the_newest_values_are_kept_and_others_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, size in {"WHOLE": 100, "_NEWEST": 40, "_PIECE": 30}.items():
        monkeypatch.setattr(smoothings, name, size)
    monkeypatch.setattr("tb_trainmon.series.smooth._PIECE", 64)
    series = series_of(80)
    for size in (90, 150, POINTS, POINTS + 7):
        points = series_of(size, series).points
        expected = smooth(points.value, points.attempt, 0.9, 5)
        for at in (slice(size - 5, size), slice(3, 80), slice(0, size), np.array([0, 64, 89])):
            assert np.array_equal(series.smoothed(0.9, 5, at), expected[at])
    assert series.memory < 8 * 200
