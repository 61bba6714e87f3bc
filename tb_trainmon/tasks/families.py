"""Which tasks are siblings, and where those that fell silent ended: kept as tasks are judged."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from tb_trainmon.tasks.judged.progress.siblings import FEWEST, Ends, SiblingEnd, UsualEnd
from tb_trainmon.tasks.judgements import Judgement

_NUMBERS = re.compile(r"\d+")

_Key = tuple[str, str]  # what the names share, the leading tag


class Families:
    """The siblings among judged tasks: costs what changes, an end or a task that comes or goes."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[_Key, ...], SiblingEnd | None]] = {}
        self._members: dict[_Key, set[str]] = {}
        self._ends: dict[_Key, Ends] = {}
        self._changed: set[_Key] = set()

    def update(self, judged: Iterable[Judgement]) -> set[str]:
        """Take over new judgements; the ids of all tasks whose siblings are others since."""
        for judgement in judged:
            id_, alone = judgement.layout.id, judgement.alone
            tag = alone.leading.tag
            self._replace(id_, _keys(id_, tag) if tag else (), alone.end)
        changed, self._changed = self._changed, set()
        return {id_ for key in changed for id_ in self._members.get(key, ())}

    def forget_all_but(self, task_ids: Collection[str]) -> None:
        """Drop tasks that are gone."""
        for id_ in self._known.keys() - set(task_ids):
            self._replace(id_, (), None)
            del self._known[id_]

    def usual_end(self, task_id: str) -> UsualEnd | None:
        """Where the siblings of a task ended: the nearest of which enough did."""
        keys, _ = self._known.get(task_id, ((), None))
        for key in keys:
            ends = self._ends_of(key)
            if ends.are_enough_for(task_id):
                return ends.usual_for(task_id)
        return None

    def _replace(self, id_: str, keys: tuple[_Key, ...], end: SiblingEnd | None) -> None:
        """Note a task's families and its end."""
        before = self._known.get(id_, ((), None))
        if before == (keys, end):
            return
        for key in before[0]:
            self._members[key].discard(id_)
        for key in keys:
            self._members.setdefault(key, set()).add(id_)
        self._known[id_] = keys, end
        for key in (*before[0], *keys):
            self._changed.add(key)
            self._ends.pop(key, None)

    def _ends_of(self, key: _Key) -> Ends:
        if key not in self._ends:
            known = ((id_, self._known[id_][1]) for id_ in self._members[key])
            self._ends[key] = Ends({id_: end for id_, end in known if end is not None})
        return self._ends[key]


def are_siblings(task_id: str, task_ids: Iterable[str]) -> bool:
    """Whether so many lie beside a task, or are named like it, that they may tell its end."""
    shape, parent = (key for key, _ in _keys(task_id, ""))
    beside = 0
    for other in task_ids:
        beside += shape == _shape(other) or parent == _parent(other)
        if beside > FEWEST:
            return True
    return False


def _keys(task_id: str, tag: str) -> tuple[_Key, ...]:
    """The families of a task, the nearest first."""
    return (_shape(task_id), tag), (_parent(task_id), tag)


def _shape(task_id: str) -> str:
    return "alike: " + _NUMBERS.sub("#", task_id)


def _parent(task_id: str) -> str:
    return "beside: " + task_id.rpartition("/")[0]
