"""The walk over records: most cost a checksum, one comparison and three stores."""

from collections.abc import Callable
from typing import Any

import cython
from cython.cimports.libc.math import INFINITY
from cython.cimports.libc.stdint import int64_t, uint64_t
from cython.cimports.tb_trainmon.event_files.machine import (
    BAD_DATA,
    BAD_LENGTH,
    NO_MEMORY,
    RARE,
    REACHED,
    TAKEN,
    TORN,
    Bytes,
    Span,
    Tag,
    crc32c,
    crc32c_begin,
    crc32c_software,
    load_f32,
    load_f64,
    load_u32,
    load_u64,
    masked_crc32c,
    same_bytes,
)

from tb_trainmon.core.columns import Column

if not cython.compiled:
    from tb_trainmon.event_files.kernel_source.events import Events
    from tb_trainmon.event_files.kernel_source.fields import _varint


# ---- one record; inlined where the walk calls them


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _framed(at: Bytes, end: Bytes, length: cython.pointer[uint64_t]) -> cython.int:
    """TAKEN where a whole record begins at ``at``, whose ``length`` it tells; else why not."""
    length[0] = 0
    if end - at < 12:
        return TORN
    length[0] = load_u64(at)
    if masked_crc32c(at, 8) != load_u32(at + 8):
        return BAD_LENGTH
    if end - at < 16 or length[0] > cython.cast(uint64_t, end - at - 16):
        return TORN
    if masked_crc32c(at + 12, length[0]) != load_u32(at + 12 + length[0]):
        return BAD_DATA
    return TAKEN


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _behind_step(record: Bytes, end: Bytes, step: cython.pointer[uint64_t]) -> Bytes:
    """Where the shape of an event begins that has its wall time and ``step`` in front; else NULL.

    A record this long has its step, or what stands there, in front of its end.
    """
    span: Span = cython.declare(Span)
    step[0] = 0
    if end - record <= 24 or record[0] != 0x09:
        return cython.NULL
    if record[9] != 0x10:
        return record + 9
    step[0] = record[10]
    if step[0] <= 0x7F:
        return record + 11
    span.at = record + 10
    span.end = end
    if not _varint(cython.address(span), step):
        return cython.NULL
    return span.at


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_of(tag: cython.pointer[Tag], shape: Bytes, end: Bytes) -> cython.bint:
    """Whether an event is as the latest one of ``tag``, but for wall time, step and number."""
    return (
        shape != cython.NULL
        and end - shape - tag.number_size == tag.shape_size
        and same_bytes(shape, tag.shape, tag.shape_size)
    )


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _number_behind(shape: Bytes, tag: cython.pointer[Tag]) -> cython.double:
    shape += tag.shape_size
    return load_f32(shape) if tag.number_size == 4 else load_f64(shape)


