"""The rows of a training log, as columns; what else a row says is looked up when it is shown."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import FloatArray, GrowingArray, IntArray
from tb_trainmon.core.record import record
from tb_trainmon.series.accumulate import Accumulated
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.training_logs.rows import TYPES

START, STEP, EVAL, CHECKPOINT, END = range(5)
_OTHER_METRICS = 8  # tags without a canonical name in a row, at most


@record(frozen=True, slots=True)
class LogIndex:
    """One row of the log at each index, oldest first; ``type`` indexes TYPES."""

    type: npt.NDArray[np.int8]
    attempt: IntArray
    step: IntArray
    wall_time: FloatArray

    def __len__(self) -> int:
        return len(self.type)

    def copy(self) -> LogIndex:
        """The same rows in memory of their own."""
        return LogIndex(
            self.type.copy(), self.attempt.copy(), self.step.copy(), self.wall_time.copy()
        )

    @classmethod
    def of_nothing(cls) -> LogIndex:
        """No rows."""
        return GrowingIndex().view()

    def behind(self, begin: int) -> LogIndex:
        """The rows from ``begin`` on."""
        return LogIndex(
            self.type[begin:], self.attempt[begin:], self.step[begin:], self.wall_time[begin:]
        )

    def keys(self, begin: int) -> list[tuple[int, int, int]]:
        """Type, attempt and step of the rows from ``begin`` on."""
        columns = (self.type[begin:], self.attempt[begin:], self.step[begin:])
        return list(zip(*(column.tolist() for column in columns), strict=True))


@record(frozen=True, slots=True)
class Change:
    """Rows before ``begin`` are as they were; ``lost``: one that there was is no more."""

    begin: int
    lost: bool


class GrowingIndex:
    """An index whose end is written anew while its beginning stays.

    ``counts`` says how many rows there are of each of TYPES.
    """

    def __init__(self) -> None:
        self._type = GrowingArray(np.empty(0, dtype=np.int8))
        self._attempt = GrowingArray(np.empty(0, dtype=np.int64))
        self._step = GrowingArray(np.empty(0, dtype=np.int64))
        self._wall_time = GrowingArray(np.empty(0))
        self.counts = np.zeros(len(TYPES), dtype=np.int64)

    def __len__(self) -> int:
        return len(self._type)

    @property
    def memory(self) -> int:
        """Bytes that it takes."""
        columns = (self._type, self._attempt, self._step, self._wall_time)
        return sum(column.memory for column in columns)

    def view(self) -> LogIndex:
        """All rows; to be used up before the next ``replace``."""
        return LogIndex(
            self._type.view(), self._attempt.view(), self._step.view(), self._wall_time.view()
        )

    def replace(self, begin: int, rows: LogIndex) -> Change:
        """Write ``rows`` in place of those from ``begin`` on."""
        change = _change(self.view(), begin, rows)
        self.counts -= _counted(self._type.view()[begin:])
        self.counts += _counted(rows.type)
        for column in (self._type, self._attempt, self._step, self._wall_time):
            column.cut(begin)
        self._type.extend(rows.type)
        self._attempt.extend(rows.attempt)
        self._step.extend(rows.step)
        self._wall_time.extend(rows.wall_time)
        return change


def _change(known: LogIndex, begin: int, rows: LogIndex) -> Change:
    """What changes when ``rows`` take the place of those that are ``known`` from ``begin`` on."""
    size = min(len(known) - begin, len(rows))
    part = slice(begin, begin + size)
    same = (
        (known.type[part] == rows.type[:size])
        & (known.attempt[part] == rows.attempt[:size])
        & (known.step[part] == rows.step[:size])
    )
    common = size if same.all() else int(np.argmin(same))
    gone = known.keys(begin + common)
    kept = set(rows.keys(common)) if gone else set()
    return Change(begin + common, any(key not in kept for key in gone))


def _counted(type_: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    return np.bincount(type_, minlength=len(TYPES)).astype(np.int64)


def logged_metrics(assessment: Assessment, evaluation: bool) -> list[Metric]:
    """The metrics that rows of evaluations, or of steps, show: the canonical, and a few others."""
    roles = ("eval", "test") if evaluation else ("train",)
    metrics = [m for m in assessment.metrics if m.role in roles and not m.derived]
    canonical = [m for m in metrics if not m.is_raw]
    others = [m for m in metrics if m.is_raw]
    return canonical + others[:_OTHER_METRICS]


def find(rows: Accumulated, attempt: int, x: IntArray) -> npt.NDArray[np.intp]:
    """For each of ``x``, the index of the attempt's last point at or before it; -1: there is none.

    Where one attempt ends and the next begins, both may have a point at the same x.
    """
    mine = rows.of_attempt(attempt)
    place = mine.start + rows[mine].rank(x, "right") - 1
    return np.where(place >= mine.start, place, -1)


def find_step(rows: Accumulated, attempt: int, step: IntArray) -> npt.NDArray[np.intp]:
    """For each of ``step``, the index of the attempt's last point of it; -1: there is none.

    For metrics of which the steps do not tell the x.
    """
    mine = rows.of_attempt(attempt)
    steps = rows.points[mine].step
    order = np.argsort(steps, kind="stable")
    place = np.searchsorted(steps[order], step, side="right") - 1
    there = order[np.maximum(place, 0)] if len(order) else np.zeros(len(step), dtype=np.intp)
    known = (place >= 0) & (len(order) > 0)
    known[known] = steps[there[known]] == step[known]
    return np.where(known, mine.start + there, -1)
