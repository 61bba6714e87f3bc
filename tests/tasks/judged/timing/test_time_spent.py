"""Where the time went: each second once, and the parts add up to the whole."""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, column
from tb_trainmon.tasks.judged.timing.time_spent import Course, TimeSpent, time_spent, together
from tests.tasks.scenes import NOW


def course(
    gaps: list[float],
    *,
    begin: float = NOW,
    wait: float = 10.0,
    base: int = 0,
    tail: float = 0.0,
    runtimes: Column | None = None,
    evaluations: tuple[float, ...] = (),
    step: int = 1,
    checkpoints: tuple[float, ...] = (),
) -> Course:
    """Launched at ``begin``; a point every 10 steps, the first after ``wait`` seconds."""
    times = begin + wait + np.cumsum([0.0, *gaps])
    steps = base + 10 * np.arange(1, len(times) + 1)
    return Course(
        launched_at=begin,
        ended_at=float(times[-1]) + tail,
        base=base,
        points=column(steps, times, np.ones(len(times))),
        runtimes=column() if runtimes is None else runtimes,
        evaluations=column(
            [step] * len(evaluations),
            evaluations,
            [1.0] * len(evaluations),
        ),
        checkpoints=np.array(checkpoints),
    )


def only(given: Course) -> TimeSpent:
    """Of a task of one attempt."""
    (spent,) = time_spent([given])
    return spent


def test_an_even_training_is_training_but_for_its_start() -> None:
    spent = only(course([5.0] * 20, wait=25.0))
    assert spent.training_s == pytest.approx(105.0)
    assert spent.start_s == pytest.approx(20.0)
    assert spent.whole == pytest.approx(125.0)
    assert spent.goodput == pytest.approx(105.0 / 125.0)


def test_an_evaluation_takes_what_it_logged_or_what_is_beyond_the_pace() -> None:
    gaps = [5.0] * 10 + [65.0] + [5.0] * 10
    at = NOW + 10.0 + 50.0 + 60.0
    said = only(course(gaps, runtimes=column([110], [at], [58.0])))
    assert said.evaluation_s == pytest.approx(58.0)
    silent = only(course(gaps, evaluations=(at,)))
    assert silent.evaluation_s == pytest.approx(60.0)
    assert silent.stalled_s == 0.0


def test_an_evaluation_at_the_step_of_the_latest_point_took_all_the_time_since_it() -> None:
    """Also where the training behind it was quicker than usual."""
    gaps = [5.0] * 10 + [63.0] + [5.0] * 10
    spent = only(course(gaps, evaluations=(NOW + 10.0 + 50.0 + 60.0,), step=110))
    assert spent.evaluation_s == pytest.approx(60.0)


def test_an_evaluation_that_was_logged_together_with_a_point_was_before_it() -> None:
    gaps = [5.0] * 10 + [65.0] + [5.0] * 10
    spent = only(course(gaps, evaluations=(NOW + 10.0 + 50.0 + 65.0 + 0.01,), step=120))
    assert spent.evaluation_s == pytest.approx(60.0)
    assert spent.stalled_s == 0.0


def test_a_long_interval_saved_a_checkpoint_or_stalled() -> None:
    gaps = [5.0] * 10 + [25.0] + [5.0] * 10
    assert only(course(gaps)).stalled_s == pytest.approx(20.0)
    saved = only(course(gaps, checkpoints=(NOW + 10.0 + 50.0 + 20.0,)))
    assert saved.checkpoint_s == pytest.approx(20.0)
    assert saved.stalled_s == 0.0


def test_an_evaluation_and_a_checkpoint_in_one_interval_each_took_its_own() -> None:
    """Both beyond the pace; the later one from the earlier one's end."""
    gaps = [5.0] * 10 + [95.0] + [5.0] * 10
    begin = NOW + 10.0 + 50.0
    first = only(course(gaps, evaluations=(begin + 60.0,), checkpoints=(begin + 90.0,)))
    assert first.evaluation_s == pytest.approx(60.0)
    assert first.checkpoint_s == pytest.approx(30.0)
    last = only(course(gaps, evaluations=(begin + 90.0,), checkpoints=(begin + 30.0,)))
    assert last.evaluation_s == pytest.approx(60.0)
    assert last.checkpoint_s == pytest.approx(30.0)


def test_steps_that_were_made_before_are_repeated_and_the_pause_is_downtime() -> None:
    first = course([5.0] * 44, wait=5.0)
    again = course([5.0] * 29, begin=NOW + 1000.0, wait=5.0, base=300)
    before, after = time_spent([first, again])
    assert before.training_s == pytest.approx(225.0)
    assert after.down_s == pytest.approx(1000.0 - 225.0)
    assert after.repeated_s == pytest.approx(75.0)  # 300 to 450
    assert after.training_s == pytest.approx(75.0)


def test_a_launch_without_a_point_only_started() -> None:
    nothing = Course(NOW, NOW + 30.0, 0, column(), column(), column(), np.zeros(0))
    assert only(nothing) == TimeSpent(start_s=30.0)


@st.composite
def courses(draw: st.DrawFn) -> list[Course]:
    """One to three attempts that do anything."""
    found = []
    begin = NOW
    for _ in range(draw(st.integers(1, 3))):
        gaps = draw(st.lists(st.floats(0.0, 1e4), max_size=20))
        wait, tail = draw(st.floats(0.0, 1e4)), draw(st.floats(0.0, 1e4))
        until = begin + wait + sum(gaps) + tail
        times = draw(st.lists(st.floats(begin - 10.0, until + 10.0), max_size=5))
        seconds = draw(st.lists(st.floats(0.0, 1e4), min_size=len(times), max_size=len(times)))
        found.append(
            course(
                gaps,
                begin=begin,
                wait=wait,
                tail=tail,
                base=draw(st.integers(0, 200)),
                runtimes=column([1] * len(times), times, seconds),
                evaluations=tuple(draw(st.lists(st.floats(begin, until), max_size=5))),
                checkpoints=tuple(draw(st.lists(st.floats(begin, until), max_size=5))),
            )
        )
        begin = until + draw(st.floats(-100.0, 1e4))
    return found


@given(courses())
def test_the_parts_add_up_to_the_whole_and_none_is_negative(given: list[Course]) -> None:
    whole = together(time_spent(given))
    span = max(each.ended_at for each in given) - given[0].launched_at
    assert whole.whole == pytest.approx(span, abs=1e-2)
    for part in ("training_s", "evaluation_s", "checkpoint_s", "stalled_s", "repeated_s"):
        assert getattr(whole, part) >= -1e-6
    assert whole.goodput is None or -1e-9 <= whole.goodput <= 1.0 + 1e-9


@given(st.lists(st.integers(2, 60), min_size=1, max_size=20), st.data())
def test_an_evaluation_at_once_behind_a_point_counts_as_one_at_that_point(
    gaps: list[int], data: st.DataObject
) -> None:
    """Which of them lie at the edges of intervals is told without a look at each."""
    empty = course([float(gap) for gap in gaps], tail=2.0)
    points = st.sampled_from(empty.points.wall_time.tolist())
    between = st.floats(empty.launched_at, empty.ended_at)
    at = np.sort(data.draw(st.lists(points | between, max_size=12)))
    at_once = np.where(np.isin(at, empty.points.wall_time), 0.019 * np.median(gaps), 0.0)
    later = np.sort(at + at_once)
    told = [
        only(replace(empty, evaluations=column(np.arange(len(at)), times, at)))
        for times in (at, later)
    ]
    assert astuple(told[0]) == pytest.approx(astuple(told[1]), abs=1e-4)
