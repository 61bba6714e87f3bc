"""Which series gives a task its counter: its steps are the task's steps."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from tb_trainmon.tasks.judged.parts.frequency import as_often_as_any
from tb_trainmon.tasks.judged.parts.tag_sets import SETS_KEPT, TagSet
from tb_trainmon.tasks.metric_names import Meaning

_MANY = 9  # points of a series beside which one of fewer than _FEW is a summary
_ABOUT = 0.8  # share of a step that another series has come to which counts the same
_FEW = 3  # so many points and more are a series of its own beside a busy one


_Key = TypeVar("_Key", str, tuple[str, str])


class Candidate(NamedTuple):
    """A training series: what it means, how many points it has, and the largest step of them."""

    meaning: Meaning
    points: int
    reached: int

    def joined(self, other: Candidate | None) -> Candidate:
        """The same series, which ``other`` has a part of."""
        if other is None:
            return self
        reached = max(self.reached, other.reached)
        return Candidate(self.meaning, self.points + other.points, reached)


def sure_leader(said: TagSet, points: Callable[[str], int]) -> str | None:
    """The tag that ``leading_of`` finds, where what the tags of a file mean is enough to tell.

    As almost always: one alone is of the most worth, and its ``points`` are no summary's.
    """
    best = _best_of(said)
    return best if best is not None and points(best) >= _FEW else None


@lru_cache(SETS_KEPT)
def _best_of(said: TagSet) -> str | None:
    """The training series of the most worth; None where there are several, or none."""
    worths = {tag: _worth(said.meanings[tag]) for tag in said.training}
    most = min(worths.values(), default=None)
    best = [tag for tag, worth in worths.items() if worth == most]
    return best[0] if len(best) == 1 else None


def leading_of(training: Mapping[_Key, Candidate]) -> _Key | None:
    """The series that leads.

    The training's loss, else its reward, else whatever is logged most often. Of equals the one in
    whose steps most others count as well, then the first by name; unless it is logged much less
    often: of two that are logged together one is ahead whenever a file is read between them, and
    that must not change what leads. A series of one or two points leads no busy ones.
    """
    busiest = max([candidate.points for candidate in training.values()], default=0)
    if busiest >= _MANY:
        training = {key: c for key, c in training.items() if c.points >= _FEW}
    worths = {key: _worth(candidate.meaning) for key, candidate in training.items()}
    best = min(worths.values(), default=None)
    equals = {key: c for key, c in training.items() if worths[key] == best}
    often = as_often_as_any([c.points for c in equals.values()])
    equals = {key: c for key, c in equals.items() if c.points >= often}
    if len(equals) > 1:
        reached = sorted(candidate.reached for candidate in training.values())
        company = {key: _company(c, reached) for key, c in equals.items()}
        return min(equals, key=lambda key: (-company[key], key))
    return next(iter(equals), None)


def _company(candidate: Candidate, reached: Sequence[int]) -> int:
    """How many series have come about as far in their steps; ``reached`` ascends."""
    low, high = candidate.reached * _ABOUT, candidate.reached / _ABOUT
    return bisect_right(reached, high) - bisect_left(reached, low)


def _worth(meaning: Meaning) -> tuple[int, int]:
    place = _LEADERS.get(meaning.metric)
    return (len(_LEADERS), 0) if place is None else (place, meaning.rank)


_LEADERS: Mapping[str | None, int] = {"loss": 0, "reward": 1}
