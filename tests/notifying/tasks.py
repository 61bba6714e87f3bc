"""Tasks as the route ``tasks`` tells them, for the tests of what is news."""

from __future__ import annotations

from typing import Any

NOW = 1_790_000_000.0


def task(**changes: Any) -> dict[str, Any]:
    """A running task, but for what is changed of it."""
    usual = {
        "id": "bert",
        "name": "bert",
        "status": "running",
        "status_reason": "Points arrive, usually every 10 s.",
        "mode": "live",
        "step": 100,
        "total_steps": 1000,
        "progress": 0.1,
        "eta": None,
        "loss": 2.5,
        "lead_metric": "loss",
        "lead_label": "loss",
        "lead_better": "lower",
        "lead_value": 2.5,
        "attempts": 1,
        "last_event_at": NOW,
        "started_at": NOW - 1000,
    }
    return {**usual, **changes}


def ended(status: str, reason: str = "Found the trainer's end-of-training summary.") -> Any:
    """The same after its end."""
    return task(status=status, mode="history", status_reason=reason)


def eta(finish_at: float, low_s: float = 900, high_s: float = 1100) -> dict[str, float]:
    """A range of what is left."""
    return {"low_s": low_s, "high_s": high_s, "finish_at": finish_at}
