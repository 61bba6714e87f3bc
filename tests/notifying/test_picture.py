"""The picture of a course."""

from __future__ import annotations

import io
import math

import pytest
from PIL import Image

from tb_trainmon.notifying.picture import drawn


def colours(picture: bytes | None) -> set[tuple[int, ...]]:
    assert picture is not None
    image = Image.open(io.BytesIO(picture))
    assert image.format == "PNG"
    found = image.convert("RGB").getcolors(1 << 20) or []
    return {colour for _, colour in found if isinstance(colour, tuple)}


def test_both_lines_are_there() -> None:
    x = list(range(100))
    falling = [1 / (1 + n) for n in x]
    found = colours(drawn("loss of x", x, [v + 0.1 for v in falling], falling))
    assert {(0xB3, 0xD4, 0xE8), (0x00, 0x72, 0xB2)} <= found


@pytest.mark.parametrize("value", [[], [1.0], [math.nan, 1.0], [math.inf] * 5])
def test_of_fewer_than_two_points_there_is_none(value: list[float]) -> None:
    assert drawn("t", list(range(len(value))), value, value) is None


@pytest.mark.parametrize(
    "value", [[2.0] * 5, [1.0, math.nan, math.inf, 2.0, 3.0], [1e300, -1e300, 0.0]]
)
def test_flat_broken_and_huge_courses_are_drawn(value: list[float]) -> None:
    assert colours(drawn("模型\nx", list(range(len(value))), value, value))
