"""Which executions a task has had, from its event files, and why each of them is one.

A launch that trained is an attempt (``launches``): that logged a training metric or the trainer's
end-of-run summary. What does not train belongs to the attempt of the process that wrote it, else
to the latest one that had begun. A launch that logged no scalar is no attempt.

In which order they were written is told by the writers' clocks, unless something better is known
(``order``). What their steps count and which series leads is told by ``counters``, where each
starts by ``starts``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from tb_trainmon.core.cached import cached_property
from tb_trainmon.series.accumulate import moved_step
from tb_trainmon.series.cycles import Climb, climb_of
from tb_trainmon.tasks.found.layout import Checkpoint
from tb_trainmon.tasks.judged.attempts.launches import (
    Launched,
    Why,
    Writer,
    has_process,
    why_another,
    writer,
)
from tb_trainmon.tasks.judged.attempts.order import in_order
from tb_trainmon.tasks.judged.attempts.rounds import pause_of_rounds
from tb_trainmon.tasks.judged.attempts.starts import Kind, Start, Track, start_of, track_of
from tb_trainmon.tasks.judged.parts.counters import (
    Key,
    facts_of,
    leading_here,
    leading_key,
    others_of,
    unit_of,
)
from tb_trainmon.tasks.judged.parts.part import FilePart, TagFacts, latest_text

_SAME_LAUNCH = 1.0  # seconds between two files that one launch opens
_NOT_STARTED = Start("first", 0, "")
_UNSAID = Why("")


@dataclass
class Attempt:
    """One execution: the file parts it wrote, where it starts, and why it is an attempt.

    ``leading`` is the series that gives the steps, ``others`` are those that count something else
    and move nothing. ``why`` says what makes it another execution.
    """

    number: int
    parts: list[FilePart] = field(default_factory=list)
    why: Why = _UNSAID
    leading: Key | None = None
    others: frozenset[Key] = frozenset()
    start: Start = _NOT_STARTED
    track: Track | None = None

    @property
    def kind(self) -> Kind:
        """Whether it was the first, began anew or resumed."""
        return self.start.kind

    @property
    def because(self) -> str:
        """Why it is an attempt of its own, and why it starts where it does."""
        return f"{self.why.sentence} {self.start.because}".strip()

    @property
    def writers(self) -> set[Writer]:
        """The processes that wrote its files."""
        return {writer(part) for part in self.parts}

    @property
    def started_at(self) -> float:
        """Time of its first point."""
        return min([part.first_wall_time for part in self.parts])

    @property
    def ended_at(self) -> float:
        """Time of the last point of any metric, evaluations after training included."""
        return max([part.last_wall_time for part in self.parts])

    @property
    def last_step(self) -> int | None:
        """The highest step on the leading counter; None if it has none."""
        return self.track.last_step if self.track else None

    @cached_property
    def climb(self) -> int | None:
        """Where steps that begin anew end when they are laid end to end; None where they do not."""
        return _climb(facts_of(self.parts, self.leading))

    @cached_property
    def unit(self) -> int | None:
        """The gap at which such steps are laid end to end; None where none begin anew."""
        return None if self.climb is None else unit_of(facts_of(self.parts, self.leading))

    def text(self, tag: str) -> str | None:
        """The latest text that the attempt logged under ``tag``."""
        return latest_text(self.parts, tag)


def plan_attempts(
    parts: Sequence[FilePart], checkpoints: Sequence[Checkpoint] = ()
) -> tuple[list[Attempt], int]:
    """The attempts in ``parts``, and how many launches there were that logged no scalar.

    ``checkpoints`` are the task's: a resume may have started from one of them.
    """
    measuring = [part for part in parts if part.measures]
    led = [part for part in measuring if part.trains] or measuring
    leading = leading_key(led)
    if len(led) == len(parts) == 1:  # as most tasks of most lists
        attempts = [Attempt(1, led, _first(led[0]))]
        settle(attempts, leading, checkpoints)
        return attempts, 0
    launches: list[Launched] = []
    attempts = []
    ordered = in_order(led)
    round_pause = pause_of_rounds(ordered, leading)
    beside = [part for part in measuring if not part.trains]
    for part in ordered:
        why = why_another(part, launches[-1]) if launches else _first(part)
        if why is not None:
            launches.append(Launched(leading, round_pause, beside))
            attempts.append(Attempt(len(attempts) + 1, why=why))
        launches[-1].lead(part)
        attempts[-1].parts.append(part)
    if len(led) == len(parts):
        settle(attempts, leading, checkpoints)
        return attempts, 0
    mine = {id(part) for part in led}
    homes = _Homes(list(zip(launches, attempts, strict=True)))
    lost = homes.assign([part for part in parts if id(part) not in mine])
    settle(attempts, checkpoints=checkpoints)
    return attempts, lost


_THE_FIRST = Why("The first launch that trained.")
_NOTHING_TRAINED = Why("The first launch that logged anything; none has trained.")


def _first(part: FilePart) -> Why:
    return _THE_FIRST if part.trains else _NOTHING_TRAINED


def settle(
    attempts: Sequence[Attempt],
    leading: Key | None = None,
    checkpoints: Sequence[Checkpoint] = (),
) -> None:
    """Find out what leads ``attempts``, what counts otherwise, and where each of them starts.

    ``leading`` leads all of their parts, where that is known.
    """
    if leading is None:
        leading = leading_key([part for attempt in attempts for part in attempt.parts])
    others = others_of((attempt.parts for attempt in attempts), leading)
    before: Track | None = None
    fresh: Track | None = None
    for index, attempt in enumerate(attempts):
        attempt.others = others
        attempt.leading = leading_here(attempt.parts, leading, others)
        attempt.track = track_of(attempt.parts, others, checkpoints)
        attempt.start = start_of(
            attempt.track, before, fresh, is_first=not index, anew=attempt.why.trains_anew
        )
        before = _in_rhythm(attempt.track, before)
        fresh = attempt.track if attempt.start.base <= 0 and attempt.track else fresh


def _in_rhythm(track: Track | None, before: Track | None) -> Track | None:
    """The track that the next attempt is compared with: a lone point is in the rhythm before it."""
    if track is None or before is None or track.interval is not None:
        return track or before
    return replace(track, interval=before.interval)


class _Homes:
    """Which attempt a part belongs to that leads none."""

    def __init__(self, found: Sequence[tuple[Launched, Attempt]]) -> None:
        by_writer: dict[Writer, list[tuple[Launched, Attempt]]] = {}
        for launched, attempt in found:
            for process in launched.writers:
                by_writer.setdefault(process, []).append((launched, attempt))
        self._by_writer = {process: _Timeline(mine) for process, mine in by_writer.items()}
        self._all = _Timeline(found) if found else None

    def assign(self, parts: Iterable[FilePart]) -> int:
        """Give each part to an attempt; returns the number of launches that have none."""
        lost: set[object] = set()
        for part in parts:
            home = self._of(part)
            if home is not None:
                home.parts.append(part)
            elif has_process(part):
                lost.add(writer(part))
            elif part.source.hparams is None:
                lost.add(part.source.file.path)
        return len(lost)

    def _of(self, part: FilePart) -> Attempt | None:
        """The attempt of the process that wrote it, else the latest that had begun."""
        if self._all is None:
            return None
        if has_process(part) and writer(part) in self._by_writer:
            return self._by_writer[writer(part)].running_at(part.first_wall_time)[1]
        if part.measures:
            return self._all.running_at(part.first_wall_time)[1]
        if has_process(part):
            return None
        # tensorboardX: who wrote it is not known, and it may be a launch that logged no scalar.
        launched, running = self._all.running_at(part.opened_at + _SAME_LAUNCH)
        mine = part.source.hparams is not None or part.opened_at <= launched.until + _SAME_LAUNCH
        return running if mine else None


class _Timeline:
    """Attempts in the order in which they were launched."""

    def __init__(self, found: Sequence[tuple[Launched, Attempt]]) -> None:
        self._found = found
        # Ascending, whatever the clocks of several machines say.
        self._launches = list(accumulate((launched.launched_at for launched, _ in found), max))

    def running_at(self, time: float) -> tuple[Launched, Attempt]:
        """The latest attempt that had been launched at ``time``, else the first."""
        return self._found[max(bisect_right(self._launches, time) - 1, 0)]


def _climb(facts: Sequence[TagFacts]) -> int | None:
    forward = repeats = 0
    anew = False
    for index, one in enumerate(facts):
        if index:
            move = one.first_step - facts[index - 1].last_step
            forward, repeats = forward + max(move, 0), repeats + (move <= 0)
            anew |= move <= 0 and one.first_wall_time >= facts[index - 1].last_wall_time
        climb = _climb_in(one)
        forward, repeats, anew = (
            forward + climb.forward,
            repeats + climb.repeats,
            anew or climb.anew,
        )
    return moved_step(facts[0].first_step, forward + repeats * unit_of(facts)) if anew else None


def _climb_in(facts: TagFacts) -> Climb:
    """How the steps of a part went: of one that another series leads, as far as all are known."""
    if facts.climb is not None:
        return facts.climb
    if facts.points == len(facts.recent):
        return climb_of(facts.recent)
    return Climb(facts.last_step - facts.first_step, 0, anew=False)
