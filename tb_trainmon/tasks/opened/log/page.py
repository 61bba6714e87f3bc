"""A page of a training log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tb_trainmon.tasks.opened.log.entries import Entry


@dataclass(frozen=True, slots=True)
class Question:
    """``limit`` rows of ``types`` (none named: all) whose text holds all ``words``.

    The newest below the cursor ``before``; or those from number ``first`` on, see Page.
    """

    limit: int
    before: int | None = None
    types: Sequence[str] = ()
    words: Sequence[str] = ()
    first: int | None = None

    def window(self, total: int, end: int) -> range:
        """The numbers of the rows that are asked for, of ``total`` that match.

        ``end`` of them lie below the cursor.
        """
        if self.first is None:
            return range(max(end - self.limit, 0), end)
        return range(min(self.first, total), min(self.first + self.limit, total))


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first.

    ``total`` rows match what was asked for, and ``counts`` those of each type that match but for
    their type. ``first`` numbers the page's oldest row among the matching, from 0 at the oldest;
    ``next`` is the cursor to ask older rows with, None at the first. ``unsearched`` of the log's
    oldest rows have not been looked at; where it ``goes_on``, the next question looks at more.
    """

    entries: Sequence[Entry]
    first: int
    next: int | None
    total: int
    counts: Mapping[str, int]
    unsearched: int
    goes_on: bool
    source: Literal["event files", "table"]
