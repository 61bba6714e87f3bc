"""Revisions of an open task: what there was at each, so that what came since can be told."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from tb_trainmon.core.revisions import revision_in
from tb_trainmon.tasks.opened.marks import REVISIONS_KEPT, Mark, Marks

_COUNTS_KEPT = 500_000  # numbers in their marks: a task with thousands of metrics keeps fewer


class Revisions:
    """``number`` is that of the present one; ``reset_reason`` why an earlier one is not known."""

    def __init__(self) -> None:
        self.boot = secrets.token_hex(6)
        self.number = 0
        self.reset_reason = "This cursor is from before TensorBoard was started, or too old."
        self._marks = Marks(REVISIONS_KEPT, _COUNTS_KEPT)
        self._told: object = None  # of the task, at the last of them

    @property
    def cursor(self) -> str:
        """Names the present state, for a later question of what came since."""
        return f"{self.boot}:{self.number}"

    @property
    def memory(self) -> int:
        """Bytes that they take."""
        return self._marks.memory

    def since(self, cursor: str | None) -> Mark | None:
        """The state that ``cursor`` names; None if what came since cannot be told any more."""
        revision = revision_in(cursor, self.boot)
        return None if revision is None else self._marks.at(revision)

    def start_anew(self, why: str) -> None:
        """Points are not where they were: what came since earlier revisions cannot be told."""
        self.reset_reason = why
        self.number += 1
        self._marks.clear()

    def mark(
        self, told: object, metrics: Sequence[str], count: Callable[[], list[int]], *, grew: bool
    ) -> None:
        """Mark the present state, by a revision of its own where it is not the last one's.

        ``count`` gives the points of each of ``metrics``: as many as there were, unless it ``grew``
        or they are others. ``told`` is what else a reader would notice.
        """
        last = self._marks.last
        same = last is not None and list(last.places) == metrics
        counts = list(last.counts) if last is not None and same and not grew else count()
        if last is not None:
            if same and list(last.counts) == counts and self._told == told:
                return
            self.number += 1
        self._told = told
        self._marks.add(self.number, metrics, counts)
