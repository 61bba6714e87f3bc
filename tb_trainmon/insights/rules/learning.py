"""Losses that do not fall, and rates of 0."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import FloatArray
from tb_trainmon.insights.course import Course
from tb_trainmon.insights.finding import Finding, NothingToSee
from tb_trainmon.insights.robust import median, noise, spread
from tb_trainmon.insights.rule import Parameter, Rule
from tb_trainmon.insights.subject import Series, Subject

LEAST = Parameter("least", 20, "points of the loss", "own")
EDGE = Parameter("edge", 0.2, "share of the points at either end whose medians are compared", "own")
GAIN = Parameter("gain", 0.01, "share of its first level that the loss has gained, at most", "own")
ERRORS = Parameter("errors", 3, "standard errors of the two medians that a gain exceeds", "own")
FLAT = Parameter("flat", 0.02, "spread of the loss, as a share of its level, at most", "own")
ZERO = Parameter("zero", 1e-6, "share of the highest rate that counts as 0", "own; rounding")
ZERO_POINTS = Parameter("zero_points", 10, "points with a rate of 0, at least", "own")
LEFT = Parameter("left", 0.1, "share of the steps that the rate is 0 for, at least", "own")
PLATEAU_LEAST = Parameter("plateau_least", 100, "points of the loss", "own")
HALF = Parameter("half", 0.5, "share of the steps in which nothing is gained", "own")
CLEAR = Parameter("clear", 0.02, "share of the level that a gain would have been seen from", "own")
FALLEN = Parameter(
    "fallen", 0.5, "share of its highest that the rate has fallen to: flat is normal then",
    "28 of 64 healthy runs gain less than 3 % in their last third",
)  # fmt: skip


def _edges(values: FloatArray) -> tuple[float, float, float]:
    """The first and the last level, and the standard error of their difference."""
    n = max(int(len(values) * EDGE.value), 5)
    first, last = values[:n], values[-n:]
    # 1.25: of medians of normal noise, to that of means.
    error = 1.25 * np.hypot(spread(first), spread(last)) / np.sqrt(n)
    return median(first), median(last), float(error)


def _is_flat(values: FloatArray) -> bool:
    """Whether the loss has gained nothing from its first point on, neither now nor meanwhile."""
    first, last, error = _edges(values)
    third = len(values) // 3
    between = median(values[third : 2 * third])
    gain = first - min(last, between)
    return gain <= max(GAIN.value * abs(first), ERRORS.value * error)


def _rates(subject: Subject) -> tuple[Series, Course, npt.NDArray[np.bool_]]:
    """The rate, and for each of its points whether it is 0."""
    rate, course = subject.need_course("learning_rate", int(ZERO_POINTS.value))
    top = max(float(course.value.max()), 0.0)
    # The first logged rate is 0 by design of the Hugging Face Trainer.
    return rate, course, (course.value <= ZERO.value * top) & (course.value >= 0.0)


def _always_zero(subject: Subject) -> bool:
    rate = subject.find("learning_rate")
    return rate is not None and len(rate.course) > 1 and bool((rate.course.value == 0.0).all())


def _vanished(subject: Subject) -> bool:
    norm = subject.find("grad_norm")
    known = () if norm is None else norm.course.value[~np.isnan(norm.course.value)]
    return len(known) > 0 and bool(np.median(known) == 0.0)


def look_no_learning(subject: Subject) -> list[Finding]:
    """A loss that is flat from the first point on."""
    subject.needs_a_plain_loss()
    loss, course = subject.need_course("loss", int(LEAST.value))
    values = course.value
    if not _is_flat(values):
        return []
    zero_rate, no_gradient = _always_zero(subject), _vanished(subject)
    # One that goes on has learnt before: from there a healthy loss falls by less than its noise.
    narrow = subject.start_step <= 0 and spread(values) <= FLAT.value * abs(median(values))
    if not (zero_rate or no_gradient or narrow) or _still_warms_up(subject):
        return []
    if median(values) == 0.0:
        raise NothingToSee("The loss is 0 throughout.")
    first, last, _ = _edges(values)
    reason = (
        "the learning rate is 0 throughout"
        if zero_rate
        else "the gradient norm is 0"
        if no_gradient
        else f"its spread is {spread(values) / abs(median(values)):.1%} of its level"
    )
    certain = zero_rate or no_gradient
    return [
        Finding(
            severity="error" if certain else "warning",
            title="The loss has not fallen since the first point",
            evidence=f"{first:.4g} at first, {last:.4g} now, over {len(loss):,} points; {reason}.",
            advice="Set a learning rate above 0."
            if zero_rate
            else "See that the parameters are given to the optimiser and not frozen, that the "
            "labels belong to their inputs, and that the rate is high enough.",
            begin=int(course.step[0]),
            end=int(course.step[-1]),
            since=loss.time_at(0),
            metric="loss",
            facts={"first": first, "now": last, "points": len(loss)},
        )
    ]


def _still_warms_up(subject: Subject) -> bool:
    """Whether the rate has only risen so far."""
    rate = subject.find("learning_rate")
    if rate is None:
        return False
    values = rate.course.finite().value
    return len(values) > 1 and bool((np.diff(values) >= 0).all() and values[-1] > values[0])


def _zero_tail(subject: Subject) -> tuple[Series, int, int, float]:
    """The rate, the first and last step with a rate of 0 at its end, and their share of all."""
    rate, course, zero = _rates(subject)
    if zero.all() or not zero[-1]:
        raise _Elsewhere
    begin = len(zero) - int(np.argmin(zero[::-1]))
    if len(zero) - begin < ZERO_POINTS.value:
        raise _Elsewhere
    first, last = int(course.step[begin]), int(course.step[-1])
    planned = max(subject.task.total or 0, last) if subject.is_current else last
    start = min(subject.start_step, first)
    return rate, first, last, (planned - first) / max(planned - start, 1)


class _Elsewhere(Exception):
    """The rate is not 0 at its end for long enough."""


def look_plateau_stuck(subject: Subject) -> list[Finding]:
    """A rate that is 0 with many steps left, and a loss that stands since."""
    subject.needs_a_plain_loss()
    try:
        rate, first, last, share = _zero_tail(subject)
    except _Elsewhere:
        return []
    if share < LEFT.value or not _stands_since(subject, first):
        return []
    return [_of_zero_rate(rate, first, last, share, "and the loss has not fallen since")]


def look_lr_zero(subject: Subject) -> list[Finding]:
    """The same where there is no loss to tell."""
    try:
        rate, first, last, share = _zero_tail(subject)
    except _Elsewhere:
        return []
    loss = subject.find("loss")
    told = loss is not None and len(loss.course) >= LEAST.value
    if share < LEFT.value or told:
        return []
    return [_of_zero_rate(rate, first, last, share, "and no loss says that it learns all the same")]


def _of_zero_rate(rate: Series, first: int, last: int, share: float, so: str) -> Finding:
    return Finding(
        severity="warning",
        title=f"The learning rate is 0 since step {first:,}",
        evidence=f"That is {share:.0%} of the steps, {so}.",
        advice="The schedule was given too few steps: give it the steps that are really trained, "
        "or stop here.",
        begin=first,
        end=last,
        since=rate.time_of(first),
        metric="learning_rate",
        facts={"since_step": first, "share": round(share, 4)},
    )


def _stands_since(subject: Subject, step: int) -> bool:
    """Whether the loss gained nothing after ``step``; else it was another group's rate."""
    loss = subject.find("loss")
    if loss is None:
        return False
    course = loss.course.finite()
    after = course.value[course.step >= step]
    return len(after) >= 5 and _is_flat(after)


