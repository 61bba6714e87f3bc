"""The hot loop over the records of an event file, compiled to C by Cython.

It reads what nearly all records are, scalars, straight into columns by tag, and steps over images,
histograms, audio and graphs undecoded (so it does not see where one of them is invalid). Whatever
else there is (texts, hyper-parameters, session logs, an encoding that no known writer uses) it
hands over, record by record, as *rare*: so the rules for it stand once, in ``harvest``. Nothing
here decides that a record is invalid: what is odd is rare.

The events of a file go round the same tags in the same order, and differ in wall time, step and
number alone, which stand at known places:

    09 <wall time, 8 bytes> 10 <step, varint> <shape: everything else> <number, 4 or 8 bytes>

So each tag remembers the shape of its latest event and the tag that came behind it, and most
records cost a checksum, one comparison and three stores. Others are taken apart field by field.

The numbers of fields are those of ``tensorboard/compat/proto/`` (event, summary, tensor). This is
Cython's pure-Python mode; ``machine.pxd`` has the structures.
"""

# ruff: noqa: C901, PLR0911, PLR0912, PLR0915  (one call for each field would cost as much as it)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cython
import numpy as np
from cython.cimports.cpython.buffer import Py_buffer, PyBuffer_FillInfo
from cython.cimports.libc.math import INFINITY
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from cython.cimports.libc.stdlib import calloc, free, realloc
from cython.cimports.libc.string import memcmp, memcpy, memset
from cython.cimports.tb_trainmon.event_files.machine import (
    BAD_DATA,
    BAD_LENGTH,
    NAMELESS,
    NO_MEMORY,
    OTHER,
    RARE,
    REACHED,
    SCALARS,
    TAKEN,
    TEXT,
    TORN,
    UNKNOWN,
    Bytes,
    Found,
    Number,
    Span,
    Tag,
    crc32c,
    crc32c_begin,
    crc32c_software,
    half_to_double,
    load_f32,
    load_f64,
    load_u16,
    load_u32,
    load_u64,
    masked_crc32c,
    same_bytes,
)

from tb_trainmon.core.columns import Column, RoomyColumn

# ---- fields, taken from the front of a span; False (or RARE) where they are not plain ------------


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _varint(span: cython.pointer[Span], number: cython.pointer[uint64_t]) -> cython.bint:
    at: Bytes = span.at
    result: uint64_t = 0
    shift: cython.int = 0
    byte: uint64_t
    while at < span.end and shift < 70:
        byte = at[0]
        at += 1
        if shift == 63 and byte > 1:
            return False
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            span.at = at
            number[0] = result
            return True
        shift += 7
    return False


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _part(span: cython.pointer[Span], part: cython.pointer[Span]) -> cython.bint:
    """Take a length and as many bytes."""
    size: uint64_t = 0
    if not _varint(span, cython.address(size)):
        return False
    if size > cython.cast(uint64_t, span.end - span.at):
        return False
    part.at = span.at
    part.end = span.at + size
    span.at = part.end
    return True


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _ascii(span: cython.pointer[Span]) -> cython.bint:
    """Take a string; False also where it is not ASCII, for then it may be no UTF-8."""
    part: Span = cython.declare(Span)
    if not _part(span, cython.address(part)):
        return False
    return _is_ascii(part.at, part.end)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _is_ascii(at: Bytes, end: Bytes) -> cython.bint:
    while at < end:
        if at[0] > 0x7F:
            return False
        at += 1
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _plugin_of(metadata: Span) -> cython.int:
    """The plugin that a SummaryMetadata names, NAMELESS if none; RARE."""
    plugin: cython.int = NAMELESS
    seen: cython.int = 0
    number: uint64_t = 0
    part: Span = cython.declare(Span)
    key: cython.int
    while metadata.at < metadata.end:
        key = metadata.at[0]
        metadata.at += 1
        if key == 0x0A:  # plugin_data
            if not _part(cython.address(metadata), cython.address(part)):
                return -1
            plugin = _plugin_name(part)
            if plugin < 0:
                return -1
        elif key in (0x12, 0x1A):  # display_name, summary_description
            if not _ascii(cython.address(metadata)):
                return -1
        elif key != 0x20 or not _varint(cython.address(metadata), cython.address(number)):
            return -1  # all but data_class
        if seen >> (key >> 3) & 1:
            return -1
        seen |= 1 << (key >> 3)
    return plugin


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _plugin_name(data: Span) -> cython.int:
    plugin: cython.int = NAMELESS
    seen: cython.int = 0
    part: Span = cython.declare(Span)
    key: cython.int
    size: cython.Py_ssize_t
    while data.at < data.end:
        key = data.at[0]
        data.at += 1
        if key not in (0x0A, 0x12) or not _part(cython.address(data), cython.address(part)):
            return -1
        if seen >> (key >> 3) & 1:
            return -1
        seen |= 1 << (key >> 3)
        if key == 0x0A:  # plugin_name
            size = part.end - part.at
            if not _is_ascii(part.at, part.end):
                return -1
            if size == 7 and memcmp(part.at, b"scalars", 7) == 0:
                plugin = SCALARS
            elif size == 4 and memcmp(part.at, b"text", 4) == 0:
                plugin = TEXT
            elif size > 0:
                plugin = OTHER
    return plugin


