"""Marks: what there was of a task at each of its latest revisions."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

REVISIONS_KEPT = 4_000  # of a task; what came since an older one cannot be told
_DROPPED = 8  # the oldest of so many shares are dropped together: it moves those that stay


@dataclass(frozen=True, slots=True)
class Mark:
    """How much there was at a revision: points by metric, in the order of ``places``."""

    revision: int
    places: Mapping[str, int]
    counts: Sequence[int]

    def points(self, metric: str) -> int:
        """How many points a metric had; 0 where it was not there."""
        place = self.places.get(metric)
        return 0 if place is None else self.counts[place]


class Marks:
    """Those of the latest revisions, each one more than the one before.

    Numbers side by side, because a task that is watched fills this up: as objects they took 200
    bytes each. ``most``: marks, and ``most_counts`` numbers in them, as a task may have thousands
    of metrics.
    """

    def __init__(self, most: int, most_counts: int) -> None:
        self._most, self._most_counts = most, most_counts
        self._stretches: deque[_Stretch] = deque()

    def __len__(self) -> int:
        return sum([each.size for each in self._stretches])

    @property
    def last(self) -> Mark | None:
        """The latest, if there is one."""
        return self._stretches[-1].mark(-1) if self._stretches else None

    @property
    def memory(self) -> int:
        """Bytes that they take."""
        return sum([each.counts.itemsize * len(each.counts) for each in self._stretches])

    def add(self, revision: int, metrics: Iterable[str], counts: Iterable[int]) -> None:
        """Mark ``revision``; the first, or the one behind the last that was."""
        places = {name: place for place, name in enumerate(metrics)}
        if not self._stretches or self._stretches[-1].places != places:
            self._stretches.append(_Stretch(places, revision))
        last = self._stretches[-1]
        last.size += 1
        last.counts.extend(counts)
        while self._are_too_many():
            self._drop()

    def at(self, revision: int) -> Mark | None:
        """The one of a revision; None where it is not among the latest."""
        for each in reversed(self._stretches):
            if revision >= each.first:
                place = revision - each.first
                return each.mark(place) if place < each.size else None
        return None

    def clear(self) -> None:
        """Forget all."""
        self._stretches.clear()

    def _are_too_many(self) -> bool:
        counts = sum([len(each.counts) for each in self._stretches])
        return len(self) > 1 and (len(self) > self._most or counts > self._most_counts)

    def _drop(self) -> None:
        left = max(len(self) // _DROPPED, 1)
        while self._stretches[0].size <= left:
            left -= self._stretches.popleft().size
        self._stretches[0].drop(left)


@dataclass(slots=True)
class _Stretch:
    """Revisions from ``first`` on, at which there were the same metrics."""

    places: Mapping[str, int]
    first: int
    size: int = 0
    counts: array[int] = field(default_factory=lambda: array("q"))

    def mark(self, place: int) -> Mark:
        place = place % self.size
        width = len(self.places)
        counts = self.counts[place * width : (place + 1) * width]
        return Mark(self.first + place, self.places, counts)

    def drop(self, marks: int) -> None:
        """Forget the first of them."""
        self.first, self.size = self.first + marks, self.size - marks
        del self.counts[: marks * len(self.places)]
