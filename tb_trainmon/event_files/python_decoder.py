"""The decoder that needs no compiler: protobuf's own parser, and a short cut.

protobuf takes about 2 us to parse an event and to hand out its fields, most of it for Python
objects. Almost all events of a file are one scalar, though, and differ in wall time, step and
value alone, which stand at known places:

    09 <wall time, 8 bytes> 10 <step, varint> <shape: everything else> <value, 4 bytes>

So a decoder learns shapes: where protobuf finds that an event of this layout is one scalar, and
that its last four bytes are the value, later events with the same shape are taken apart here.
"""

from __future__ import annotations

import math
from struct import Struct
from typing import Any

from google.protobuf.message import DecodeError
from google_crc32c import value as crc32c
from tensorboard.compat.proto.event_pb2 import Event

from tb_trainmon.core.crc32c import MASK_DELTA
from tb_trainmon.event_files.batch import Batch
from tb_trainmon.event_files.decoder import Stop, Why
from tb_trainmon.event_files.framing import (
    FOOTER_SIZE,
    FRAME_SIZE,
    HEADER_SIZE,
    find_header,
    length_of,
)
from tb_trainmon.event_files.harvest import Harvest
from tb_trainmon.event_files.tags import Points, PythonTags

# A file has few lengths and few tags. Texts or tags that are ever new must not fill the memory.
_MOST_KNOWN = 4096
_FOOTER = Struct("<I")
_WALL_TIME = Struct("<d")
_VALUE = Struct("<f")
# Numbers that no value has by chance, and that float32 holds exactly.
_PROBES = (1.5, -123456.75)


