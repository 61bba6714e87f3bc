from __future__ import annotations

import numpy as np

from tb_trainmon.core.columns import GrowingColumn, column


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
