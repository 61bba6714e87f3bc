"""How much memory the points of one task may take, and where they are when that is not enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tb_trainmon.core.freed import give_back
from tb_trainmon.core.problem import Problem
from tb_trainmon.core.stored import KeptColumn, Store

DEFAULT_BUDGET = 1 << 30  # bytes that the points of open tasks may take
BYTES_A_POINT = 24
_LEAST = 1 << 16  # points that are read at once


class HasPoints(Protocol):
    """A file of the task."""

    @property
    def movable(self) -> int:
        """Bytes of its points that need not be in memory."""

    def put_away(self, store: Store) -> None:
        """Have them in ``store``. Raises OSError."""


class MemoryBudget:
    """Half of the budget is for the points of one task: beyond, they lie in a temporary file.

    The other half is for those that are read next, and for what is made of them.
    """

    def __init__(self, budget: int, files: Mapping[str, HasPoints]) -> None:
        self._most = budget // 2
        self._files = files
        self._store: Store | None = None
        self.problem: Problem | None = None

    @property
    def piece(self) -> int:
        """Points that are read at once."""
        return max(self._most // BYTES_A_POINT, _LEAST)

    @property
    def is_exceeded(self) -> bool:
        """Whether points lie in a file."""
        return self._store is not None

    def keep(self, more: bool = False) -> None:
        """Put points away, if they take too much; where that fails they stay in memory.

        ``more`` are about to be read: then they do.
        """
        if self.problem is not None:
            return
        if not more and sum([file.movable for file in self._files.values()]) <= self._most:
            return
        try:
            self._store = self._store or Store()
            for file in self._files.values():
                file.put_away(self._store)
        except OSError as error:
            self.problem = _no_room(error)
        give_back()

    def put_away(self, column: KeptColumn) -> None:
        """Have a column with the points that lie in the file, if there are such."""
        if self._store is None or self.problem is not None:
            return
        try:
            column.put_away(self._store)
        except OSError as error:
            self.problem = _no_room(error)


def _no_room(error: OSError) -> Problem:
    return Problem(
        "memory_exceeded",
        "--trainmon_memory",
        "The points of the task take more than half of --trainmon_memory, and cannot be put into a "
        f"temporary file: {error.strerror or error}. They stay in memory. Start TensorBoard with "
        "more, or set TMPDIR to a folder on a disk with room.",
    )