def look_plateau(subject: Subject) -> list[Finding]:
    """Half of the steps without a gain while the rate is still high."""
    subject.needs_a_plain_loss()
    if subject.task.kind == "diffusion":
        raise NothingToSee("The loss of a diffusion model is flat while it learns.")
    loss, course = subject.need_course("loss", int(PLATEAU_LEAST.value))
    rate = subject.find("learning_rate")
    if rate is None:
        raise NothingToSee("Without the learning rate nobody knows whether flat is normal.")
    rates = rate.course.finite().value
    if not len(rates) or not rates[-1] > FALLEN.value * rates.max():
        return []
    begin = int(len(course) * (1.0 - HALF.value))
    values = course.value
    if _is_flat(values) or not _is_flat(values[begin:]) or _rises(values[begin:]):
        return []
    first, last, error = _edges(values[begin:])
    if not ERRORS.value * error <= CLEAR.value * abs(first):
        raise NothingToSee("The loss is too noisy to tell a plateau from a slow gain.")
    step = int(course.step[begin])
    return [
        Finding(
            severity="info",
            title=f"The loss has gained nothing since step {step:,}",
            evidence=f"{first:.4g} then, {last:.4g} now; single values differ by "
            f"{noise(values[begin:]):.2g}, and the rate is at {rates[-1] / rates.max():.0%} of its "
            "highest.",
            advice="Let the rate decay, or stop here if the evaluation stands still as well.",
            begin=step,
            end=int(course.step[-1]),
            since=loss.time_of(step),
            metric="loss",
            facts={"then": first, "now": last, "error": error},
        )
    ]


