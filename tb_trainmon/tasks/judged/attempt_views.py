"""The attempts of a task as readers see them: laid end to end, each with its status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tb_trainmon.core.record import record
from tb_trainmon.series.accumulate import shifts
from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.executions import Execution, config_changes
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.judged.progress.totals import Total
from tb_trainmon.tasks.judged.status.verdict import Status, Verdict


@record(frozen=True, slots=True)
class AttemptView:
    """An attempt as readers see it. Its points lie at x = step + ``shift``.

    Those of series that count something else (``files.others``) lie there by their times, and
    where the leading steps begin again and again (``files.climb``) those are laid end to end: up
    to ``reach``, which else is the last step. ``because`` says why it is an attempt, of this kind.

    ``first_at`` and ``last_at`` are the times of its first and last point. On the axis of time
    without downtime it begins at ``active_start`` seconds: for so long the attempts before it
    trained. All three are None where no point has a time that can be one.
    """

    number: int
    kind: str
    status: Status
    because: str
    start_step: int
    last_step: int | None
    shift: int
    reach: int
    started_at: float | None
    ended_at: float | None
    first_at: float | None
    last_at: float | None
    active_start: float | None
    config: Mapping[str, Any] | None
    changed: Mapping[str, list[Any]]
    files: Attempt

    @property
    def parts(self) -> Sequence[FilePart]:
        """Its shares of event files."""
        return self.files.parts

    def lies_by_step(self, metric: Metric) -> bool:
        """Whether the steps of a metric tell where its points lie; else their times do."""
        keys = ((slot, metric.tag) for slot in metric.slots)
        return self.files.unit is None and self.files.others.isdisjoint(keys)

    @property
    def x_start(self) -> int:
        """Accumulated step at which the attempt starts."""
        return self.start_step + self.shift

    @property
    def x_end(self) -> int:
        """Accumulated step of its last point."""
        return self.reach + self.shift


def views_of(
    executions: Sequence[Execution], verdict: Verdict, total: Total | None
) -> tuple[AttemptView, ...]:
    """The attempts of a task of which ``verdict`` is said, laid end to end."""
    extents = [execution.extent for execution in executions]
    moved = shifts(extents)
    views: list[AttemptView] = []
    trained = 0.0
    for index, (execution, shift) in enumerate(zip(executions, moved, strict=True)):
        first_at, last_at = _ends(execution.files)
        is_current = index == len(executions) - 1
        live = is_current and verdict.status == "running"
        views.append(
            AttemptView(
                number=execution.number,
                kind=execution.kind,
                because=execution.files.because,
                status=verdict.status if is_current else execution.status(total),
                start_step=execution.base,
                last_step=execution.last_step,
                shift=shift,
                reach=extents[index].last_step,
                started_at=_started_at(execution, first_at, views[-1].last_at if views else None),
                ended_at=None if live else execution.ended_at,
                first_at=first_at,
                last_at=last_at,
                active_start=None if first_at is None else trained,
                config=execution.config,
                changed=config_changes(executions[index - 1], execution) if index else {},
                files=execution.files,
            )
        )
        if first_at is not None and last_at is not None:
            trained += last_at - first_at
    return tuple(views)


def _started_at(execution: Execution, first_at: float | None, before: float | None) -> float | None:
    """When it was launched; one that waited for the one ``before`` began when that was silent."""
    launched = execution.started_at
    if execution.row is None and launched and first_at and before and launched < before <= first_at:
        return before
    return launched


def _ends(attempt: Attempt) -> tuple[float | None, float | None]:
    """Times of its first and last point; where a clock was set back, the least and the greatest."""
    times = [time for part in attempt.parts for time in part.point_times]
    return min(times, default=None), max(times, default=None)
