"""Whether a part of a file is another execution than the one before, and why.

A launch is what one process wrote from one start: host, process and the process's own count of its
writers, which begins at 0 once; its own arguments or hyper-parameters; files opened together. What
overlaps in time is one launch or the ranks of one, unless it begins later and behind the other.
Within a process, steps that go back need more to be a restart: values that jump back with them, a
pause that does not fit the pace, a session that the writer says begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tb_trainmon.core.columns import Column, concatenate
from tb_trainmon.tasks.found.records import ARGUMENTS
from tb_trainmon.tasks.judged.attempts.clock import clock_of, pace_of
from tb_trainmon.tasks.judged.attempts.order import TOGETHER
from tb_trainmon.tasks.judged.parts.counters import Key
from tb_trainmon.tasks.judged.parts.jumps import any_number, jumped_back
from tb_trainmon.tasks.judged.parts.part import FilePart, TagFacts
from tb_trainmon.tasks.judged.sentences import duration


class Why(NamedTuple):
    """Why it is another execution; ``trains_anew``: values show that it is one from scratch."""

    sentence: str
    trains_anew: bool = False


Writer = tuple[str | None, int | None]
_A_LATE_RANK = 0.1  # share of a step by which two ranks of one attempt may differ
_INTERVALS = 3  # and so many logging intervals
_LATEST = 16  # files of a launch, whose gaps tell its pace


class _Least(NamedTuple):
    """How long a pause must be: times the usual gap between points, and seconds."""

    gaps: float
    seconds: float


_AHEAD = _Least(30.0, 300.0)  # where steps go on, as they do behind an evaluation
_BEHIND = _Least(10.0, 60.0)  # where they go back
_BY_NOBODY = _Least(2.0, 120.0)  # in a file whose name tells no process, whatever they do
_ROUNDS = 2.0  # times the pause that a process makes between two of its files, if it always does


def writer(part: FilePart) -> Writer:
    """Host and process that wrote the file, as its name says."""
    return part.source.file.name.host, part.source.file.name.pid


def has_process(part: FilePart) -> bool:
    """Whether the file's name tells who wrote it."""
    return part.source.file.name.pid is not None


@dataclass(slots=True)
class Launched:
    """What is known so far of an attempt that ``parts`` lead, in the order of writing.

    ``round_pause``: what a process that opens a file for each of its rounds waits between two.
    ``beside`` are files of the task that lead no attempt: evaluations, mostly.
    """

    leading: Key | None
    round_pause: float = 0.0
    beside: Sequence[FilePart] = ()
    parts: list[FilePart] = field(default_factory=list)
    launched_at: float = float("inf")
    until: float = float("-inf")
    writers: set[Writer] = field(default_factory=set)
    writer_counts: set[int] = field(default_factory=set)
    training: dict[Key, list[TagFacts]] = field(default_factory=dict)
    seen: int = 0
    grew: int = 0

    def lead(self, part: FilePart) -> None:
        """Take ``part`` as one of those that lead the attempt."""
        self.parts.append(part)
        self.launched_at = min(self.launched_at, part.launched_at)
        self.until = max(self.until, part.last_wall_time)
        self.writers.add(writer(part))
        self.writer_counts.add(part.source.file.name.uid or 0)
        self.seen = max(self.seen, abs(part.source.seen))
        self.grew = max(self.grew, part.source.grew)
        for tag in part.said.training:
            self.training.setdefault((part.source.slot, tag), []).append(part.tags[tag])

    def reached(self, key: Key) -> int:
        """The largest step of one of its training series."""
        return max(facts.max_step for facts in self.training[key])


def why_another(part: FilePart, before: Launched) -> Why | None:
    """Why ``part`` begins another attempt than ``before``; None if it does not."""
    if part.number > 0:
        return _inside_its_file(part)
    if _overlaps(part, before) and not _came_later(part, before):
        return _relaunched_beside(part, before)
    if ARGUMENTS in part.source.texts:
        return Why("It brings arguments of its own.")
    shared = shared_key(part, before)
    if part.source.hparams is not None and shared is not None:
        # ``add_hparams`` opens a folder for them, whose numbers no training file shares.
        return Why("It brings hyper-parameters of its own.")
    return (
        _another_process(part, before)
        or _again_by_the_same(part, before)
        or _long_after(part, before)
    )


