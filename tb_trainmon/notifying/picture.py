"""The course of a metric as a small picture, for services that take one."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from tb_trainmon.core.errors import RequestError
from tb_trainmon.routes import endpoints
from tb_trainmon.routes.parameters import Query
from tb_trainmon.tasks.service import Tasks

_SIZE = (800, 360)  # pixels
_MARGINS = (70, 34, 16, 28)  # left, top, right, bottom
_POINTS = 1200  # at most; the series route keeps the extremes of what it leaves out
_PAPER, _INK, _GRID = "#ffffff", "#444444", "#dddddd"
_RAW, _SMOOTH = "#b3d4e8", "#0072b2"
_FEWEST = 2  # points that make a line

Line = Sequence[tuple[float, float]]


def picture_of(service: Tasks, task_id: str) -> bytes | None:
    """A PNG of the task's leading metric, as logged and smoothed; None where there is no course.

    Needs Pillow, and is left out where that is not installed.
    """
    try:
        metric = endpoints.task(service, Query(task=task_id))["metrics"][0]["metric"]
        asked = Query(task=task_id, metric=metric, view="all", limit=_POINTS, ema=0.8)
        series = endpoints.series(service, asked)["series"][metric]
        columns = (series[name] for name in ("x", "attempt", "value", "smoothed"))
        return drawn(f"{metric} of {task_id}", *columns)
    except (RequestError, IndexError, ImportError):
        return None


def drawn(
    title: str,
    x: Sequence[int],
    attempt: Sequence[int],
    value: Sequence[float],
    smoothed: Sequence[float],
) -> bytes | None:
    """A PNG of both lines over x: a line for each attempt, gaps where a value is not finite.

    None of fewer than two points.
    """
    # Late: most letters have no picture.
    from PIL import Image, ImageDraw  # noqa: PLC0415

    finite = [(a, v) for a, v in zip(x, value, strict=True) if math.isfinite(v)]
    if len(finite) < _FEWEST:
        return None
    field = _Field(
        finite[0][0], max(finite[-1][0], finite[0][0] + 1), *_range([v for _, v in finite])
    )
    image = Image.new("RGB", _SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    for level in (field.low, (field.low + field.high) / 2, field.high):
        draw.line([field.pixel(field.begin, level), field.pixel(field.end, level)], _GRID)
        draw.text((8, field.pixel(field.begin, level)[1] - 6), f"{level:.4g}", _INK)
    for colour, values, thickness in ((_RAW, value, 1), (_SMOOTH, smoothed, 2)):
        for line in _lines(x, attempt, values):
            draw.line([field.pixel(*point) for point in line], colour, thickness)
    left, right = _MARGINS[0], _SIZE[0] - _MARGINS[2]
    draw.text((left, 8), title.encode("ascii", "replace").decode(), _INK)
    draw.text((left, _SIZE[1] - 20), f"step {field.begin:,.0f}", _INK)
    draw.text((right, _SIZE[1] - 20), f"{field.end:,.0f}", _INK, anchor="ra")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


class _Field(NamedTuple):
    """What of x and of the values the picture shows."""

    begin: float
    end: float
    low: float
    high: float

    def pixel(self, x: float, value: float) -> tuple[float, float]:
        """Where a point lies."""
        left, top, right, bottom = _MARGINS
        width, height = _SIZE[0] - left - right, _SIZE[1] - top - bottom
        across = (x - self.begin) / (self.end - self.begin)
        up = (value - self.low) / (self.high - self.low)
        return left + width * across, top + height * (1 - up)


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _lines(x: Sequence[int], attempt: Sequence[int], values: Sequence[float]) -> list[Line]:
    """The stretches of one attempt without a gap."""
    points = zip(x, attempt, values, strict=True)
    stretches = groupby(points, key=lambda point: (math.isfinite(point[2]), point[1]))
    found = [[(a, v) for a, _, v in line] for (finite, _), line in stretches if finite]
    return [line for line in found if len(line) >= _FEWEST]