class PythonDecoder:
    """A ``Decoder`` in plain Python; ``harvest`` says what counts as what."""

    def __init__(self) -> None:
        self._columns = PythonTags()
        self._harvest = Harvest(self._columns)
        self._lengths: dict[bytes, int] = {}
        # By shape: its tag, for ever; and its columns, in this batch.
        self._tags: dict[bytes, str] = {}
        self._points: dict[bytes, Points] = {}
        self._begin()

    def _begin(self) -> None:
        self._events = 0
        self._bytes_read = 0
        self._first_wall_time = math.inf
        self._last_wall_time = 0.0

    @property
    def pending_points(self) -> int:
        """How many points have been decoded since the last ``take``."""
        return sum(len(points.step) for points in self._columns.points.values())

    @property
    def pending_events(self) -> int:
        """How many events have been decoded since the last ``take``."""
        return self._events

    def expect(self, size: int) -> None:
        """Nothing is made in advance: an array grows by a sixteenth, and is not the bottleneck."""

    def take(self) -> Batch:
        """Everything decoded since the last call."""
        self._points = {}
        batch = self._harvest.take()
        batch.others = self._columns.take_others()
        batch.scalars = self._columns.take()
        batch.events, batch.bytes_read = self._events, self._bytes_read
        if self._first_wall_time < math.inf:
            batch.first_wall_time = self._first_wall_time
            batch.last_wall_time = self._last_wall_time
        self._begin()
        return batch

    def find_header(self, data: bytes, start: int = 0, stop: int | None = None) -> int | None:
        """Where the next record begins when some were lost; None: nowhere."""
        return find_header(data, start, stop)

    def feed(  # noqa: C901, PLR0912, PLR0915  one loop: a call for each record is a third more time
        self, data: bytes, start: int = 0
    ) -> Stop:
        """Decode the records of ``data`` from ``start`` on, where one must begin."""
        # Everything in locals, and a cursor instead of slices of what is left. A header that was
        # seen before needs no second checksum.
        lengths, columns = self._lengths, self._points
        checksum, stored = crc32c, _FOOTER.unpack_from
        wall_time_at, value_at = _WALL_TIME.unpack_from, _VALUE.unpack_from
        first, last, infinity = self._first_wall_time, self._last_wall_time, math.inf
        not_events: list[int] = []
        events = step = 0
        end, at = len(data), start
        why, needed = Why.REACHED, 0
        while at < end:
            body = at + HEADER_SIZE
            header = data[at:body]
            length = lengths.get(header)
            if length is None:
                length = self._learn_length(header) if body <= end else 0
                if length is None:
                    why, needed = Why.BAD_LENGTH, HEADER_SIZE
                    break
            footer = body + length
            if footer + FOOTER_SIZE > end:
                why, needed = Why.TORN, FRAME_SIZE + length
                break
            record = data[body:footer]
            crc = checksum(record)
            if ((crc >> 15 | crc << 17) + MASK_DELTA) & 0xFFFFFFFF != stored(data, footer)[0]:
                why, needed = Why.BAD_DATA, FRAME_SIZE + length
                break
            points = shape = None
            if length > 24 and record[0] == 0x09 and record[9] == 0x10:
                step = record[10]
                behind = 11
                if step > 0x7F:
                    high = record[11]
                    if high > 0x7F:
                        step, behind = _varint(record, 10)
                    else:
                        step, behind = (step & 0x7F) | high << 7, 12
                shape = record[behind:-4]
                points = columns.get(shape)
            if points is not None:
                wall_time = wall_time_at(record, 1)[0]
                points.append_step(step)
                points.append_wall_time(wall_time)
                points.append_value(value_at(record, length - 4)[0])
            else:
                event = self._parsed(record, shape)
                if event is None:
                    not_events.append(at)
                    at = footer + FOOTER_SIZE
                    continue
                wall_time = event.wall_time
            events += 1
            if last < wall_time < infinity:
                last = wall_time
            if 0.0 < wall_time < first:
                first = wall_time
            at = footer + FOOTER_SIZE
        self._first_wall_time, self._last_wall_time = first, last
        self._events += events
        self._bytes_read += at - start
        return Stop(at, why, needed, tuple(not_events))

    def _parsed(self, record: bytes, shape: bytes | None) -> Any:
        """The event, harvested, by protobuf; None where it is none."""
        try:
            event = Event.FromString(record)
        except DecodeError:
            return None
        self._harvest.add(event)
        if shape is not None:
            self._learn_shape(shape, event)
        return event

    def _learn_length(self, header: bytes) -> int | None:
        length = length_of(header)
        if length is not None:
            if len(self._lengths) >= _MOST_KNOWN:
                self._lengths.clear()
            self._lengths[header] = length
        return length

    def _learn_shape(self, shape: bytes, event: Any) -> None:
        """See whether all events of this shape are one scalar, and remember its columns."""
        tag = self._tags.get(shape)
        if tag is None:
            plain = self._harvest.plain_scalar(event)
            known = len(self._tags) < _MOST_KNOWN
            if plain is None or not known or not all(self._tries(shape, n) for n in _PROBES):
                return
            tag = self._tags[shape] = plain[0]
        self._points[shape] = self._columns.points_of(tag)

    def _tries(self, shape: bytes, number: float) -> bool:
        """Whether protobuf reads an event of this shape with ``number`` as the loop would."""
        record = b"\x09" + _WALL_TIME.pack(number) + b"\x10\x2a" + shape + _VALUE.pack(number)
        try:
            event = Event.FromString(record)
        except DecodeError:
            return False
        plain = self._harvest.plain_scalar(event)
        return (
            plain is not None
            and plain[1] == number
            and event.wall_time == number
            and event.step == 0x2A
        )


def _varint(record: bytes, at: int) -> tuple[int, int]:
    """The signed 64-bit integer at ``at``, and the offset behind it."""
    number = shift = 0
    while True:
        byte = record[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        # Longer ones are not valid; protobuf will say so when it sees the shape that remains.
        if byte < 0x80 or shift == 70:
            break
    number &= 0xFFFFFFFFFFFFFFFF
    return (number - (1 << 64) if number >> 63 else number), at
