"""The text of a row, which the tab makes too, and the search in it as a log grows."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tb_trainmon.tasks.opened.log import search as log_search
from tb_trainmon.tasks.opened.log.entries import Entry
from tb_trainmon.tasks.opened.log.search import LogSearch
from tb_trainmon.tasks.opened.log.searched_text import row_texts, shown
from tb_trainmon.training_logs.values import NON_FINITE

FIXTURE = Path(__file__).parents[3] / "fixtures" / "row_texts.json"


def row(step: int, message: str = "", **metrics: float) -> Entry:
    return Entry(str(step), "step", 1, step, None, message, metrics, False, step)


def entry(told: Any) -> Entry:
    metrics = {name: NON_FINITE.get(value, value) for name, value in told["metrics"].items()}
    fields = told["type"], told["attempt"], told["step"], None, told["message"]
    return Entry("1", *fields, metrics, False, None)


def test_the_text_of_a_row_is_the_one_that_the_tab_makes() -> None:
    """The tab's tests read the same file."""
    told = json.loads(FIXTURE.read_text("utf-8"))
    assert row_texts([entry(one["row"]) for one in told]) == [one["text"] for one in told]


@pytest.mark.parametrize("seed", range(3))
def test_a_number_is_shown_with_five_digits_of_it(seed: int) -> None:
    numbers = np.random.default_rng(seed)
    values = (numbers.normal(size=2000) * 10.0 ** numbers.uniform(-12, 12, 2000)).tolist()
    for value, text in zip(values, shown(values), strict=True):
        assert math.isclose(float(text), value, rel_tol=6e-5)
        assert len(text.lstrip("-").partition("e")[0].replace(".", "").strip("0")) <= 5


def test_a_search_that_has_grown_finds_what_a_new_one_finds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log_search, "_ROWS", 8)
    rows: list[Entry] = []
    grown = LogSearch(lambda part: rows[part.start : part.stop])
    numbers = np.random.default_rng(0)
    for _ in range(40):
        begin = max(len(rows) - int(numbers.integers(0, 12)), 0)
        new = [row(int(n), loss=float(n)) for n in numbers.integers(0, 99, numbers.integers(1, 12))]
        rows[begin:] = new
        grown.cut(begin)
        fresh = LogSearch(lambda part: rows[part.start : part.stop])
        for words in (["1"], ["2", "loss"], ["nothing"]):
            found = grown.rows_with(words, len(rows)).tolist()
            assert found == fresh.rows_with(words, len(rows)).tolist()
            texts = row_texts(rows)
            assert found == [all(word in text for word in words) for text in texts]


def test_texts_are_kept_as_far_as_the_budget_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest; what is not kept is read again, and found all the same."""
    monkeypatch.setattr(log_search, "_ROWS", 10)
    monkeypatch.setattr(log_search, "_BUDGET", 1000)
    rows = [row(step, message="x" * 40) for step in range(100)]
    read: list[int] = []

    def entries(part: range) -> list[Entry]:
        read.append(part.start)
        return rows[part.start : part.stop]

    search = LogSearch(entries)
    for _ in range(2):
        assert search.rows_with(["5"], 100).sum() == sum("5" in str(n) for n in range(100))
        assert 500 < search.memory <= 1000
    assert sorted(read) == sorted([*range(0, 100, 10), *range(0, 90, 10)])
    search.cut(0)
    assert search.memory == 0


def test_of_a_very_long_log_the_newest_rows_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """From a row on that seldom moves."""
    monkeypatch.setattr(log_search, "_ROWS", 10)
    monkeypatch.setattr(log_search, "_MOST", 100)
    monkeypatch.setattr(log_search, "_STRIDE", 20)
    rows = [row(step) for step in range(1000)]
    search = LogSearch(lambda part: rows[part.start : part.stop])
    assert [search.unsearched(size) for size in (0, 100, 119, 120, 1000)] == [0, 0, 0, 20, 900]
    assert np.flatnonzero(search.rows_with(["step"], 130)).tolist() == list(range(20, 130))
    assert np.flatnonzero(search.rows_with(["step"], 1000)).tolist() == list(range(900, 1000))
