"""Whether the last step of a training that fell silent looks like an end that somebody meant.

A program that crashes ends at one step as well, each time that it is launched: out of memory at its
longest batch, a record that cannot be read. That several ended at one step shows an end only where
more does: the step is a number that people choose; an evaluation that is rarer than the steps came
last; the process lived on, to train another.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tb_trainmon.tasks.judged.leading import Leading
from tb_trainmon.tasks.judged.parts import FilePart, TagFacts

# What numbers of steps and epochs begin with that people write into a configuration.
_CHOSEN = (10, 12, 15, 16, 18, 20, 24, 25, 30, 36, 40, 50, 60, 70, 80, 90, 100)
_RARER = 2.0  # times the usual gap between two leading points


def is_meant(leading: Leading, parts: Iterable[FilePart]) -> bool:
    """Whether a number that people choose or a last evaluation shows so; ``parts`` are its own."""
    last, interval = leading.last, leading.interval
    if last is None or not interval:
        return False
    return is_chosen(last + leading.from_zero, interval) or _evaluated_last(leading, parts)


def is_chosen(steps: int, interval: int) -> bool:
    """Whether ``steps`` are a round number, or the points at every ``interval`` next to one."""
    if steps <= 0:
        return False
    unit = 10.0 ** (len(str(steps)) - 2)
    return any(abs(steps - first * unit) < interval for first in _CHOSEN)


def _evaluated_last(leading: Leading, parts: Iterable[FilePart]) -> bool:
    gaps = [gap for gap in leading.gaps if gap > 0]
    if leading.last_at is None or not gaps:
        return False
    usual = float(np.median(gaps))
    evaluations = (f for part in parts for f in part.tags.values() if f.meaning.role == "eval")
    return any(_is_rare_and_last(facts, leading.last_at, usual) for facts in evaluations)


def _is_rare_and_last(facts: TagFacts, last_at: float, usual: float) -> bool:
    times = facts.recent.wall_time
    return (
        len(times) > 1
        and float(np.median(np.diff(times))) >= _RARER * usual
        and facts.last_wall_time >= last_at - usual
    )
