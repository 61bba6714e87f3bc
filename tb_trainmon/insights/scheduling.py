"""The courses of configured learning-rate schedules, as transformers.optimization defines them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from tb_trainmon.core.columns import FloatArray


def _constant(done: FloatArray) -> FloatArray:
    return np.ones_like(done)


def _linear(done: FloatArray) -> FloatArray:
    return 1.0 - done


def _cosine(done: FloatArray) -> FloatArray:
    return np.asarray(0.5 * (1.0 + np.cos(np.pi * done)))


_SHAPES: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "constant": _constant,
    "constant_with_warmup": _constant,
    "linear": _linear,
    "cosine": _cosine,
}
KNOWN = tuple(_SHAPES)


def share_of_rate(name: str, step: FloatArray, warm_up: float, total: float) -> FloatArray:
    """What share of its height the rate of the schedule ``name`` has at each step.

    It rises in a line over ``warm_up`` steps and ends at ``total``.
    """
    done = np.clip((step - warm_up) / max(total - warm_up, 1.0), 0.0, 1.0)
    rising = np.clip(step / warm_up, 0.0, 1.0) if warm_up else np.ones_like(step)
    return np.asarray(np.where(step < warm_up, rising, _SHAPES[name](done)))
