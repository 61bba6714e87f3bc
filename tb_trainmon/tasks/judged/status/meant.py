"""Whether the last step of a training that fell silent looks like an end that somebody meant.

A program that crashes ends at one step as well, each time that it is launched: out of memory at its
longest batch, a record that cannot be read. That several ended at one step shows an end only where
more does: the learning rate had come down to nothing; the step is a number that people choose; an
evaluation that is rarer than the steps came last; the process lived on, to train another. A
learning rate that was still coming down in a straight line shows that more was to come, whatever
the step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import gt, sub
from statistics import median

from tb_trainmon.tasks.judged.parts.part import FilePart, TagFacts
from tb_trainmon.tasks.judged.progress.leading import Leading

# What numbers of steps and epochs begin with that people write into a configuration.
_CHOSEN = (10, 12, 15, 16, 18, 20, 24, 25, 30, 36, 40, 50, 60, 70, 80, 90, 100)
_FEWEST = 8  # points of a learning rate, for its course to tell
_NOTHING = 0.02  # of the highest rate
_FAR = 0.25  # of the steps so far, and more of them, are left where its straight line ends
_STRAIGHT = 0.05  # share by which two parts of a straight line may differ
_STEPS_KEPT = 1 << 10  # where trainings ended: those of a sweep at the same
_RARER = 2.0  # times the usual gap between two leading points


def is_meant(leading: Leading, parts: Iterable[FilePart]) -> bool:
    """Whether what it logged, or a number that people choose, shows so; ``parts`` are its own."""
    last, interval = leading.last, leading.interval
    if last is None or not interval:
        return False
    rates = [part.tags[tag] for part in parts for tag in part.said.of_metric("learning_rate")]
    come_down = has_come_down(rates[-1]) if rates else None
    if come_down is not None:
        return come_down
    return is_chosen(last + leading.from_zero, interval) or _evaluated_last(leading, parts)


def has_come_down(rate: TagFacts) -> bool | None:
    """Whether a learning rate that fell to the last had come down to nothing.

    False where it was far from that, on a straight line; None where it does not tell: it did not
    fall, or on a curve, or to some other end.
    """
    if len(rate.recent) < _FEWEST or not _falls(rate.recent.value[-3:].tolist()):
        return None
    steps, values = rate.recent.step.tolist(), rate.recent.value.tolist()
    middle = len(values) // 2
    first, between, last = values[0], values[middle], values[-1]
    first_at, at, last_at = steps[0], steps[middle], steps[-1]
    if not 0 <= last <= between <= first or not first_at < at < last_at:
        return None
    if last <= _NOTHING * max(first, float(rate.head.value.max())):
        return True
    falls = (between - last) / (last_at - at)
    before = (first - between) / (at - first_at)
    is_far = last > _FAR * falls * last_at
    return False if is_far and _are_equal(falls, before) and _is_on(rate, falls) else None


def _falls(values: Sequence[float]) -> bool:
    return all(map(gt, values, values[1:]))


def _is_on(rate: TagFacts, falls: float) -> bool:
    """Whether it has come down so much a step from its first point on, or rose before that."""
    began, later = rate.head.value.item(0), rate.head.value.item(-1)
    fell = began - rate.recent.value.item(-1)
    return later > began or _are_equal(fell, falls * (rate.last_step - rate.first_step))


def _are_equal(one: float, other: float) -> bool:
    return abs(one - other) <= _STRAIGHT * max(one, other)


@lru_cache(_STEPS_KEPT)
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
    usual = median(gaps)
    evaluations = (f for part in parts for f in part.tags.values() if f.meaning.role == "eval")
    return any(_is_rare_and_last(facts, leading.last_at, usual) for facts in evaluations)


def _is_rare_and_last(facts: TagFacts, last_at: float, usual: float) -> bool:
    if facts.last_wall_time < last_at - usual:
        return False
    times = facts.recent.wall_time.tolist()
    return len(times) > 1 and median(map(sub, times[1:], times)) >= _RARER * usual