@cython.final
@cython.cclass
class Kernel(Events):
    """Walks over records; holds what is known of each tag, and the points since the last take."""

    events: cython.Py_ssize_t = cython.declare(cython.Py_ssize_t, visibility="readonly")
    first_wall_time: cython.double = cython.declare(cython.double, visibility="readonly")
    last_wall_time: cython.double = cython.declare(cython.double, visibility="readonly")

    # The length of the record where the walk is.
    _length: uint64_t

    def __cinit__(self) -> None:
        self._begin()

    @cython.cfunc
    def _begin(self) -> None:
        self.events = 0
        self.first_wall_time = INFINITY
        self.last_wall_time = 0.0

    # ---- what Python asks of it

    def feed(
        self, data: bytes, start: cython.Py_ssize_t, rare: Callable[[bytes], bool]
    ) -> tuple[int, int, int, tuple[int, ...]]:
        """Decode the records of ``data`` from ``start`` on, where one must begin.

        The answer is that of ``Decoder.feed``: offset, why, needed, not_events. ``rare`` takes
        the records that are handed over, in their order, and says whether one was an event.
        """
        records: Bytes = data
        end: cython.Py_ssize_t = len(data)
        outcome: cython.int
        not_events: list[int] = []
        self._start = self._at = start
        self._expected = max(self._expected, float(self.bytes_read + end - start))
        while True:
            with cython.nogil:
                outcome = self._walk(records, end)
            if outcome == NO_MEMORY:
                raise MemoryError
            if outcome != RARE:
                break
            body: cython.Py_ssize_t = self._at + 12
            behind: cython.Py_ssize_t = body + cython.cast(cython.Py_ssize_t, self._length)
            if not rare(data[body:behind]):
                not_events.append(self._at)
            self._at = behind + 4
        self.bytes_read += self._at - start
        self._start = self._at
        needed: Any = 0
        if outcome == BAD_LENGTH:
            needed = 12
        elif outcome != REACHED:
            needed = int(self._length) + 16
        return self._at, outcome, needed, tuple(not_events)

    def count(self, wall_time: cython.double) -> None:
        """One more event: a rare one, of this wall time."""
        self.events += 1
        if self.last_wall_time < wall_time < INFINITY:
            self.last_wall_time = wall_time
        if 0.0 < wall_time < self.first_wall_time:
            self.first_wall_time = wall_time

    def take(self) -> dict[str, Column]:
        """The points since the last call, by tag, in memory that is no longer the kernel's."""
        self._begin()
        return self._taken()

    # ---- the loop

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _walk(  # noqa: PLR0915  a third of them are declarations
        self, data: Bytes, stop: cython.Py_ssize_t
    ) -> cython.int:
        at: Bytes = data + self._at
        end: Bytes = data + stop
        behind: Bytes
        shape: Bytes
        tag: cython.pointer[Tag]
        length: uint64_t = 0
        step: uint64_t = 0
        wall_time: cython.double
        first: cython.double = self.first_wall_time
        last: cython.double = self.last_wall_time
        latest: cython.Py_ssize_t = self._latest
        expected: cython.Py_ssize_t
        events: cython.Py_ssize_t = 0
        points: cython.Py_ssize_t = 0
        outcome: cython.int = REACHED
        while at < end:
            outcome = _framed(at, end, cython.address(length))
            if outcome != TAKEN:
                break
            behind = at + 12 + length
            shape = _behind_step(at + 12, behind, cython.address(step))
            expected = self._tags[latest].next
            tag = self._tags + expected
            if _is_of(tag, shape, behind):
                if tag.size == tag.capacity:
                    self._at = at - data
                    if not self._prepare(expected):
                        outcome = NO_MEMORY
                        break
                wall_time = load_f64(at + 13)
                tag.step[tag.size] = cython.cast(int64_t, step)
                tag.wall_time[tag.size] = wall_time
                tag.value[tag.size] = _number_behind(shape, tag)
                tag.size += 1
                points += 1
                latest = expected
            else:
                self._latest = latest
                self._at = at - data
                outcome = self._event(at + 12, behind, shape)
                if outcome != TAKEN:
                    break
                wall_time = self._wall_time
                latest = self._latest
            events += 1
            if last < wall_time < INFINITY:
                last = wall_time
            if 0.0 < wall_time < first:
                first = wall_time
            at = behind + 4
        self._at = at - data
        self._length = length
        self._latest = latest
        self.first_wall_time = first
        self.last_wall_time = last
        self.events += events
        self.points += points
        return REACHED if outcome == TAKEN else outcome


# ---- headers and checksums -----------------------------------------------------------------------


def find_header(data: bytes, start: cython.Py_ssize_t = 0, stop: int | None = None) -> int | None:
    """The compiled ``framing.find_header``."""
    at: Bytes = data
    end: cython.Py_ssize_t = len(data) if stop is None else min(stop, len(data))
    with cython.nogil:
        while start + 12 <= end:
            if (
                load_u32(at + start + 4) == 0
                and load_u32(at + start) != 0
                and masked_crc32c(at + start, 8) == load_u32(at + start + 8)
            ):
                break
            start += 1
    return start if start + 12 <= end else None


def checksum(data: bytes, *, hardware: cython.bint = True) -> int:
    """The plain CRC32C of ``data``; without ``hardware``, as on a processor that has none."""
    at: Bytes = data
    return crc32c(at, len(data)) if hardware else crc32c_software(at, len(data))


crc32c_begin()
