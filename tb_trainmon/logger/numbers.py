"""The numbers that a training loop hands over, whichever library they come from.

Whatever is handed over is what it was at that moment: a tensor may be changed later. That costs
nothing for a float, little for what lies in main memory, and see ``device_values`` for the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, SupportsFloat

from tb_trainmon.logger.device_values import Copied, Watched, is_on_device
from tb_trainmon.training_logs import values

#: What a step may be: both the databases and the event files count in 64 bits.
MOST_STEPS = 2**63

Metrics = Mapping[str, SupportsFloat]

logger = logging.getLogger("tb_trainmon")


class Numbers:
    """Takes numbers and leaves out the rest, with one warning for each name."""

    def __init__(self) -> None:
        self._warned_of: set[str] = set()

    def among(self, metrics: Mapping[str, object]) -> Metrics:
        """The numbers among ``metrics``; None is left out in silence: nothing was measured."""
        return self._taken(metrics, Copied)

    def for_now(self, metrics: Mapping[str, object]) -> Metrics:
        """The same, for a step that will probably never be recorded."""
        return self._taken(metrics, Watched)

    def read(self, metrics: Metrics) -> dict[str, float]:
        """The numbers themselves. May wait for a device: not for the training loop."""
        found = {}
        for name, value in metrics.items():
            number = value if type(value) is float else _number(value)
            if number is None:
                self._warn_once(name, value)
            else:
                found[name] = number
        return found

    def step(self, value: object) -> int | None:
        """``value`` as a step."""
        number = _step(value)
        if number is None:
            self._warn_once("step", value)
        return number

    def _taken(
        self, metrics: Mapping[str, object], later: Callable[[Any], SupportsFloat]
    ) -> Metrics:
        found: dict[str, SupportsFloat] = {}
        for name, value in metrics.items():
            if type(name) is not str:
                name = values.as_text(name)  # noqa: PLW2901
            if type(value) is float:
                found[name] = value
            elif is_on_device(value):
                found[name] = later(value)
            else:
                number = _number(value)
                if number is not None:
                    found[name] = number
                elif value is not None:
                    self._warn_once(name, value)
        return found

    def _warn_once(self, name: str, value: object) -> None:
        if name not in self._warned_of:
            self._warned_of.add(name)
            kind = type(value).__name__
            logger.warning("TrainMon leaves out %r: this %s is not one number.", name, kind)


def _number(value: object) -> float | None:
    try:
        # NumPy's and torch's own way first: their __float__ warns of some that item() gives.
        item = getattr(value, "item", None)
        return float(value if item is None else item())  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001  (a foreign class may raise anything; it is no number then)
        return None


def _step(value: object) -> int | None:
    try:
        whole = int(value)  # type: ignore[call-overload]
    except Exception:  # noqa: BLE001  (as above)
        return None
    return whole if -MOST_STEPS <= whole < MOST_STEPS else None
