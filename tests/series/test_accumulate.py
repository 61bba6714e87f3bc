from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import column
from tb_trainmon.series import accumulate as accumulated
from tb_trainmon.series.accumulate import Extent, Piece, accumulate, shifts
from tests.series import reference
from tests.series.reference import Execution, Point
from tests.series.scenes import (
    METRICS,
    as_column,
    as_rows,
    pieces_of,
    points,
    quick,
    same_rows,
    shifts_of,
    tasks,
)


def test_trained_to_30_and_again_from_0_to_40_lies_end_to_end() -> None:
    """The example that the design gives, to the number."""
    moved = shifts([Extent(base=0, last_step=30), Extent(base=0, last_step=40)])
    first, second = column([10, 20, 30], [1, 2, 3], [3, 2, 1]), column(*[[10, 20, 30, 40]] * 3)
    series = accumulate([Piece(1, moved[0], first), Piece(2, moved[1], second)])
    assert series.x.tolist() == [10, 20, 30, 40, 50, 60, 70]
    assert series.attempt.tolist() == [1, 1, 1, 2, 2, 2, 2]
    assert series.points.step.tolist() == [10, 20, 30, 10, 20, 30, 40]


def test_a_resumed_task_goes_on_where_the_first_attempt_ended() -> None:
    """Steps 45, 50, 55 are there twice: the work that was lost is on the axis too."""
    assert shifts([Extent(0, 57), Extent(40, 100)]) == [0, 17]


def test_a_first_attempt_that_starts_from_a_checkpoint_keeps_its_steps() -> None:
    assert shifts([Extent(base=500, last_step=900)]) == [0]


def test_an_attempt_without_a_point_takes_no_room() -> None:
    assert shifts([Extent(0, 30), Extent(0, 0), Extent(0, 40)]) == [0, 30, 30]


@given(tasks())
@quick
def test_every_metric_of_a_task_equals_the_reference(task: list[Execution]) -> None:
    for metric in METRICS:
        found = as_rows(accumulate(pieces_of(task, metric)))
        assert same_rows(found, reference.accumulated(task, metric))


@given(tasks())
@quick
def test_every_point_is_kept(task: list[Execution]) -> None:
    """Not one is dropped, whatever its step or value."""
    for metric in METRICS:
        found = [
            (r.step, r.wall_time, repr(r.value))
            for r in as_rows(accumulate(pieces_of(task, metric)))
        ]
        written = [(s, t, repr(v)) for e in task for s, t, v in e.metrics[metric]]
        assert sorted(found) == sorted(written)


@given(tasks())
@quick
def test_x_ascends_and_so_do_the_attempts(task: list[Execution]) -> None:
    for metric in METRICS:
        series = accumulate(pieces_of(task, metric))
        assert series.x.tolist() == sorted(series.x.tolist())
        assert series.attempt.tolist() == sorted(series.attempt.tolist())


@given(tasks(attempts=1))
@quick
def test_a_task_that_never_restarted_has_x_equal_to_step(task: list[Execution]) -> None:
    series = accumulate(pieces_of(task, "loss"))
    assert series.x.tolist() == series.points.step.tolist()


@given(tasks())
@quick
def test_all_metrics_of_a_task_share_one_axis(task: list[Execution]) -> None:
    """The same step of the same attempt lies at the same x in every chart."""
    places = {
        (row.attempt, row.step, row.x)
        for metric in METRICS
        for row in as_rows(accumulate(pieces_of(task, metric)))
    }
    assert len(places) == len({(attempt, step) for attempt, step, _ in places})


@given(tasks())
@quick
def test_an_attempt_begins_where_the_one_before_reached(task: list[Execution]) -> None:
    moved = shifts_of(task)
    reached = None
    for execution, shift in zip(task, moved, strict=True):
        assert reached is None or execution.base + shift == reached
        reached = max([*execution.steps, execution.base]) + shift


@given(points(), st.integers(-100, 100))
@quick
def test_points_with_one_step_keep_the_order_in_which_they_were_written(
    drawn: list[Point], shift: int
) -> None:
    series = accumulate([Piece(1, shift, as_column(drawn))])
    for step in {s for s, _, _ in drawn}:
        written = [t for s, t, _ in drawn if s == step]
        assert series.points.wall_time[series.points.step == step].tolist() == written


def test_no_piece_is_an_empty_series() -> None:
    assert len(accumulate([])) == 0
    assert len(accumulate([Piece(1, 0, column())])) == 0


def test_a_point_that_counts_something_else_never_lies_before_the_attempt_ahead_of_it() -> None:
    """An echo of hyper-parameters at step 0 of an attempt that resumed at 40."""
    echoes = [
        Piece(1, 0, column([0, 40], [1, 2], [5, 5])),
        Piece(2, 0, column([0, 80], [3, 4], [5, 5])),
    ]
    assert accumulate(echoes).x.tolist() == [0, 40, 40, 80]


STEPS = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(st.lists(STEPS, min_size=1, max_size=5), min_size=1, max_size=5))
def test_any_steps_of_64_bits_have_an_x_of_64_bits_that_never_goes_back(
    attempts: list[list[int]],
) -> None:
    moved = shifts([Extent(min(steps), max(steps)) for steps in attempts])
    pieces = [
        Piece(number, shift, column(steps, [0.0] * len(steps), [0.0] * len(steps)))
        for number, (shift, steps) in enumerate(zip(moved, attempts, strict=True))
    ]
    x = accumulate(pieces).x.tolist()
    assert len(x) == sum(map(len, attempts))
    assert x == sorted(x)


@given(STEPS, STEPS)
def test_a_sum_beyond_64_bits_is_the_largest_there_is(step: int, shift: int) -> None:
    assert accumulated.moved(np.array([step]), shift).tolist() == [
        accumulated.moved_step(step, shift)
    ]
    if abs(step) < 2**62 and abs(shift) < 2**62:
        assert accumulated.moved_step(step, shift) == step + shift


@given(st.lists(STEPS, max_size=4).map(sorted), STEPS, st.booleans())
def test_a_piece_may_be_moved_if_each_of_its_steps_has_a_place(
    steps: list[int], shift: int, is_placed: bool
) -> None:
    points = column(steps, [0.0] * len(steps), [0.0] * len(steps))
    piece = Piece(1, shift, points, points.step if is_placed else None)
    fits = all(-(2**63) <= step + shift < 2**63 for step in steps)
    assert accumulated.may_be_moved(piece) == (is_placed or fits)
