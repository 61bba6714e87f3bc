"""Where an attempt starts, whether anew or from a checkpoint, and why: one source for all three.

In this order: the step on record (the table); a session that the writer says begins at a step; a
first step within the attempt's own logging interval (from scratch); an evaluation of a later step
before anything was trained; steps that go on just behind the attempt before, on its own grid; steps
that one from scratch logged and this one did not; the clock test; steps that overlap or go on; an
end of the attempt before, where nothing else decides. A resume starts from where its session does,
if that goes back; else from the step before where both meet within an interval, else from the
checkpoint that lies there, else one interval before its first step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.layout import Checkpoint
from tb_trainmon.tasks.found.records import ARGUMENTS, parse_object, whole_number
from tb_trainmon.tasks.judged.attempts.clock import Clock, clock_of, pace_of
from tb_trainmon.tasks.judged.parts.counters import Key
from tb_trainmon.tasks.judged.parts.part import (
    FIRST_POINTS,
    FilePart,
    TagFacts,
    first_steps,
    is_regular,
    latest_text,
    usual_gap,
)
from tb_trainmon.tasks.judged.sentences import duration

Kind = Literal["first", "restart", "resume"]
_CLOCKS = 60.0  # seconds by which the clocks of a writer and of the file system may differ
_ALMOST = 0.1  # share of a logging interval by which a first step may miss it: counters from 1
_FAR_IN = 10  # intervals, behind which a first step is none of a training from scratch
_END_TAGS = frozenset({"train/total_flos"})


@record(frozen=True, slots=True)
class Start:
    """The step that an attempt starts from (0: from scratch), and the sentence that says why."""

    kind: Kind
    base: int
    because: str


@record(frozen=True, slots=True)
class Track:
    """What the leading counter of one attempt shows, in numbers.

    ``first_step`` is that of training, ``first_steps`` are few, logged from ``first_at`` on;
    ``lowest`` and ``last_step`` are of all that shares its counter. ``interval`` is its own,
    ``configured`` on record, ``pace`` in seconds a step, as its first points show it; None where
    nothing tells. ``trains``: any of it was trained. ``evaluated``: the step of an evaluation that
    was logged before anything was trained; ``saved``: steps of checkpoints that had been made when
    it was opened.
    """

    first_step: int
    lowest: int
    last_step: int
    interval: int | None
    configured: int | None
    first_steps: tuple[int, ...]
    first_at: float
    pace: float | None
    trains: bool
    opened_at: float
    session: int | None
    is_over: bool
    evaluated: int | None = None
    saved: Sequence[int] = ()

    @property
    def longest_interval(self) -> int:
        """The largest distance between two points that is known of it; 0 if none is."""
        return max(self.interval or 0, self.configured or 0)


def track_of(
    parts: Sequence[FilePart], others: frozenset[Key], checkpoints: Sequence[Checkpoint] = ()
) -> Track | None:
    """The track of an attempt; None where it measured nothing on its counter."""
    counted = [(part, tags) for part in parts if (tags := _counted(part, others))]
    if not counted:
        return None
    measured = [part.tags[tag] for part, tags in counted for tag in tags]
    training = _earliest(counted)
    facts = training or measured
    opened_at = min([part.launched_at for part, _ in counted])
    first = first_steps(facts)
    return Track(
        first_step=min([f.first_step for f in facts]),
        lowest=min([f.min_step for f in measured]),
        last_step=max([f.max_step for f in measured]),
        interval=facts[0].interval if len(facts) == 1 else usual_gap(first),
        configured=_configured(parts),
        first_steps=first,
        first_at=min([f.first_wall_time for f in facts]),
        pace=pace_of(facts),
        trains=bool(training),
        opened_at=opened_at,
        session=next((part.session for part in parts if part.session is not None), None),
        is_over=not _END_TAGS.isdisjoint([tag for _, tags in counted for tag in tags]),
        evaluated=_evaluated_before(training, measured) if training else None,
        saved=tuple([c.step for c in checkpoints if c.made_at <= opened_at + _CLOCKS]),
    )


def _counted(part: FilePart, others: frozenset[Key]) -> Sequence[str]:
    """The tags that it measured on its attempt's counter, which ``others`` are not on."""
    measured = part.said.measured
    return [t for t in measured if (part.source.slot, t) not in others] if others else measured


