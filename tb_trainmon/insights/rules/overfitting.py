"""Evaluations that get worse while training gets better."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, FloatArray
from tb_trainmon.insights.finding import Finding, NothingToSee
from tb_trainmon.insights.robust import median, noise, noise_about_a_bend, trailing_median
from tb_trainmon.insights.rule import Parameter, Rule
from tb_trainmon.insights.subject import Series, Subject

_REGRET = "F1 0.96 to 0.98 on 40 real histories, where three rises in a row alarm on all healthy"
LEAST = Parameter("least", 3, "evaluations", "own")
SHARE = Parameter("share", 0.05, "share of the evaluations that the running median spans", _REGRET)
NARROW = Parameter("narrow", 3, "evaluations that it spans, at least", _REGRET)
WIDE = Parameter("wide", 9, "evaluations that it spans, at most", _REGRET)
WORSE = Parameter("worse", 0.05, "share of its best that the median is above it", _REGRET)
NOISE = Parameter("noise", 2, "robust deviations of single evaluations, at least", "own")
NOISE_MUCH = Parameter("noise_much", 3, "robust deviations above which it is a warning", "own")
FEW = Parameter("few", 5, "evaluations up to which each is taken as it is", _REGRET)
FEW_WORSE = Parameter("few_worse", 0.03, "share that it is above its best then", _REGRET)
OLD = Parameter("old", 2, "evaluations since the best, at least", _REGRET)
MUCH = Parameter("much", 0.15, "share above its best that is a warning", _REGRET)
ACCURATE = Parameter(
    "accurate", 0.05, "share of its gain that the accuracy is below its best", "own"
)
LASTED = Parameter("lasted", 5, "evaluations that one that is over took, at least", "own")
NEAR = Parameter("near", 10, "training losses around an evaluation whose median is compared", "own")
BOUNDARIES = Parameter("boundaries", 3, "ends of epochs, at least", "own")
PER_EPOCH = Parameter("per_epoch", 6, "losses an epoch, at least", "own")
STAIR = Parameter("stair", 0.6, "share of the whole fall that happens at them", "own")
SIGMAS = Parameter("sigmas", 3, "robust deviations of single losses that each fall exceeds", "own")


def look_overfit(subject: Subject) -> list[Finding]:
    """The regret of the evaluation loss: how far it is above its best."""
    subject.needs_a_plain_loss()
    series = subject.need("eval_loss", int(LEAST.value))
    loss = subject.find("loss")
    if loss is not None and loss.course.bad and loss.course.last_bad == len(loss) - 1:
        raise NothingToSee("The training loss is NaN, which is told already.")
    points = series.finite()
    if len(points) < LEAST.value:
        raise NothingToSee("Too few evaluations have a finite loss.")
    if not (points.value > 0.0).all():
        raise NothingToSee("The evaluation loss is not positive throughout.")
    level, worse, much = _levels(points.value)
    best = np.minimum.accumulate(level)
    best_at = np.maximum.accumulate(np.where(level == best, np.arange(len(level)), 0))
    regret = level / best - 1.0
    bad = (regret > worse) & (np.arange(len(level)) - best_at >= OLD.value)
    at = len(level) - 1
    if not bad[at]:
        return _past(series, points, level, regret, bad & (regret > much))
    since = at - int(np.argmin(bad[::-1])) + 1 if not bad.all() else 0
    found = _judged(subject, series, points, int(best_at[at]), since, float(regret[at]))
    if regret[at] <= much or _is_accurate(subject):
        return [replace(one, severity="info") for one in found]
    return found


def _levels(values: FloatArray) -> tuple[FloatArray, float, float]:
    """Running median; the share above its best that counts, and that is a warning."""
    if len(values) <= FEW.value:
        return values, FEW_WORSE.value, MUCH.value
    width = int(np.clip(round(SHARE.value * len(values)), NARROW.value, WIDE.value))
    single = noise_about_a_bend(np.log(values))
    # Of logarithms: 2 deviations of 0.5 are 2.7 times the best, not twice.
    worse = max(WORSE.value, float(np.expm1(NOISE.value * single)))
    much = max(MUCH.value, float(np.expm1(NOISE_MUCH.value * single)))
    return trailing_median(values, width), worse, much


def _judged(
    subject: Subject, series: Series, points: Column, best: int, since: int, regret: float
) -> list[Finding]:
    # The best evaluation itself, near where the median has its best.
    near = slice(max(best - int(WIDE.value), 0), best + 1)
    best = near.start + int(np.argmin(points.value[near]))
    then, now = _trained(subject, points, best), _trained(subject, points, len(points) - 1)
    if then is not None and now is not None and not now < then:
        return []
    step = int(points.step[best])
    trained = (
        f"; the training loss went from {then:.4g} to {now:.4g} meanwhile"
        if then is not None and now is not None
        else ""
    )
    return [
        Finding(
            severity="warning",
            title=f"The evaluation loss was best at step {step:,} and is {regret:.0%} above it",
            evidence=f"{points.value[best]:.4g} at its best, {points.value[-1]:.4g} now, "
            f"{len(points) - 1 - best} evaluations later{trained}.",
            advice=f"The model of step {step:,} is the better one: keep its checkpoint, and stop "
            "earlier or regularise.",
            begin=step,
            end=int(points.step[-1]),
            since=series.time_of(points.step[since]),
            metric="eval_loss",
            facts={
                "best": float(points.value[best]),
                "best_step": step,
                "now": float(points.value[-1]),
                "regret": round(regret, 4),
            },
        )
    ]


def _is_accurate(subject: Subject) -> bool:
    """Whether the accuracy is as good as it ever was: then only its confidence got worse."""
    accuracy = subject.find("eval_accuracy")
    values = accuracy.finite().value if accuracy is not None else np.empty(0)
    if len(values) < LEAST.value:
        return False
    level = trailing_median(values, int(NARROW.value))
    return bool(level[-1] >= level.max() - ACCURATE.value * np.ptp(level))


def _past(
    series: Series,
    points: Column,
    level: FloatArray,
    regret: FloatArray,
    bad: npt.NDArray[np.bool_],
) -> list[Finding]:
    """What was a warning, and is over."""
    strong = np.flatnonzero(bad)
    if not len(strong):
        return []
    worst = int(strong[np.argmax(regret[strong])])
    good = np.flatnonzero(~bad)
    begin = int(good[good < worst][-1]) if (good < worst).any() else 0
    end = int(good[good > worst][0])
    if end - begin <= LASTED.value:
        return []
    return [
        Finding(
            severity="info",
            title=f"The evaluation loss rose to {regret[worst]:.0%} above its best, and came back",
            evidence=f"{level[worst]:.4g} at step {int(points.step[worst]):,}, {level[end]:.4g} at "
            f"step {int(points.step[end]):,}.",
            advice="Nothing to do; the best checkpoint is not that of this stretch.",
            begin=int(points.step[begin]),
            end=int(points.step[end]),
            since=series.time_of(points.step[begin]),
            metric="eval_loss",
            open=False,
            facts={"regret": round(float(regret[worst]), 4)},
        )
    ]


def _trained(subject: Subject, points: Column, at: int) -> float | None:
    """The training loss at the time of an evaluation, whatever either of them counts."""
    loss = subject.find("loss")
    if loss is None:
        return None
    course = loss.course.finite()
    if not len(course):
        return None
    around = int(np.searchsorted(course.wall_time, points.wall_time[at]))
    width = int(min(NEAR.value, max(len(course) // 10, 1)))
    end = min(max(around, width), len(course))
    return median(course.value[end - width : end])


def look_stairs(subject: Subject) -> list[Finding]:
    """A loss that falls where epochs begin and stands within them."""
    subject.needs_a_plain_loss()
    loss, course = subject.need_course("loss", int(BOUNDARIES.value * PER_EPOCH.value))
    ends = _boundaries(subject, course.step)
    if len(ends) < BOUNDARIES.value:
        raise NothingToSee(f"Fewer than {BOUNDARIES.text} ends of epochs are known.")
    sizes = np.diff(np.append(ends, len(course)))
    if median(sizes.astype(np.float64)) < PER_EPOCH.value:
        raise NothingToSee("An epoch has too few losses to see stairs.")
    drops, within = _falls(course.value, ends)
    if not _are_stairs(drops, within, noise(course.value)):
        return []
    worse = _overfits(subject)
    step, fell = int(course.step[ends[0]]), float(drops.sum())
    return [
        Finding(
            severity="warning" if worse else "info",
            title=f"The loss falls where epochs begin, {len(drops)} times",
            evidence=f"{fell:.3g} of the fall of {fell + within:.3g} happened at ends of epochs, "
            f"{within:.3g} within them" + ("; the evaluation loss gets worse." if worse else "."),
            advice="The model learns the training data by heart: fewer epochs, more data, or "
            "regularisation.",
            begin=step,
            end=int(course.step[-1]),
            since=loss.time_of(step),
            metric="loss",
            facts={
                "epochs": len(drops),
                "at_ends": round(fell, 5),
                "within": round(float(within), 5),
            },
        )
    ]


def _are_stairs(drops: FloatArray, within: float, deviation: float) -> bool:
    """Whether most of the fall lies in ``drops``, and most of those are more than noise."""
    total = float(drops.sum()) + within
    return (
        len(drops) >= BOUNDARIES.value
        and total > 0
        and float(drops.sum()) >= STAIR.value * total
        and int(np.sum(drops > SIGMAS.value * deviation / 2.0)) >= 0.6 * len(drops)
    )


def _overfits(subject: Subject) -> bool:
    try:
        return any(finding.open for finding in look_overfit(subject))
    except NothingToSee:
        return False


def _boundaries(subject: Subject, step: FloatArray) -> npt.NDArray[np.intp]:
    """Indices of the first losses of the second and later epochs, by the metric epoch."""
    epoch = subject.need("epoch", 2)
    points = epoch.finite()
    at = np.interp(step, points.step, points.value)
    # A point at the very end of an epoch belongs to it.
    whole = np.ceil(at - 1e-6)
    return np.flatnonzero(np.diff(whole) > 0) + 1


def _falls(values: FloatArray, ends: npt.NDArray[np.intp]) -> tuple[FloatArray, float]:
    """How far the loss falls at each end of an epoch, and in all between them."""
    drops, within = [], 0.0
    edges = [0, *ends.tolist(), len(values)]
    for before, at, after in zip(edges, edges[1:], edges[2:], strict=False):
        n = max(min(at - before, after - at) // 4, 2)
        if at - before < 4 or after - at < 4:
            continue
        drops.append(median(values[at - n : at]) - median(values[at : at + n]))
        if before:  # the first epoch is the learning that all trainings begin with
            within += max(median(values[before : before + n]) - median(values[at - n : at]), 0.0)
    return np.maximum(np.asarray(drops), 0.0), within


OVERFIT = Rule(
    id="overfit",
    says="The evaluation loss is well above its best while the training loss went on falling.",
    why="The best model is an earlier one; each further step makes it worse.",
    method="The regret: a running median of the evaluations (a share of {share} of them, {narrow} "
    "to {wide}) is more than {worse} (and {noise} robust deviations of single evaluations) above "
    "its best, which is at least {old} evaluations old, and the training loss (median of {near} at "
    "that time) is lower than it was there. Up to {few} evaluations each is taken as it is, and "
    "{few_worse} suffices. Above {much}, and {noise_much} of these deviations, it is a warning, "
    "unless the accuracy is within {accurate} of its gain of its best; one that is over was that, "
    "for {lasted} evaluations.",
    silent="Fewer than {least} evaluations; losses that are not positive; a training loss that "
    "rose as well; reinforcement and adversarial learning.",
    false_alarms="A loss that gets worse by overconfidence while the accuracy still rises: look at "
    "both.",
    look=look_overfit,
    needs=("eval_loss",),
    parameters=(
        LEAST,
        SHARE,
        NARROW,
        WIDE,
        WORSE,
        NOISE,
        NOISE_MUCH,
        OLD,
        NEAR,
        FEW,
        FEW_WORSE,
        MUCH,
        ACCURATE,
        LASTED,
    ),
)
EPOCH_STAIRS = Rule(
    id="epoch_stairs",
    says="The training loss falls where epochs begin and hardly within them.",
    why="A model that recognises what it has seen learns by heart.",
    method="Medians of the losses before and after each end of an epoch ({boundaries} of them, "
    "{per_epoch} losses an epoch, at least): {stair} of the whole fall after the first epoch "
    "happens there, and most of these falls are above half of {sigmas} robust deviations. A "
    "warning where the evaluation loss gets worse as well.",
    silent="No epoch is logged; reinforcement and adversarial learning.",
    false_alarms="A training loss that is averaged from each epoch's beginning.",
    look=look_stairs,
    needs=("loss", "epoch"),
    parameters=(BOUNDARIES, PER_EPOCH, STAIR, SIGMAS),
)

RULES = (OVERFIT, EPOCH_STAIRS)
