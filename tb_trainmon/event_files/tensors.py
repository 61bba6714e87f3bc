"""The one number, or the first text, in a TensorProto.

A tensor's elements stand either in ``tensor_content`` (little-endian, packed) or in the repeated
field of its type; several small types share a field. Source:
``tensorboard/compat/proto/tensor.proto``, ``tensorboard.util.tensor_util.make_ndarray``.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Any

from tensorboard.compat.proto import types_pb2 as types

# What TensorBoard's generated modules do not type.
TensorProto = Any


def _packed(layout: str) -> Callable[[bytes], float]:
    unpack = Struct("<" + layout).unpack
    return lambda content: float(unpack(content)[0])


def _bfloat16(content: bytes) -> float:
    # A bfloat16 is the upper half of a float32.
    return float(_FLOAT32.unpack(b"\0\0" + content)[0])


def _from_bits(
    decode: Callable[[bytes], float],
) -> Callable[[int], float]:
    return lambda bits: decode((bits & 0xFFFF).to_bytes(2, "little"))


_FLOAT32 = Struct("<f")
_HALF = _packed("e")

# By type: the bytes of an element in ``tensor_content``, how to read them, the repeated field,
# and how to read an element of that (None: it is the number).
_NUMBERS: dict[int, tuple[int, Callable[[bytes], float], str, Callable[[int], float] | None]] = {
    types.DT_FLOAT: (4, _packed("f"), "float_val", None),
    types.DT_DOUBLE: (8, _packed("d"), "double_val", None),
    types.DT_HALF: (2, _HALF, "half_val", _from_bits(_HALF)),
    types.DT_BFLOAT16: (2, _bfloat16, "half_val", _from_bits(_bfloat16)),
    types.DT_BOOL: (1, _packed("?"), "bool_val", None),
    types.DT_INT8: (1, _packed("b"), "int_val", None),
    types.DT_INT16: (2, _packed("h"), "int_val", None),
    types.DT_INT32: (4, _packed("i"), "int_val", None),
    types.DT_INT64: (8, _packed("q"), "int64_val", None),
    types.DT_UINT8: (1, _packed("B"), "int_val", None),
    types.DT_UINT16: (2, _packed("H"), "int_val", None),
    types.DT_UINT32: (4, _packed("I"), "uint32_val", None),
    types.DT_UINT64: (8, _packed("Q"), "uint64_val", None),
}


def number_in(tensor: TensorProto) -> float | None:
    """The number in a tensor of exactly one element, whatever its rank; None for any other.

    Integers beyond 2**53 are rounded to the nearest float64.
    """
    known = _NUMBERS.get(tensor.dtype)
    if known is None or any(dim.size != 1 for dim in tensor.tensor_shape.dim):
        return None
    size, unpack, field, convert = known
    content: bytes = tensor.tensor_content
    if content:
        return unpack(content) if len(content) == size else None
    elements = getattr(tensor, field)
    if len(elements) != 1:
        return None
    return convert(elements[0]) if convert else float(elements[0])


def text_in(tensor: TensorProto) -> str | None:
    """The first string of a string tensor, bytes that are no UTF-8 replaced; None for any other."""
    if tensor.dtype != types.DT_STRING or not tensor.string_val:
        return None
    first: bytes = tensor.string_val[0]
    return first.decode("utf-8", "replace")
