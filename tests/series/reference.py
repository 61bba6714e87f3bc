"""What DESIGN.md, section 3, says about series, written slowly and plainly in Python lists.

Shares no code with ``tb_trainmon.series``, so that a mistake would have to be made twice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Point = tuple[int, float, float]  # step, wall time, value


@dataclass(frozen=True)
class Execution:
    """An attempt: the step it starts from, and the points of each metric as they were written."""

    base: int
    metrics: Mapping[str, Sequence[Point]]

    @property
    def steps(self) -> list[int]:
        """The steps of all metrics."""
        return [step for points in self.metrics.values() for step, _, _ in points]


@dataclass(frozen=True)
class Row:
    """One point on the accumulated axis."""

    x: int
    attempt: int
    step: int
    wall_time: float
    value: float


def offsets(task: Sequence[Execution]) -> list[int]:
    """offset(1) = base(1); offset(k + 1) is the largest x of attempt k over all its metrics."""
    found: list[int] = []
    largest = task[0].base
    for execution in task:
        found.append(largest)
        largest = max([largest, *(largest + step - execution.base for step in execution.steps)])
    return found


def accumulated(task: Sequence[Execution], metric: str) -> list[Row]:
    """At offset(k) + step - base(k), ascending; ties stay in the order they were written in."""
    rows = []
    for number, (execution, offset) in enumerate(zip(task, offsets(task), strict=True), start=1):
        for step, wall_time, value in execution.metrics.get(metric, ()):
            x = offset + step - execution.base
            rows.append(Row(x, number, step, wall_time, value))
    return sorted(rows, key=lambda row: (row.attempt, row.x))


def smoothed(
    value: Sequence[float], attempt: Sequence[int], weight: float, window: int
) -> list[float]:
    """TensorBoard's debiased average, then the mean of up to ``window`` of those.

    NaN where the value is not finite. Both begin anew with each attempt.
    """
    result = []
    for at, number in enumerate(attempt):
        mine = [v for v, a in zip(value[: at + 1], attempt, strict=False) if a == number]
        if not math.isfinite(value[at]):
            result.append(math.nan)
            continue
        averages = debiased([v for v in mine if math.isfinite(v)], weight)
        latest = averages[-window:]
        result.append(math.fsum(latest) / len(latest))
    return result


def debiased(value: Sequence[float], weight: float) -> list[float]:
    """As the Scalars tab of TensorBoard computes it."""
    last, result = 0.0, []
    for count, v in enumerate(value, start=1):
        last = last * weight + (1 - weight) * v
        result.append(last / (1 - weight**count))
    return result


def latest(rows: Sequence[Row], limit: int) -> list[Row]:
    """The earliest are cropped."""
    return [row for at, row in enumerate(rows) if len(rows) - at <= limit]


def within(rows: Sequence[Row], x_min: float | None, x_max: float | None) -> list[Row]:
    """Those in [x_min, x_max]."""
    return [
        row
        for row in rows
        if (x_min is None or row.x >= x_min) and (x_max is None or row.x <= x_max)
    ]


def active_times(task: Sequence[Execution]) -> list[tuple[float, float] | None]:
    """By attempt: the time of its first point, and how long those before it trained; None: never.

    Each trained from its first point to its last, of all metrics.
    """
    found: list[tuple[float, float] | None] = []
    trained = 0.0
    for execution in task:
        times = [time for points in execution.metrics.values() for _, time, _ in points if time > 0]
        found.append((min(times), trained) if times else None)
        trained += max(times) - min(times) if times else 0.0
    return found


def placed(
    rows: Sequence[Row], axis: str, active: Sequence[tuple[float, float] | None]
) -> list[tuple[Row, float | None]]:
    """Each row with its place on an axis; None: it has none."""
    found = []
    for row in rows:
        place: float | None = {"accumulated": row.x, "step": row.step}.get(axis, row.wall_time)
        known = active[row.attempt - 1]
        if axis == "active" and known is not None:
            place = known[1] + max(row.wall_time - known[0], 0.0)
        timed = axis in ("accumulated", "step") or row.wall_time > 0
        found.append((row, place if timed else None))
    return found
