"""The compiled decoder: the kernel for what is frequent, ``harvest`` for what is rare."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tb_trainmon.event_files.batch import Batch
from tb_trainmon.event_files.decoder import Stop, Why
from tb_trainmon.event_files.kernel import Kernel, find_header

if TYPE_CHECKING:
    from tb_trainmon.event_files.harvest import Harvest

# As the kernel numbers them.
_WHY = (Why.REACHED, Why.TORN, Why.BAD_LENGTH, Why.BAD_DATA)


class KernelDecoder:
    """A ``Decoder`` at the speed of C."""

    def __init__(self) -> None:
        self._kernel = Kernel()
        self._harvest: Harvest | None = None

    @property
    def pending_points(self) -> int:
        """How many points have been decoded since the last ``take``."""
        return int(self._kernel.points)

    @property
    def pending_events(self) -> int:
        """How many events have been decoded since the last ``take``."""
        return int(self._kernel.events)

    def feed(self, data: bytes, start: int = 0) -> Stop:
        """Decode the records of ``data`` from ``start`` on, where one must begin."""
        offset, why, needed, not_events = self._kernel.feed(data, start, self._add_rare)
        return Stop(offset, _WHY[why], needed, not_events)

    def expect(self, size: int) -> None:
        """Make room, as about ``size`` bytes are to be fed before the next ``take``."""
        self._kernel.expect(size)

    def take(self) -> Batch:
        """Everything decoded since the last call."""
        kernel = self._kernel
        batch = self._harvest.take() if self._harvest else Batch()
        batch.events, batch.bytes_read = kernel.events, kernel.bytes_read
        if kernel.first_wall_time < math.inf:
            batch.first_wall_time = kernel.first_wall_time
            batch.last_wall_time = kernel.last_wall_time
        batch.others = kernel.take_others()
        batch.scalars = kernel.take()
        return batch

    def find_header(self, data: bytes, start: int = 0, stop: int | None = None) -> int | None:
        """Where the next record begins when some were lost; None: nowhere."""
        return find_header(data, start, stop)

    def _add_rare(self, record: bytes) -> bool:
        """Take a record that the kernel hands over; False if it is no event."""
        if self._harvest is None:
            self._harvest = self._new_harvest()
        wall_time = self._harvest.add_record(record)
        if wall_time is None:
            return False
        self._kernel.count(wall_time)
        return True

    def _new_harvest(self) -> Harvest:
        # Late: importing TensorBoard's messages takes longer than reading a million points, and
        # many logs hold nothing that needs them.
        from tb_trainmon.event_files.harvest import Harvest  # noqa: PLC0415

        return Harvest(self._kernel)
