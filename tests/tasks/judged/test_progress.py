"""How far a task is, and when it will be done: a range, from recent intervals of this attempt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, column
from tb_trainmon.tasks.judged.progress import estimate, progress
from tests.tasks.scenes import NOW, Stage


def paced(seconds: list[float], every: int = 10) -> Column:
    """Points that follow one another by ``seconds``, ``every`` steps apart."""
    times = [NOW]
    for gap in seconds:
        times.append(times[-1] + gap)
    return column([every * n for n in range(len(times))], times, [1.0] * len(times))


def test_an_even_pace_gives_an_exact_time() -> None:
    points = paced([5.0] * 10)
    eta = estimate(points, total=200, now=points.wall_time[-1])
    assert eta is not None
    assert eta.low_s == pytest.approx(50.0)
    assert eta.high_s == pytest.approx(50.0)
    assert eta.finish_at == pytest.approx(points.wall_time[-1] + 50.0)


def test_an_uneven_pace_gives_a_range_around_the_median() -> None:
    points = paced([4.0, 5.0, 6.0, 5.0, 4.0, 6.0, 5.0, 5.0, 7.0, 3.0])
    now = float(points.wall_time[-1])
    eta = estimate(points, total=200, now=now)
    assert eta is not None
    assert eta.low_s < eta.finish_at - now < eta.high_s
    assert eta.low_s >= 40.0
    assert eta.high_s <= 60.0


@pytest.mark.parametrize("intervals", [0, 1, 2])
def test_there_is_none_before_three_intervals(intervals: int) -> None:
    assert estimate(paced([5.0] * intervals), total=200, now=NOW) is None
    assert estimate(paced([5.0] * 3), total=200, now=NOW) is not None


def test_there_is_none_without_a_total() -> None:
    assert estimate(paced([5.0] * 9), total=None, now=NOW) is None


def test_pauses_stretch_it_by_the_share_of_time_that_they_take() -> None:
    """Every fifth interval holds an evaluation as long as the four others together."""
    points = paced([5.0, 5.0, 5.0, 5.0, 25.0] * 4)
    now = float(points.wall_time[-1])
    eta = estimate(points, total=400, now=now)
    assert eta is not None
    # 20 intervals remain: 20 x 5 s of training and 4 pauses of 20 s.
    assert eta.finish_at - now == pytest.approx(20 * 5.0 + 4 * 20.0)


def test_time_that_has_passed_since_the_last_point_counts() -> None:
    points = paced([5.0] * 10)
    last = float(points.wall_time[-1])
    eta = estimate(points, total=200, now=last + 20)
    assert eta is not None
    assert eta.low_s == pytest.approx(30.0)
    assert eta.finish_at == pytest.approx(last + 50.0)
    late = estimate(points, total=200, now=last + 1000)
    assert late is not None
    assert (late.low_s, late.high_s, late.finish_at) == (0.0, 0.0, last + 1000)


def test_a_total_that_is_reached_takes_no_time() -> None:
    points = paced([5.0] * 10)
    eta = estimate(points, total=100, now=float(points.wall_time[-1]))
    assert eta is not None
    assert (eta.low_s, eta.high_s) == (0.0, 0.0)


def test_only_recent_intervals_count() -> None:
    points = paced([50.0] * 200 + [5.0] * 100)
    eta = estimate(points, total=3100, now=float(points.wall_time[-1]))
    assert eta is not None
    assert eta.high_s == pytest.approx(50.0)


def test_steps_and_times_that_go_back_are_no_intervals() -> None:
    points = column([10, 20, 15, 30, 40, 50], [0, 5, 3, 10, 15, 20], [1.0] * 6)
    eta = estimate(points, total=60, now=20.0)
    assert eta is not None
    assert eta.high_s > 0


def test_a_running_task_has_one_and_an_ended_one_has_none(stage: Stage) -> None:
    stage.file().text("args/text_summary", '{"max_steps": 100}').train(
        range(10, 61, 10), NOW, every=5.0
    )
    stage.now = NOW + 25
    eta = stage.judged().eta
    assert eta is not None
    assert eta.high_s <= 20.0
    stage.advance(1000)
    assert stage.judged().eta is None


def test_an_attempt_is_estimated_by_its_own_pace(stage: Stage) -> None:
    """The one before was ten times slower."""
    for n, every in enumerate((50.0, 5.0)):
        file = stage.file(created=NOW + 5000 * n, pid=n)
        file.text("args/text_summary", '{"max_steps": 100}')
        file.train(range(10, 51, 10), NOW + 5000 * n, every=every)
    stage.now = NOW + 5020
    eta = stage.judged().eta
    assert eta is not None
    assert 15.0 <= eta.high_s <= 25.0


@pytest.mark.parametrize(
    ("step", "total", "share"),
    [
        (0, 100, 0.0),
        (50, 100, 0.5),
        (120, 100, 1.0),
        (-1, 100, 0.0),
        (5, None, None),
        (None, 9, None),
    ],
)
def test_progress_is_a_share_of_the_total(
    step: int | None, total: int | None, share: float | None
) -> None:
    assert progress(step, total) == share


@given(
    seconds=st.lists(st.floats(0.01, 1e5), min_size=3, max_size=40),
    total=st.integers(1, 10**9),
    late=st.floats(0, 1e6),
)
def test_the_range_is_ordered_and_holds_the_time_of_finishing(
    seconds: list[float], total: int, late: float
) -> None:
    points = paced(seconds)
    now = float(points.wall_time[-1]) + late
    eta = estimate(points, total, now)
    assert eta is not None
    assert 0.0 <= eta.low_s <= eta.high_s
    assert now <= eta.finish_at
    slack = 1e-6 * (eta.finish_at - NOW + 1.0)
    assert now + eta.low_s <= eta.finish_at + slack
    assert eta.finish_at <= now + eta.high_s + slack
