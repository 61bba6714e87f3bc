"""How much there was of a task at each of its revisions."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass

_BYTES_A_MARK = 180


@dataclass(frozen=True, slots=True)
class Mark:
    """How much there was at a revision: points by metric.

    Thousands are kept of a task, so those of the same metrics share ``places``, where each has its
    count.
    """

    revision: int
    places: Mapping[str, int]
    counts: array[int]

    def points(self, metric: str) -> int:
        """How many points a metric had; 0 where it was not there."""
        place = self.places.get(metric)
        return 0 if place is None else self.counts[place]

    @property
    def memory(self) -> int:
        """Bytes that it takes beside what it shares."""
        return _BYTES_A_MARK + self.counts.itemsize * len(self.counts)
