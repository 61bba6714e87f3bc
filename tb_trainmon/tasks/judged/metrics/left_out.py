"""What a task has and what is not shown of it, because there is too much of it to look at."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tb_trainmon.core.problem import Problem
from tb_trainmon.core.series_names import LONGEST_NAME, MOST_SERIES
from tb_trainmon.event_files.batch import MOST_STARTS
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.judged.metrics.sources import MOST_OTHERS
from tb_trainmon.tasks.judged.parts.part import FilePart

_CODE = "scalars_left_out"


def left_out(parts: Collection[FilePart], metrics: Collection[Metric]) -> list[Problem]:
    """What to say of it; nothing where all scalars are among the ``metrics``."""
    found = []
    if any(part.source.left_out for part in parts):
        told = (
            f"Of the scalars of one file the first {MOST_SERIES:,} are looked at, as far as their "
            f"names have no more than {LONGEST_NAME:,} characters. TensorBoard's own tabs have all."
        )
        found.append(Problem(_CODE, "", told))
    if len(metrics) >= MOST_OTHERS and (beyond := _number(parts) - len({m.tag for m in metrics})):
        told = (
            f"Of its scalars {beyond:,} are not listed here: beside those that have a meaning, "
            f"there are the first {MOST_OTHERS:,} by name. TensorBoard's own tabs have all."
        )
        found.append(Problem(_CODE, "", told))
    if any(part.number >= MOST_STARTS for part in parts):
        told = f"Of the restarts inside one file the latest {MOST_STARTS:,} are told apart."
        found.append(Problem("restarts_left_out", "", told))
    return found


def _number(parts: Iterable[FilePart]) -> int:
    return len({tag for part in parts for tag in part.tags})
