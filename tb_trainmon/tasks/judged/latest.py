"""The value of the moment, from the recent points that the list of tasks has anyway."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from tb_trainmon.core.columns import Column, concatenate
from tb_trainmon.series.accumulate import by_step
from tb_trainmon.series.shares import share
from tb_trainmon.tasks.judged.attempts import Attempt
from tb_trainmon.tasks.judged.hidden_nans import HIDING_TAG, filters_nans, hidden
from tb_trainmon.tasks.judged.metrics import Metric


def latest_value(
    attempts: Sequence[Attempt], metric: Metric, metrics: Callable[[], Iterable[Metric]]
) -> float | None:
    """The last value of ``metric``, as its series ends; None if there is none.

    ``metrics``, all of the task, are asked for only where the trainer may have hidden a NaN.
    """
    for attempt in reversed(attempts):
        points = by_step(_recent(attempt, metric))
        if metric.over is not None:
            points = share(points, by_step(_recent(attempt, metric.over)))
        if len(points):
            last = points[-1:]
            if metric.tag == HIDING_TAG and last.value[0] == 0.0 and _hides(attempt, metrics, last):
                return math.nan
            return float(last.value[0]) * metric.unit
    return None


def _hides(attempt: Attempt, metrics: Callable[[], Iterable[Metric]], last: Column) -> bool:
    if not filters_nans(attempt.parts):
        return False
    by_name = {metric.name: metric for metric in metrics()}
    norms = _recent(attempt, by_name.get("grad_norm"))
    return bool(hidden(last, norms, _recent(attempt, by_name.get("eval_loss")))[0])


def _recent(attempt: Attempt, metric: Metric | None) -> Column:
    if metric is None:
        return concatenate([])
    return concatenate(
        [part.tags[metric.tag].recent for part in attempt.parts if metric.is_in(part)]
    )