def _evaluated_before(training: Sequence[TagFacts], measured: Sequence[TagFacts]) -> int | None:
    """The step of the first evaluation that was logged before the first training step."""
    first_at = min([facts.first_wall_time for facts in training])
    first = min([facts.first_step for facts in training])
    found = [
        facts.first_step
        for facts in measured
        if facts.meaning.role == "eval"
        and facts.first_wall_time < first_at
        and facts.first_step <= first
    ]
    return min(found, default=None)


def _earliest(counted: Sequence[tuple[FilePart, Sequence[str]]]) -> list[TagFacts]:
    """Of the training series that begins first, and of those that which is logged most often.

    Of series whose interval is known, if any is: a lone point (of an epoch) tells no beginning.
    """
    training = [
        (part.source.slot, tag, facts)
        for part, tags in counted
        for tag in tags
        if (facts := part.tags[tag]).meaning.shows_training
    ]
    if len(training) < 2:
        return [facts for _, _, facts in training]
    slot, tag, _ = min(
        training, key=lambda found: (not found[2].interval, found[2].first_step, found[2].interval)
    )
    return [facts for in_slot, name, facts in training if name == tag and in_slot == slot]


def _configured(parts: Sequence[FilePart]) -> int | None:
    """Every how many steps the trainer was told to log: the Hugging Face Trainer records it."""
    arguments = parse_object(latest_text(parts, ARGUMENTS))
    return whole_number((arguments or {}).get("logging_steps"))


def start_of(
    track: Track | None,
    before: Track | None,
    fresh: Track | None = None,
    *,
    is_first: bool,
    anew: bool,
) -> Start:
    """Where an attempt starts. ``anew``: its values have shown already that it trains anew.

    ``before`` is the track of the attempt before, ``fresh`` of the latest from scratch.
    """
    if track is None:
        return Start("first" if is_first else "restart", 0, "It has not logged a step yet.")
    interval = track.interval or (before.longest_interval if before else 0) or track.configured
    from_scratch, because = _is_from_scratch(track, before, fresh, interval, anew)
    if from_scratch and not anew:
        # No point lies before the beginning of its attempt, though steps may be negative.
        return Start("first" if is_first else "restart", min(0, track.lowest), because)
    base, where = _base(track, before, interval)
    kind: Kind = "first" if is_first else ("restart" if from_scratch else "resume")
    return Start(kind, base, f"{because} {where}".strip())


def _is_from_scratch(
    track: Track, before: Track | None, fresh: Track | None, interval: int | None, anew: bool
) -> tuple[bool, str]:
    first = track.first_step
    if anew:
        return True, "It trains from scratch, on a counter that goes on."
    if _is_within(track, interval):
        return True, f"From scratch: its first step, {first:,}, is within its logging interval."
    shown = _shown_to_go_on(track, before, fresh, interval)
    if shown is not None:
        return False, shown
    pace = track.pace or (before.pace if before else None)
    clock = clock_of(first, track.first_at, track.opened_at, pace)
    resumed = clock is not None and clock.answer == "resumed"
    if fresh is not None and first == fresh.first_step and not resumed:
        return True, f"From scratch: it began at step {first:,}, as the attempt from scratch did."
    regular = before is not None and _is_regular(track)
    if clock is not None and (clock.answer == "resumed" or clock.says_scratch(against=regular)):
        return clock.answer == "scratch", _told(clock, first)
    return _undecided(track, before, interval)


def _shown_to_go_on(
    track: Track, before: Track | None, fresh: Track | None, interval: int | None
) -> str | None:
    """What shows it to be a resume, whatever the clock says; None without it."""
    if track.session is not None:
        return "A session that goes on from a checkpoint."
    longest = max(interval or 0, track.configured or 0)
    if track.evaluated is not None and 0 < longest < track.evaluated:
        return f"It resumed: it evaluated step {track.evaluated:,} before it trained."
    if before is not None and goes_right_on(track, before):
        return f"It resumed: step {track.first_step:,} follows step {before.last_step:,}."
    if fresh is not None and (lacks_its_beginning(track, fresh) or _is_far_in(track, fresh)):
        return (
            f"It resumed: it logged step {track.first_step:,} first, where one from scratch "
            f"logged step {fresh.first_step:,}."
        )
    return None