def _rises(values: FloatArray) -> bool:
    first, last, error = _edges(values)
    return last - first > max(GAIN.value * abs(first), ERRORS.value * error)


_PLAIN = "Reinforcement and adversarial learning; fewer than {least} points"
NO_LEARNING = Rule(
    id="no_learning",
    says="The loss is flat from the first point on.",
    why="Nothing is learnt, and what is wrong was wrong from the start.",
    method="Medians of the first and the last {edge} of the points, and of the middle third: no "
    "gain above {gain} of the first nor above {errors} standard errors. And a proof beside it: a "
    "rate of 0 throughout, a gradient norm whose median is 0 (errors), or, from scratch, a spread "
    "below {flat} of the level (a warning).",
    silent=_PLAIN + "; a rate that has only risen so far.",
    false_alarms="Fine-tuning that has nothing to gain. Losses that are flat and noisy by nature "
    "(diffusion) are not told, unless the rate or the gradient is 0.",
    look=look_no_learning,
    needs=("loss",),
    parameters=(LEAST, EDGE, GAIN, ERRORS, FLAT),
)
_ZERO = (
    "At least {zero_points} points at the end whose rate is below {zero} of its highest, for "
    "{left} of the steps (of the planned ones, where they are known)"
)
PLATEAU_STUCK = Rule(
    id="plateau_stuck",
    says="The learning rate is 0 with many steps left, and the loss stands still.",
    why="The schedule ended before the training did: the rest of the time is wasted.",
    method=_ZERO + ", and since then a loss without a gain (see no_learning: {edge}, {gain}, "
    "{errors}).",
    silent="The loss goes on falling, so that the rate is that of another group of parameters; "
    "reinforcement and adversarial learning.",
    false_alarms="A phase on purpose in which only statistics are collected.",
    look=look_plateau_stuck,
    needs=("loss", "learning_rate"),
    parameters=(ZERO_POINTS, ZERO, LEFT, EDGE, GAIN, ERRORS),
)
LR_ZERO = Rule(
    id="lr_zero",
    says="The learning rate is 0 with many steps left.",
    why="The schedule ended before the training did: the rest of the time is wasted.",
    method=_ZERO + ".",
    silent="There are {least} points of a loss: then plateau_stuck judges.",
    false_alarms="The rate of one of several groups of parameters.",
    look=look_lr_zero,
    needs=("learning_rate",),
    parameters=(ZERO_POINTS, ZERO, LEFT, LEAST),
)
PLATEAU = Rule(
    id="plateau",
    says="The loss has gained nothing for half of the steps, while the rate is high.",
    why="Whoever pays for the second half may want to know what it brought.",
    method="The last {half} of the points, compared as no_learning does ({edge}, {gain}, "
    "{errors}), while the whole has gained. Only where a gain of {clear} of the level would have "
    "been seen.",
    silent="The rate has fallen below {fallen} of its highest, or is not logged; fewer than "
    "{plateau_least} points; a loss that rises; diffusion models; reinforcement and "
    "adversarial learning.",
    false_alarms="Losses that are flat by nature (diffusion), of which evaluations tell more.",
    look=look_plateau,
    needs=("loss", "learning_rate"),
    parameters=(PLATEAU_LEAST, HALF, FALLEN, CLEAR, EDGE, GAIN, ERRORS),
)

RULES = (NO_LEARNING, PLATEAU_STUCK, PLATEAU, LR_ZERO)