def shared_key(part: FilePart, before: Launched) -> Key | None:
    """The training series by which the two are compared: the leading one if both have it."""
    slot = part.source.slot
    both = [key for tag in part.tags if (key := (slot, tag)) in before.training]
    if before.leading in both:
        return before.leading
    return max(both, key=lambda key: (before.reached(key), key), default=None)


def _inside_its_file(part: FilePart) -> Why:
    if part.session is not None:
        return Why(f"The writer said that a session begins at step {part.session:,}.")
    return Why(
        "Inside one file, steps went back, and a pause or the values show that it began anew."
    )


def _overlaps(part: FilePart, before: Launched) -> bool:
    return part.first_wall_time < before.until and part.last_wall_time >= before.launched_at


def _came_later(part: FilePart, before: Launched) -> bool:
    """Whether it was seen to come when the attempt had ended, although the clocks overlap."""
    if part.source.seen <= before.seen:
        return False
    if part.first_wall_time < before.launched_at - TOGETHER:
        return True
    begun_together = part.first_wall_time < before.launched_at + TOGETHER
    silent = part.source.seen > before.grew
    return silent and not begun_together and _goes_back(part, before)


def _goes_back(part: FilePart, before: Launched) -> bool:
    """Whether a metric that both log does not simply continue."""
    key = shared_key(part, before)
    return key is not None and part.tags[key[1]].first_step < before.reached(key)


def _relaunched_beside(part: FilePart, before: Launched) -> Why | None:
    """Of two that wrote at the same time, whether the later one is behind the other's step."""
    key = shared_key(part, before)
    if key is None or not _is_another_process(part, before):
        return None
    if part.launched_at < before.launched_at + TOGETHER:
        return None  # ranks of one launch
    facts = part.tags[key[1]]
    then = _step_at(before.training[key], facts.first_wall_time)
    interval = max(f.interval or 1 for f in (*before.training[key], facts))
    behind = then - facts.first_step
    late = 0.0 if _took_over(part, facts, before) else _A_LATE_RANK * then
    if behind <= max(late, _INTERVALS * interval):
        return None
    return Why(
        f"Another process began at step {facts.first_step:,} when the one before, which still "
        f"wrote, was at {then:,.0f}."
    )


def _took_over(part: FilePart, facts: TagFacts, before: Launched) -> bool:
    """Whether the other soon wrote no more, as a pod that is taken down beside the one after it."""
    return part.last_wall_time - before.until > before.until - facts.first_wall_time


def _step_at(known: Sequence[TagFacts], time: float) -> float:
    points = concatenate([c for f in known for c in (f.beginning, f.recent)])
    order = np.argsort(points.wall_time, kind="stable")
    steps = np.maximum.accumulate(points.step[order])
    return float(np.interp(time, points.wall_time[order], steps))


def _is_another_process(part: FilePart, before: Launched) -> bool:
    return _another_process(part, before) is not None


def _another_process(part: FilePart, before: Launched) -> Why | None:
    if not has_process(part) or any(pid is None for _, pid in before.writers):
        return _another_machine(part, before)
    name = part.source.file.name
    if writer(part) not in before.writers:
        return Why(f"Another process wrote it (process {name.pid} on {name.host}).")
    if (name.uid or 0) in before.writer_counts and not _overlaps(part, before):
        # A pod that is launched again: every process in it is number 1, by the same host's name.
        return Why(
            "Another process wrote it: the count of writers in its file's name begins anew "
            f"after {duration(part.opened_at - before.until)}."
        )
    return None


def _another_machine(part: FilePart, before: Launched) -> Why | None:
    """Where no name tells the process (tensorboardX, TF1): a pod that took over from another."""
    host = part.source.file.name.host
    if host is None or any(host == other for other, _ in before.writers) or _overlaps(part, before):
        return None
    return Why(f"Another machine wrote it ({host}).")


def _again_by_the_same(part: FilePart, before: Launched) -> Why | None:
    """Whether one process (or nobody knows which) began to train again in another file."""
    key = shared_key(part, before)
    if part.session is not None and _begins_a_session(part, before, key):
        return Why(f"The writer said that a session begins at step {part.session:,}.")
    if key is None:
        return None
    facts, known = part.tags[key[1]], before.training[key]
    if _trains_anew(facts, known, before.reached(key), lambda: _paused(part, before, key, _BEHIND)):
        return Why(f"Its steps go back, from {before.reached(key):,} to {facts.first_step:,}.")
    if _had_time_to_train(part, facts, before.reached(key)):
        return Why(
            f"Its file had been open as long as training up to step {facts.first_step:,} takes."
        )
    for other in _training_in(part, before, but=key):
        facts, known = part.tags[other[1]], before.training[other]
        back = facts.first_step <= known[0].first_step < before.reached(other)
        if back and _jumped_back(facts, known):
            return Why(f"{other[1]} begins anew, in its steps and in its values.", trains_anew=True)
    return None


