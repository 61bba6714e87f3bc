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
    found = colours(drawn("loss of x", x, [1] * 100, [v + 0.1 for v in falling], falling))
    assert {(0xB3, 0xD4, 0xE8), (0x00, 0x72, 0xB2)} <= found


@pytest.mark.parametrize("value", [[], [1.0], [math.nan, 1.0], [math.inf] * 5])
def test_of_fewer_than_two_points_there_is_none(value: list[float]) -> None:
    assert drawn("t", list(range(len(value))), [1] * len(value), value, value) is None


@pytest.mark.parametrize(
    "value", [[2.0] * 5, [1.0, math.nan, math.inf, 2.0, 3.0], [1e300, -1e300, 0.0]]
)
def test_flat_broken_and_huge_courses_are_drawn(value: list[float]) -> None:
    attempts = [1] * len(value)
    assert colours(drawn("模型\nx", list(range(len(value))), attempts, value, value))


def test_a_course_that_stays_at_its_step_is_drawn() -> None:
    assert colours(drawn("t", [5, 5], [1, 2], [1.0, 2.0], [1.0, 2.0]))


def test_no_line_leads_from_one_attempt_to_the_next() -> None:
    x, value = [0, 10, 10, 20], [1.0, 1.0, 9.0, 9.0]
    joined, apart = drawn("t", x, [1] * 4, value, value), drawn("t", x, [1, 1, 2, 2], value, value)
    assert joined != apart
    assert apart is not None
    middle = Image.open(io.BytesIO(apart)).convert("RGB").crop((100, 60, 784, 320))
    assert (0x00, 0x72, 0xB2) not in {colour for _, colour in middle.getcolors(1 << 20) or []}
