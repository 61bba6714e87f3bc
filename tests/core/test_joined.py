"""Columns that are seen as one are what they are when they are copied behind one another."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, column, concatenate
from tb_trainmon.core.joined import Joined, joined

rows = st.lists(st.tuples(st.integers(-9, 9), st.floats(0, 9), st.floats(-9, 9)), max_size=6)
columns = rows.map(lambda of: column(*zip(*of, strict=True)) if of else column())
several = st.lists(columns, min_size=1)
indices = st.integers(-30, 30)


def as_lists(points: Column) -> tuple[list[float], list[float], list[float]]:
    return points.step.tolist(), points.wall_time.tolist(), points.value.tolist()


@given(several, indices, indices, st.integers(1, 3))
def test_slices_are_those_of_the_copy(
    parts: list[Column], begin: int, end: int, stride: int
) -> None:
    whole, seen = concatenate(parts), joined(parts)
    assert len(seen) == len(whole)
    assert as_lists(seen) == as_lists(whole)
    assert as_lists(seen[begin:end:stride]) == as_lists(whole[begin:end:stride])
    assert seen[begin:end].ascends == whole[begin:end].ascends
    assert seen.values[slice(0, len(whole))].tolist() == whole.value.tolist()


@given(several, st.data())
def test_points_are_taken_in_any_order(parts: list[Column], data: st.DataObject) -> None:
    whole, seen = concatenate(parts), joined(parts)
    one = st.integers(-len(whole), len(whole) - 1) if len(whole) else st.nothing()
    order = np.array(data.draw(st.lists(one)), dtype=np.intp)
    assert as_lists(seen.take(order)) == as_lists(whole.take(order))


@given(several, several, indices)
def test_what_grew_continues_what_was_there(
    parts: list[Column], more: list[Column], cut: int
) -> None:
    seen, grown = joined(parts), joined([*parts, *more])
    assert grown.continues(seen)
    assert grown.continues(seen[:cut])
    assert grown.continues(concatenate(parts))
    assert seen.continues(grown) == (len(grown) == len(seen))


def test_nothing_is_copied_before_it_is_looked_at() -> None:
    parts = [column([1, 2], [1.0, 2.0], [3.0, 4.0]), column([3], [3.0], [5.0])]
    seen = joined([joined(parts), column()])
    assert isinstance(seen, Joined)
    assert seen.parts == tuple(parts)
    assert np.shares_memory(seen[1:2].value, parts[0].value)
