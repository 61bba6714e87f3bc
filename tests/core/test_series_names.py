"""Of series without number those that are known stay, and the first others join them."""

from __future__ import annotations

import pytest

from tb_trainmon.core import series_names
from tb_trainmon.core.series_names import LONGEST_NAME, admitted


def test_a_few_are_admitted_as_they_are() -> None:
    series = {"loss": 1, "lr": 2}
    assert admitted(series, {"loss"}) is series


def test_the_known_ones_stay_and_the_first_others_join_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(series_names, "MOST_SERIES", 3)
    series = dict.fromkeys("abcd", 0)
    assert list(admitted(series)) == ["a", "b", "c"]
    assert list(admitted(series, ["d", "x"])) == ["d", "a"]
    assert list(admitted(series, ["d", "x", "y"])) == ["d"]


def test_a_name_without_end_is_not_admitted() -> None:
    assert list(admitted({"x" * (LONGEST_NAME + 1): 0, "x" * LONGEST_NAME: 1})) == ["x" * 1000]
