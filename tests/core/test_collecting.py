from __future__ import annotations

import subprocess
import sys

import pytest

from tb_trainmon.core import collecting
from tb_trainmon.core.collecting import full_collections_later

USUAL = (700, 10, 10)


class Collector:
    """A process's garbage collector: the real one is every thread's."""

    def __init__(self) -> None:
        self.threshold = USUAL

    def get_threshold(self) -> tuple[int, int, int]:
        return self.threshold

    def set_threshold(self, young: int, middle: int, old: int) -> None:
        self.threshold = young, middle, old


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Collector:
    collector = Collector()
    monkeypatch.setattr(collecting, "gc", collector)
    return collector


#: In a process of its own, where no other thread makes or collects anything.
KEEPING = """
import gc
from tb_trainmon.core.collecting import full_collections_later
def collections(): return [generation["collections"] for generation in gc.get_stats()]
def keep(): return [[number] for number in range(300_000)]
before = collections()
with full_collections_later():
    kept = keep()
inside = collections()
kept = kept, keep()
print(*(now - then for now, then in zip(inside, before)), collections()[2] - inside[2])
"""


def test_in_the_block_young_objects_are_collected_and_all_only_behind_it() -> None:
    said = subprocess.check_output([sys.executable, "-c", KEEPING], text=True)
    young, _, old_inside, old_behind = map(int, said.split())
    assert young > 0
    assert old_inside == 0
    assert old_behind > 0


def test_the_setting_comes_back_after_a_failure_too(collector: Collector) -> None:
    with pytest.raises(ZeroDivisionError), full_collections_later():
        _ = 1 / 0
    assert collector.threshold == USUAL


def test_what_somebody_else_sets_meanwhile_stands(collector: Collector) -> None:
    with full_collections_later():
        collector.set_threshold(500, 5, 5)
    assert collector.threshold == (500, 5, 5)


def test_blocks_that_overlap_put_back_what_was_before_both(collector: Collector) -> None:
    """As of two log directories that are listed at once, in whichever order they end."""
    first, second = full_collections_later(), full_collections_later()
    with first:
        second.__enter__()
    second.__exit__(None, None, None)
    assert collector.threshold == USUAL
    with full_collections_later(), full_collections_later():
        pass
    assert collector.threshold == USUAL
