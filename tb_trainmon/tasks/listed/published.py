"""What was said last of each task, and since when: a list can be asked for what came since.

Not safe by itself: the catalogue holds its lock.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from tb_trainmon.core.revisions import revision_in
from tb_trainmon.tasks.listed.judgements import Judged


class Published:
    """Judgements by the id of their task, each of which knows the number of its publication."""

    def __init__(self) -> None:
        self._boot = secrets.token_hex(6)
        self._judged: dict[str, Judged] = {}
        # How often judgements were published, and when one was last dropped.
        self._publications = self._dropped_at = 0

    def __contains__(self, task_id: str) -> bool:
        return task_id in self._judged

    def __len__(self) -> int:
        return len(self._judged)

    def __iter__(self) -> Iterator[Judged]:
        return iter(self._judged.values())

    @property
    def revision(self) -> str:
        """Names what is published now, for a later question of what came since."""
        return f"{self._boot}:{self._publications}"

    def get(self, task_id: str) -> Judged | None:
        """What was said of a task; None where nothing was yet."""
        return self._judged.get(task_id)

    def of(self, task_ids: Iterable[str]) -> list[Judged]:
        """What was said of those of the tasks that were judged."""
        return [self._judged[id_] for id_ in task_ids if id_ in self._judged]

    def publish(self, judged: Sequence[Judged]) -> None:
        """Say this of their tasks from now on; what was said before may only be kept otherwise."""
        told = [each for each in judged if not each.publication]
        self._publications += bool(told)
        if any(not each.is_task and self._was_told(each.layout.id) for each in told):
            self._dropped_at = self._publications
        for each in told:
            each.publication = self._publications
        self._judged.update((each.layout.id, each) for each in judged)

    def forget_all_but(self, task_ids: AbstractSet[str]) -> list[Judged]:
        """Say nothing more of tasks that are gone: what was said of them."""
        gone = self._judged.keys() - task_ids
        if gone:
            self._publications += 1
            self._dropped_at = self._publications
        return [self._judged.pop(task_id) for task_id in gone]

    def number(self, revision: str | None) -> int | None:
        """The publication that ``revision`` names, after which nothing was dropped, or None."""
        number = revision_in(revision, self._boot)
        known = number is not None and self._dropped_at <= number <= self._publications
        return number if known else None

    def _was_told(self, task_id: str) -> bool:
        return task_id in self._judged and self._judged[task_id].is_task
