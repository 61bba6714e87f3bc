"""The numbers that a training loop hands over, whichever library they come from."""

from __future__ import annotations

import logging
from collections.abc import Mapping

#: What a step may be: both the databases and the event files count in 64 bits.
MOST_STEPS = 2**63

logger = logging.getLogger("tb_trainmon")


class Numbers:
    """Takes numbers and leaves out the rest, with one warning for each name."""

    def __init__(self) -> None:
        self._warned_of: set[str] = set()

    def among(self, metrics: Mapping[str, object]) -> dict[str, float]:
        """The numbers among ``metrics``; None is left out in silence: nothing was measured."""
        found = {}
        for name, value in metrics.items():
            number = _number(value)
            if number is not None:
                found[name] = number
            elif value is not None:
                self._warn_once(name, value)
        return found

    def step(self, value: object) -> int | None:
        """``value`` as a step."""
        number = _step(value)
        if number is None:
            self._warn_once("step", value)
        return number

    def _warn_once(self, name: str, value: object) -> None:
        if name not in self._warned_of:
            self._warned_of.add(name)
            kind = type(value).__name__
            logger.warning("TrainMon leaves out %r: this %s is not one number.", name, kind)


def _number(value: object) -> float | None:
    try:
        # float() understands NumPy's numbers, and tensors of one element by their __float__.
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, RuntimeError):
        return None


def _step(value: object) -> int | None:
    try:
        whole = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError, RuntimeError):
        return None
    return whole if -MOST_STEPS <= whole < MOST_STEPS else None
