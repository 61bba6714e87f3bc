"""An event taken apart field by field; nothing is changed before it is known not to be rare."""

# ruff: noqa: C901, PLR0911, PLR0912  (one call for each field would cost as much as it)

import cython
from cython.cimports.libc.stdint import int64_t, uint8_t, uint64_t
from cython.cimports.libc.stdlib import realloc
from cython.cimports.libc.string import memcmp, memcpy
from cython.cimports.tb_trainmon.event_files.machine import (
    NAMELESS,
    NO_MEMORY,
    OTHER,
    RARE,
    TAKEN,
    TEXT,
    UNKNOWN,
    Bytes,
    Found,
    Number,
    Span,
    Tag,
    load_f32,
    load_f64,
)

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


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _fields_of_value(
    value: Span,
    found: cython.pointer[Found],
    name: cython.pointer[Span],
    tensor: cython.pointer[Span],
) -> cython.bint:
    """The fields of a Summary.Value; False where they are not the usual ones."""
    part: Span = cython.declare(Span)
    seen: cython.int = 0
    bit: cython.int
    key: cython.int
    found.number.is_there = False
    found.number.size = 0
    found.plugin = UNKNOWN
    found.learns = False
    while value.at < value.end:
        key = value.at[0]
        value.at += 1
        if key > 0x7F:
            return False
        bit = 1 << (key >> 3)
        if seen & bit:
            return False
        seen |= bit
        if key == 0x15:  # simple_value
            if not _simple_value(cython.address(value), cython.address(found.number)):
                return False
            continue
        if not _part(cython.address(value), cython.address(part)):
            return False
        if key == 0x0A:  # tag
            name[0] = part
        elif key == 0x42:  # tensor
            tensor[0] = part
        elif key == 0x4A:  # metadata
            found.plugin = _plugin_of(part)
            if found.plugin < 0:
                return False
        elif key in (0x22, 0x2A, 0x32):  # image, histogram, audio
            if not _is_plain_medium(key, part):
                return False
        elif key != 0x1A:  # a histogram of long ago
            return False
    bit = seen & 0x17C  # of fields 2 to 6 and 8 there can be one
    return bit & (bit - 1) == 0


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _simple_value(span: cython.pointer[Span], number: cython.pointer[Number]) -> cython.bint:
    if span.end - span.at < 4:
        return False
    number.is_there = True
    number.value = load_f32(span.at)
    number.at = span.at
    number.size = 4
    span.at += 4
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _number_of(tensor: Span, plugin: cython.int, found: cython.pointer[Found]) -> cython.int:
    """Look for the number of a value that is a tensor, whose tag is of ``plugin``."""
    outcome: cython.int = _tensor(tensor, cython.address(found.number))
    if plugin == OTHER:
        # Looked at all the same: if it is odd, it may be that this is no event.
        found.number.is_there = False
        found.number.size = 0
    if outcome == TEXT:
        return RARE if plugin in (UNKNOWN, NAMELESS) else TAKEN
    return outcome


@cython.cclass
class Events(Tags):
    """Takes events apart that are like none before, and learns how they are made."""

    # The event that is being taken apart.
    _step: int64_t
    _wall_time: cython.double

    @cython.final
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

    @cython.final
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

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _value(self, value: Span, found: cython.pointer[Found]) -> cython.int:
        name: Span = cython.declare(Span)
        tensor: Span = cython.declare(Span)
        plugin: cython.int
        name.at = name.end = value.at
        tensor.at = tensor.end = cython.NULL
        if not _fields_of_value(value, found, cython.address(name), cython.address(tensor)):
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
        return RARE if plugin == TEXT else _number_of(tensor, plugin, found)

    @cython.final
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

    @cython.final
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
