"""When the next evaluation or checkpoint comes: by its period, and not without one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import column
from tb_trainmon.tasks.judged.timing.pace import Way
from tb_trainmon.tasks.judged.timing.recurring import next_at
from tests.tasks.scenes import NOW


def way(points: int, *, every: int = 10, pause: float = 0.0, period: int = 20) -> Way:
    """Five seconds a point; ``pause`` seconds behind every so many of them."""
    steps = every * np.arange(1, points + 1)
    times = NOW + 5.0 * np.arange(points) + pause * (np.arange(points) // period)
    return Way(column(steps, times, np.ones(points)))


def at(course: Way, *steps: int) -> np.typing.NDArray[np.float64]:
    """The times at which these steps had just been reached."""
    return course.time[np.searchsorted(course.step, steps)] + 0.1


def test_it_comes_after_as_many_steps_as_ever_at_the_pace_of_the_training() -> None:
    course = way(90)
    found = next_at(at(course, 200, 400, 600, 800), course, 0, None)
    assert found == pytest.approx(float(course.time[-1]) + 50.0)


def test_pauses_that_come_before_it_are_waited_for() -> None:
    course = way(90, pause=60.0)
    found = next_at(at(course, 350, 700), course, 0, None)
    assert found is not None
    assert found - float(course.time[-1]) == pytest.approx(15 * 5.0 + 60.0, rel=0.02)


def test_one_that_is_due_now_comes_now() -> None:
    course = way(90)
    assert next_at(at(course, 300, 600), course, 0, None) == float(course.time[-1])


def test_two_say_it_only_if_they_keep_to_it_from_the_start() -> None:
    course = way(50)
    assert next_at(at(course, 200, 400), course, 0, None) is not None
    assert next_at(at(course, 170, 400), course, 0, None) is None
    assert next_at(at(course, 200), course, 0, None) is None


def test_checkpoints_that_were_deleted_are_missing_from_the_row() -> None:
    course = way(90)
    found = next_at(at(course, 100, 700, 800), course, 0, None)
    assert found == pytest.approx(float(course.time[-1]))
    assert next_at(at(course, 100, 600, 700, 800), course, 0, None) is not None


def test_it_does_not_come_where_it_keeps_to_no_steps_and_to_no_time() -> None:
    course = way(90)
    assert next_at(at(course, 100, 170, 420, 650), course, 0, None) is None


def test_it_may_come_by_the_clock() -> None:
    slowing = 10 * np.arange(1, 91)
    times = NOW + np.cumsum(1.0 + np.arange(90) / 10)
    course = Way(column(slowing, times, np.ones(90)))
    found = next_at(NOW + np.array([100.0, 200.0, 300.0, 400.0]), course, 0, None)
    assert found == pytest.approx(NOW + 500.0)


def test_none_comes_behind_the_end() -> None:
    course = way(90)
    times = at(course, 200, 400, 600, 800)
    assert next_at(times, course, 0, 1100) is not None
    assert next_at(times, course, 0, 1000) is None
    assert next_at(times, course, 0, 950) is None


@given(st.integers(2, 15), st.integers(20, 89), st.integers(0, 5))
def test_it_is_never_before_the_latest_point(period: int, points: int, first: int) -> None:
    course = way(points)
    steps = course.step[first::period]
    found = next_at(at(course, *steps.tolist()), course, 0, None)
    assert found is None or found >= float(course.time[-1])
