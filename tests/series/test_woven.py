"""What is seen in the order of its steps is what a copy that is sorted has."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, column
from tb_trainmon.core.joined import joined, parts_of
from tb_trainmon.series import woven as module
from tb_trainmon.series.woven import Woven, woven
from tests.core.test_joined import as_lists


@pytest.fixture(autouse=True, scope="module")
def short_stretches() -> object:
    """So that a few points are cut in several places."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_APART", 2)
        yield


def numbered(steps: list[int]) -> Column:
    """Each point with a time and a value of its own."""
    return column(steps, np.arange(len(steps)) + 0.5, -np.arange(len(steps)))


def in_order(points: Column) -> Column:
    return points.take(np.argsort(points.step, kind="stable"))


steps_of = st.lists(st.integers(0, 9), max_size=30)
indices = st.integers(-40, 40)


@given(steps_of, st.integers(0, 30), indices, indices, st.integers(1, 3))
def test_slices_and_points_are_those_of_the_copy(
    steps: list[int], cut: int, begin: int, end: int, stride: int
) -> None:
    points = joined([numbered(steps)[:cut], numbered(steps)[cut:]])
    copy, seen = in_order(points), woven(points)
    assert seen is not None
    assert as_lists(seen) == as_lists(copy)
    assert seen.ascends
    assert as_lists(seen[begin:end:stride]) == as_lists(copy[begin:end:stride])
    order = np.arange(len(copy))[begin:end][::-1]
    assert as_lists(seen.take(order)) == as_lists(copy.take(order))


@given(steps_of, st.lists(st.integers(-1, 10), min_size=1))
def test_ranks_are_those_of_the_copy(steps: list[int], asked: list[int]) -> None:
    seen = woven(numbered(steps))
    assert seen is not None
    for side in ("left", "right"):
        expected = np.searchsorted(np.sort(steps), asked, side=side)
        assert seen.rank(np.array(asked), side).tolist() == expected.tolist()


def test_what_is_of_one_run_is_seen_where_it_lies() -> None:
    points = numbered([*range(100), *range(90, 200)])
    seen = woven(points)
    assert seen is not None
    first, *among, last = parts_of(seen)
    assert np.shares_memory(first.value, points.value)
    assert np.shares_memory(last.value, points.value)
    assert len(first) >= 88
    assert len(last) >= 98
    assert any(isinstance(part, Woven) for part in among)


def test_steps_that_go_back_again_and_again_are_too_many_runs() -> None:
    assert woven(numbered([1, 0] * 100)) is None


def test_steps_that_ascend_are_what_they_were() -> None:
    points = numbered([1, 1, 2])
    assert woven(points) is points
