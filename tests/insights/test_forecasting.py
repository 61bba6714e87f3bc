"""Forecasts: the line through the values before."""

from __future__ import annotations

import numpy as np
import pytest

from tb_trainmon.insights.forecasting import forecasts


@pytest.mark.parametrize("slope", [0.5, 0.0])
def test_a_line_goes_on_as_it_was(slope: float) -> None:
    """Two behind: it is drawn through medians of the latest five values."""
    line = 3.0 + slope * np.arange(60.0)
    assert np.isnan(forecasts(line, 16)[:8]).all()
    assert forecasts(line, 16)[20:] == pytest.approx(line[20:] - 2 * slope)


def test_the_line_through_a_falling_loss_does_not_run_ahead_of_it() -> None:
    falling = 10.0 - 0.1 * np.arange(60.0)
    assert forecasts(falling, 16)[20:] == pytest.approx(falling[15:-5])
