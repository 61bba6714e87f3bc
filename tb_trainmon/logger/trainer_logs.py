"""What the Hugging Face Trainer logs, live and in its ``log_history``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Stands only in the summary that the trainer logs when training has come to its end.
SUMMARY = "total_flos"


def named(logs: Mapping[str, Any]) -> dict[str, Any]:
    """``logs`` under names that tell a step, an evaluation and the summary at the end apart."""
    if SUMMARY in logs:
        # The summary of the whole training, under the names of the trainer's own event files.
        return {f"train/{name}": value for name, value in logs.items()}
    evaluation = {n: value for n, value in logs.items() if n.startswith(("eval_", "test_"))}
    # Beside it stand only the epoch and counters, which the step's own log has too.
    return evaluation or dict(logs)
