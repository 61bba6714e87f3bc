"""The walk over records, and an event taken apart field by field."""

# ruff: noqa: C901, PLR0911, PLR0912, PLR0915  (one call for each field would cost as much as it)

from collections.abc import Callable
from typing import Any

import cython
from cython.cimports.libc.math import INFINITY
from cython.cimports.libc.stdint import int64_t, uint8_t, uint64_t
from cython.cimports.libc.stdlib import realloc
from cython.cimports.libc.string import memcmp, memcpy
from cython.cimports.tb_trainmon.event_files.machine import (
    BAD_DATA,
    BAD_LENGTH,
    NAMELESS,
    NO_MEMORY,
    OTHER,
    RARE,
    REACHED,
    TAKEN,
    TEXT,
    TORN,
    UNKNOWN,
    Bytes,
    Found,
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
    from tb_trainmon.event_files.kernel_source.fields import (
        _ascii,
        _is_plain_medium,
        _part,
        _plugin_of,
        _varint,
    )
    from tb_trainmon.event_files.kernel_source.tags import Tags
    from tb_trainmon.event_files.kernel_source.tensors import _tensor


@cython.final
@cython.cclass
class Kernel(Tags):
    """Walks over records; holds what is known of each tag, and the points since the last take."""

    events: cython.Py_ssize_t = cython.declare(cython.Py_ssize_t, visibility="readonly")
    first_wall_time: cython.double = cython.declare(cython.double, visibility="readonly")
    last_wall_time: cython.double = cython.declare(cython.double, visibility="readonly")

    # The length of the record where the walk is.
    _length: uint64_t
    # The event that is being taken apart.
    _step: int64_t
    _wall_time: cython.double

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
    def _walk(self, data: Bytes, end: cython.Py_ssize_t) -> cython.int:
        at: cython.Py_ssize_t = self._at
        first: cython.double = self.first_wall_time
        last: cython.double = self.last_wall_time
        latest: cython.Py_ssize_t = self._latest
        expected: cython.Py_ssize_t
        events: cython.Py_ssize_t = 0
        points: cython.Py_ssize_t = 0
        outcome: cython.int = REACHED
        record: Bytes
        shape: Bytes
        length: uint64_t
        step: uint64_t = 0
        wall_time: cython.double
        tag: cython.pointer[Tag]
        size: cython.Py_ssize_t
        span: Span = cython.declare(Span)
        while at < end:
            if end - at < 12:
                self._length = 0
                outcome = TORN
                break
            length = load_u64(data + at)
            if masked_crc32c(data + at, 8) != load_u32(data + at + 8):
                outcome = BAD_LENGTH
                break
            self._length = length
            if end - at < 16 or length > cython.cast(uint64_t, end - at - 16):
                outcome = TORN
                break
            record = data + at + 12
            size = length
            if masked_crc32c(record, size) != load_u32(record + size):
                outcome = BAD_DATA
                break
            # A record this long has its step, or what stands there, in front of its end.
            shape = cython.NULL
            if size > 24 and record[0] == 0x09:
                wall_time = load_f64(record + 1)
                shape = record + 9
                step = 0
                if shape[0] == 0x10:
                    step = shape[1]
                    shape += 2
                    if step > 0x7F:
                        span.at = shape - 1
                        span.end = record + size
                        if _varint(cython.address(span), cython.address(step)):
                            shape = span.at
                        else:
                            shape = cython.NULL
            expected = self._tags[latest].next
            tag = self._tags + expected
            if (
                shape != cython.NULL
                and record + size - shape - tag.number_size == tag.shape_size
                and same_bytes(shape, tag.shape, tag.shape_size)
            ):
                if tag.size == tag.capacity:
                    self._at = at
                    if not self._prepare(expected):
                        outcome = NO_MEMORY
                        break
                shape += tag.shape_size
                tag.step[tag.size] = cython.cast(int64_t, step)
                tag.wall_time[tag.size] = wall_time
                tag.value[tag.size] = load_f32(shape) if tag.number_size == 4 else load_f64(shape)
                tag.size += 1
                points += 1
                latest = expected
            else:
                self._latest = latest
                self._at = at
                outcome = self._event(record, record + size, shape)
                if outcome != TAKEN:
                    break
                outcome = REACHED
                wall_time = self._wall_time
                latest = self._latest
            events += 1
            if last < wall_time < INFINITY:
                last = wall_time
            if 0.0 < wall_time < first:
                first = wall_time
            at += 16 + size
        self._at = at
        self._latest = latest
        self.first_wall_time = first
        self.last_wall_time = last
        self.events += events
        self.points += points
        return outcome

    # ---- an event, field by field; nothing is changed before it is known not to be rare

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _event(self, record: Bytes, end: Bytes, behind_step: Bytes) -> cython.int:
        span: Span = cython.declare(Span)
        part: Span = cython.declare(Span)
        summary: Span = cython.declare(Span)
        span.at = record
        span.end = end
        summary.at = summary.end = cython.NULL
        number: uint64_t = 0
        contents: cython.int = 0
        key: cython.int
        self._step = 0
        self._wall_time = 0.0
        while span.at < end:
            key = span.at[0]
            span.at += 1
            if key == 0x09:  # wall_time
                if end - span.at < 8:
                    return RARE
                self._wall_time = load_f64(span.at)
                span.at += 8
                continue
            if key == 0x10:  # step
                if not _varint(cython.address(span), cython.address(number)):
                    return RARE
                self._step = cython.cast(int64_t, number)
                continue
            contents += 1
            if key == 0x2A:  # summary
                if not _part(cython.address(span), cython.address(summary)):
                    return RARE
            elif key == 0x1A:  # file_version
                if not _ascii(cython.address(span)):
                    return RARE
            elif key not in (0x22, 0x4A) or not _part(  # graph_def, meta_graph_def
                cython.address(span), cython.address(part)
            ):
                return RARE
        if contents > 1:
            return RARE
        # Of the fields in front of the number, only those of the summary are in the shape.
        if behind_step != cython.NULL and behind_step[0] != 0x2A:
            behind_step = cython.NULL
        return self._summary(summary, end, behind_step)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _summary(self, summary: Span, end: Bytes, behind_step: Bytes) -> cython.int:
        found: Found = cython.declare(Found)
        values: Span = summary
        part: Span = cython.declare(Span)
        count: cython.int = 0
        learns: cython.bint = False
        outcome: cython.int
        while values.at < values.end:
            if values.at[0] != 0x0A:
                return RARE
            values.at += 1
            if not _part(cython.address(values), cython.address(part)):
                return RARE
            outcome = self._value(part, cython.address(found))
            if outcome != TAKEN:
                return outcome
            count += 1
            learns |= found.learns
        if count == 1:
            if not self._take_in(cython.address(found)):
                return NO_MEMORY
            if found.number.size and found.number.at + found.number.size == end:
                return self._keep_shape(cython.address(found), behind_step)
            return TAKEN
        if learns:
            return RARE  # it may hold for the values behind it
        values = summary
        while values.at < values.end:
            values.at += 1
            _part(cython.address(values), cython.address(part))
            self._value(part, cython.address(found))
            if not self._take_in(cython.address(found)):
                return NO_MEMORY
        return TAKEN

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _value(self, span: Span, found: cython.pointer[Found]) -> cython.int:
        name: Span = cython.declare(Span)
        tensor: Span = cython.declare(Span)
        part: Span = cython.declare(Span)
        name.at = name.end = span.at
        tensor.at = tensor.end = cython.NULL
        seen: cython.int = 0
        bit: cython.int
        key: cython.int
        plugin: cython.int
        found.number.is_there = False
        found.number.size = 0
        found.plugin = UNKNOWN
        found.learns = False
        while span.at < span.end:
            key = span.at[0]
            span.at += 1
            if key > 0x7F:
                return RARE
            bit = 1 << (key >> 3)
            if seen & bit:
                return RARE
            seen |= bit
            if key == 0x0A:  # tag
                if not _part(cython.address(span), cython.address(name)):
                    return RARE
            elif key == 0x15:  # simple_value
                if span.end - span.at < 4:
                    return RARE
                found.number.is_there = True
                found.number.value = load_f32(span.at)
                found.number.at = span.at
                found.number.size = 4
                span.at += 4
            elif key == 0x42:  # tensor
                if not _part(cython.address(span), cython.address(tensor)):
                    return RARE
            elif key == 0x4A:  # metadata
                if not _part(cython.address(span), cython.address(part)):
                    return RARE
                found.plugin = _plugin_of(part)
                if found.plugin < 0:
                    return RARE
            else:
                if key not in (0x1A, 0x22, 0x2A, 0x32):  # histogram, image, histo, audio
                    return RARE
                if not _part(cython.address(span), cython.address(part)):
                    return RARE
                if key != 0x1A and not _is_plain_medium(key, part):
                    return RARE
        bit = seen & 0x17C  # of fields 2 to 6 and 8 there can be one
        if bit & (bit - 1):
            return RARE
        found.tag = self._find(name.at, name.end - name.at, False)
        if found.tag <= 0:
            return NO_MEMORY if found.tag < 0 else RARE
        if found.number.is_there:
            return TAKEN  # whatever the metadata says
        if name.end - name.at > 10 and memcmp(name.at, b"_hparams_/", 10) == 0:
            return RARE
        plugin = self._tags[found.tag].plugin
        if plugin == UNKNOWN and found.plugin != UNKNOWN:
            plugin = found.plugin
            found.learns = True
        if tensor.at == cython.NULL:
            return TAKEN
        if plugin == TEXT:
            return RARE
        key = _tensor(tensor, cython.address(found.number))
        if plugin == OTHER:
            # Looked at all the same: if it is odd, it may be that this is no event.
            found.number.is_there = False
            found.number.size = 0
        if key == TEXT:
            return RARE if plugin in (UNKNOWN, NAMELESS) else TAKEN
        return key

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _take_in(self, found: cython.pointer[Found]) -> cython.bint:
        if found.learns:
            self._learn(found.tag, found.plugin)
        if not found.number.is_there:
            self._note(found.tag, self._wall_time)
            return True
        self._tags[self._latest].next = found.tag
        self._latest = found.tag
        return self._append(found.tag, self._step, self._wall_time, found.number.value)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _keep_shape(self, found: cython.pointer[Found], start: Bytes) -> cython.int:
        """Remember an event that ends with its number."""
        tag: cython.pointer[Tag] = self._tags + found.tag
        tag.shape_size = -1
        tag.number_size = 0
        if start == cython.NULL:
            return TAKEN
        size: cython.Py_ssize_t = found.number.at - start
        if size > tag.shape_capacity:
            shape: cython.p_void = realloc(tag.shape, size)
            if shape == cython.NULL:
                return NO_MEMORY
            tag.shape = cython.cast(cython.pointer[uint8_t], shape)
            tag.shape_capacity = size
        memcpy(tag.shape, start, size)
        tag.shape_size = size
        tag.number_size = found.number.size
        return TAKEN


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
