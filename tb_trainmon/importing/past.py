"""A training of the past, as far as its trainer has left word of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class NotUnderstood(Exception):
    """A file is not what its name says; a phrase that says why."""


@dataclass(frozen=True, slots=True)
class Logged:
    """What a trainer logged at a step; ``wall_time`` is None where nobody wrote it down."""

    step: int
    logs: Mapping[str, Any]
    wall_time: float | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A checkpoint that is still there."""

    step: int
    path: str
    wall_time: float
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """One execution, told by ``source``.

    ``is_whole``: its trainer wrote that it came to its end.
    """

    source: str
    logged: Sequence[Logged]
    total_steps: int | None = None
    is_whole: bool = False
    saved: Sequence[Saved] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    logging_steps: int | None = None

    @property
    def last_step(self) -> int:
        """The highest step of it."""
        steps = [*(row.step for row in self.logged), *(row.step for row in self.saved)]
        return max(steps, default=0)

    @property
    def came_to_its_end(self) -> bool:
        """Whether it is certain that it completed."""
        reached = self.total_steps is not None and self.last_step >= self.total_steps
        return self.is_whole or reached
