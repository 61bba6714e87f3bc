"""Which tasks are siblings, and where those that fell silent ended: kept as tasks are judged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tb_trainmon.tasks.judged.progress.siblings import FEWEST, Ends, SiblingEnd, UsualEnd

_NUMBERS = re.compile(r"\d+")

_Key = tuple[str, str]  # what the names share, the leading tag


class Member(NamedTuple):
    """A task among its siblings: its leading tag, None where nothing leads, and where it ended."""

    id: str
    tag: str | None
    end: SiblingEnd | None


class Families:
    """Where siblings ended. What is kept is a few numbers a family, not a task."""

    def __init__(self) -> None:
        self._ends: dict[_Key, Ends] = {}
        self._changed: set[_Key] = set()

    @property
    def are_others(self) -> bool:
        """Whether members have changed since all were looked at."""
        return bool(self._changed)

    def note(self, before: Member | None, now: Member | None) -> None:
        """Take notice that a task is another member than before: None where it is none."""
        if before == now:
            return
        for member in (before, now):
            if member is not None and member.end is not None:
                self._changed.update(families_of(member.id, member.tag))

    def update(self, members: Iterable[Member]) -> dict[str, UsualEnd | None]:
        """Look at all ``members`` again: where the siblings of those ended that are others since.

        By the id of the task.
        """
        if not self._changed:
            return {}
        changed, self._changed = self._changed, set()
        ends: dict[_Key, list[SiblingEnd]] = {key: [] for key in changed}
        beside: list[tuple[str, SiblingEnd | None, Sequence[_Key]]] = []
        known: dict[Sequence[_Key], Sequence[_Key]] = {}  # of many tasks each is there once
        for id_, tag, end in members:
            families = families_of(id_, tag)
            mine = changed.intersection(families)
            if mine:
                beside.append((id_, end, known.setdefault(families, families)))
            if end is not None:
                for key in mine:
                    ends[key].append(end)
        for key, found in ends.items():
            self._ends.pop(key, None)
            if len(found) >= FEWEST:
                self._ends[key] = Ends(found)
        return {id_: self._usual_end(end, families) for id_, end, families in beside}

    def usual_end(self, member: Member | None) -> UsualEnd | None:
        """Where the siblings of a task ended: the nearest of which enough did."""
        if member is None or not self._ends:
            return None
        return self._usual_end(member.end, families_of(member.id, member.tag))

    def _usual_end(self, own: SiblingEnd | None, families: Sequence[_Key]) -> UsualEnd | None:
        for key in families:
            ends = self._ends.get(key)
            if ends is not None and ends.are_enough_beside(own):
                return ends.usual_beside(own)
        return None


def families_of(id_: str, tag: str | None) -> tuple[_Key, ...]:
    """The families of a task with this leading tag, the nearest first."""
    return () if tag is None else ((_shape(id_), tag), (_parent(id_), tag))


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
