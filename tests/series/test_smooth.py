from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import FloatArray
from tb_trainmon.series.smooth import Smoother, smooth
from tests.series import reference
from tests.series.scenes import bits, finite, quick, smoothable, weights, windows

Smoothable = tuple[list[float], list[int]]


def smoothed(drawn: Smoothable, weight: float, window: int) -> FloatArray:
    value, attempt = drawn
    return smooth(
        np.array(value, dtype=np.float64), np.array(attempt, dtype=np.int64), weight, window
    )


@given(smoothable(), weights, windows)
@quick
def test_smoothing_equals_the_reference(drawn: Smoothable, weight: float, window: int) -> None:
    """Through NaN, infinities and the beginnings of attempts."""
    value, attempt = drawn
    expected = reference.smoothed(value, attempt, weight, window)
    size = max((abs(v) for v in value if math.isfinite(v)), default=0.0)
    found = smoothed(drawn, weight, window).tolist()
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9 * size, nan_ok=True)


def test_smoothing_is_that_of_tensorboards_scalars_tab() -> None:
    """Numbers that its front end computes for 1, 2, 3 at weight 0.6."""
    found = smoothed(([1.0, 2.0, 3.0], [1, 1, 1]), 0.6, 1)
    assert found.tolist() == pytest.approx([1.0, 1.625, 2.326530612244898], rel=1e-12)


def test_the_moving_average_trails_and_grows_from_one_point() -> None:
    found = smoothed(([4.0, 2.0, 0.0, 4.0], [1, 1, 1, 1]), 0.0, 3)
    assert found.tolist() == [4.0, 3.0, 2.0, 2.0]


@given(smoothable())
@quick
def test_weight_0_and_one_point_change_nothing(drawn: Smoothable) -> None:
    value = np.array(drawn[0])
    assert bits(smoothed(drawn, 0.0, 1)) == bits(np.where(np.isfinite(value), value, np.nan))


@given(smoothable(), weights, windows, st.lists(st.integers(0, 40), max_size=6))
@quick
def test_smoothing_in_parts_gives_the_bits_of_smoothing_at_once(
    drawn: Smoothable, weight: float, window: int, cuts: list[int]
) -> None:
    value, attempt = np.array(drawn[0], dtype=np.float64), np.array(drawn[1], dtype=np.int64)
    smoother = Smoother(weight, window)
    edges = [0, *sorted(min(cut, len(value)) for cut in cuts), len(value)]
    for start, stop in pairwise(edges):
        smoother.extend(value[start:stop], attempt[start:stop])
        assert len(smoother) == stop
    assert bits(smoother.values()) == bits(smoothed(drawn, weight, window))


@given(smoothable(), weights, windows)
@quick
def test_each_attempt_is_smoothed_as_if_it_were_alone(
    drawn: Smoothable, weight: float, window: int
) -> None:
    together = smoothed(drawn, weight, window)
    numbers = np.array(drawn[1], dtype=np.int64)
    for number in set(drawn[1]):
        mine = [v for v, a in zip(*drawn, strict=True) if a == number]
        alone = smoothed((mine, [number] * len(mine)), weight, window)
        assert bits(together[numbers == number]) == bits(alone)


@given(smoothable(), weights, windows)
@quick
def test_what_is_not_finite_is_passed_over(drawn: Smoothable, weight: float, window: int) -> None:
    """It is NaN in the answer and moves no other point."""
    found = smoothed(drawn, weight, window)
    passed = [(v, a) for v, a in zip(*drawn, strict=True) if math.isfinite(v)]
    without = smoothed(([v for v, _ in passed], [a for _, a in passed]), weight, window)
    assert np.isnan(found).tolist() == [not math.isfinite(v) for v in drawn[0]]
    assert bits(found[~np.isnan(found)]) == bits(without)


@given(finite, st.integers(1, 30), weights, windows)
@quick
def test_a_constant_series_stays_constant(
    value: float, count: int, weight: float, window: int
) -> None:
    found = smoothed(([value] * count, [1] * count), weight, window)
    assert found.tolist() == pytest.approx([value] * count, rel=1e-9)


@given(smoothable(), weights, windows)
@quick
def test_a_smoothed_value_lies_between_the_smallest_and_the_largest(
    drawn: Smoothable, weight: float, window: int
) -> None:
    known = [v for v in drawn[0] if math.isfinite(v)]
    found = smoothed(drawn, weight, window)
    slack = 1e-9 * max(map(abs, known), default=0.0)
    inside = found[~np.isnan(found)]
    assert all(min(known) - slack <= v <= max(known) + slack for v in inside.tolist())


@given(finite, weights, windows)
@quick
def test_the_first_point_of_an_attempt_is_not_smoothed(
    value: float, weight: float, window: int
) -> None:
    assert smoothed(([value], [1]), weight, window).tolist() == pytest.approx([value], rel=1e-12)


def test_an_empty_series_smooths_to_nothing() -> None:
    assert smoothed(([], []), 0.9, 5).tolist() == []
    assert Smoother(0.9, 5).values().tolist() == []


def test_an_attempt_of_nothing_but_nan_smooths_to_nan() -> None:
    found = smoothed(([math.nan, math.inf, 2.0], [1, 1, 2]), 0.5, 3)
    assert np.isnan(found).tolist() == [True, True, False]
    assert found[2] == 2.0


def test_values_that_were_handed_out_do_not_change_when_the_series_grows() -> None:
    smoother = Smoother(0.6, 3)
    smoother.extend(np.array([1.0, 2.0]), np.array([1, 1]))
    before = smoother.values()
    copy = before.copy()
    smoother.extend(np.array([9.0]), np.array([1]))
    smoother.values()
    assert bits(before) == bits(copy)