# ---- tensors: the rules of tensors.number_in -----------------------------------------------------


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _has_one_element(shape: Span) -> cython.int:
    """Whether a TensorShapeProto says so: 1 or 0; -1 is rare."""
    one: cython.int = 1
    size: uint64_t
    dim: Span = cython.declare(Span)
    while shape.at < shape.end:
        if shape.at[0] != 0x12:  # dim
            return -1
        shape.at += 1
        if not _part(cython.address(shape), cython.address(dim)):
            return -1
        size = 0
        if dim.at < dim.end:
            if dim.at[0] != 0x08:
                return -1
            dim.at += 1
            if not _varint(cython.address(dim), cython.address(size)) or dim.at < dim.end:
                return -1
        if size != 1:
            one = 0
    return one


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _field_of(dtype: uint64_t) -> cython.int:
    """The repeated field that holds the elements of a type; 0 for types that hold no number."""
    if dtype == 1:  # float
        return 5
    if dtype == 2:  # double
        return 6
    if dtype in (3, 4, 5, 6, 17):  # int32, uint8, int16, int8, uint16
        return 7
    if dtype == 9:  # int64
        return 10
    if dtype == 10:  # bool
        return 11
    if dtype in (14, 19):  # bfloat16, half
        return 13
    if dtype == 22:  # uint32
        return 16
    if dtype == 23:  # uint64
        return 17
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _tensor(tensor: Span, number: cython.pointer[Number]) -> cython.int:
    """Look for the one number of a TensorProto; TEXT if it holds strings, RARE if it is odd."""
    content: Span = cython.declare(Span)
    elements: Span = cython.declare(Span)
    part: Span = cython.declare(Span)
    content.at = content.end = elements.at = elements.end = cython.NULL
    dtype: uint64_t = 0
    key: uint64_t = 0
    ignored: uint64_t = 0
    seen: uint64_t = 0
    elements_key: uint64_t = 0
    field: cython.int
    one: cython.int = 1
    number.is_there = False
    number.size = 0
    while tensor.at < tensor.end:
        if not _varint(cython.address(tensor), cython.address(key)) or key < 8 or key > 0x8A:
            return RARE
        field = key >> 3
        if seen >> field & 1 and key != 0x42:
            return RARE
        seen |= cython.cast(uint64_t, 1) << field
        if key == 0x08:  # dtype
            if not _varint(cython.address(tensor), cython.address(dtype)):
                return RARE
        elif key == 0x12:  # tensor_shape
            if not _part(cython.address(tensor), cython.address(part)):
                return RARE
            one = _has_one_element(part)
            if one < 0:
                return RARE
        elif key == 0x18:  # version_number
            if not _varint(cython.address(tensor), cython.address(ignored)):
                return RARE
        elif key == 0x22:  # tensor_content
            if not _part(cython.address(tensor), cython.address(content)):
                return RARE
        elif key == 0x42:  # string_val
            if not _part(cython.address(tensor), cython.address(part)):
                return RARE
        elif elements_key:
            return RARE
        else:
            elements_key = key
            elements.at = tensor.at
            if key & 7 == 2:  # packed
                if not _part(cython.address(tensor), cython.address(elements)):
                    return RARE
            elif key == 0x2D and tensor.end - tensor.at >= 4:
                tensor.at += 4
            elif key == 0x31 and tensor.end - tensor.at >= 8:
                tensor.at += 8
            elif key & 7 != 0 or not _varint(cython.address(tensor), cython.address(ignored)):
                return RARE
            if key & 7 != 2:
                elements.end = tensor.at
    if dtype == 7:  # strings
        return RARE if elements_key else TEXT
    field = _field_of(dtype)
    if field == 0 or (elements_key and elements_key >> 3 != cython.cast(uint64_t, field)):
        return RARE
    if seen >> 8 & 1:
        return RARE
    if content.at < content.end:
        if elements_key:
            return RARE
        return _number_in_content(dtype, content, one, number)
    return _number_in_elements(dtype, elements, elements_key, one, number)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _number_in_content(
    dtype: uint64_t, content: Span, one: cython.bint, number: cython.pointer[Number]
) -> cython.int:
    at: Bytes = content.at
    size: cython.Py_ssize_t = content.end - at
    value: cython.double = 0
    wanted: cython.int
    if dtype in (1, 3, 22):
        wanted = 4
    elif dtype in (2, 9, 23):
        wanted = 8
    elif dtype in (5, 14, 17, 19):
        wanted = 2
    else:
        wanted = 1
    if size != wanted or not one:
        return TAKEN
    if dtype == 1:
        number.at = at
        number.size = 4
        value = load_f32(at)
    elif dtype == 2:
        number.at = at
        number.size = 8
        value = load_f64(at)
    elif dtype == 3:
        value = cython.cast(int32_t, load_u32(at))
    elif dtype == 4:
        value = at[0]
    elif dtype == 5:
        value = cython.cast(cython.short, load_u16(at))
    elif dtype == 6:
        value = cython.cast(cython.schar, at[0])
    elif dtype == 9:
        value = cython.cast(cython.double, cython.cast(int64_t, load_u64(at)))
    elif dtype == 10:
        value = at[0] != 0
    elif dtype == 17:
        value = load_u16(at)
    elif dtype == 22:
        value = load_u32(at)
    elif dtype == 23:
        value = cython.cast(cython.double, load_u64(at))
    else:
        return _small_float(dtype, load_u16(at), number)
    number.value = value
    number.is_there = True
    return TAKEN


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _small_float(dtype: uint64_t, bits: uint16_t, number: cython.pointer[Number]) -> cython.int:
    wide: uint32_t
    if dtype == 14:  # bfloat16: the upper half of a float32
        wide = cython.cast(uint32_t, bits) << 16
        number.value = load_f32(cython.cast(Bytes, cython.address(wide)))
    elif bits & 0x7C00 == 0x7C00 and bits & 0x3FF:
        return RARE  # which NaN becomes of it is Python's to say
    else:
        number.value = half_to_double(bits)
    number.is_there = True
    return TAKEN


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _number_in_elements(
    dtype: uint64_t,
    elements: Span,
    key: uint64_t,
    one: cython.bint,
    number: cython.pointer[Number],
) -> cython.int:
    first: uint64_t = 0
    more: uint64_t = 0
    wide: cython.int = 8 if dtype == 2 else 4
    size: cython.Py_ssize_t = elements.end - elements.at
    if key == 0:
        return TAKEN
    if dtype in (1, 2):
        if size % wide:
            return RARE
        if size != wide or not one:
            return TAKEN
        number.at = elements.at
        number.size = wide
        number.value = load_f32(elements.at) if wide == 4 else load_f64(elements.at)
        number.is_there = True
        return TAKEN
    if size == 0:
        return TAKEN
    if not _varint(cython.address(elements), cython.address(first)):
        return RARE
    if elements.at < elements.end:
        while elements.at < elements.end:
            if not _varint(cython.address(elements), cython.address(more)):
                return RARE
        return TAKEN
    if not one:
        return TAKEN
    if dtype == 9:
        number.value = cython.cast(cython.double, cython.cast(int64_t, first))
    elif dtype == 23:
        number.value = cython.cast(cython.double, first)
    elif dtype == 10:
        number.value = first != 0
    elif dtype == 22:
        if first >> 32:
            return RARE
        number.value = cython.cast(cython.double, first)
    else:
        # int32, as which it is stored whatever the type is: sign extended to 64 bits.
        if cython.cast(int64_t, first) != cython.cast(int32_t, cython.cast(uint32_t, first)):
            return RARE
        if dtype in (14, 19):
            return _small_float(dtype, cython.cast(uint16_t, first & 0xFFFF), number)
        number.value = cython.cast(cython.double, cython.cast(int64_t, first))
    number.is_there = True
    return TAKEN


