"""By which metric the evaluations of a task are compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from tb_trainmon.core.columns import FloatArray
from tb_trainmon.core.record import record
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.metric_names import higher_is_better


@record(frozen=True, slots=True)
class Goal:
    """The metric by which evaluations are compared, and whether more of it is better."""

    metric: Metric
    greater_is_better: bool

    def best_of(self, value: FloatArray) -> int | None:
        """The index of the first of the best values; None if none is finite."""
        known = np.flatnonzero(np.isfinite(value))
        if not len(known):
            return None
        pick = np.argmax if self.greater_is_better else np.argmin
        return int(known[pick(value[known])])


def goal_of(assessment: Assessment) -> Goal | None:
    """What the trainer was told to choose by; else what such a training is judged by.

    The first is ``metric_for_best_model`` and ``greater_is_better`` in an attempt's configuration,
    as transformers' TrainingArguments have them: "f1" and "eval_f1" both name ``eval/f1``, and
    without the second the greater is better unless the name ends in "loss". The second is, by the
    kind of training, the evaluation reward, mAP, accuracy, ... or the evaluation loss.
    """
    evaluating = [metric for metric in assessment.metrics if metric.role in ("eval", "test")]
    for attempt in reversed(assessment.attempts):
        goal = _declared(attempt.config or {}, evaluating)
        if goal is not None:
            return goal
    by_name = {metric.name: metric for metric in evaluating if not metric.is_raw}
    names = [*assessment.kind.goals_among(by_name), *assessment.kind.leads_among(by_name)]
    for name in [*names, "eval_loss"]:
        greater = higher_is_better(name)
        if name in by_name and greater is not None:
            return Goal(by_name[name], greater)
    return None


def _declared(config: Mapping[str, object], evaluating: Iterable[Metric]) -> Goal | None:
    name = config.get("metric_for_best_model")
    if not isinstance(name, str) or not name:
        return None
    bare = name.removeprefix("eval_")
    names = {f"eval_{bare}", f"eval/{bare}", name}
    metric = next((m for m in evaluating if m.name in names or m.tag in names), None)
    greater = config.get("greater_is_better")
    greater = greater if isinstance(greater, bool) else not name.endswith("loss")
    return None if metric is None else Goal(metric, greater)
