"""What the leading counter of an attempt has come to, in numbers: all that a verdict asks of it."""

from __future__ import annotations

from tb_trainmon.core.record import record


@record(frozen=True, slots=True)
class Reached:
    """Its highest step ``last``, and the distances between recent points, in steps.

    ``interval`` is the usual one, None if there are not two points; ``longest_interval`` is then 0.
    ``from_zero``: steps are counted from 0. ``begins_late``: nothing was logged at first, so that
    it is not known what they count from. ``trains``: they are a training's, and seen to the last.
    """

    last: int | None
    interval: int | None
    longest_interval: int
    from_zero: bool
    begins_late: bool
    trains: bool