def lacks_its_beginning(track: Track, fresh: Track) -> bool:
    """Whether steps are missing that one from scratch logs, as ``fresh`` did at the same steps.

    One that has too few points yet to show its rhythm has that of ``fresh``.
    """
    interval, steps = track.interval, track.first_steps
    regular = is_regular(steps) if len(steps) >= FIRST_POINTS else _is_regular(fresh)
    if interval is None or interval != fresh.interval or not regular:
        return False
    if fresh.first_step <= 1 < interval:  # it logs its very first step, whichever that is
        return track.first_step > interval
    missing = track.first_step - fresh.first_step
    return missing % interval == 0 and track.first_step > 2 * max(fresh.first_step, interval)


def _is_far_in(track: Track, fresh: Track) -> bool:
    """Whether it begins far behind where ``fresh`` began, which logged from the very first on.

    In whatever rhythm: it may log at other steps now, or have but one point.
    """
    longest = max(track.longest_interval, fresh.longest_interval)
    from_the_first = fresh.interval is not None and fresh.first_step <= fresh.interval
    return from_the_first and track.first_step > _FAR_IN * longest


def _is_regular(track: Track) -> bool:
    return is_regular(track.first_steps)


def _is_within(track: Track, interval: int | None) -> bool:
    """Whether the first step is not beyond the interval, the configured one or its own."""
    if interval is None:
        return track.first_step <= 1
    longest = max(interval, track.configured or 0)
    return track.first_step <= longest + max(1, int(longest * _ALMOST))


def goes_right_on(track: Track, before: Track) -> bool:
    """Whether it begins where the one before would have logged next, in the same rhythm."""
    same = track.interval is None or track.interval == before.interval
    return (
        same
        and before.interval is not None
        and (track.first_step - before.last_step == before.interval)
    )


def _told(clock: Clock, first: int) -> str:
    took = f"{duration(clock.waited)} after its file was opened came step {first:,}"
    needs = f"so many steps take {duration(clock.needed)}"
    if clock.answer == "scratch":
        return f"From scratch: {took}, and {needs}."
    return f"It resumed: {took}, though {needs}."


def _undecided(track: Track, before: Track | None, interval: int | None) -> tuple[bool, str]:
    first = track.first_step
    if before is None:
        if interval is None:
            return True, "From scratch, as far as a single point tells."
        return False, f"Its first step is {first:,}; what was before that is not here."
    if before.is_over:
        return True, "From scratch: the attempt before had come to its end."
    if first <= before.last_step:
        return False, f"It resumed: step {first:,} is within what the attempt before had done."
    return False, f"It resumed: step {first:,} is beyond step {before.last_step:,}."


def _base(track: Track, before: Track | None, interval: int | None) -> tuple[int, str]:
    """The step of a resume: where both meet within an interval, else one before the first step."""
    first = track.first_step
    if before is not None and not track.trains:
        return track.lowest, f"It trained no step beyond {track.lowest:,}."
    session = track.session
    # Steps that were done but not logged any more would move the axis of a clean resume.
    goes_back = session is not None and (before is None or session < before.last_step)
    if session is not None and goes_back and session < track.lowest:
        return session, f"It starts from step {session:,}, where the session begins."
    if before is not None:
        apart = first - before.last_step
        longest = max(track.longest_interval, before.longest_interval, interval or 0)
        # Where both have a single point, nothing else tells an interval than what is between them.
        meets = 0 < apart <= (longest or apart)
        if meets and before.last_step <= track.lowest:
            return before.last_step, f"It goes on from step {before.last_step:,}."
    own = max(track.longest_interval, interval or 0)
    there = [step for step in track.saved if first - own <= step <= min(track.lowest, first - 1)]
    if there:
        return max(there), f"It starts from the checkpoint of step {max(there):,}."
    base = min(max(_an_interval_before(track, before, interval or 0), 0), track.lowest)
    return base, f"It starts from step {base:,}, one interval before its first."


def _an_interval_before(track: Track, before: Track | None, interval: int) -> int:
    """The step of its rhythm before its first, which some trainers log whichever it is.

    Until it has shown its own rhythm, that is the one of the attempt ``before``, where it fits.
    """
    first, steps = track.first_step, track.first_steps
    _, *later = steps
    if before is not None and before.interval and len(later) + 1 < FIRST_POINTS:
        known = before.first_steps[-1]
        fits = all((step - known) % before.interval == 0 for step in later)
        if fits and (not later or later[0] - first < before.interval):
            return first - ((first - known) % before.interval or before.interval)
    has_none = len(steps) >= FIRST_POINTS and not is_regular(steps)
    rhythm = first if has_none or not later else later[0] - interval
    return rhythm if rhythm < first else first - interval
