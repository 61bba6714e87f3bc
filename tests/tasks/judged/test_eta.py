"""When a task will be done: a range that the true end lies in eight times of ten."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, column
from tb_trainmon.tasks.judged.eta import Eta, estimate
from tests.bench import eta as bench
from tests.tasks.scenes import NOW, Stage


def paced(seconds: list[float], every: int = 10) -> Column:
    """Points that follow one another by ``seconds``, ``every`` steps apart."""
    times = NOW + np.cumsum([0.0, *seconds])
    return column(every * np.arange(len(times)), times, np.ones(len(times)))


def asked(points: Column, total: int, late: float = 0.0, earlier: Column | None = None) -> Eta:
    """The estimate ``late`` seconds after the last point."""
    before = [] if earlier is None else [earlier]
    found = estimate(points, total, float(points.wall_time[-1]) + late, before)
    assert found is not None
    return found


def left(eta: Eta, points: Column) -> float:
    """Seconds from the last point to the middle."""
    return eta.finish_at - float(points.wall_time[-1])


def test_an_even_pace_gives_an_exact_middle() -> None:
    points = paced([5.0] * 40)
    assert left(asked(points, total=800), points) == pytest.approx(200.0)


def test_the_range_is_wide_while_little_is_known_and_narrow_where_it_held() -> None:
    first, later = paced([5.0] * 5), paced([5.0] * 200)
    few, many = asked(first, total=100), asked(later, total=4000)
    assert (few.high_s - few.low_s) / left(few, first) > 0.08
    assert (many.high_s - many.low_s) / left(many, later) < 0.05


def test_the_range_is_by_how_wrong_the_estimate_was_before() -> None:
    drifting = paced([1.0 * 1.02**n for n in range(200)])
    steady = paced([5.0] * 200)
    widths = [
        (eta.high_s - eta.low_s) / left(eta, points)
        for points, eta in ((points, asked(points, 4000)) for points in (drifting, steady))
    ]
    assert widths[0] > 5 * widths[1]


def test_what_an_earlier_attempt_was_wrong_by_outlives_a_restart_but_its_pace_does_not() -> None:
    points = paced([5.0] * 50)
    wild = paced([50.0 * 1.05**n for n in range(100)])
    alone, after = asked(points, total=1000), asked(points, total=1000, earlier=wild)
    assert after.finish_at == pytest.approx(alone.finish_at)
    assert after.high_s - after.low_s > 2 * (alone.high_s - alone.low_s)


def test_regular_pauses_are_added_as_often_as_they_still_come() -> None:
    """An evaluation of 100 s every 200 steps; at step 590, 410 are left: 2 more of them."""
    points = paced(([1.0] * 19 + [101.0]) * 2 + [1.0] * 19)
    assert int(points.step[-1]) == 590
    assert left(asked(points, total=1000), points) == pytest.approx(41.0 + 3 * 100.0, rel=0.02)
    assert left(asked(points, total=780), points) == pytest.approx(19.0 + 100.0, rel=0.02)


def test_time_that_has_passed_since_the_last_point_counts() -> None:
    points = paced([5.0] * 40)
    at_once, later = asked(points, total=800), asked(points, total=800, late=20.0)
    assert later.finish_at == pytest.approx(at_once.finish_at)
    assert later.low_s == pytest.approx(at_once.low_s - 20.0)
    late = asked(points, total=800, late=1000.0)
    assert (late.low_s, late.high_s) == (0.0, 0.0)
    assert late.finish_at == float(points.wall_time[-1]) + 1000.0


@pytest.mark.parametrize("intervals", range(5))
def test_there_is_none_before_five_intervals(intervals: int) -> None:
    assert estimate(paced([5.0] * intervals), total=200, now=NOW) is None
    assert estimate(paced([5.0] * 5), total=200, now=NOW) is not None


def test_there_is_none_without_a_total() -> None:
    assert estimate(paced([5.0] * 9), total=None, now=NOW) is None


def test_a_total_that_is_reached_takes_no_time() -> None:
    eta = asked(paced([5.0] * 10), total=100)
    assert (eta.low_s, eta.high_s) == (0.0, 0.0)


def test_a_running_task_has_one_and_an_ended_one_has_none(stage: Stage) -> None:
    stage.file().text("args/text_summary", '{"max_steps": 100}').train(
        range(10, 71, 10), NOW, every=5.0
    )
    stage.now = NOW + 30
    eta = stage.judged().eta
    assert eta is not None
    assert eta.low_s < 15.0 < eta.high_s + 5.0
    stage.advance(1000)
    assert stage.judged().eta is None


def test_an_attempt_is_estimated_by_its_own_pace(stage: Stage) -> None:
    """The one before was ten times slower."""
    for n, every in enumerate((50.0, 5.0)):
        file = stage.file(created=NOW + 5000 * n, pid=n)
        file.text("args/text_summary", '{"max_steps": 100}')
        file.train(range(10, 71, 10), NOW + 5000 * n, every=every)
    stage.now = NOW + 5030
    eta = stage.judged().eta
    assert eta is not None
    assert eta.finish_at == pytest.approx(NOW + 5045, abs=1.0)


def test_it_holds_on_real_runs() -> None:
    """What the issue asks for, on runs of strangers; each half of them by itself, a little less."""
    for half, slack in ((None, 0.0), (0, 0.04), (1, 0.04)):
        _, inside, wrong, width = bench.table(bench.REPLAYS, half)["all"]
        assert 0.80 - slack <= inside <= 0.92 + slack
        assert wrong <= 0.035 + slack
        assert width <= 0.30


@given(
    seconds=st.lists(st.floats(0.01, 1e5), min_size=5, max_size=40),
    total=st.integers(1, 10**9),
    late=st.floats(0, 1e6),
)
def test_the_range_is_ordered_and_holds_the_time_of_finishing(
    seconds: list[float], total: int, late: float
) -> None:
    points = paced(seconds)
    now = float(points.wall_time[-1]) + late
    eta = estimate(points, total, now)
    if eta is None:  # so short a time beside so long a one that a clock does not tell it
        return
    assert 0.0 <= eta.low_s <= eta.high_s
    assert now <= eta.finish_at
    slack = 1e-6 * (eta.finish_at - NOW + 1.0)
    assert now + eta.low_s <= eta.finish_at + slack
