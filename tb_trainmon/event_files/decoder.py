"""Bytes in, batches out: what a decoder of event files is.

There are two: ``kernel_decoder``, which is compiled, and ``python_decoder``, which needs no
compiler and is the reference. They give the same batches and stop at the same places; ``reader``
chooses.
"""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from tb_trainmon.core.record import record
from tb_trainmon.event_files.batch import Batch


class Why(Enum):
    """Why a decoder stopped."""

    REACHED = "the bytes that it was given are used up, at the end of a record"
    TORN = "the bytes end within a record: feed it more"
    BAD_LENGTH = "the checksum of a length does not match: the next record is not known"
    BAD_DATA = "the checksum of a record's data does not match"


@record(frozen=True, slots=True)
class Stop:
    """Where a decoder stopped: ``offset`` is that of the record it could not take.

    ``needed`` is the size in bytes of that record with its frame, as far as it is known.
    ``not_events`` are the offsets of records, passed over, that are whole but no events.
    """

    offset: int
    why: Why
    needed: int
    not_events: tuple[int, ...] = ()


class Decoder(Protocol):
    """Turns the records of one event file into batches.

    It knows no file. It is fed bytes and says where and why it stopped; whoever feeds it decides
    what to do about that.
    """

    @property
    def pending_points(self) -> int:
        """How many points have been decoded since the last ``take``."""

    @property
    def pending_events(self) -> int:
        """How many events have been decoded since the last ``take``."""

    def feed(self, data: bytes, start: int = 0) -> Stop:
        """Decode the records of ``data`` from ``start`` on, where one must begin."""

    def expect(self, size: int) -> None:
        """Make room, as about ``size`` bytes are to be fed before the next ``take``."""

    def take(self) -> Batch:
        """Everything decoded since the last call."""

    def find_header(self, data: bytes, start: int = 0, stop: int | None = None) -> int | None:
        """``framing.find_header``: where the next record begins when some were lost."""
