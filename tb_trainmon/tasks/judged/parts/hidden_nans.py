"""The losses that the Hugging Face Trainer logs as 0.0 because they were NaN, unless told not to.

A 0.0 was a NaN where the gradient norm of the same step is NaN; where no norm was logged, from the
first evaluation on whose loss is NaN.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column
from tb_trainmon.tasks.found.records import ARGUMENTS, parse_object
from tb_trainmon.tasks.judged.parts.part import FilePart

HIDING_TAG = "train/loss"


def filters_nans(parts: Iterable[FilePart]) -> bool:
    """Whether the arguments that the Trainer logged leave its filter on."""
    for part in parts:
        arguments = parse_object(part.source.texts.get(ARGUMENTS))
        if arguments is not None:
            return arguments.get("logging_nan_inf_filter", True) is not False
    return False


def hidden(points: Column, norms: Column, eval_losses: Column) -> npt.NDArray[np.bool_]:
    """Which of ``points``, the losses of one attempt, were NaN."""
    zero = points.value == 0.0
    if len(norms):
        return np.asarray(zero & np.isin(points.step, norms.step[np.isnan(norms.value)]))
    broken = eval_losses.step[np.isnan(eval_losses.value)]
    if not len(broken):
        return np.zeros(len(points), dtype=bool)
    return np.asarray(zero & (points.step >= broken.min()))
