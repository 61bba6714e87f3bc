"""What happened at the boundary between two attempts."""

from __future__ import annotations

import numpy as np

from tb_trainmon.core.columns import Column, FloatArray
from tb_trainmon.insights.finding import Finding, NothingToSee
from tb_trainmon.insights.robust import median, spread
from tb_trainmon.insights.rule import Parameter, Rule
from tb_trainmon.insights.subject import Series, Subject
from tb_trainmon.insights.words import duration

BEFORE = Parameter("before", 20, "losses before the resume", "own")
AFTER = Parameter("after", 5, "losses after it: what is not loaded shows at once", "own")
GAINED = Parameter("gained", 0.15, "share of all that was gained that is lost", "own")
LEVEL = Parameter("level", 0.05, "share of the level that it is above it", "own")
SIGMAS = Parameter("sigmas", 4, "robust deviations of the losses before", "own")
LEAST = Parameter("least", 3, "losses on either side", "own")
EQUAL = Parameter("equal", 0.9, "share of the losses at common steps that are equal", "own")
COMMON = Parameter("common", 5, "common steps, at least", "own")
WIDE = Parameter("wide", 1.5, "logging intervals, at least: less is rounding", "own")
MUCH = Parameter("much", 0.02, "share of the steps that were done twice, at least", "own")
MINUTES = Parameter("minutes", 10, "minutes that they took, if they are fewer", "own")
TIMES = Parameter("times", 3, "attempts in a row without a new step", "own")


def _resumed(subject: Subject) -> Subject:
    if subject.before is None or subject.kind != "resume":
        raise NothingToSee("It was not resumed.")
    return subject.before


