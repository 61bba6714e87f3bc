"""Which tasks are siblings, and where those that fell silent ended: kept as tasks are judged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tb_trainmon.tasks.judged.progress.siblings import FEWEST, Ends, SiblingEnd, UsualEnd

_NUMBERS = re.compile(r"\d+")

_Key = tuple[str, str]  # what the names share, the leading tag


class Member(NamedTuple):
    """A task among its siblings: its leading tag, None where nothing leads, and where it ended."""

    id: str
    tag: str | None
    end: SiblingEnd | None

    @property
    def families(self) -> tuple[_Key, ...]:
        """Its families, the nearest first."""
        if self.tag is None:
            return ()
        return (_shape(self.id), self.tag), (_parent(self.id), self.tag)


#: Where the siblings of a task ended.
UsualEndOf = Callable[[Member | None], UsualEnd | None]


class Families:
    """Where siblings ended. What is kept is a few numbers a family, not a task."""

    def __init__(self) -> None:
        self._ends: dict[_Key, Ends] = {}
        self._changed: set[_Key] = set()

    def note(self, before: Member | None, now: Member | None) -> None:
        """Take notice that a task is another member than before: None where it is none."""
        if before == now:
            return
        for member in (before, now):
            if member is not None and member.end is not None:
                self._changed.update(member.families)

    def update(self, members: Iterable[Member]) -> set[str]:
        """Look at all ``members`` again; the ids of those whose siblings are others since."""
        if not self._changed:
            return set()
        changed, self._changed = self._changed, set()
        ends: dict[_Key, list[SiblingEnd]] = {key: [] for key in changed}
        ids: dict[_Key, list[str]] = {key: [] for key in changed}
        for member in members:
            for key in changed.intersection(member.families):
                ids[key].append(member.id)
                if member.end is not None:
                    ends[key].append(member.end)
        for key, found in ends.items():
            self._ends.pop(key, None)
            if len(found) >= FEWEST:
                self._ends[key] = Ends(found)
        return {id_ for key in changed for id_ in ids[key]}

    def usual_end(self, member: Member | None) -> UsualEnd | None:
        """Where the siblings of a task ended: the nearest of which enough did."""
        if member is None or not self._ends:
            return None
        for key in member.families:
            ends = self._ends.get(key)
            if ends is not None and ends.are_enough_beside(member.end):
                return ends.usual_beside(member.end)
        return None


def are_siblings(task_id: str, task_ids: Iterable[str]) -> bool:
    """Whether so many lie beside a task, or are named like it, that they may tell its end."""
    shape, parent = _shape(task_id), _parent(task_id)
    beside = 0
    for other in task_ids:
        beside += shape == _shape(other) or parent == _parent(other)
        if beside > FEWEST:
            return True
    return False


def _shape(task_id: str) -> str:
    return "alike: " + _NUMBERS.sub("#", task_id)


def _parent(task_id: str) -> str:
    return "beside: " + task_id.rpartition("/")[0]
