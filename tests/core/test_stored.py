"""Points that lie in a file are those that were put there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core import stored
from tb_trainmon.core.columns import Column, column, concatenate
from tb_trainmon.core.joined import parts_of
from tb_trainmon.core.stored import KeptColumn, Store, folder
from tests.core.test_joined import as_lists, columns, indices


@pytest.fixture(autouse=True, scope="module")
def small_blocks() -> object:
    """Of three points, so that a few make several of them, and two are worth one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored, "BLOCK", 3)
        patch.setattr(stored, "_WORTH", 2)
        yield


STORE = Store()
# What was appended, and whether it was put away then.
history = st.lists(st.tuples(columns, st.booleans()))


def kept(pieces: list[tuple[Column, bool]]) -> KeptColumn:
    found = KeptColumn()
    for points, put_away in pieces:
        found.extend(points)
        if put_away:
            found.put_away(STORE)
    return found


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@given(history, indices, indices, st.integers(1, 3))
def test_what_was_put_away_is_seen_as_it_was(
    pieces: list[tuple[Column, bool]], begin: int, end: int, stride: int
) -> None:
    whole, seen = concatenate([points for points, _ in pieces]), kept(pieces).view()
    assert len(seen) == len(whole)
    assert as_lists(seen) == as_lists(whole)
    assert as_lists(seen[begin:end:stride]) == as_lists(whole[begin:end:stride])
    assert seen[begin:end].ascends == whole[begin:end].ascends
    order = np.argsort(whole.step, kind="stable")
    assert as_lists(seen.take(order)) == as_lists(whole.take(order))


@given(history, columns, st.booleans())
def test_what_grew_continues_what_was_there(
    pieces: list[tuple[Column, bool]], more: Column, put_away: bool
) -> None:
    growing = kept(pieces)
    before = growing.view()
    told = as_lists(before)
    growing.extend(more)
    if put_away:
        growing.put_away(STORE)
    assert growing.view().continues(before)
    assert as_lists(before) == told
    assert before.continues(growing.view()) == (len(more) == 0)


def test_a_column_that_grows_behind_its_blocks_keeps_its_origin() -> None:
    growing = kept([(column([1, 2, 3], [1.0, 2.0, 3.0], [0.1, 0.2, 0.3]), True)])
    before = growing.view()
    growing.extend(column([4], [4.0], [0.4]))
    assert growing.view().origin == before.origin
    assert growing.view()[2:].origin != before.origin


def test_no_array_stays_in_memory_that_nobody_holds() -> None:
    seen = kept([(column(range(9), range(9), range(9)), True)]).view()
    assert [len(part) for part in parts_of(seen)] == [3, 3, 3]
    assert not seen.at_hand
    open_before = descriptors()
    steps = seen[3:6].step
    assert steps.tolist() == [3, 4, 5]
    assert not steps.flags.writeable
    del steps
    assert descriptors() == open_before


def test_steps_that_were_shared_do_not_keep_what_was_put_away() -> None:
    long, short = (
        KeptColumn(column(range(9), range(9), range(9))),
        KeptColumn(column([0], [0], [7])),
    )
    assert short.tail.share_steps(long.tail)
    for each in (long, short):
        each.put_away(STORE)
    assert short.tail.memory == 3 * 8
    assert as_lists(short.view()) == ([0], [0.0], [7.0])


def test_the_file_lies_where_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert folder() == str(tmp_path)
    Store().put(column([1], [1.0], [1.0]))
    assert list(tmp_path.iterdir()) == []  # it has no name
