"""What is computed of a metric's points as they come is what is computed of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, GrowingColumn, column
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.opened.computed import Computed
from tb_trainmon.tasks.opened.followed import KEPT, Followed
from tests.tasks.scenes import NOW

Points = list[tuple[int, float, float]]  # step, seconds, value

plain = Metric("loss", "run", "", "train/loss", "train")
scaled = Metric("learning_rate", "run", "", "lr", "train", scale=0.5)
exponential = Metric("perplexity", "run", "", "train/loss", "train", derived="exp")
speed = Metric("samples_per_second", "run", "", "train/loss", "train", scale=8.0, derived="rate")

points = st.lists(
    st.tuples(
        st.integers(0, 100),
        st.sampled_from([-NOW, 0.0, 1.0, 2.0, 5.0, 1e12]) | st.floats(0.0, 1000.0),
        st.sampled_from([0.0, float("nan"), float("inf"), 1e4]) | st.floats(-10.0, 10.0),
    ),
    max_size=30,
)


def as_column(rows: Points, ordered: bool) -> Column:
    rows = sorted(rows, key=lambda row: row[0]) if ordered else rows
    step, seconds, value = zip(*rows, strict=True) if rows else ((), (), ())
    return column(step, [NOW + s for s in seconds], value)


def bits(made: Column) -> tuple[list[int], list[int], list[int]]:
    return (
        made.step.tolist(),
        made.wall_time.view(np.int64).tolist(),
        made.value.view(np.int64).tolist(),
    )


def at_once(metric: Metric, files: Sequence[Column]) -> Column:
    return Followed(metric).points(list(files))


@pytest.mark.parametrize("metric", [plain, scaled, exponential, speed], ids=lambda m: m.name)
@given(
    st.lists(points, min_size=1, max_size=3),
    st.booleans(),
    st.lists(st.integers(0, 60)),
    st.sampled_from([KEPT, 0, 10]),
)
@example([[(10, 1.0, 1.0), (30, 2.0, 1.0), (20, 3.0, 1.0)]], False, [2], KEPT)
@settings(max_examples=100, deadline=None)
def test_points_that_come_in_parts_make_the_same_as_all_at_once(
    metric: Metric, files: list[Points], ordered: bool, cuts: list[int], kept: int
) -> None:
    """Whether what is computed of them is kept, or made when it is asked for."""
    whole = [as_column(rows, ordered) for rows in files]
    followed = Followed(metric, kept)
    growing = [GrowingColumn() for _ in whole]
    for cut in [*sorted(cuts), 1000]:
        for number, (file, written) in enumerate(zip(growing, whole, strict=True)):
            file.extend(written[len(file) : max(cut - 20 * number, 0)])
        there = [file.view() for file in growing if len(file)]
        assert bits(followed.points(there)) == bits(at_once(metric, there))
        assert followed.zeros == sum(int((file.value == 0.0).sum()) for file in there)


def test_the_points_of_one_file_are_not_copied() -> None:
    file = column([1, 2], [NOW, NOW + 1], [1.0, 2.0])
    assert Followed(plain).points([file]) is file


def test_a_file_that_was_read_anew_is_taken_anew() -> None:
    followed = Followed(scaled)
    followed.points([column([1, 2], [NOW, NOW + 1], [1.0, 2.0])])
    again = followed.points([column([1], [NOW], [8.0])])
    assert again.value.tolist() == [4.0]


def test_a_speed_is_not_taken_from_times_that_cannot_be() -> None:
    """A point at wall time 0 and one at 4e9 say nothing about how fast a training is."""
    of: Literal["rate"] = "rate"
    metric = Metric("steps_per_second", "run", "", "train/loss", "train", derived=of)
    file = column([1, 2, 3, 4], [0.0, NOW, NOW + 2, 4e9], [1.0] * 4)
    assert Followed(metric).points([file]).value.tolist() == [0.5]


rising = st.integers(2, 40).flatmap(
    lambda size: st.lists(st.floats(-10.0, 10.0), min_size=size, max_size=size)
)


@pytest.mark.parametrize("metric", [scaled, exponential, speed], ids=lambda m: m.name)
@given(rising, st.integers(0, 45), st.integers(0, 45), st.integers(1, 3))
def test_a_part_of_what_is_computed_is_computed_of_a_part(
    metric: Metric, values: list[float], begin: int, end: int, stride: int
) -> None:
    """To the bit, and taking points from it gives the same."""
    steps = np.arange(len(values))
    file = column(steps * 3, NOW + steps**1.5, values)
    computed = Computed(metric, file)
    kept = column(computed.step, computed.wall_time, computed.value)
    assert bits(computed[begin:end]) == bits(kept[begin:end])
    assert bits(computed[begin:end:stride]) == bits(kept[begin:end:stride])
    order = np.arange(len(kept))[begin:end:stride]
    assert bits(computed.take(order)) == bits(kept.take(order))
    assert kept.continues(computed[begin : begin + 1]) is (begin == 0 or begin >= len(kept))
    assert computed.continues(computed[:begin])
    assert computed.continues(kept[:begin])


def test_of_a_long_series_nothing_is_kept_beside_its_points() -> None:
    file = column([1, 2, 3], [NOW, NOW + 1, NOW + 2], [1.0, 2.0, 3.0])
    for metric in (scaled, exponential, speed):
        followed = Followed(metric, kept=2)
        followed.points([file])
        assert followed.memory == 0
