from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import column
from tb_trainmon.series.accumulate import Piece, accumulate
from tb_trainmon.series.crop import fair_shares, latest, overview, thinned, within
from tests.series import reference
from tests.series.reference import Execution
from tests.series.scenes import as_rows, pieces_of, quick, same_rows, tasks, values

many_values = st.lists(values, min_size=1, max_size=200)
limits = st.integers(1, 60)
sides = st.one_of(st.none(), st.floats(-20, 300))


@given(tasks(), limits)
@quick
def test_the_latest_points_are_those_of_the_reference(task: list[Execution], limit: int) -> None:
    series = accumulate(pieces_of(task, "loss"))
    rows = reference.accumulated(task, "loss")
    found = as_rows(series[latest(len(series), limit)])
    assert same_rows(found, reference.latest(rows, limit))


@given(tasks(), sides, sides)
@quick
def test_a_range_is_that_of_the_reference(
    task: list[Execution], x_min: float | None, x_max: float | None
) -> None:
    """Both ends belong to it; an empty one has no point."""
    series = accumulate(pieces_of(task, "loss"))
    rows = reference.accumulated(task, "loss")
    found = as_rows(series[within(series, x_min, x_max)])
    assert same_rows(found, reference.within(rows, x_min, x_max))


@given(many_values, limits)
@quick
def test_an_overview_ascends_and_has_at_most_as_many_points_as_allowed(
    value: list[float], limit: int
) -> None:
    kept = overview(np.array(value), limit).tolist()
    assert kept == sorted(set(kept))
    assert 1 <= len(kept) <= limit
    assert 0 <= kept[0] <= kept[-1] < len(value)


@given(many_values, st.integers(4, 60))
@quick
def test_an_overview_keeps_the_smallest_and_the_largest_and_both_ends(
    value: list[float], limit: int
) -> None:
    kept = overview(np.array(value), limit).tolist()
    assert (kept[0], kept[-1]) == (0, len(value) - 1)
    known = [v for v in value if math.isfinite(v)]
    if known:
        shown = [value[at] for at in kept if math.isfinite(value[at])]
        assert (min(shown), max(shown)) == (min(known), max(known))


@given(many_values, st.integers(4, 60))
@quick
def test_every_stretch_of_an_overview_keeps_its_smallest_and_its_largest(
    value: list[float], limit: int
) -> None:
    """However the buckets are cut: no stretch of two bucket lengths loses its extremes."""
    kept = overview(np.array(value), limit).tolist()
    bucket = 1 if len(kept) == len(value) else math.ceil(len(value) / ((limit - 2) // 2))
    for start in range(0, len(value) - bucket + 1, bucket):
        stretch = [v for v in value[start : start + bucket] if math.isfinite(v)]
        shown = [value[at] for at in kept if start <= at < start + bucket]
        assert shown
        if stretch:
            assert {min(stretch), max(stretch)} <= set(shown)


@given(many_values)
@quick
def test_an_overview_of_few_points_is_all_of_them(value: list[float]) -> None:
    assert overview(np.array(value), len(value)).tolist() == list(range(len(value)))


def test_a_single_spike_among_many_points_is_seen() -> None:
    value = np.zeros(1_000_000)
    value[123_456] = 1.0
    kept = overview(value, 4000)
    assert 123_456 in kept.tolist()
    assert len(kept) <= 4000


def test_a_long_run_of_nan_stays_visible_in_an_overview() -> None:
    value = np.ones(10_000)
    value[4_000:6_000] = math.nan
    assert np.isnan(value[overview(value, 100)]).any()


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_very_small_overviews_are_allowed(limit: int) -> None:
    kept = overview(np.arange(10, dtype=np.float64), limit).tolist()
    assert len(kept) == limit
    assert kept[0] == 0


def test_an_empty_series_has_an_empty_overview() -> None:
    assert overview(np.array([]), 4).tolist() == []


@pytest.mark.parametrize(
    ("total", "limit", "expected"), [(0, 5, (0, 0)), (3, 5, (0, 3)), (9, 4, (5, 9))]
)
def test_latest_crops_the_earliest(total: int, limit: int, expected: tuple[int, int]) -> None:
    assert latest(total, limit) == slice(*expected)


@given(st.lists(st.integers(0, 50), max_size=8), st.integers(0, 120))
@quick
def test_shares_are_fair(sizes: list[int], limit: int) -> None:
    """Nobody gets more than it needs, nothing is left that somebody wants, equals get alike."""
    shares = fair_shares(sizes, limit)
    assert sum(shares) == min(sum(sizes), limit)
    wanting = [share for share, size in zip(shares, sizes, strict=True) if share < size]
    assert all(share <= size for share, size in zip(shares, sizes, strict=True))
    if wanting:
        assert max(wanting) - min(wanting) <= 1
        assert max(shares) <= max(wanting)


def test_a_range_beyond_every_whole_number_is_one() -> None:
    x = accumulate([Piece(1, 0, column([-5, 0, 5], [0.0] * 3, [0.0] * 3))])
    assert within(x, -1e300, 1e300) == slice(0, 3)
    assert within(x, 1e300, None) == slice(3, 3)
    assert within(x, -0.5, 0.5) == slice(1, 2)


@given(many_values, st.integers(4, 60), st.integers(0, 5))
@quick
def test_points_with_gaps_between_them_are_thinned_as_if_there_were_none(
    value: list[float], limit: int, gap: int
) -> None:
    """A range of a clock that was set back has points from here and there."""
    places = np.arange(len(value)) * (gap + 1)
    spread = np.full(int(places[-1]) + 1, -1e12)
    spread[places] = value
    kept = thinned(spread, [places], limit)
    assert kept.tolist() == places[overview(np.array(value), limit)].tolist()
