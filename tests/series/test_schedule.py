"""Changes of a learning rate are found where a schedule has them, and nowhere else."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, FloatArray, IntArray, column
from tb_trainmon.series.schedule import MOST_CHANGES, turns

NAN = math.nan
Schedule = Callable[[FloatArray], FloatArray]  # of the share of training that is done

# As PyTorch and transformers have them, by the share of the training behind the warm-up.
SMOOTH: dict[str, Schedule] = {
    "cosine": lambda done: 0.5 * (1 + np.cos(np.pi * done)),
    "cosine to a tenth": lambda done: 0.1 + 0.45 * (1 + np.cos(np.pi * done)),
    "linear": lambda done: 1 - done,
    "inverse square root": lambda done: np.sqrt(0.4 / (0.4 + done)),
    "polynomial": lambda done: (1 - done) ** 2,
    "square root": lambda done: 1 - np.sqrt(done),
    "exponential": lambda done: np.exp(-7 * done),
}


def kinds(points: Column) -> list[tuple[str, int]]:
    """What was found, and at which step."""
    return [(turn.kind, int(points.step[turn.index])) for turn in turns(points)]


def of(rates: list[float], every: int = 10) -> Column:
    """A rate logged every so many steps."""
    return column([every * n for n in range(1, len(rates) + 1)], [0.0] * len(rates), rates)


def logged(schedule: Schedule, step: IntArray, total: int, warm_up: int, peak: float) -> Column:
    """A rate that rises for ``warm_up`` steps and then follows ``schedule``, as a file keeps it."""
    done = np.clip((step - warm_up) / (total - warm_up), 0.0, 1.0)
    rate = np.where(step < warm_up, step / max(warm_up, 1), schedule(done)) * peak
    return column(step, np.zeros(len(step)), rate.astype(np.float32))


@st.composite
def steps(draw: st.DrawFn, total: int) -> IntArray:
    """Which steps a trainer logs: each so many, with the first one or without, some left out."""
    every = draw(st.integers(1, max(total // 3, 1)))
    found = np.arange(draw(st.sampled_from([0, 1, every])), total + 1, every)
    if draw(st.booleans()):
        found = np.delete(found, draw(st.lists(st.integers(0, len(found) - 1), max_size=10)))
    return found[: draw(st.integers(1, total + 1))]


@given(st.sampled_from(sorted(SMOOTH)), st.integers(3, 5000), st.floats(1e-8, 10.0), st.data())
@settings(deadline=None, max_examples=300)
def test_a_smooth_schedule_has_no_change_at_any_moment(
    name: str, total: int, peak: float, data: st.DataObject
) -> None:
    """However often it is logged, and however far it is by now."""
    points = logged(SMOOTH[name], data.draw(steps(total)), total, 0, peak)
    assert kinds(points) == []


@given(st.sampled_from(sorted(SMOOTH)), st.integers(20, 5000), st.floats(0.01, 0.4), st.data())
@settings(deadline=None, max_examples=300)
def test_behind_a_warm_up_it_has_that_one_alone(
    name: str, total: int, share: float, data: st.DataObject
) -> None:
    """At the highest point that was logged, as soon as there is one behind it."""
    warm_up = math.ceil(share * total)
    points = logged(SMOOTH[name], data.draw(steps(total)), total, warm_up, 0.001)
    found = kinds(points)
    assume(len(points) > 0)
    highest = int(np.argmax(np.round(points.value / points.value.max(initial=1e-9) * 1e6)))
    is_peak = 0 < highest < len(points) - 1 and points.value[0] < 0.95 * points.value[highest]
    assert found == ([("warm-up", int(points.step[highest]))] if is_peak else [])


@given(st.integers(1, 200), st.integers(0, 300), st.integers(0, 60))
@settings(deadline=None)
def test_an_inverse_square_root_has_the_end_of_its_warm_up_alone(
    warm_up: int, every: int, cut: int
) -> None:
    """As transformers have it: as steep at first as the warm-up is short, however rarely logged."""
    step = np.arange(0, 100 * max(every, 1), max(every, 1))[: 100 - cut]
    rate = np.where(step < warm_up, step / warm_up, np.sqrt(warm_up / np.maximum(step, 1)))
    found = kinds(column(step, np.zeros(len(step)), rate.astype(np.float32)))
    assert [kind for kind, _ in found] in ([], ["warm-up"])


def test_a_cosine_that_comes_back_by_itself_has_no_jump() -> None:
    """CosineAnnealingLR goes on beyond its ``T_max``."""
    rates = 0.5 * (1 + np.cos(np.pi * np.arange(300) / 50))
    assert kinds(of(list(rates))) == []


def test_a_schedule_of_millions_of_points_has_no_change() -> None:
    """At its top a cosine stands still for hundreds of them, as float32 sees it."""
    step = np.arange(2_000_000)
    assert kinds(logged(SMOOTH["cosine"], step, len(step), 0, 1e-3)) == []
    assert kinds(logged(SMOOTH["linear"], step, len(step), 2000, 1e-3)) == [("warm-up", 2000)]


@given(st.floats(1e-8, 10.0), st.integers(1, 100))
def test_a_constant_rate_has_no_change(rate: float, count: int) -> None:
    assert kinds(of([rate] * count)) == []


def test_steps_of_a_schedule_are_jumps() -> None:
    """StepLR, which multiplies by 0.1 every three logged points."""
    points = of([0.1 ** (n // 3) for n in range(12)])
    assert kinds(points) == [("jump", 40), ("jump", 70), ("jump", 100)]
    assert next((t.before, t.after) for t in turns(points)) == (1.0, 0.1)


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.25, 3.0])
def test_a_rate_that_somebody_turns_is_a_jump_in_any_schedule(factor: float) -> None:
    step = np.arange(10, 1001, 10)
    for schedule in SMOOTH.values():
        points = logged(schedule, step, 2000, 0, 1e-3)
        points.value[50:] *= factor
        assert ("jump", 510) in kinds(points)


def test_warm_restarts_are_jumps_upwards() -> None:
    done = np.arange(100) % 25 / 25
    assert kinds(of(list(0.5 * (1 + np.cos(np.pi * done))))) == [
        ("jump", 260), ("jump", 510), ("jump", 760),
    ]  # fmt: skip


def test_a_warm_up_into_a_constant_rate_ends_where_that_begins() -> None:
    rates = [0.2, 0.4, 0.6, 0.8, 1.0, 1.0, 1.0]
    assert kinds(of(rates)) == [("warm-up", 50)]
    assert kinds(of(rates[:5])) == []  # it may still rise


@pytest.mark.parametrize("decay", ["linear", "square root", "polynomial", "cosine"])
def test_warm_up_stable_decay_has_two_changes(decay: str) -> None:
    """The decay is told once it has lost a little, and stays where it was told."""
    rates = [*np.linspace(0.1, 1.0, 10), *[1.0] * 60, *SMOOTH[decay](np.linspace(0.02, 1, 50))]
    assert kinds(of(rates)) == [("warm-up", 100), ("decay", 700)]
    found = [kinds(of(rates[:count])) for count in range(60, len(rates))]
    assert all(len(before) <= len(after) for before, after in pairwise(found))


def test_a_short_rest_is_no_stable_phase() -> None:
    """Three equal points, or stairs: each a rest, none of them the start of a decay."""
    assert kinds(of([1.0, 1.0, 1.0, 0.9, 0.8, 0.7, 0.6])) == []
    stairs = [0.97 ** (n // 5) for n in range(60)]
    assert kinds(of(stairs)) == []


def test_a_rate_that_is_rounded_in_the_log_has_no_change() -> None:
    """To five digits behind the point, as some trainers write it."""
    rates = [round(0.02 * (1 - n / 1000), 5) for n in range(1000)]
    assert kinds(of(rates)) == []


def test_what_is_no_rate_is_passed_over() -> None:
    rates = [1.0, NAN, 1.0, math.inf, 1.0, -1.0, 0.5, 0.5, 0.5]
    assert kinds(of(rates)) == [("jump", 70)]
    assert kinds(of([0.0] * 9)) == kinds(of([NAN] * 9)) == kinds(of([])) == []


def test_of_several_points_of_a_step_the_last_counts() -> None:
    step = [10, 20, 20, 30, 40, 50]
    points = column(step, [0.0] * 6, [1.0, 9.0, 1.0, 1.0, 0.1, 0.1])
    assert [(t.kind, t.index) for t in turns(points)] == [("jump", 4)]


def test_of_many_jumps_the_largest_are_told() -> None:
    """A staircase has hundreds; those that matter most are its first."""
    points = of([0.85 ** (n // 3) for n in range(120 * 3)])
    found = kinds(points)
    assert len(found) <= MOST_CHANGES
    assert found == [("jump", 30 * n + 10) for n in range(1, len(found) + 1)]


def test_the_turns_of_a_long_schedule_take_the_memory_of_a_few_of_its_columns() -> None:
    size = 1 << 19
    rate = np.minimum(np.linspace(0.0, 4.0, size), np.linspace(2.0, 0.0, size))
    points = column(np.arange(size), np.arange(size), rate)
    tracemalloc.start()
    try:
        (turn,) = turns(points)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert turn.kind == "warm-up"
    assert (
        abs(turn.index - int(rate.argmax())) <= 1
    )  # the first of those that are the same, rounded
    assert most < 4 * rate.nbytes
