"""Tasks in folders of their own that are launches of one training: their steps go on.

A trainer that resumes may write into a new folder beside the last one (``version_1``, a date). Its
name proposes that; that it is the next attempt of its sibling is shown by steps and times: it was
launched after the sibling had ended, logs the same metrics, and goes on where that one ended, or
within what it had done, without having had the time to train so far.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from math import inf

from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.judged.attempts.clock import clock_of
from tb_trainmon.tasks.judged.attempts.starts import goes_right_on, lacks_its_beginning
from tb_trainmon.tasks.listed.launch import Family, Launch, family_called

_MOST_BEFORE = 32  # siblings that were launched before: a trainer goes on from a recent one
_SHARED = 0.5  # of the training metrics: a trainer that resumes logs what it logged


class Continued:
    """Which tasks are the next attempts of which: learned from what they show, and kept."""

    def __init__(self) -> None:
        self._homes: dict[str, str] = {}
        self._parts: dict[str, list[str]] = {}  # the same the other way round
        # Launches that nobody has compared yet, and of families with one that resumes how many
        # there were at the last look.
        self._new: set[str] = set()
        self._changed: set[Family] = set()  # those of which they are
        self._resuming: set[Family] = set()  # those with one that resumes among them
        self._members: dict[Family, int] = {}

    def home(self, id_: str) -> str:
        """The task that the task ``id_`` is a part of: mostly itself."""
        return self._homes.get(id_, id_)

    def joined(self, layouts: dict[str, Layout]) -> dict[str, Layout]:
        """``layouts`` with each that goes on put behind the one that it goes on from."""
        known_homes = [(k, v) for k, v in self._homes.items() if k in layouts and v in layouts]
        self._homes, self._parts = {}, {}
        for id_, home in known_homes:
            self._join(id_, home)
        if not self._homes:
            return layouts
        found = {id_: layout for id_, layout in layouts.items() if id_ not in self._homes}
        for id_, home in self._homes.items():
            found[home] = _with(found[home], layouts[id_])
        return found

    def look(self, launch: Launch) -> None:
        """Have it compared with its siblings: it is new, or shows something else than it did."""
        self._new.add(launch.id)
        self._changed.add(launch.family)
        if launch.resumes:
            self._resuming.add(launch.family)

    def may_join(self, launch: Launch | None) -> bool:
        """Whether it may go on from a sibling, or one from it, of those that were looked at."""
        return launch is not None and launch.family in self._resuming

    def learn(self, launches_of: Callable[[Collection[Family]], Iterable[Launch]]) -> bool:
        """Whether more of them are shown to go on from a sibling since this was asked last.

        ``launches_of`` gives all that there are of some families: it is asked where one resumes.
        """
        new, self._new = self._new, set()
        changed, self._changed = self._changed, set()
        resuming, self._resuming = self._resuming, set()
        looked_at = resuming | (self._members.keys() & changed)
        families: dict[Family, list[Launch]] = {family: [] for family in looked_at}
        for launch in launches_of(looked_at) if looked_at else ():
            families[launch.family].append(launch)
        known = len(self._homes)
        for family, members in families.items():
            if len(members) > 1 and any(each.resumes for each in members):
                same = len(members) == self._members.get(family)
                self._learn_of(members, new if same else {each.id for each in members})
            self._members[family] = len(members)
        return len(self._homes) > known

    def _learn_of(self, family: Iterable[Launch], changed: Collection[str]) -> None:
        """Look at each that may go on from a sibling, where it or one of those has changed."""
        launches = sorted(family, key=lambda each: (each.launched_at, each.id))
        ends = {launch.id: launch.ended_at for launch in launches}
        for index, launch in enumerate(launches):
            if launch.resumes:
                near = launches[max(index - _MOST_BEFORE, 0) : index]
                if launch.id in changed or any(each.id in changed for each in near):
                    self._look(launch, near, ends)

    def _look(self, launch: Launch, near: Sequence[Launch], ends: dict[str, float]) -> None:
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
    family = family_called(id_)
    return family is not None and sum(family_called(other) == family for other in layouts) > 1


def _goes_on(launch: Launch, other: Launch) -> bool:
    """Whether ``launch`` goes on from ``other``, whose steps it ``may_follow``."""
    if launch.leading != other.leading:
        return False
    track, before = launch.track, other.track
    mine, its = launch.metrics, other.metrics
    if mine != its and len(mine & its) <= _SHARED * len(mine | its):
        return False
    if goes_right_on(track, before):
        return True
    if other.began_afresh and lacks_its_beginning(track, before):
        return True
    pace = track.pace or before.pace
    clock = clock_of(track.first_step, track.first_at, track.opened_at, pace)
    return clock is not None and clock.answer == "resumed"


def _with(layout: Layout, later: Layout) -> Layout:
    saved = {each.path: each for each in (*layout.checkpoints, *later.checkpoints)}
    return replace(
        layout,
        runs=(*layout.runs, *later.runs),
        side_files=(*layout.side_files, *later.side_files),
        checkpoints=tuple(sorted(saved.values(), key=lambda each: each.step)),
    )
