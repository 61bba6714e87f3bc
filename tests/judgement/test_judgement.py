"""No share of what is right may fall; ``python -m tests.judgement -v`` says what is wrong."""

from __future__ import annotations

import pytest

from tests.judgement.floor import ROOMS, floor, score_of
from tests.judgement.score import Score, lost, table


@pytest.mark.parametrize("room", ROOMS)
def test_no_share_falls(room: str) -> None:
    fallen = [*lost(score_of([room]).shares(), floor([room]))]
    assert fallen == [], "python -m tests.judgement -v says what is wrong, tag by tag"


def test_a_share_that_falls_is_told() -> None:
    now, before = {"kinds": [8, 10], "lead": [9, 9]}, {"kinds": [9, 10], "lead": [8, 9]}
    assert [*lost(now, before)] == ["kinds: 8 of 10 right, where it was 9 of 10"]


def test_a_field_that_is_asked_no_more_is_told() -> None:
    assert [*lost({}, {"kinds": [9, 10]})] == ["kinds: 0 of 0 right, where it was 9 of 10"]


def test_the_table_shows_the_floor_where_it_differs() -> None:
    (line,) = table({"kinds": [8, 10]}, {"kinds": [9, 10]})
    assert line.split() == ["kinds", "8", "of", "10", "80.0", "%", "floor", "9", "of", "10"]


def test_a_score_counts_what_is_right_and_keeps_what_is_wrong() -> None:
    score = Score()
    score.add("kinds", True)
    score.add("kinds", False, "a restart")
    assert (score.shares(), score.faults) == ({"kinds": [1, 2]}, ["kinds: a restart"])
