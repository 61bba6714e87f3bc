"""Which executions a task has had, from its event files.

A second file in a folder is usually no restart (an evaluation after training opens one), and steps
that go back inside a file usually are none either. A new attempt is a part of a file that trains,
that does not overlap the attempt before in time, and that

* was written by another process (pid, host), or
* brings its own arguments or hyper-parameters, or says that a session starts, or
* goes back in steps that the attempt before had already logged.

In which order they were written is told by the writers' clocks, unless something better is known
(docs/decisions/0016): the order of parts in a file, the order in which files were seen to come, or
steps that simply go on together with the file system's own times.

What does not train belongs to the attempt of the process that wrote it, else to the latest one
that had begun. A launch that logged no scalar is no attempt.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

from tb_trainmon.tasks.found.records import ARGUMENTS
from tb_trainmon.tasks.judged.order import TOGETHER, in_order
from tb_trainmon.tasks.judged.parts import FilePart

Kind = Literal["first", "restart", "resume"]
Writer = tuple[str | None, int | None]
_Key = tuple[str, str]  # slot of the run, tag
_SAME_LAUNCH = 1.0  # seconds between two files that one launch opens


@dataclass(slots=True)
class Attempt:
    """One execution: the file parts it wrote, and how it relates to the one before."""

    number: int
    kind: Kind
    parts: list[FilePart] = field(default_factory=list)

    @property
    def writers(self) -> set[Writer]:
        """The processes that wrote its files."""
        return {writer(part) for part in self.parts}

    @property
    def started_at(self) -> float:
        """Time of its first point."""
        return min(part.first_wall_time for part in self.parts)

    @property
    def ended_at(self) -> float:
        """Time of the last point of any metric, evaluations after training included."""
        return max(part.last_wall_time for part in self.parts)

    @property
    def last_step(self) -> int | None:
        """The highest step of any metric; None if it has no point."""
        steps = (facts.max_step for part in self.parts for facts in part.measured)
        return max(steps, default=None)

    def text(self, tag: str) -> str | None:
        """The latest text that the attempt logged under ``tag``."""
        found = [part.source.texts[tag] for part in self.parts if tag in part.source.texts]
        return found[-1] if found else None


def writer(part: FilePart) -> Writer:
    """Host and process that wrote the file, as its name says."""
    return part.source.file.name.host, part.source.file.name.pid


def plan_attempts(parts: Sequence[FilePart]) -> tuple[list[Attempt], int]:
    """The attempts in ``parts``, and how many launches there were that logged no scalar."""
    measuring = [part for part in parts if part.measures]
    leading = [part for part in measuring if part.trains] or measuring
    leading = in_order(leading)
    drafts: list[_Draft] = []
    for part in leading:
        if not drafts or _is_new(part, drafts[-1]):
            kind: Kind = _kind(part, drafts[-1]) if drafts else "first"
            drafts.append(_Draft(Attempt(len(drafts) + 1, kind)))
        drafts[-1].lead(part)
    led = {id(part) for part in leading}
    lost = _assign([part for part in parts if id(part) not in led], drafts)
    return [draft.attempt for draft in drafts], lost


@dataclass(slots=True)
class _Draft:
    """An attempt in the making, and what decides whether another part belongs to it.

    All of it by the parts that lead it: those that train, if any does.
    """

    attempt: Attempt
    launched_at: float = float("inf")
    until: float = float("-inf")
    writers: set[Writer] = field(default_factory=set)
    reached: dict[_Key, int] = field(default_factory=dict)
    seen: int = 0
    grew: int = 0
    highest: int = 0

    def lead(self, part: FilePart) -> None:
        """Take ``part`` as one of those that lead the attempt."""
        self.attempt.parts.append(part)
        self.launched_at = min(self.launched_at, part.launched_at)
        self.until = max(self.until, part.last_wall_time)
        self.writers.add(writer(part))
        self.seen = max(self.seen, abs(part.source.seen))
        self.grew = max(self.grew, part.source.grew)
        self.highest = max(self.highest, *(facts.max_step for facts in part.measured))
        for tag, facts in part.tags.items():
            if facts.meaning.shows_training:
                key = (part.source.slot, tag)
                self.reached[key] = max(facts.max_step, self.reached.get(key, facts.max_step))


def _is_new(part: FilePart, before: _Draft) -> bool:
    if part.number > 0:
        return True
    if _overlaps(part, before) and not _came_later(part, before):
        return False  # two files of one launch
    if part.restarted or _brings_arguments(part, before):
        return True
    known = _has_process(part) and all(pid is not None for _, pid in before.writers)
    if known and writer(part) not in before.writers:
        return True
    return _goes_back(part, before)


def _overlaps(part: FilePart, before: _Draft) -> bool:
    return part.first_wall_time < before.until and part.last_wall_time >= before.launched_at


def _came_later(part: FilePart, before: _Draft) -> bool:
    """Whether it was seen to come when the attempt had ended, although the clocks overlap."""
    if part.source.seen <= before.seen:
        return False
    if part.first_wall_time < before.launched_at - TOGETHER:
        return True
    begun_together = part.first_wall_time < before.launched_at + TOGETHER
    silent = part.source.seen > before.grew
    return silent and not begun_together and _goes_back(part, before)


def _brings_arguments(part: FilePart, before: _Draft) -> bool:
    if ARGUMENTS in part.source.texts:
        return True
    # ``add_hparams`` opens a folder for them, whose numbers no training file shares.
    return part.source.hparams is not None and _shared(part, before) is not None


def _goes_back(part: FilePart, before: _Draft) -> bool:
    """Whether a metric that both log does not simply continue."""
    shared = _shared(part, before)
    return shared is not None and shared[0] < shared[1]


def _kind(part: FilePart, before: _Draft) -> Kind:
    """A first step at or below half of what was reached is a restart from the beginning."""
    first, reached = _shared(part, before) or (_first_step(part), before.highest)
    return "restart" if first <= reached / 2 else "resume"


def _first_step(part: FilePart) -> int:
    training = [facts for facts in part.measured if facts.meaning.shows_training]
    return min(facts.first_step for facts in training or part.measured)


def _shared(part: FilePart, before: _Draft) -> tuple[int, int] | None:
    """Of the training metrics that both log: the part's first step, the attempt's largest."""
    both = {
        (part.source.slot, tag): facts.first_step
        for tag, facts in part.tags.items()
        if (part.source.slot, tag) in before.reached
    }
    if not both:
        return None
    leading = max(both, key=lambda key: before.reached[key])
    return both[leading], before.reached[leading]


def _assign(others: Iterable[FilePart], drafts: Sequence[_Draft]) -> int:
    """Give each part to an attempt; returns the number of launches that have none."""
    homes = _Homes(drafts)
    lost: set[object] = set()
    for part in others:
        home = homes.of(part)
        if home is not None:
            home.attempt.parts.append(part)
        elif _has_process(part):
            lost.add(writer(part))
        elif part.source.hparams is None:
            lost.add(part.source.file.path)
    return len(lost)


class _Homes:
    """Which attempt a part belongs to that leads none."""

    def __init__(self, drafts: Sequence[_Draft]) -> None:
        by_writer: dict[Writer, list[_Draft]] = {}
        for draft in drafts:
            for process in draft.writers:
                by_writer.setdefault(process, []).append(draft)
        self._by_writer = {process: _Timeline(mine) for process, mine in by_writer.items()}
        self._all = _Timeline(drafts) if drafts else None

    def of(self, part: FilePart) -> _Draft | None:
        """The attempt of the process that wrote it, else the latest that had begun."""
        if self._all is None:
            return None
        if _has_process(part) and writer(part) in self._by_writer:
            return self._by_writer[writer(part)].running_at(part.first_wall_time)
        if part.measures:
            return self._all.running_at(part.first_wall_time)
        if _has_process(part):
            return None
        # tensorboardX: who wrote it is not known, and it may be a launch that logged no scalar.
        running = self._all.running_at(part.opened_at + _SAME_LAUNCH)
        mine = part.source.hparams is not None or part.opened_at <= running.until + _SAME_LAUNCH
        return running if mine else None


class _Timeline:
    """Attempts in the order in which they were launched."""

    def __init__(self, drafts: Sequence[_Draft]) -> None:
        self._drafts = drafts
        # Ascending, whatever the clocks of several machines say.
        self._launches = list(accumulate((draft.launched_at for draft in drafts), max))

    def running_at(self, time: float) -> _Draft:
        """The latest attempt that had been launched at ``time``, else the first."""
        return self._drafts[max(bisect_right(self._launches, time) - 1, 0)]


def _has_process(part: FilePart) -> bool:
    return writer(part)[1] is not None
