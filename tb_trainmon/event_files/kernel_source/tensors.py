"""Numbers in tensors: the rules of ``tensors.number_in``."""

# ruff: noqa: C901, PLR0911, PLR0912  (one call for each field would cost as much as it)

import cython
from cython.cimports.libc.stdint import int32_t, int64_t, uint16_t, uint32_t, uint64_t
from cython.cimports.tb_trainmon.event_files.machine import (
    RARE,
    TAKEN,
    TEXT,
    Bytes,
    Number,
    Span,
    half_to_double,
    load_f32,
    load_f64,
    load_u16,
    load_u32,
    load_u64,
)

if not cython.compiled:
    from tb_trainmon.event_files.kernel_source.fields import _part, _passed, _varint


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
def _elements(
    tensor: cython.pointer[Span], key: uint64_t, elements: cython.pointer[Span]
) -> cython.bint:
    """Take a field of numbers, packed or not."""
    ignored: uint64_t = 0
    is_taken: cython.bint
    elements.at = tensor.at
    if key & 7 == 2:  # packed
        return _part(tensor, elements)
    if key == 0x2D:
        is_taken = _passed(tensor, 4)
    elif key == 0x31:
        is_taken = _passed(tensor, 8)
    else:
        is_taken = key & 7 == 0 and _varint(tensor, cython.address(ignored))
    elements.end = tensor.at
    return is_taken


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
    one: cython.int = 1
    number.is_there = False
    number.size = 0
    while tensor.at < tensor.end:
        if not _varint(cython.address(tensor), cython.address(key)) or key < 8 or key > 0x8A:
            return RARE
        if seen >> (key >> 3) & 1 and key != 0x42:
            return RARE
        seen |= cython.cast(uint64_t, 1) << (key >> 3)
        if key == 0x08:  # dtype
            if not _varint(cython.address(tensor), cython.address(dtype)):
                return RARE
        elif key == 0x18:  # version_number
            if not _varint(cython.address(tensor), cython.address(ignored)):
                return RARE
        elif key in (0x12, 0x22, 0x42):
            if not _part(cython.address(tensor), cython.address(part)):
                return RARE
            if key == 0x12:  # tensor_shape
                one = _has_one_element(part)
                if one < 0:
                    return RARE
            elif key == 0x22:  # tensor_content
                content = part
        elif elements_key or not _elements(cython.address(tensor), key, cython.address(elements)):
            return RARE
        else:
            elements_key = key
    if dtype == 7:  # strings
        return RARE if elements_key else TEXT
    if seen >> 8 & 1:  # ... of another type
        return RARE
    return _number_in(dtype, content, elements, elements_key, one, number)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _number_in(
    dtype: uint64_t,
    content: Span,
    elements: Span,
    elements_key: uint64_t,
    one: cython.bint,
    number: cython.pointer[Number],
) -> cython.int:
    field: uint64_t = _field_of(dtype)
    if field == 0 or (elements_key and elements_key >> 3 != field):
        return RARE
    if content.at < content.end:
        return RARE if elements_key else _number_in_content(dtype, content, one, number)
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
