from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.series.course import course, mean
from tests.series.scenes import quick, values

NAN, INF = math.nan, math.inf


@given(st.lists(values, max_size=300), st.integers(1, 60))
@quick
def test_a_course_has_the_mean_of_each_of_equal_parts(value: list[float], most: int) -> None:
    """Of the finite values; a part that has none is NaN. Few values are all there."""
    found = course(np.array(value, dtype=np.float64), most).tolist()
    count = min(len(value), most)
    assert len(found) == count
    edges = [int(edge) for edge in np.linspace(0, len(value), count + 1)] if count else []
    for at, (start, stop) in enumerate(pairwise(edges)):
        part = [v for v in value[start:stop] if math.isfinite(v)]
        expected = math.fsum(part) / len(part) if part else NAN
        assert found[at] == pytest.approx(expected, rel=1e-9, abs=1e-3, nan_ok=True)


def test_values_that_are_not_finite_do_not_spoil_their_part() -> None:
    value = np.array([1.0, INF, 3.0, NAN, NAN, INF, 5.0, -INF, INF])
    assert course(value, 3).tolist() == pytest.approx([2.0, NAN, 5.0], nan_ok=True)


def test_a_mean_passes_over_what_is_not_finite() -> None:
    assert mean(np.array([1.0, NAN, 2.0, INF])) == 1.5
    assert math.isnan(mean(np.array([NAN])))