def _begins_a_session(part: FilePart, before: Launched, key: Key | None) -> bool:
    """A session that simply goes on after an evaluation is none; one after a pause or back is."""
    if key is None or part.tags[key[1]].first_step <= before.reached(key):
        return True
    return _paused(part, before, key, _AHEAD)


def _paused(part: FilePart, before: Launched, key: Key, least: _Least) -> bool:
    """Whether its file was opened after a pause that does not fit the pace."""
    return _is_long(part.opened_at - before.until, before, key, least)


def _is_long(pause: float, before: Launched, key: Key, least: _Least) -> bool:
    """Whether a pause of so many seconds does not fit the pace of ``before``."""
    latest = before.training[key][-_LATEST:]
    usual = [f.recent.wall_time[1:] - f.recent.wall_time[:-1] for f in latest]
    gap = float(np.median(np.concatenate(usual))) if any(map(len, usual)) else 0.0
    return pause > max(least.gaps * gap, least.seconds)


def _evaluated_until(before: Launched, end: float) -> float:
    """The time of the last evaluation beside it before ``end``; of its own last point if later."""
    facts = [facts for part in before.beside for facts in part.tags.values()]
    times = [each.recent.wall_time for each in facts if each.last_wall_time > before.until]
    return max([before.until, *(float(time[time <= end].max(initial=0.0)) for time in times)])


def _long_after(part: FilePart, before: Launched) -> Why | None:
    """Whether somebody launched it again where no name tells the process: a while later, mostly.

    Sooner, where it begins with a text (its configuration) that the one before had as well.
    """
    key = shared_key(part, before)
    if has_process(part) or key is None:
        return None
    again = _text_again(part, before)
    pause = part.opened_at - before.until
    if again is None and pause <= _ROUNDS * before.round_pause:
        return None
    least = _BY_NOBODY if again is None else _BEHIND
    if not _is_long(pause, before, key, least):
        return None
    pause = part.opened_at - _evaluated_until(before, part.opened_at)
    if not _is_long(pause, before, key, least):
        return None
    opened = f"Its file was opened {duration(pause)} after the last point of the one before"
    return Why(f"{opened}, and has its text '{again}' again." if again else f"{opened}.")


def _text_again(part: FilePart, before: Launched) -> str | None:
    """The tag of a text that both have, word by word: each launch logs it once."""
    known = before.parts[0].source.texts
    return next((tag for tag, text in part.source.texts.items() if known.get(tag) == text), None)


def _had_time_to_train(part: FilePart, facts: TagFacts, reached: int) -> bool:
    """Whether steps that seem to go on were trained from 0 since the file was opened."""
    if facts.interval is None or facts.first_step - reached == facts.interval:
        return False
    pace = pace_of([facts])
    clock = clock_of(facts.first_step, facts.first_wall_time, part.opened_at, pace)
    return clock is not None and clock.says_scratch(against=facts.is_regular)


def _trains_anew(
    facts: TagFacts, known: Sequence[TagFacts], reached: int, paused: Callable[[], bool]
) -> bool:
    """Whether a file goes back in steps as a restart does, not as a counter that every call has."""
    if facts.first_step > known[0].first_step:
        return facts.first_step < reached
    if facts.first_step > reached:
        return False
    jumped = _jumped_back(facts, known)
    if jumped is None:
        return facts.min_step < facts.max_step or paused()
    return jumped


def _jumped_back(facts: TagFacts, known: Sequence[TagFacts]) -> bool | None:
    latest = known[-1]
    if latest.points < 2:
        # A single one tells nothing: those of all files are in a row.
        of_all = concatenate([f.recent for f in known])
        before = Column(np.arange(len(of_all)), of_all.wall_time, of_all.value)
    elif latest.points > len(latest.recent):
        before = concatenate([latest.beginning, latest.recent])
    else:
        before = latest.recent
    with any_number():
        return jumped_back(before, facts.beginning)


def _training_in(part: FilePart, before: Launched, *, but: Key) -> Iterable[Key]:
    slot = part.source.slot
    keys = ((slot, tag) for tag in part.tags)
    return (key for key in keys if key in before.training and key != but)
