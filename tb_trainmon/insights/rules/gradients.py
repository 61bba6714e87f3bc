"""Gradient norms: exploding, vanishing, always clipped."""

from __future__ import annotations

import numpy as np

from tb_trainmon.core.columns import FloatArray, IntArray
from tb_trainmon.insights.finding import Finding, NothingToSee
from tb_trainmon.insights.robust import median, trailing_median
from tb_trainmon.insights.rule import Parameter, Rule
from tb_trainmon.insights.subject import Subject

LEAST = Parameter("least", 20, "points of the norm", "own")
WIDTH = Parameter(
    "width", 9, "norms whose running median is compared: one spike is no explosion", "own"
)
TIMES = Parameter(
    "times",
    20,
    "times the attempt's own median before",
    "own; norms grow up to 10x in healthy runs",
)
ERROR = Parameter("error", 100, "times that is an error", "own")
TINY = Parameter("tiny", 1e-6, "median of the norm, at most", "single precision has 7 digits")
RECENT = Parameter("recent", 20, "norms whose median is judged", "own")
LEARNT = Parameter(
    "learnt", 0.1, "share of its first level that a loss that is learnt is below", "own"
)
LIMIT_TIMES = Parameter(
    "limit_times", 10, "times the limit", "healthy runs are clipped at every step, too"
)
NEARLY = Parameter("nearly", 0.9, "share of the norms above that", "own")
LIMITS = (
    "max_grad_norm",
    "gradient_clip_val",
    "gradient_clipping",
    "grad_clip",
    "clip_grad",
    "clip_grad_norm",
)


def look_explode(subject: Subject) -> list[Finding]:
    """A norm that has grown far beyond what it was."""
    norm, course = subject.need_course("grad_norm", int(LEAST.value))
    level = trailing_median(course.value, int(WIDTH.value))
    places, usual = _usual(course.value)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(usual > 0.0, level[places] / usual, 0.0)
    if not len(ratio) or not ratio.max() > TIMES.value:
        return []
    before = float(usual[np.argmax(ratio > TIMES.value)])
    height = float(level[places[np.argmax(ratio)]])
    above = level > TIMES.value * before
    begin = int(np.argmax(above & (np.arange(len(above)) >= WIDTH.value)))
    is_open = bool(above[-1])
    end = len(above) - 1 if is_open else len(above) - 1 - int(np.argmax(above[::-1]))
    times = float(level[begin : end + 1].max()) / before
    step = int(course.step[begin])
    severe = times > ERROR.value
    plain = subject.task.kind not in ("reinforcement", "adversarial")
    return [
        Finding(
            severity="info" if not (is_open and plain) else "error" if severe else "warning",
            title=f"The gradient norm grew to {times:,.0f} times what it was",
            evidence=f"Its median was {before:.3g} before; above {TIMES.text} times that from step "
            f"{step:,} {'on' if is_open else f'to {int(course.step[end]):,}'}, "
            f"{height:.3g} at its height.",
            advice="Clip the gradient and lower the rate; in mixed precision, unscale before the "
            "norm is taken. If the loss grows as well, look at the data since then.",
            begin=step,
            end=int(course.step[end]),
            since=norm.time_of(step),
            metric="grad_norm",
            open=is_open,
            facts={"before": before, "times": round(times, 2), "from_step": step},
        )
    ]


def _usual(values: FloatArray) -> tuple[IntArray, FloatArray]:
    """At some thirty places, the median of all norms up to one window before."""
    width = int(WIDTH.value)
    places = np.unique(np.linspace(width, len(values) - 1, 33).astype(int))
    places = places[places >= 2 * width]
    return places, np.array([median(values[: at - width]) for at in places])


