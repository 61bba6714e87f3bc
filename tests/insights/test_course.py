"""Courses: bounded, and the same however the points came."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.insights.course import MOST_BUCKETS, Condenser
from tests.insights.scenes import points


def test_a_short_series_is_its_own_course() -> None:
    column = points([3.0, np.nan, 1.0])
    course = Condenser().course(column)
    assert course.step.tolist() == column.step.tolist()
    assert np.array_equal(course.value, [3.0, np.nan, 1.0], equal_nan=True)
    assert (course.bad, course.first_bad, course.last_bad) == (1, 1, 1)
    assert course.finite().value.tolist() == [3.0, 1.0]


def test_infinities_are_no_values() -> None:
    course = Condenser().course(points([np.inf, 1.0, -np.inf]))
    assert np.isnan(course.value[[0, 2]]).all()
    assert (course.bad, course.last_bad) == (2, 2)


@pytest.mark.parametrize("n", [2048, 2049, 10_000, 100_001])
def test_a_long_one_is_bounded_and_made_of_means(n: int) -> None:
    values = np.random.default_rng(0).standard_normal(n)
    course = Condenser().course(points(values))
    assert MOST_BUCKETS // 2 <= len(course) <= MOST_BUCKETS
    assert course.size * len(course) <= n < course.size * (len(course) + 1)
    assert course.value[0] == pytest.approx(values[: course.size].mean())


def test_means_leave_out_what_is_not_finite() -> None:
    values = np.ones(8192)
    values[::2] = np.nan
    course = Condenser().course(points(values))
    assert (course.value == 1.0).all()
    assert course.bad == 4096


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=6))
def test_points_that_come_in_parts_make_the_same_course(sizes: list[int]) -> None:
    column = points(np.arange(float(sum(sizes))))
    condenser = Condenser()
    seen = 0
    for size in sizes:
        seen += size
        course = condenser.course(column[:seen])
        fresh = Condenser().course(column[:seen])
        assert course.version == fresh.version
        assert course.value.tolist() == fresh.value.tolist()
        assert len(course) <= MOST_BUCKETS
