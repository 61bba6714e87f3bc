"""What travels from a watched task to those who watch it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tb_trainmon.tasks.opened.open_task import OpenTask


@dataclass(frozen=True, slots=True)
class Parcel:
    """What came since a cursor, ready to be sent; ``cursor`` names the state behind it.

    Without ``content`` nothing came. Behind one that is the ``last`` nothing can come any more.
    """

    cursor: str
    content: bytes
    last: bool = False


class Question(Protocol):
    """What somebody wants to know of a task. Equal questions are answered once for all."""

    @property
    def task(self) -> str:
        """The task's id."""

    def __hash__(self) -> int:
        """Equal questions have equal hashes."""

    def parcel(self, opened: OpenTask, cursor: str | None) -> Parcel:
        """What came since ``cursor``. Raises RequestError where the question has no answer."""

    def reset(self, cursor: str, reason: str, *, last: bool = False) -> Parcel:
        """That everything must be asked for again, and goes on from ``cursor``."""
