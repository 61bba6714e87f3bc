"""Tasks in folders of their own that are launches of one training: their steps go on.

A trainer that resumes may write into a new folder beside the last one (``version_1``, a date). Its
name proposes that; that it is the next attempt of its sibling is shown by steps and times: it was
launched after the sibling had ended, logs the same metrics, and goes on where that one ended, or
within what it had done, without having had the time to train so far.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import inf

from tb_trainmon.core.cached import cached_property
from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.judged.attempts.clock import clock_of
from tb_trainmon.tasks.judged.attempts.starts import Track, goes_right_on, lacks_its_beginning
from tb_trainmon.tasks.judged.parts.counters import Key
from tb_trainmon.tasks.judged.shown import Shown

_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_CHANGES = re.compile(rf"{_MONTH}|\d+")
# A date or a time in the folders above: a name that nobody but a clock has given.
_STAMP = re.compile(rf"(?:(?:{_MONTH})[a-z]*[-_.]?)?\d(?:[-_.:T+]?\d){{5,}}(?:[AP]M)?")
_MOST_BEFORE = 32  # siblings that were launched before: a trainer goes on from a recent one
_INTERVALS = 2  # of logging, behind which a first step tells of steps that were trained elsewhere
_SHARED = 0.5  # of the training metrics: a trainer that resumes logs what it logged


_Family = str  # what the paths of launches of one training share


@record(frozen=True)
class _Launch:
    """What is compared of a task: its launches, by what it shows. Most is asked of few."""

    id: str  # the task's
    task: Shown
    launched_at: float
    ended_at: float
    first_step: int
    last_step: int
    longest_interval: int

    @property
    def resumes(self) -> bool:
        """Whether its first attempt does not show the beginning of a training."""
        return _resumes(self.task)

    @property
    def began_afresh(self) -> bool:
        """Whether its first attempt trained from scratch."""
        return self.task.executions[0].base <= 0

    @property
    def leading(self) -> Key | None:
        """The series that leads its first attempt."""
        return self.task.executions[0].files.leading

    @cached_property
    def metrics(self) -> frozenset[Key]:
        """What its first attempt logs while it trains."""
        parts = self.task.executions[0].files.parts
        return frozenset((part.source.slot, tag) for part in parts for tag in part.said.training)

    @cached_property
    def track(self) -> Track | None:
        """That of its first attempt, up to the last step of all."""
        track = self.task.executions[0].files.track
        return track and replace(track, last_step=self.last_step)

    def may_follow(self, others: Iterable[_Launch]) -> list[_Launch]:
        """Those where whose steps ended, or on their way there, its own begin.

        One that begins at the same step went on from the same checkpoint, not from the other.
        """
        first, interval = self.first_step, self.longest_interval
        return [
            other
            for other in others
            if other.first_step < first <= other.last_step + max(interval, other.longest_interval)
        ]


class Continued:
    """Which tasks are the next attempts of which: learned from what they show, and kept."""

    def __init__(self) -> None:
        self._homes: dict[str, str] = {}
        self._parts: dict[str, list[str]] = {}  # the same the other way round
        # What was looked at of each task, as it was then, and how many a family had.
        self._families: dict[str, _Family | None] = {}
        self._launches: dict[str, tuple[Shown, _Launch | None]] = {}
        self._members: dict[_Family, int] = {}

    def home(self, id_: str) -> str:
        """The task that the task ``id_`` is a part of: mostly itself."""
        return self._homes.get(id_, id_)

    def joined(self, layouts: Mapping[str, Layout]) -> dict[str, Layout]:
        """``layouts`` with each that goes on put behind the one that it goes on from."""
        known_homes = [(k, v) for k, v in self._homes.items() if k in layouts and v in layouts]
        self._homes, self._parts = {}, {}
        for id_, home in known_homes:
            self._join(id_, home)
        for known in (self._families, self._launches):
            for gone in known.keys() - layouts.keys():
                del known[gone]
        if not self._homes:
            return dict(layouts)
        found = {id_: layout for id_, layout in layouts.items() if id_ not in self._homes}
        for id_, home in self._homes.items():
            found[home] = _with(found[home], layouts[id_])
        return found

    def learn(self, tasks: Iterable[Shown]) -> bool:
        """Whether ``tasks``, as they are now, show more of them to go on from a sibling."""
        families: dict[_Family, list[Shown]] = {}
        for task in tasks:
            family = self._family(task.layout)
            if family is not None:
                families.setdefault(family, []).append(task)
        known = len(self._homes)
        for family, members in families.items():
            if len(members) > 1 and any(map(_resumes, members)):
                self._learn_of(members, len(members) != self._members.get(family))
                self._members[family] = len(members)
        return len(self._homes) > known

    def may_go_on(self, task: Shown) -> bool:
        """Whether it may turn out to be a part of a sibling."""
        return self._family(task.layout) is not None and _resumes(task)

    def _family(self, layout: Layout) -> _Family | None:
        # What the table or the user says of runs stands.
        if layout.table is not None or layout.rule.pattern is not None:
            return None
        if layout.id not in self._families:
            self._families[layout.id] = _family(layout.id)
        return self._families[layout.id]

    def _learn_of(self, family: Sequence[Shown], others_came: bool) -> None:
        """Look at each that may go on from a sibling, where it or one of those has changed."""
        changed = {task.layout.id for task in family if self._has_changed(task) or others_came}
        if not changed:
            return
        known = (self._launches[task.layout.id][1] for task in family)
        launches = sorted(filter(None, known), key=lambda each: (each.launched_at, each.id))
        ends = {launch.id: launch.ended_at for launch in launches}
        for index, launch in enumerate(launches):
            if launch.resumes:
                near = launches[max(index - _MOST_BEFORE, 0) : index]
                if launch.id in changed or not changed.isdisjoint([each.id for each in near]):
                    self._look(launch, near, ends)

    def _has_changed(self, task: Shown) -> bool:
        """Whether it shows something else than at the last look."""
        known = self._launches.get(task.layout.id)
        if known is not None and known[0] is task:
            return False
        self._launches[task.layout.id] = (task, _launch(task))
        return True

    def _look(self, launch: _Launch, near: Sequence[_Launch], ends: dict[str, float]) -> None:
        """Join it to one of those that were launched before it, if it goes on from one."""
        homes = {
            self.home(other.id): other.ended_at
            for other in launch.may_follow(near)
            if ends.get(self.home(other.id), inf) <= launch.launched_at and _goes_on(launch, other)
        }
        if homes:
            home = max(homes, key=lambda id_: homes[id_])
            self._join(launch.id, home)
            ends[home] = launch.ended_at

    def _join(self, id_: str, home: str) -> None:
        """Have the task ``id_``, and what had been joined to it, be a part of ``home``."""
        moved = (id_, *self._parts.pop(id_, ()))
        self._homes.update(dict.fromkeys(moved, home))
        self._parts.setdefault(home, []).extend(moved)


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


def _resumes(task: Shown) -> bool:
    """Whether the first attempt of a task does not show the beginning of a training."""
    if not task.executions:
        return False
    first = task.executions[0]
    track = first.files.track
    late = track and track.first_step > _INTERVALS * max(track.longest_interval, 1)
    return bool(late) or first.base > 0


def _launch(task: Shown) -> _Launch | None:
    if not task.executions or any(not each.files.parts for each in task.executions):
        return None
    first, last = task.executions[0].files, task.executions[-1].files
    if first.track is None or first.leading is None:
        return None
    return _Launch(
        id=task.layout.id,
        task=task,
        launched_at=min(part.launched_at for part in first.parts),
        ended_at=max(each.files.ended_at for each in task.executions),
        first_step=first.track.first_step,
        last_step=(last.track or first.track).last_step,
        longest_interval=first.track.longest_interval,
    )


def _goes_on(launch: _Launch, other: _Launch) -> bool:
    """Whether ``launch`` goes on from ``other``, whose steps it ``may_follow``."""
    track, before = launch.track, other.track
    if track is None or before is None or launch.leading != other.leading:
        return False
    mine, its = launch.metrics, other.metrics
    if mine != its and len(mine & its) <= _SHARED * len(mine | its):
        return False
    if goes_right_on(track, before):
        return True
    if other.began_afresh and lacks_its_beginning(track, before):
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
