from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import GrowingColumn, column, memory_of


def test_the_first_points_are_taken_over_and_not_copied() -> None:
    """What was read at once is in memory once."""
    points = column([1, 2], [3.0, 4.0], [5.0, 6.0])
    growing = GrowingColumn()
    growing.extend(points)
    assert np.shares_memory(growing.view().value, points.value)


def test_points_appended_later_do_not_touch_what_was_taken_over() -> None:
    first = column([1, 2, 3, 4], np.arange(4.0), np.arange(4.0))
    growing = GrowingColumn()
    growing.extend(first[:2])
    before = growing.view()
    growing.extend(column([9], [9.0], [9.0]))
    assert growing.view().step.tolist() == [1, 2, 9]
    assert first.step.tolist() == [1, 2, 3, 4]
    assert before.step.tolist() == [1, 2]


def test_nothing_can_be_appended_to_nothing() -> None:
    growing = GrowingColumn()
    growing.extend(column())
    assert len(growing) == 0
    growing.extend(column([1], [1.0], [1.0]))
    growing.extend(column())
    assert growing.view().step.tolist() == [1]


def test_many_small_appends_keep_every_point() -> None:
    growing = GrowingColumn()
    for step in range(1000):
        growing.extend(column([step], [step / 2], [-step]))
    view = growing.view()
    assert view.step.tolist() == list(range(1000))
    assert view.value.tolist() == [-step for step in range(1000)]


@given(
    st.lists(st.integers(0, 3), min_size=1),
    st.lists(st.tuples(st.booleans(), st.lists(st.integers(0, 3), max_size=4), st.booleans())),
)
def test_columns_that_share_their_steps_grow_as_if_they_did_not(
    common: list[int], later: list[tuple[bool, list[int], bool]]
) -> None:
    """Each goes on with the steps that it is given, be they those of the other or not."""
    pair = GrowingColumn(), GrowingColumn()
    expected: tuple[list[int], list[int]] = [*common], [*common]
    for growing in pair:
        growing.extend(column(common, common, common))
    assert pair[1].share_steps(pair[0])
    views = [(growing.view().step, [*steps]) for growing, steps in zip(pair, expected, strict=True)]
    for first, steps, again in later:
        which = 0 if first else 1
        pair[which].extend(column(steps, steps, steps))
        expected[which].extend(steps)
        if again:
            pair[1].share_steps(pair[0])
        views += [(g.view().step, [*of]) for g, of in zip(pair, expected, strict=True)]
    for seen, of in views:
        assert seen.tolist() == of


def test_shared_steps_are_there_once() -> None:
    pair = GrowingColumn(), GrowingColumn()
    for growing in pair:
        growing.extend(column(range(1000), range(1000), range(1000)))
    assert memory_of(pair) == 2 * 24_000
    assert pair[1].share_steps(pair[0])
    assert memory_of(pair) == 2 * 16_000 + 8_000
