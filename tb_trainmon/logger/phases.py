"""Which of Lightning's metrics are news, and of what: a batch, an epoch, or a validation.

Lightning keeps every metric that was ever logged in one mapping, the old beside the new. What is
logged by step *and* by epoch is in there under three names: ``x``, ``x_step`` and ``x_epoch``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

Metrics = Mapping[str, Any]


class Phases:
    """Learns from the moment at which a name appears to what it belongs."""

    def __init__(self) -> None:
        self._of_batches: set[str] = set()
        self._of_epochs: set[str] = set()
        self._of_validations: set[str] = set()
        self._before_validation: Metrics = {}

    def batch(self, metrics: Metrics) -> dict[str, Any]:
        """What the batch that just ended has logged."""
        new = _without(metrics, self._of_validations | self._of_epochs)
        self._of_batches |= new.keys()
        return _without_copies(new)

    def epoch(self, metrics: Metrics) -> dict[str, Any]:
        """What the epoch that just ended has logged, beside its batches and its validation."""
        new = _without(metrics, self._of_validations | self._of_batches)
        self._of_epochs |= new.keys()
        by_step = {name.removesuffix("_epoch") for name in new if name.endswith("_epoch")}
        return _without(new, by_step)

    def validation_begins(self, metrics: Metrics) -> None:
        """Remember what there is before."""
        self._before_validation = dict(metrics)

    def validation(self, metrics: Metrics) -> dict[str, Any]:
        """What the validation that just ended has logged."""
        before = self._before_validation
        new = {name: value for name, value in metrics.items() if value is not before.get(name)}
        self._of_validations |= new.keys()
        return _without_copies(new)


def _without(metrics: Metrics, names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in metrics.items() if name not in names}


def _without_copies(metrics: Metrics) -> dict[str, Any]:
    return _without(metrics, {f"{name}{end}" for name in metrics for end in ("_step", "_epoch")})
