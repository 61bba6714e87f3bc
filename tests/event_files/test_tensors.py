from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from tensorboard.compat.proto import types_pb2 as types
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.util.tensor_util import make_ndarray, make_tensor_proto

from tb_trainmon.event_files.tensors import number_in, text_in


def shape(*sizes: int) -> Any:
    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])


ANY: list[float] = [0, 1, 100]
SIGNED = [*ANY, -2]
REAL = [*SIGNED, 3.140625, -0.0, math.nan, math.inf, -math.inf]
NUMBERS: dict[str, list[float]] = {
    **dict.fromkeys(["f2", "f4", "f8"], REAL),
    **dict.fromkeys(["i1", "i2", "i4", "i8"], SIGNED),
    **dict.fromkeys(["u1", "u2", "bool"], ANY),
}


@pytest.mark.parametrize(
    ("dtype", "number"), [(dtype, number) for dtype, all_ in NUMBERS.items() for number in all_]
)
def test_every_type_is_read_as_tensorboard_reads_it(dtype: str, number: float) -> None:
    """From the repeated field and from packed content."""
    kind = np.dtype(dtype)
    array = np.array(number, dtype=kind)
    fields = make_tensor_proto(array)
    content = TensorProto(dtype=fields.dtype, tensor_content=array.tobytes())
    expected = np.float64(make_ndarray(fields).item())
    for tensor in (fields, content):
        assert np.array(number_in(tensor), dtype=float).tobytes() == expected.tobytes()


def test_the_types_that_tensorboard_does_not_read_are_read() -> None:
    tensors = [
        TensorProto(dtype=types.DT_UINT32, uint32_val=[2**32 - 1]),
        TensorProto(dtype=types.DT_UINT32, tensor_content=b"\xff\xff\xff\xff"),
        TensorProto(dtype=types.DT_UINT64, uint64_val=[2**53]),
        TensorProto(dtype=types.DT_BFLOAT16, half_val=[0x4049]),
        TensorProto(dtype=types.DT_BFLOAT16, tensor_content=b"\x49\x40"),
    ]
    assert [number_in(tensor) for tensor in tensors] == [
        2**32 - 1, 2**32 - 1, 2**53, 3.140625, 3.140625
    ]  # fmt: skip


def test_one_element_of_any_rank_is_a_number() -> None:
    assert (
        number_in(TensorProto(dtype=types.DT_FLOAT, tensor_shape=shape(1, 1), float_val=[2])) == 2
    )


@pytest.mark.parametrize(
    "tensor",
    [
        TensorProto(),
        TensorProto(dtype=types.DT_FLOAT),
        TensorProto(dtype=types.DT_FLOAT, float_val=[1, 2]),
        TensorProto(dtype=types.DT_FLOAT, double_val=[1]),
        TensorProto(dtype=types.DT_FLOAT, tensor_shape=shape(0)),
        TensorProto(dtype=types.DT_FLOAT, tensor_shape=shape(3), float_val=[1]),
        TensorProto(dtype=types.DT_FLOAT, tensor_shape=shape(-1), float_val=[1]),
        TensorProto(dtype=types.DT_FLOAT, tensor_content=b"12345678"),
        TensorProto(dtype=types.DT_FLOAT, tensor_content=b"123"),
        TensorProto(dtype=types.DT_STRING, string_val=[b"1.0"]),
        TensorProto(dtype=types.DT_COMPLEX64, scomplex_val=[1, 0]),
        TensorProto(dtype=9999, float_val=[1]),
    ],
)
def test_any_other_tensor_is_no_number(tensor: Any) -> None:
    assert number_in(tensor) is None


def test_a_text_is_the_first_string() -> None:
    assert text_in(TensorProto(dtype=types.DT_STRING, string_val=[b"one", b"two"])) == "one"
    assert text_in(TensorProto(dtype=types.DT_STRING, string_val=["é".encode()])) == "é"


def test_a_text_that_is_no_utf8_is_shown_as_far_as_it_is() -> None:
    assert text_in(TensorProto(dtype=types.DT_STRING, string_val=[b"caf\xe9"])) == "caf\ufffd"


def test_a_tensor_without_strings_is_no_text() -> None:
    assert text_in(TensorProto(dtype=types.DT_STRING)) is None
    assert text_in(TensorProto(dtype=types.DT_FLOAT, float_val=[1])) is None
