"""The table of a task's points: a row for each point that was logged, in all attempts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tb_trainmon.series.accumulate import Accumulated, Piece
from tb_trainmon.series.end_to_end import laid
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.opened.open_task import OpenTask

COLUMNS = ("run", "tag", "metric", "attempt", "step", "x", "wall_time", "value")


class Chunk(NamedTuple):
    """A piece of a file; ``rows`` of the table are in it and in those before it."""

    data: bytes
    rows: int


@dataclass(frozen=True, slots=True)
class Source:
    """A metric and its points, attempt by attempt."""

    metric: Metric
    pieces: Sequence[Piece]

    def __len__(self) -> int:
        return sum(len(piece.points) for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class PointTable:
    """All points of a task as they were when the table was taken: it does not grow.

    Metrics that are computed from others (a perplexity, steps a second) are not in it: nobody
    logged them.
    """

    task: str
    sources: tuple[Source, ...]

    @classmethod
    def of(cls, opened: OpenTask) -> PointTable:
        """The table of a task that is open now; needs the task's lock, the table does not."""
        logged = (metric for metric in opened.assessment.metrics if metric.derived is None)
        sources = tuple(Source(metric, opened.pieces(metric)) for metric in logged)
        return cls(opened.assessment.layout.id, sources)

    def __len__(self) -> int:
        return sum(map(len, self.sources))

    def blocks(self, most: int) -> Iterator[tuple[int, Accumulated]]:
        """The rows, metric by metric and ascending in x, at most ``most`` at a time.

        Each block comes with the index of its source. Beside the points that are there anyway only
        one metric is laid out at a time.
        """
        for index, source in enumerate(self.sources):
            points = laid(source.pieces)
            for start in range(0, len(points), most):
                yield index, points[start : start + most]
