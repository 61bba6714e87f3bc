"""The logged learning rate against what was configured, and over a resume."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tb_trainmon.insights.course import Course
from tb_trainmon.insights.finding import Finding, NothingToSee
from tb_trainmon.insights.rule import Parameter, Rule
from tb_trainmon.insights.scheduling import KNOWN, share_of_rate
from tb_trainmon.insights.subject import Subject

LEAST = Parameter("least", 20, "points of the rate", "own")
APART = Parameter("apart", 0.05, "mean distance from the configured course, of the highest rate",
                  "own: linear and cosine are 0.07 apart")  # fmt: skip
DONE = Parameter("done", 0.2, "share of the configured steps that is logged, at least", "own")
LOW = Parameter("low", 0.5, "share of the rate before the resume that it begins at, at most", "own")
CLIMB = Parameter("climb", 1.5, "times its first rate that it climbs to again", "own")
LOOK = Parameter("look", 0.3, "share of the attempt's rates in which it climbs", "own")
HIGH = Parameter(
    "high", 1.5, "times the rate before the resume, if it starts at its top again", "own"
)


def look_mismatch(subject: Subject) -> list[Finding]:
    """The logged rate against the configured schedule."""
    name, total, warm_up = _configured(subject)
    if _began_anew(subject):
        return []
    rate, course = subject.need_course("learning_rate", int(LEAST.value))
    top = float(course.value.max())
    if not top > 0.0:
        return []
    after = course.step > warm_up
    _needs_enough(course, after, total)
    expected = share_of_rate(name, course.step, warm_up, total)
    # The rate that it goes out from: as configured, unless another scale fits everywhere.
    scales = (subject.number_in_config("learning_rate") or top, top)
    distances = [float(np.abs(course.value / s - expected)[after].mean()) for s in scales]
    scale, distance = scales[int(np.argmin(distances))], min(distances)
    if distance < APART.value:
        return []
    apart = (np.abs(course.value / scale - expected) > APART.value) & after
    step = int(course.step[np.argmax(apart)])  # the first one for want of any
    last, expected_now = float(course.value[-1]), float(expected[-1] * scale)
    over = f"{name} over {total:,.0f} steps"
    if warm_up:
        over += f" with {warm_up:,.0f} of warm-up"
    return [
        Finding(
            severity="warning",
            title=f"The learning rate does not follow the configured schedule “{name}”",
            evidence=f"From step {step:,} on it is not where {over} would be: {last:.3g} at step "
            f"{int(course.step[-1]):,} instead of {expected_now:.3g}; {distance:.0%} of the rate "
            "apart on average.",
            advice="See which scheduler is really stepped, how often, and over how many steps.",
            begin=step,
            end=int(course.step[-1]),
            since=rate.time_of(step),
            metric="learning_rate",
            facts={"apart": round(distance, 4), "expected": expected_now, "logged": last},
        )
    ]


def _needs_enough(course: Course, after: npt.NDArray[np.bool_], total: float) -> None:
    """Raises NothingToSee unless enough of the configured steps are done, and no more."""
    if course.step[-1] > total:
        raise NothingToSee("More steps were trained than are configured, so that is out of date.")
    if course.step[-1] - course.step[0] < DONE.value * total or after.sum() < LEAST.value / 2:
        raise NothingToSee("Too little of the configured steps is done to tell.")


def _configured(subject: Subject) -> tuple[str, float, float]:
    """The schedule, its steps and those of its warm-up."""
    config = subject.config
    name = config.get("lr_scheduler_type")
    name = getattr(name, "value", name)
    if not isinstance(name, str):
        raise NothingToSee("No lr_scheduler_type is configured.")
    name = name.rpartition(".")[2].lower()
    if name not in KNOWN or config.get("lr_scheduler_kwargs"):
        raise NothingToSee(f"The course of the schedule {name} is not known here.")
    total = subject.number_in_config("max_steps") or 0.0
    total = total if total > 0 else float(subject.task.total or 0)
    if not total > 0:
        raise NothingToSee("Over how many steps the schedule runs is not known.")
    steps = subject.number_in_config("warmup_steps") or 0.0
    share = subject.number_in_config("warmup_ratio") or 0.0
    share = steps if 0.0 < steps < 1.0 else share
    warm_up = steps if steps >= 1.0 else np.ceil(share * total)
    return name, total, 0.0 if name == "constant" else float(warm_up)


def _began_anew(subject: Subject) -> bool:
    """Whether that is what lr_restart_on_resume tells, in this attempt or in one before it."""
    one: Subject | None = subject
    while one is not None:
        try:
            if look_restart(one):
                return True
        except NothingToSee:
            pass
        one = one.before
    return False


def look_restart(subject: Subject) -> list[Finding]:
    """A schedule that began again when the training was resumed."""
    before = subject.before
    if before is None or subject.kind != "resume":
        raise NothingToSee("It was not resumed.")
    rate, course = subject.need_course("learning_rate", 3)
    _, earlier = before.need_course("learning_rate", 3)
    if any("lr" in name or "learning_rate" in name for name in subject.changed):
        return []
    was = earlier.value[earlier.step <= max(subject.start_step, earlier.step[0])][-1]
    peak = float(earlier.value.max())
    first = course.value[1] if course.value[0] == 0.0 and len(course) > 3 else course.value[0]
    ahead = course.value[: max(int(len(course) * LOOK.value), 3)]
    warms_up = first < LOW.value * was and ahead.max() > CLIMB.value * first
    begins_high = first > HIGH.value * was and first >= 0.9 * peak
    if not (warms_up or begins_high):
        return []
    how = (
        f"{was:.3g} before the resume, {first:.3g} after it, then up to {ahead.max():.3g}"
        if warms_up
        else f"{was:.3g} before the resume, {first:.3g} after it, the height of its beginning"
    )
    return [
        Finding(
            severity="warning",
            title="The learning rate began anew when the training was resumed",
            evidence=f"{how}.",
            advice="Load the scheduler's state with the checkpoint, or give it the steps that are "
            "done (last_epoch).",
            begin=int(course.step[0]),
            end=int(course.step[int(np.argmax(ahead))]),
            since=rate.time_at(0),
            metric="learning_rate",
            facts={"before": float(was), "after": float(first), "up_to": float(ahead.max())},
        )
    ]


SCHEDULE_MISMATCH = Rule(
    id="schedule_mismatch",
    says="The logged learning rate does not follow the schedule that is configured.",
    why="What was run is not what the configuration says, and the next person will believe that.",
    method="The course of `lr_scheduler_type` (constant, linear, cosine, as transformers defines "
    "them) over `max_steps` and its warm-up, scaled to the configured or the highest rate: the "
    "logged one is on average {apart} of that apart from it.",
    silent="Other schedules, or one with arguments; fewer than {least} rates; less than {done} of "
    "the steps.",
    false_alarms="A trainer that is given a scheduler of one's own beside the arguments.",
    look=look_mismatch,
    needs=("learning_rate",),
    parameters=(APART, LEAST, DONE),
)
LR_RESTART_ON_RESUME = Rule(
    id="lr_restart_on_resume",
    says="The schedule of the learning rate began anew when the training was resumed.",
    why="A second warm-up undoes part of what was learnt, and the decay ends too late.",
    method="After a resume the rate begins below {low} of what it was and climbs to {climb} times "
    "that within {look} of the attempt; or it begins above {high} times what it was, at its top.",
    silent="The attempt is no resume; a rate was changed in its configuration.",
    false_alarms="A schedule with warm restarts, one of which falls on the resume.",
    look=look_restart,
    needs=("learning_rate",),
    parameters=(LOW, CLIMB, LOOK, HIGH),
)

RULES = (SCHEDULE_MISMATCH, LR_RESTART_ON_RESUME)