def look_bad_resume(subject: Subject) -> list[Finding]:
    """The loss after a resume against the loss before it."""
    subject.needs_a_plain_loss()
    earlier = _resumed(subject)
    loss, course = subject.need_course("loss", int(LEAST.value))
    _, old = earlier.need_course("loss", int(LEAST.value))
    known = old.value[old.step <= max(subject.start_step, old.step[0])]
    if len(known) < LEAST.value:
        raise NothingToSee("Too few losses lie before the resume.")
    last, first = known[-int(BEFORE.value) :], course.value[: int(AFTER.value)]
    was, now = median(last), median(first)
    # Of those last ones, the newer half: the loss was falling.
    was = min(was, median(last[len(last) // 2 :]))
    gained = median(known[: int(LEAST.value)]) - was
    lost = now - was
    limit = max(
        GAINED.value * gained,
        LEVEL.value * abs(was),
        SIGMAS.value * spread(last),
    )
    if not lost > limit:
        return []
    step = int(course.step[0])
    share = f", {lost / gained:.0%} of all that it had gained" if gained > 0 else ""
    return [
        Finding(
            severity="error",
            title=f"Resumed {lost:.3g} above where the loss was",
            evidence=f"{was:.4g} over the last {len(last)} losses before the resume, {now:.4g} "
            f"over the first {len(first)} after it{share}.",
            advice="The checkpoint was not loaded, or only in part: see that weights, optimiser "
            "and scheduler are restored, and stop this attempt.",
            begin=step,
            end=int(course.step[min(len(first), len(course)) - 1]),
            since=loss.time_at(0),
            metric="loss",
            open=subject.is_current and not _came_back(course.value, was, limit),
            facts={"before": was, "after": now, "lost": lost},
        )
    ]


def _came_back(values: FloatArray, was: float, limit: float) -> bool:
    return median(values[-int(AFTER.value) :]) < was + limit / 2.0


def look_overlap(subject: Subject) -> list[Finding]:
    """Steps that were done twice."""
    earlier = _resumed(subject)
    reached, start = _reached(earlier), subject.start_step
    loss = earlier.find("loss")
    interval = _interval(loss, earlier)
    if reached is None or interval is None:
        raise NothingToSee("How often it logs is not known.")
    done = reached - start
    spent = _seconds_between(loss, start, reached) or 0.0
    much = done >= MUCH.value * reached or spent >= MINUTES.value * 60.0
    if not start > 0 or done < WIDE.value * interval or not much:
        return []
    equal, common = _equal(earlier, subject)
    same = f"; {equal:,} of {common:,} losses logged twice are equal" if common else ""
    cost = f", which had taken {duration(spent)}" if spent >= 1.0 else ""
    return [
        Finding(
            severity="info",
            title=f"{done:,} steps were done twice",
            evidence=f"The attempt before had come to step {reached:,}, this one was resumed from "
            f"step {start:,}{cost}{same}.",
            advice="Save checkpoints more often if that is much.",
            begin=start,
            end=reached,
            since=_began(subject),
            open=False,
            facts={
                "steps": done,
                "equal": equal,
                "common": common,
                **({"seconds": round(spent, 1)} if spent else {}),
            },
        )
    ]


def _reached(subject: Subject) -> int | None:
    """The last step of its loss; without one, of whatever it logged."""
    loss = subject.find("loss")
    return subject.last_step if loss is None else loss.step_at(-1)


def _began(subject: Subject) -> float | None:
    """The time of the attempt's first loss."""
    loss = subject.find("loss")
    return loss.time_at(0) if loss is not None else None


def _interval(series: Series | None, subject: Subject) -> float | None:
    """Steps between two points: of the loss, else as configured."""
    if series is not None and len(series.course) > 2:
        return float(np.median(np.diff(series.course.step))) / series.course.size
    return subject.number_in_config("logging_steps")


def _seconds_between(series: Series | None, start: int, end: int) -> float | None:
    """How long the steps between took, pauses included."""
    if series is None:
        return None
    course = series.course
    inside = (course.step >= start) & (course.step <= end)
    if inside.sum() < 2:
        return None
    return float(np.ptp(course.wall_time[inside]))


def _equal(earlier: Subject, later: Subject) -> tuple[int, int]:
    """How many losses at steps that both attempts logged are equal, and how many there are."""
    old, new = earlier.find("loss"), later.find("loss")
    if old is None or new is None:
        return 0, 0
    first, second = _once(old.points), _once(new.points)
    steps, mine, theirs = np.intersect1d(
        first.step, second.step, assume_unique=True, return_indices=True
    )
    same = first.value[mine] == second.value[theirs]
    return int(same.sum()), len(steps)


def _once(points: Column) -> Column:
    """Finite points, of each step the last; the first 10,000 are enough."""
    points = points[:10_000]
    finite = points.take(np.flatnonzero(np.isfinite(points.value)))
    # Of steps that go back too: a table's rows come in any order.
    _, last = np.unique(finite.step[::-1], return_index=True)
    return finite.take(len(finite) - 1 - last)


def look_duplicate(subject: Subject) -> list[Finding]:
    """A restart in which nothing was changed."""
    if subject.before is None or subject.kind != "restart":
        raise NothingToSee("It was not restarted from the beginning.")
    equal, common = _equal(subject.before, subject)
    if common < COMMON.value:
        raise NothingToSee("Too few losses are logged at the steps of the attempt before.")
    if equal < EQUAL.value * common or _constant(subject):
        return []
    reached = _reached(subject.before) or 0
    return [
        Finding(
            severity="info",
            title="Restarted from the beginning with nothing changed",
            evidence=f"{equal:,} of the {common:,} losses at steps that both logged are equal to "
            "the last digit.",
            advice="Resume from a checkpoint, or change the seed, if it was not meant to be the "
            "same.",
            begin=subject.start_step,
            end=min(reached, _reached(subject) or reached),
            since=_began(subject),
            metric="loss",
            open=False,
            facts={"equal": equal, "common": common},
        )
    ]


def _constant(subject: Subject) -> bool:
    """Whether all its losses are one number, whose equality proves nothing."""
    values = subject.need("loss").course.finite().value
    return not len(values) or float(np.ptp(values)) == 0.0


def look_no_new_step(subject: Subject) -> list[Finding]:
    """Attempts that did not get beyond what had been reached."""
    if not subject.is_current:
        raise NothingToSee("Others came after it.")
    chain = [subject]
    while (before := chain[-1].before) is not None:
        chain.append(before)
    chain.reverse()
    if len(chain) <= TIMES.value:
        raise NothingToSee("There are fewer than four attempts.")
    reached = -1
    vain: list[Subject] = []
    for one in chain:
        last = _reached(one) or one.start_step
        new = last > reached
        again = one.kind == "resume" or (bool(one.config) and not one.changed)
        vain = [] if new or not again or one.status == "completed" else [*vain, one]
        reached = max(reached, last)
    if len(vain) < TIMES.value or vain[-1].number != subject.number:
        return []
    return [
        Finding(
            severity="warning",
            title=f"{len(vain)} attempts in a row reached no new step",
            evidence=f"Step {reached:,} had been reached before; the last {len(vain)} attempts "
            f"came to {', '.join(f'{_reached(one) or one.start_step:,}' for one in vain[-5:])}.",
            advice="Look at how they end: the same step again says that it is the data or the "
            "checkpoint.",
            begin=subject.start_step,
            end=_reached(subject) or subject.start_step,
            since=_began(subject),
            open=subject.status not in ("running", "completed"),
            facts={"attempts": len(vain), "reached": reached},
        )
    ]


BAD_RESUME = Rule(
    id="bad_resume",
    says="The loss after a resume is well above where it was.",
    why="A checkpoint that was not loaded, or only in part, costs all that was trained before.",
    method="Median of the last {before} losses up to the step that it was resumed from (or of the "
    "newer half of them), against that of the first {after} after it: higher by {gained} of all "
    "that had been gained, by {level} of the level and by {sigmas} robust deviations.",
    silent="The attempt is no resume; fewer than {least} losses on either side; reinforcement and "
    "adversarial learning.",
    false_alarms="A resume that goes on with other, harder data.",
    look=look_bad_resume,
    needs=("loss",),
    parameters=(BEFORE, AFTER, GAINED, LEVEL, SIGMAS, LEAST),
)
RESUME_OVERLAP = Rule(
    id="resume_overlap",
    says="A resume began behind what the attempt before had reached: steps were done twice.",
    why="It is what the time between two checkpoints costs.",
    method="The step that it was resumed from lies {wide} logging intervals or more below the last "
    "step of the attempt before, by a share of {much} of that, or by {minutes} minutes of "
    "training.",
    silent="The attempt is no resume, or how often it logs is not known.",
    false_alarms="None known.",
    look=look_overlap,
    parameters=(WIDE, MUCH, MINUTES),
)
DUPLICATE_ATTEMPT = Rule(
    id="duplicate_attempt",
    says="A restart from the beginning in which nothing was changed.",
    why="It repeats to the last digit what had been trained: mostly a forgotten resume.",
    method="At least {common} steps that both attempts logged, and {equal} of the losses there are "
    "equal.",
    silent="The attempt is no restart; all losses are one number.",
    false_alarms="A test of reproducibility.",
    look=look_duplicate,
    needs=("loss",),
    parameters=(COMMON, EQUAL),
)
NO_NEW_STEP = Rule(
    id="no_new_step",
    says="Attempt after attempt ends before it has reached a new step.",
    why="A job that crashes and is restarted by itself may do so for days.",
    method="The last {times} attempts, all resumed or restarted with the same configuration, ended "
    "at or below a step that had been reached before them.",
    silent="Attempts that completed; whose configuration was changed or is not known, unless they "
    "are resumes.",
    false_alarms="Short runs of somebody who looks for an error.",
    look=look_no_new_step,
    parameters=(TIMES,),
)

RULES = (BAD_RESUME, RESUME_OVERLAP, DUPLICATE_ATTEMPT, NO_NEW_STEP)
