"""The learning rate at each step."""

from __future__ import annotations

import math


def warm_up_then_cosine(step: int, peak: float, warm_up: int, total: int) -> float:
    """Straight up from 0 to ``peak`` in ``warm_up`` steps, then half a cosine down to a tenth."""
    if step < warm_up:
        return peak * step / warm_up
    way = min((step - warm_up) / max(total - warm_up, 1), 1.0)
    return peak * (0.55 + 0.45 * math.cos(math.pi * way))
