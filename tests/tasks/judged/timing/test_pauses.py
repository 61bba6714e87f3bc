"""Pauses that come at regular steps, and how many of them are still to come."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import column
from tb_trainmon.tasks.judged.timing.pauses import (
    Intervals,
    Pause,
    beyond,
    intervals_of,
    is_long,
    kinds_of,
    middle_of,
    pauses_of,
)

_Numbers = npt.NDArray[np.float64]


def trained(points: int, pauses: dict[int, float], every: int = 10) -> Intervals:
    """A point in ``every`` steps, a second a step; ``pauses`` by the step behind which they are."""
    steps = every * np.arange(1, points + 1)
    waits = np.array([pauses.get(int(step), 0.0) for step in steps])
    times = 1e9 + steps + np.concatenate([[0.0], np.cumsum(waits)[:-1]])
    return intervals_of(column(steps, times, np.zeros(points)))


def test_only_where_steps_and_time_go_forward_is_an_interval() -> None:
    points = column([0, 10, 10, 20, 15, 30], [0.0, 5.0, 6.0, 6.0, 7.0, 9.0], np.zeros(6))
    found = intervals_of(points)
    assert found.begin.tolist() == [0, 15]
    assert found.steps.tolist() == [10, 15]
    assert found.seconds.tolist() == [5.0, 2.0]
    assert found.at.tolist() == [5.0, 9.0]
    assert found.pace.tolist() == [0.5, 2.0 / 15.0]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9))
def test_the_middle_is_the_median(values: list[float]) -> None:
    assert middle_of(np.array(values)) == pytest.approx(float(np.median(values)))


def test_pauses_at_regular_steps_are_one_kind_with_its_period() -> None:
    (kind,) = pauses_of(trained(60, dict.fromkeys(range(100, 600, 100), 30.0)))
    assert kind == Pause((30.0,) * 5, 500, 100)
    assert (kind.usual, kind.longest) == (30.0, 30.0)


def test_two_kinds_are_told_apart_by_how_long_they_take_the_longest_first() -> None:
    pauses = dict.fromkeys(range(100, 600, 100), 30.0) | {200: 300.0, 400: 300.0}
    kinds = pauses_of(trained(60, pauses))
    assert [(kind.longest, kind.period) for kind in kinds] == [(300.0, 200), (30.0, 200)]


def test_a_pause_that_came_once_is_no_kind() -> None:
    assert pauses_of(trained(60, {300: 30.0})) == []


def test_pauses_that_come_anyhow_or_no_more_have_no_period() -> None:
    anyhow = dict.fromkeys((50, 70, 210, 220, 480), 30.0)
    no_more = dict.fromkeys((100, 200, 300), 30.0)
    assert [kind.period for kind in pauses_of(trained(60, anyhow))] == [None]
    assert [kind.period for kind in pauses_of(trained(200, no_more))] == [None]


def test_what_is_longer_by_little_or_by_a_moment_is_no_pause() -> None:
    intervals = trained(20, {50: 9.0})
    assert not is_long(intervals, beyond(intervals)).any()
    assert is_long(intervals, beyond(intervals), 1.5).any()


def test_a_kind_needs_two_that_are_alike() -> None:
    begins, extra = np.array([100, 200, 300]), np.array([100.0, 10.0, 10.0])
    assert kinds_of(begins, extra, 10, 400) == [Pause((10.0, 10.0), 300, 100)]


@given(
    last=st.integers(0, 300),
    period=st.integers(2, 50),
    step=st.integers(0, 500),
    more=st.integers(0, 500),
)
def test_what_is_due_is_what_can_be_counted(last: int, period: int, step: int, more: int) -> None:
    """Those behind the last known one that begin at ``step`` or later, and before the end."""
    end = step + more
    counted = [at for at in range(last + period, end, period) if at >= step]
    assert Pause((1.0,), last, period).due_until(step, end) == len(counted)


@given(st.integers(0, 1000), st.integers(1, 50))
def test_one_is_due_within_an_interval_of_its_step(step: int, interval: int) -> None:
    pause = Pause((1.0,), 300, 100)
    nearest = min(abs(step - at) for at in range(-100, 1200, 100))
    assert pause.is_due(step, interval) == (nearest <= interval)


def test_one_without_a_period_is_never_due() -> None:
    pause = Pause((1.0,), 300, None)
    assert not pause.is_due(300, 10)
    assert pause.due_until(0, 1000) == 0
