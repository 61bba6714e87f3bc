"""What there was of a task at its latest revisions, told as it was noted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.tasks.opened.marks import Marks

NAMES = ("loss", "accuracy", "lr")
TOLD = st.lists(
    st.integers(0, 3).flatmap(lambda n: st.tuples(*[st.integers(0, 1 << 40)] * n)), max_size=60
)


@given(TOLD, st.integers(1, 9), st.integers(1, 20))
def test_the_latest_marks_say_what_was_noted(
    told: list[tuple[int, ...]], most: int, most_counts: int
) -> None:
    marks = Marks(most, most_counts)
    for revision, counts in enumerate(told, start=7):
        marks.add(revision, NAMES[: len(counts)], counts)
    kept = [revision for revision in range(5, 7 + len(told) + 2) if marks.at(revision)]
    assert kept == list(range(7 + len(told) - len(kept), 7 + len(told)))
    assert len(kept) <= most
    assert len(kept) >= min(len(told), 1)
    for revision in kept:
        mark, counts = marks.at(revision), told[revision - 7]
        assert mark is not None
        assert mark.revision == revision
        assert [mark.points(name) for name in NAMES] == [*counts, *[0] * (3 - len(counts))]
    last = marks.last
    assert (last.revision if last else None) == (kept[-1] if kept else None)
    assert marks.memory <= max(8 * most_counts, 8 * 3)


def test_so_many_are_kept_but_for_an_eighth() -> None:
    marks = Marks(800, 1 << 20)
    for revision in range(10_000):
        marks.add(revision, NAMES, (revision, revision, 0))
    assert marks.at(9_999 - 600) is not None
    assert marks.at(9_999 - 800) is None
    assert marks.memory <= 800 * 24
    marks.clear()
    assert (marks.last, marks.at(9_999)) == (None, None)
