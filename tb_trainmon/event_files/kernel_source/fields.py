"""Fields, taken from the front of a span: False (or RARE) where they are not plain."""

import cython
from cython.cimports.libc.stdint import uint64_t
from cython.cimports.libc.string import memcmp
from cython.cimports.tb_trainmon.event_files.machine import (
    NAMELESS,
    OTHER,
    SCALARS,
    TEXT,
    Bytes,
    Span,
)


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


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _is_plain_medium(kind: cython.int, medium: Span) -> cython.bint:
    """Whether an image, a histogram or a sound (by its key) has the fields that writers write.

    Nothing of it is wanted, but where it is no such message its record is no event.
    """
    taken: cython.bint = True
    key: cython.int
    while taken and medium.at < medium.end:
        key = medium.at[0]
        medium.at += 1
        if kind == 0x2A:
            taken = _field_of_histogram(key, cython.address(medium))
        else:
            taken = _field_of_medium(kind, key, cython.address(medium))
    return taken


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _field_of_histogram(key: cython.int, span: cython.pointer[Span]) -> cython.bint:
    part: Span = cython.declare(Span)
    if key in (0x32, 0x3A):  # lists of numbers
        return _part(span, cython.address(part)) and (part.end - part.at) % 8 == 0
    return key in (0x09, 0x11, 0x19, 0x21, 0x29) and _passed(span, 8)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _field_of_medium(kind: cython.int, key: cython.int, span: cython.pointer[Span]) -> cython.bint:
    number: uint64_t = 0
    part: Span = cython.declare(Span)
    if key == 0x22:  # what it holds
        return _part(span, cython.address(part))
    if key in (0x10, 0x18) or (kind == 0x22 and key == 0x08):  # sizes
        return _varint(span, cython.address(number))
    if kind == 0x32 and key == 0x0D:  # a sound's sample rate
        return _passed(span, 4)
    return kind == 0x32 and key == 0x2A and _ascii(span)  # ... and its type


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _passed(span: cython.pointer[Span], size: cython.Py_ssize_t) -> cython.bint:
    """Step over ``size`` bytes."""
    if span.end - span.at < size:
        return False
    span.at += size
    return True
