"""What a decoder keeps by tag: the plugin that the tag belongs to, and its points."""

from __future__ import annotations

from array import array
from typing import Protocol

import numpy as np

from tb_trainmon.core.columns import Column


class Tags(Protocol):
    """What is known of the tags of one file, and their points since the last ``take``."""

    def append(self, tag: str, step: int, wall_time: float, value: float) -> None:
        """Put a point behind those of its tag."""

    def plugin(self, tag: str) -> str | None:
        """The plugin that the tag's first metadata named; None: there was none so far.

        A name other than "", "scalars" and "text" may come as any such other name.
        """

    def learn_plugin(self, tag: str, plugin: str) -> None:
        """The tag's first metadata names ``plugin``."""

    def note(self, tag: str, wall_time: float) -> None:
        """The tag has a value that is neither a number nor a text: an image, a histogram."""

    def take_others(self) -> dict[str, float]:
        """By tag, the time of its latest such value since the last call; times above 0 only."""

    def points_so_far(self) -> dict[str, int]:
        """How many points each tag has had since the beginning of the file."""

    def take(self) -> dict[str, Column]:
        """The points since the last call."""


class Points:
    """The growing columns of one tag: 24 bytes a point, handed to NumPy without a copy."""

    __slots__ = ("append_step", "append_value", "append_wall_time", "step", "value", "wall_time")

    def __init__(self) -> None:
        self.step = array("q")
        self.wall_time = array("d")
        self.value = array("d")
        # Looked up once here instead of three times a point.
        self.append_step = self.step.append
        self.append_wall_time = self.wall_time.append
        self.append_value = self.value.append

    def column(self) -> Column:
        """The points as NumPy arrays on the same memory; nothing can be appended any more."""
        return Column(
            np.frombuffer(self.step, dtype=np.int64),
            np.frombuffer(self.wall_time, dtype=np.float64),
            np.frombuffer(self.value, dtype=np.float64),
        )


class PythonTags:
    """``Tags`` in dictionaries; the kernel has its own."""

    def __init__(self) -> None:
        self.points: dict[str, Points] = {}
        self._plugins: dict[str, str] = {}
        self._taken: dict[str, int] = {}
        self._others: dict[str, float] = {}

    def points_of(self, tag: str) -> Points:
        """The columns of ``tag`` in this batch."""
        points = self.points.get(tag)
        if points is None:
            points = self.points[tag] = Points()
        return points

    def append(self, tag: str, step: int, wall_time: float, value: float) -> None:
        """Put a point behind those of its tag."""
        points = self.points_of(tag)
        points.append_step(step)
        points.append_wall_time(wall_time)
        points.append_value(value)

    def plugin(self, tag: str) -> str | None:
        """The plugin that the tag's first metadata named; None: there was none so far."""
        return self._plugins.get(tag)

    def learn_plugin(self, tag: str, plugin: str) -> None:
        """The tag's first metadata names ``plugin``."""
        self._plugins[tag] = plugin

    def note(self, tag: str, wall_time: float) -> None:
        """The tag has a value that is neither a number nor a text."""
        self._others[tag] = wall_time

    def take_others(self) -> dict[str, float]:
        """By tag, the time of its latest such value since the last call."""
        others, self._others = self._others, {}
        return {tag: at for tag, at in others.items() if at > 0.0}

    def points_so_far(self) -> dict[str, int]:
        """How many points each tag has had since the beginning of the file."""
        so_far = dict(self._taken)
        for tag, points in self.points.items():
            so_far[tag] = so_far.get(tag, 0) + len(points.step)
        return so_far

    def take(self) -> dict[str, Column]:
        """The points since the last call."""
        self._taken = self.points_so_far()
        points, self.points = self.points, {}
        return {tag: columns.column() for tag, columns in points.items()}
