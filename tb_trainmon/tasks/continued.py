"""Tasks in folders of their own that are launches of one training: their steps go on.

A trainer that resumes may write into a new folder beside the last one (``version_1``, a date). Its
name proposes that; that it is the next attempt of its sibling is shown by steps and times: it was
launched after the sibling had ended, logs the same metrics, and goes on where that one ended, or
within what it had done, without having had the time to train so far.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.clock_test import clock_of
from tb_trainmon.tasks.judged.counters import Key
from tb_trainmon.tasks.judged.starts import Track, goes_right_on

_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_CHANGES = re.compile(rf"{_MONTH}|\d+")
# A date or a time in the folders above: a name that nobody but a clock has given.
_STAMP = re.compile(rf"(?:(?:{_MONTH})[a-z]*[-_.]?)?\d(?:[-_.:T+]?\d){{5,}}(?:[AP]M)?")
_MOST_BEFORE = 32  # siblings that were launched before: a trainer goes on from a recent one
_SHARED = 0.5  # of the training metrics: a trainer that resumes logs what it logged


_Family = str  # what the paths of launches of one training share


@dataclass(frozen=True, slots=True)
class _Launch:
    """What is compared of a task: its launches, by its judgement."""

    id: str
    metrics: frozenset[Key]
    leading: Key | None
    track: Track
    launched_at: float
    ended_at: float


class Continued:
    """Which tasks are the next attempts of which; learned from judgements, kept from then on."""

    def __init__(self) -> None:
        self._homes: dict[str, str] = {}
        # What was looked at of each task, as it was then, and among how many.
        self._families: dict[str, _Family | None] = {}
        self._launches: dict[str, tuple[Assessment, _Launch | None]] = {}
        self._looked: dict[str, tuple[Assessment, int]] = {}

    def home(self, id_: str) -> str:
        """The task that the task ``id_`` is a part of: mostly itself."""
        return self._homes.get(id_, id_)

    def joined(self, layouts: Mapping[str, Layout]) -> dict[str, Layout]:
        """``layouts`` with each that goes on put behind the one that it goes on from."""
        self._homes = {k: v for k, v in self._homes.items() if k in layouts and v in layouts}
        for known in (self._families, self._launches, self._looked):
            for gone in known.keys() - layouts.keys():
                del known[gone]
        if not self._homes:
            return dict(layouts)
        found = {id_: layout for id_, layout in layouts.items() if id_ not in self._homes}
        for id_, home in self._homes.items():
            found[home] = _with(found[home], layouts[id_])
        return found

    def learn(self, tasks: Iterable[Assessment]) -> bool:
        """Whether ``tasks``, as they are now, show more of them to go on from a sibling."""
        families: dict[_Family, list[Assessment]] = {}
        for task in tasks:
            family = self._family(task.layout)
            if family is not None:
                families.setdefault(family, []).append(task)
        known = len(self._homes)
        for members in families.values():
            new = {task.layout.id for task in members if self._is_new(task, len(members))}
            if new:
                self._learn_of(members, new)
        return len(self._homes) > known

    def _family(self, layout: Layout) -> _Family | None:
        # What the table or the user says of runs stands.
        if layout.table is not None or layout.rule.pattern is not None:
            return None
        if layout.id not in self._families:
            self._families[layout.id] = _family(layout.id)
        return self._families[layout.id]

    def _is_new(self, task: Assessment, members: int) -> bool:
        """Whether it may go on from a sibling, and it or they have changed since the last look."""
        if members == 1 or not _resumes(task):
            return False
        looked = self._looked.get(task.layout.id)
        if looked is not None and looked[0] is task and looked[1] == members:
            return False
        self._looked[task.layout.id] = (task, members)
        return True

    def _launch(self, task: Assessment) -> _Launch | None:
        known = self._launches.get(task.layout.id)
        if known is None or known[0] is not task:
            known = self._launches[task.layout.id] = (task, _launch(task))
        return known[1]

    def _learn_of(self, family: Sequence[Assessment], new: Collection[str]) -> None:
        launches = [launch for task in family if (launch := self._launch(task)) is not None]
        launches.sort(key=lambda each: (each.launched_at, each.id))
        ends: dict[str, float] = {launch.id: launch.ended_at for launch in launches}
        for index, launch in enumerate(launches):
            if launch.id not in new:
                continue
            homes = {
                self.home(other.id): other.ended_at
                for other in launches[max(index - _MOST_BEFORE, 0) : index]
                if ends.get(self.home(other.id), inf) <= launch.launched_at
                and _goes_on(launch, other)
            }
            if homes:
                home = max(homes, key=lambda id_: homes[id_])
                self._join(launch.id, home)
                ends[home] = launch.ended_at

    def _join(self, id_: str, home: str) -> None:
        self._homes[id_] = home
        self._homes.update((k, home) for k, of in self._homes.items() if of == id_)


def may_be_continued(id_: str, layouts: Mapping[str, Layout]) -> bool:
    """Whether the task has siblings that are called alike, of which it may be a part."""
    family = _family(id_)
    return family is not None and sum(_family(other) == family for other in layouts) > 1


def _family(id_: str) -> _Family | None:
    """What the path of a task shares with those of launches like it; None if nothing changes.

    Any number in its own name may change, and every stamp of a clock in the folders above it
    (``2026-11-27/10-00-00/tb``, ``20261127_100000/vis_data``).
    """
    above, slash, name = id_.rpartition("/")
    stem = _STAMP.sub("#", above) + slash + _CHANGES.sub("#", name)
    return None if stem == id_ else stem


def _resumes(task: Assessment) -> bool:
    """Whether its first attempt did not train from the beginning."""
    return bool(task.executions) and task.executions[0].base > 0


def _launch(task: Assessment) -> _Launch | None:
    if not task.executions or any(not each.files.parts for each in task.executions):
        return None
    first, last = task.executions[0].files, task.executions[-1].files
    if first.track is None or first.leading is None:
        return None
    return _Launch(
        id=task.layout.id,
        metrics=frozenset(
            (part.source.slot, tag)
            for part in first.parts
            for tag, facts in part.tags.items()
            if facts.meaning.shows_training
        ),
        leading=first.leading,
        # Up to the last step of all its attempts.
        track=replace(first.track, last_step=(last.track or first.track).last_step),
        launched_at=min(part.launched_at for part in first.parts),
        ended_at=max(each.files.ended_at for each in task.executions),
    )


def _goes_on(launch: _Launch, other: _Launch) -> bool:
    """Whether ``launch`` goes on where ``other`` ended, or from a checkpoint on the way there."""
    track, before = launch.track, other.track
    interval = max(track.longest_interval, before.longest_interval)
    # One that begins at the same step went on from the same checkpoint, not from the other.
    if not before.first_step < track.first_step <= before.last_step + interval:
        return False
    shared = launch.metrics & other.metrics
    if launch.leading != other.leading:
        return False
    if len(shared) <= _SHARED * len(launch.metrics | other.metrics):
        return False
    if goes_right_on(track, before):
        return True
    clock = clock_of(track.facts, track.first_step, track.opened_at, before.pace)
    return clock is not None and clock.answer == "resumed"


def _with(layout: Layout, later: Layout) -> Layout:
    saved = {each.path: each for each in (*layout.checkpoints, *later.checkpoints)}
    return replace(
        layout,
        runs=(*layout.runs, *later.runs),
        side_files=(*layout.side_files, *later.side_files),
        checkpoints=tuple(sorted(saved.values(), key=lambda each: each.step)),
    )
