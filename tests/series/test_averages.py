"""The compiled averages are the plain ones, to the last bit."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tb_trainmon.core.columns import FloatArray
from tb_trainmon.core.compiled import is_compiled
from tb_trainmon.series import averages, smooth
from tests.series.scenes import bits, finite, quick

KERNEL = "tb_trainmon.series.averages_kernel"
lengths = st.one_of(st.integers(0, 40), st.integers(500, 1100))  # about a block, and two
values = lengths.flatmap(lambda length: arrays(np.float64, length, elements=finite))
weights = st.floats(min_value=0.0, max_value=0.999, exclude_min=True)


@pytest.fixture(scope="module")
def kernel() -> Any:
    if not is_compiled(KERNEL):
        pytest.skip("The kernel of smoothing is not compiled.")
    return importlib.import_module(KERNEL)


def test_smoothing_uses_the_kernel_where_it_is(kernel: Any) -> None:
    assert vars(smooth)["exponential"] is kernel.exponential
    assert vars(smooth)["trailing"] is kernel.trailing


@given(values, weights, finite, st.floats(0.0, 1.0, exclude_max=True))
@quick
def test_the_exponential_average(
    kernel: Any, value: FloatArray, weight: float, last: float, power: float
) -> None:
    found, *state = kernel.exponential(value, weight, last, power)
    expected, *expected_state = averages.exponential(value, weight, last, power)
    assert bits(found) == bits(expected)
    assert state == expected_state


@given(values, st.integers(2, 1000))
@quick
def test_the_trailing_average(kernel: Any, value: FloatArray, window: int) -> None:
    assert bits(kernel.trailing(value, window)) == bits(averages.trailing(value, window))


def test_values_that_do_not_lie_side_by_side_are_taken(kernel: Any) -> None:
    value = np.arange(3000.0)
    apart, together = value[::3], value[::3].copy()
    assert bits(kernel.trailing(apart, 5)) == bits(averages.trailing(together, 5))
    found, *_ = kernel.exponential(apart, 0.6, 0.0, 1.0)
    assert bits(found) == bits(averages.exponential(together, 0.6, 0.0, 1.0)[0])


def test_a_million_values_of_noise(kernel: Any) -> None:
    value = np.random.default_rng(7).normal(size=1_000_000)
    for weight in (0.6, 0.99, 1e-9):
        found, *state = kernel.exponential(value, weight, 0.0, 1.0)
        expected, *expected_state = averages.exponential(value, weight, 0.0, 1.0)
        assert np.array_equal(found.view(np.int64), expected.view(np.int64))
        assert state == expected_state