# ---- columns -------------------------------------------------------------------------------------


@cython.final
@cython.cclass
class Memory:
    """A column that was handed out; freed with the last NumPy array that looks at it."""

    start: cython.p_void
    size: cython.Py_ssize_t

    def __getbuffer__(self, buffer: cython.pointer[Py_buffer], flags: cython.int) -> None:
        PyBuffer_FillInfo(buffer, self, self.start, self.size, 0, flags)

    def __dealloc__(self) -> None:
        free(self.start)


@cython.cfunc
def _array(start: cython.p_void, size: cython.Py_ssize_t, dtype: Any) -> Any:
    """A NumPy array of ``size`` elements of 8 bytes on the memory at ``start``, now its own."""
    # What growing took too much goes back; a block that becomes smaller stays where it is.
    smaller: cython.p_void = realloc(start, size * 8)
    memory: Memory = Memory()
    memory.start = smaller if smaller != cython.NULL else start
    memory.size = size * 8
    return np.frombuffer(cython.cast(object, memory), dtype)


@cython.cfunc
def _column(tag: cython.pointer[Tag]) -> Any:
    """The points of ``tag``, in memory that is no longer its own.

    Many points keep room for more behind them, so that appending to them need not copy them all:
    memory that nobody has written to costs nothing.
    """
    size: cython.Py_ssize_t = tag.size
    room: cython.Py_ssize_t = size
    if size >= 4096:
        room = min(tag.capacity, size + size // 32)
    int64: Any = np.int64
    float64: Any = np.float64
    step: Any = _array(tag.step, room, int64)
    tag.step = cython.NULL
    wall_time: Any = _array(tag.wall_time, room, float64)
    tag.wall_time = cython.NULL
    value: Any = _array(tag.value, room, float64)
    tag.value = cython.NULL
    tag.taken += size
    tag.size = tag.capacity = 0
    if room == size:
        return Column(step, wall_time, value)
    whole: Any = Column(step, wall_time, value)
    return RoomyColumn(step[:size], wall_time[:size], value[:size], whole)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _grow(tag: cython.pointer[Tag], capacity: cython.Py_ssize_t) -> cython.bint:
    """Room for more points. Large blocks are moved by their page tables, not copied."""
    step: cython.p_void = realloc(tag.step, capacity * 8)
    if step == cython.NULL:
        return False
    tag.step = cython.cast(cython.pointer[int64_t], step)
    wall_time: cython.p_void = realloc(tag.wall_time, capacity * 8)
    if wall_time == cython.NULL:
        return False
    tag.wall_time = cython.cast(cython.p_double, wall_time)
    value: cython.p_void = realloc(tag.value, capacity * 8)
    if value == cython.NULL:
        return False
    tag.value = cython.cast(cython.p_double, value)
    tag.capacity = capacity
    return True


# ---- the kernel ----------------------------------------------------------------------------------


@cython.final
@cython.cclass
class Kernel:
    """Walks over records; holds what is known of each tag, and the points since the last take."""

    events: cython.Py_ssize_t = cython.declare(cython.Py_ssize_t, visibility="readonly")
    points: cython.Py_ssize_t = cython.declare(cython.Py_ssize_t, visibility="readonly")
    bytes_read: cython.Py_ssize_t = cython.declare(cython.Py_ssize_t, visibility="readonly")
    first_wall_time: cython.double = cython.declare(cython.double, visibility="readonly")
    last_wall_time: cython.double = cython.declare(cython.double, visibility="readonly")

    # Tags from 1 on: number 0 stands for none, and behind it comes the first that is expected.
    _tags: cython.pointer[Tag]
    _count: cython.Py_ssize_t
    _room: cython.Py_ssize_t
    # Those that have points, in the order in which they had the first.
    _order: cython.pointer[cython.Py_ssize_t]
    _filled: cython.Py_ssize_t
    # By hash: the number of a tag, 0 for a free place; a power of two of them.
    _places: cython.pointer[cython.Py_ssize_t]
    _mask: cython.size_t
    _latest: cython.Py_ssize_t
    _has_others: cython.bint
    # Where the walk began, where it is, and the length of the record there.
    _start: cython.Py_ssize_t
    _at: cython.Py_ssize_t
    _length: uint64_t
    # How many bytes are to be fed until the next take, as far as that is known.
    _expected: cython.double
    # The event that is being taken apart.
    _step: int64_t
    _wall_time: cython.double

    def __cinit__(self) -> None:
        if not self._make_room(16):
            raise MemoryError
        memset(self._tags, 0, cython.sizeof(Tag))
        self._tags[0].shape_size = -1
        self._count = 1
        self._begin()

    def __dealloc__(self) -> None:
        number: cython.Py_ssize_t
        for number in range(self._count):
            free(self._tags[number].name)
            free(self._tags[number].shape)
            free(self._tags[number].step)
            free(self._tags[number].wall_time)
            free(self._tags[number].value)
        free(self._tags)
        free(self._order)
        free(self._places)

    @cython.cfunc
    def _begin(self) -> None:
        self.events = self.points = self.bytes_read = self._filled = 0
        self._start = self._at = 0
        self._expected = 0.0
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

    def expect(self, size: cython.double) -> None:
        """About ``size`` bytes are to be fed until the next take."""
        self._expected = size

    def count(self, wall_time: cython.double) -> None:
        """One more event: a rare one, of this wall time."""
        self.events += 1
        if self.last_wall_time < wall_time < INFINITY:
            self.last_wall_time = wall_time
        if 0.0 < wall_time < self.first_wall_time:
            self.first_wall_time = wall_time

    def append(
        self, tag: str, step: int64_t, wall_time: cython.double, value: cython.double
    ) -> None:
        """A point of a rare event."""
        if not self._append(self._number_of(tag), step, wall_time, value):
            raise MemoryError

    def plugin(self, tag: str) -> str | None:
        """The plugin that the tag's first metadata named ("other" for most); None: none did."""
        plugin: cython.int = self._tags[self._number_of(tag)].plugin
        return (None, "", "scalars", "text", "other")[plugin]

    def learn_plugin(self, tag: str, plugin: str) -> None:
        """Metadata of a rare event named the tag's plugin."""
        known = {"": NAMELESS, "scalars": SCALARS, "text": TEXT}
        self._learn(self._number_of(tag), known.get(plugin, OTHER))

    def note(self, tag: str, wall_time: cython.double) -> None:
        """A value of a rare event that is neither a number nor a text."""
        self._note(self._number_of(tag), wall_time)

    def take_others(self) -> dict[str, float]:
        """By tag, the time of the latest value since the last call that is no number or text."""
        found: dict[str, float] = {}
        number: cython.Py_ssize_t
        if self._has_others:
            for number in range(1, self._count):
                if self._tags[number].other_at > 0.0:
                    found[self._name(number)] = self._tags[number].other_at
                self._tags[number].other_at = 0.0
        self._has_others = False
        return found

    def points_so_far(self) -> dict[str, int]:
        """How many points each tag has had since the beginning of the file."""
        found: dict[str, int] = {}
        number: cython.Py_ssize_t
        for number in range(1, self._count):
            size: cython.Py_ssize_t = self._tags[number].taken + self._tags[number].size
            if size:
                found[self._name(number)] = size
        return found

    def take(self) -> dict[str, Column]:
        """The points since the last call, by tag, in memory that is no longer the kernel's."""
        found: dict[str, Column] = {}
        place: cython.Py_ssize_t
        for place in range(self._filled):
            number: cython.Py_ssize_t = self._order[place]
            found[self._name(number)] = _column(self._tags + number)
        self._begin()
        return found

    @cython.cfunc
    def _name(self, number: cython.Py_ssize_t) -> str:
        tag: cython.pointer[Tag] = self._tags + number
        return tag.name[: tag.name_size].decode("utf-8")

    @cython.cfunc
    @cython.exceptval(-1)
    def _number_of(self, name: str) -> cython.Py_ssize_t:
        encoded: bytes = name.encode("utf-8")
        start: Bytes = encoded
        number: cython.Py_ssize_t = self._find(start, len(encoded), True)
        if number < 0:
            raise MemoryError
        return number

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
            elif key not in (0x1A, 0x22, 0x2A, 0x32) or not _part(  # histogram, image, histo, audio
                cython.address(span), cython.address(part)
            ):
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
    def _note(self, number: cython.Py_ssize_t, wall_time: cython.double) -> cython.void:
        self._has_others = True
        self._tags[number].other_at = wall_time

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

    # ---- tags

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _learn(self, number: cython.Py_ssize_t, plugin: cython.int) -> cython.void:
        self._tags[number].plugin = plugin
        # It may be no scalar any more.
        self._tags[number].shape_size = -1
        self._tags[number].number_size = 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _append(
        self,
        number: cython.Py_ssize_t,
        step: int64_t,
        wall_time: cython.double,
        value: cython.double,
    ) -> cython.bint:
        tag: cython.pointer[Tag] = self._tags + number
        if tag.size == tag.capacity and not self._prepare(number):
            return False
        tag.step[tag.size] = step
        tag.wall_time[tag.size] = wall_time
        tag.value[tag.size] = value
        tag.size += 1
        self.points += 1
        return True

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _prepare(self, number: cython.Py_ssize_t) -> cython.bint:
        """Make room for a point more: for all that are to come, if they come as so far.

        What is not used of it costs nothing: the system gives memory when it is written to.
        """
        tag: cython.pointer[Tag] = self._tags + number
        if tag.size == 0:
            self._order[self._filled] = number
            self._filled += 1
            return _grow(tag, 64)
        read: cython.double = self.bytes_read + self._at - self._start + 1
        all_: cython.double = tag.size * (self._expected / read) * 1.02 + 16
        if all_ > tag.size * 2 and _grow(tag, cython.cast(cython.Py_ssize_t, all_)):
            return True
        return _grow(tag, tag.size * 2)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _find(
        self, name: Bytes, size: cython.Py_ssize_t, is_text: cython.bint
    ) -> cython.Py_ssize_t:
        """The number of a tag, new or known; 0 if it may be no text, -1 without memory."""
        number: cython.Py_ssize_t = self._tags[self._latest].next
        tag: cython.pointer[Tag] = self._tags + number
        if number and tag.name_size == size and memcmp(tag.name, name, size) == 0:
            return number
        hash_: uint32_t = crc32c(name, size)
        place: cython.size_t = hash_ & self._mask
        while self._places[place]:
            number = self._places[place]
            tag = self._tags + number
            if tag.hash == hash_ and tag.name_size == size and memcmp(tag.name, name, size) == 0:
                return number
            place = (place + 1) & self._mask
        if not is_text and not _is_ascii(name, name + size):
            return 0
        return self._add(name, size, hash_)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _add(self, name: Bytes, size: cython.Py_ssize_t, hash_: uint32_t) -> cython.Py_ssize_t:
        if self._count == self._room and not self._make_room(self._room * 2):
            return -1
        number: cython.Py_ssize_t = self._count
        tag: cython.pointer[Tag] = self._tags + number
        memset(tag, 0, cython.sizeof(Tag))
        tag.name = cython.cast(cython.pointer[uint8_t], realloc(cython.NULL, size + 1))
        if tag.name == cython.NULL:
            return -1
        if size:
            memcpy(tag.name, name, size)
        tag.name_size = size
        tag.hash = hash_
        tag.shape_size = -1
        self._count += 1
        self._put(number)
        return number

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _put(self, number: cython.Py_ssize_t) -> cython.void:
        place: cython.size_t = self._tags[number].hash & self._mask
        while self._places[place]:
            place = (place + 1) & self._mask
        self._places[place] = number

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _make_room(self, room: cython.Py_ssize_t) -> cython.bint:
        """Room for that many tags, a power of two; half of the places stay free."""
        number: cython.Py_ssize_t
        tags: cython.p_void = realloc(self._tags, room * cython.sizeof(Tag))
        if tags == cython.NULL:
            return False
        self._tags = cython.cast(cython.pointer[Tag], tags)
        size: cython.size_t = cython.sizeof(cython.Py_ssize_t)
        order: cython.p_void = realloc(self._order, room * size)
        if order == cython.NULL:
            return False
        self._order = cython.cast(cython.pointer[cython.Py_ssize_t], order)
        places: cython.p_void = calloc(room * 2, size)
        if places == cython.NULL:
            return False
        free(self._places)
        self._places = cython.cast(cython.pointer[cython.Py_ssize_t], places)
        self._mask = room * 2 - 1
        self._room = room
        for number in range(1, self._count):
            self._put(number)
        return True


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
