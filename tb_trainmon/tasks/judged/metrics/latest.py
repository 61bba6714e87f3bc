"""The value of the moment, from the recent points that the list of tasks has anyway."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from tb_trainmon.core.columns import Column, concatenate
from tb_trainmon.series.accumulate import by_step
from tb_trainmon.series.shares import share
from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.judged.parts.hidden_nans import HIDING_TAG, filters_nans, hidden


def latest_value(
    attempts: Sequence[Attempt], metric: Metric, metrics: Callable[[], Iterable[Metric]]
) -> float | None:
    """The last value of ``metric``, as its series ends; None if there is none.

    ``metrics``, all of the task, are asked for only where the trainer may have hidden a NaN.
    """
    for attempt in reversed(attempts):
        last = _last_of(attempt, metric)
        if len(last):
            value: float = last.value.item(0)
            if metric.tag == HIDING_TAG and value == 0.0 and _hides(attempt, metrics, last):
                return math.nan
            return value * metric.unit
    return None


def _last_of(attempt: Attempt, metric: Metric) -> Column:
    """The point with which its series ends; empty without one."""
    if metric.over is not None:
        return share(by_step(_recent(attempt, metric)), by_step(_recent(attempt, metric.over)))[-1:]
    found = [part.tags[metric.tag] for part in attempt.parts if metric.is_in(part)]
    if len(found) == 1 and found[0].last_step == found[0].max_step:
        return found[0].recent[-1:]  # of all steps the largest, and written last
    return by_step(concatenate([facts.recent for facts in found]))[-1:]


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
