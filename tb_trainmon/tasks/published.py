"""What was said last of each task, and since when: a list can be asked for what came since.

Not safe by itself: the catalogue holds its lock.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence

from tb_trainmon.core.revisions import revision_in
from tb_trainmon.tasks.judgements import Judgement


class Published:
    """Judgements by the id of their task, each with the number of its publication."""

    def __init__(self) -> None:
        self._boot = secrets.token_hex(6)
        self._judged: dict[str, Judgement] = {}
        # How often judgements were published, when each task's was, and when one was last dropped.
        self._publications = self._dropped_at = 0
        self._published_at: dict[str, int] = {}

    def __contains__(self, task_id: str) -> bool:
        return task_id in self._judged

    def __len__(self) -> int:
        return len(self._judged)

    @property
    def revision(self) -> str:
        """Names what is published now, for a later question of what came since."""
        return f"{self._boot}:{self._publications}"

    def get(self, task_id: str) -> Judgement | None:
        """What was said of a task; None where nothing was yet."""
        return self._judged.get(task_id)

    def of(self, task_ids: Iterable[str]) -> list[Judgement]:
        """What was said of those of the tasks that were judged."""
        return [self._judged[id_] for id_ in task_ids if id_ in self._judged]

    def tasks(self) -> Iterator[Judgement]:
        """All that are tasks."""
        return (judged for judged in self._judged.values() if judged.is_task)

    def publish(self, judged: Sequence[Judgement]) -> None:
        """Say this of their tasks from now on."""
        self._publications += bool(judged)
        if any(not each.is_task and self._was_told(each.layout.id) for each in judged):
            self._dropped_at = self._publications
        self._judged.update((each.layout.id, each) for each in judged)
        self._published_at.update((each.layout.id, self._publications) for each in judged)

    def forget_all_but(self, task_ids: Collection[str]) -> None:
        """Say nothing more of tasks that are gone."""
        gone = self._judged.keys() - task_ids
        if gone:
            self._publications += 1
            self._dropped_at = self._publications
        for task_id in gone:
            del self._judged[task_id], self._published_at[task_id]

    def number(self, revision: str | None) -> int | None:
        """The publication that ``revision`` names, after which nothing was dropped, or None."""
        number = revision_in(revision, self._boot)
        known = number is not None and self._dropped_at <= number <= self._publications
        return number if known else None

    def is_newer(self, task_id: str, number: int | None) -> bool:
        """Whether the task was judged after that publication; after None all were."""
        return number is None or self._published_at[task_id] > number

    def _was_told(self, task_id: str) -> bool:
        return task_id in self._judged and self._judged[task_id].is_task
