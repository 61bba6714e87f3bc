"""How far a task is."""

from __future__ import annotations


def progress(step: int | None, total: int | None) -> float | None:
    """Share of the total that is done, 0 to 1; None where either is unknown."""
    if step is None or not total:
        return None
    return min(max(step / total, 0.0), 1.0)
