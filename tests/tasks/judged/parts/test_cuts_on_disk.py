"""A file that lies on disk is cut where it would be in memory, and looked at in pieces."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_trainmon.core import joined, stored
from tb_trainmon.core.columns import Column, column
from tb_trainmon.core.stored import Store
from tb_trainmon.tasks.judged.parts import jumps
from tb_trainmon.tasks.judged.parts.cuts import parts_of
from tb_trainmon.tasks.judged.parts.part import FilePart
from tests.tasks.test_scale import part

SOURCE = part(0, None).source
STEPS: dict[str, Callable[[int], list[int]]] = {
    "it resumes": lambda n: [*range(n), *range(n // 2, 2 * n)],
    "it begins anew again and again": lambda n: [*range(n)] * 3,
    "it stays": lambda n: [7] * n,
    "it goes on": lambda n: [*range(2 * n)],
}


def told(parts: list[FilePart]) -> object:
    return [(each.cut, {tag: _facts(facts) for tag, facts in each.tags.items()}) for each in parts]


def _facts(facts: object) -> object:
    names = ("points", "min_step", "max_step", "interval", "first_step", "last_step", "climb")
    return [getattr(facts, name) for name in names]


def points(steps: list[int], noise: int = 0) -> Column:
    size = len(steps)
    value = 1.0 / (1.0 + np.array(steps)) + noise * np.random.default_rng(1).normal(0, 0.01, size)
    return column(steps, np.arange(size), value)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(STEPS)), st.integers(4, 40), st.integers(0, 1), st.integers(4, 30))
def test_it_does_not_matter_where_points_lie(kind: str, size: int, noise: int, piece: int) -> None:
    here = points(STEPS[kind](size), noise)
    expected = told(parts_of(SOURCE, {"loss": here, "eval_loss": here[::3]}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joined, "_PIECE", piece)
        patch.setattr(stored, "BLOCK", 2 * piece)
        there = joined.joined(Store().put(here))
        assert told(parts_of(SOURCE, {"loss": there, "eval_loss": here[::3]})) == expected
        assert told(parts_of(SOURCE, {"loss": here, "eval_loss": here[::3]})) == expected


@pytest.mark.parametrize("kind", sorted(STEPS))
def test_looking_for_restarts_takes_little_memory(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joined, "_PIECE", 1 << 14)
    monkeypatch.setattr(stored, "BLOCK", 1 << 16)
    monkeypatch.setattr(jumps, "_LOOKED_AT", 1 << 14)
    there = joined.joined(Store().put(points(STEPS[kind](100_000))))
    tracemalloc.start()
    try:
        parts = parts_of(SOURCE, {"loss": there})
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(parts) == 1 + (kind == "it resumes") + 2 * ("again" in kind)
    assert most < 1 << 20