def look_vanish(subject: Subject) -> list[Finding]:
    """A norm that is nothing while there is something left to learn."""
    norm, course = subject.need_course("grad_norm", int(LEAST.value))
    recent = course.value[-int(RECENT.value) :]
    now = median(recent)
    if not 0.0 <= now <= TINY.value:
        return []
    loss = subject.find("loss")
    if loss is None:
        raise NothingToSee("No training loss says whether there is anything left to learn.")
    losses = loss.course.finite().value
    if len(losses) < LEAST.value or _is_learnt(losses):
        return []
    small = course.value > TINY.value
    begin = len(small) - int(np.argmax(small[::-1])) if small.any() else 0
    begin = min(begin, len(small) - 1)
    step = int(course.step[begin])
    return [
        Finding(
            severity="error",
            title="The gradient is nothing, and the loss is not learnt",
            evidence=f"The median of the last {len(recent)} norms is {now:.2g}, below {TINY.text} "
            f"since step {step:,}; the loss went from {median(losses[:5]):.4g} to "
            f"{median(losses[-5:]):.4g}.",
            advice="Look for saturated activations, frozen or detached parameters and wrong "
            "initial values.",
            begin=step,
            end=int(course.step[-1]),
            since=norm.time_of(step),
            metric="grad_norm",
            facts={"median": now, "since_step": step},
        )
    ]


def _is_learnt(losses: FloatArray) -> bool:
    first, last = median(losses[:5]), median(losses[-5:])
    return last <= LEARNT.value * first or abs(last) < TINY.value


def look_clipped(subject: Subject) -> list[Finding]:
    """Norms far above the configured limit in nearly every step."""
    limit = subject.number_in_config(*LIMITS)
    if limit is None or not limit > 0.0:
        raise NothingToSee("No limit of the gradient norm is configured.")
    norm, course = subject.need_course("grad_norm", int(LEAST.value))
    share = float(np.mean(course.value > LIMIT_TIMES.value * limit))
    if share < NEARLY.value:
        return []
    usual = median(course.value)
    return [
        Finding(
            severity="warning",
            title=f"Nearly every gradient is clipped to less than a {LIMIT_TIMES.text}th",
            evidence=f"{share:.0%} of the norms are above {LIMIT_TIMES.text} times the limit of "
            f"{limit:g}; their median is {usual:.3g}.",
            advice="Only the direction of the gradient is left: raise the limit to about the usual "
            f"norm, {usual:.2g}, or learn that the rate is meant for it.",
            begin=int(course.step[0]),
            end=int(course.step[-1]),
            since=norm.time_at(0),
            metric="grad_norm",
            facts={"limit": limit, "median": usual, "share": round(share, 4)},
        )
    ]


GRAD_EXPLODE = Rule(
    id="grad_explode",
    says="The gradient norm grew far beyond what it was in this attempt.",
    why="It comes before a loss that diverges, or says that the norm is not what one thinks it is.",
    method="A running median of {width} norms above {times} times the median of all norms before "
    "it (judged at some thirty places); above {error} times, and still so, an error. Information "
    "in reinforcement and adversarial learning, whose norms wander.",
    silent="Fewer than {least} norms.",
    false_alarms="Adapters that start from 0, whose gradients start from next to nothing.",
    look=look_explode,
    needs=("grad_norm",),
    parameters=(WIDTH, TIMES, ERROR, LEAST),
)
GRAD_VANISH = Rule(
    id="grad_vanish",
    says="The gradient is nothing, while the loss is not learnt.",
    why="Without a gradient nothing is learnt, whatever the rate.",
    method="The median of the last {recent} norms is below {tiny}, and the loss is above {learnt} "
    "of its first level.",
    silent="Fewer than {least} norms or losses.",
    false_alarms="Norms that are logged after a division by the number of parameters or scales.",
    look=look_vanish,
    needs=("grad_norm",),
    parameters=(RECENT, TINY, LEARNT, LEAST),
)
CLIPPED_ALWAYS = Rule(
    id="clipped_always",
    says="Nearly every gradient is far above the limit to which it is clipped.",
    why="The rate then means another step than one thinks: the limit is the rate.",
    method="A share of {nearly} of the norms above {limit_times} times the configured limit "
    "(`max_grad_norm` and its other names).",
    silent="No limit is configured; fewer than {least} norms; the norm is logged after clipping.",
    false_alarms="A limit that small on purpose.",
    look=look_clipped,
    needs=("grad_norm",),
    parameters=(NEARLY, LIMIT_TIMES, LEAST),
)

RULES = (GRAD_EXPLODE, GRAD_VANISH, CLIPPED_ALWAYS)
