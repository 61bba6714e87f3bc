"""Jumps of the loss above where its own course was heading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tb_trainmon.core.columns import FloatArray
from tb_trainmon.insights.course import Course
from tb_trainmon.insights.finding import Finding, NothingToSee
from tb_trainmon.insights.forecasting import deviations, excursions, forecasts
from tb_trainmon.insights.robust import rolling_median
from tb_trainmon.insights.rule import Parameter, Rule
from tb_trainmon.insights.rules.divergence import has_diverged
from tb_trainmon.insights.subject import Series, Subject

_MEASURED = "measured on 75 healthy GPT-2-class runs: none alarmed, 99 % of spikes of 1.1x found"
STEPS = Parameter("steps", 10, "steps whose mean is one value, at least", _MEASURED)
LINE = Parameter("line", 64, "values that the forecast's line goes through", _MEASURED)
LEAST = Parameter("least", 24, "values, and as many whose deviation is taken", _MEASURED)
BEFORE = Parameter("before", 16, "values before the first that is judged", "own")
SIGMAS = Parameter("sigmas", 6, "robust deviations above the forecast", _MEASURED)
FLOOR = Parameter("floor", 0.05, "share of the forecast that it is above it, at least", _MEASURED)
TAIL = Parameter(
    "tail",
    1.6,
    "times the largest excursion of the values before (logarithms), at least",
    "own: small batches and regressions have single values far above their median while healthy",
)
AHEAD = Parameter("ahead", 32, "values that decide whether it came back", "own")
LASTS = Parameter("lasts", 8, "values after which it is persistent, at least", "own")
OFTEN = Parameter("often", 0.2, "share of them above the forecast that is persistent", "own")
NEIGHBOURS = Parameter(
    "neighbours",
    1.3,
    "times the deviation of values from their neighbours, which a fast fall does not widen",
    "own",
)
USUAL = Parameter("usual", 0.95, "quantile of the excursions before that is nothing unusual", "own")
VISIBLE = Parameter(
    "visible", 0.02, "share of the loss's first level that a jump is, at least", "own"
)
BACK = Parameter("back", 0.15, "share of a jump's height (logarithms) that is back", "own")
RATE = Parameter("rate", 1.5, "rise of the learning rate that explains a jump", "warm restarts")
_MOST = 400  # places above the floor that are looked at


@dataclass(frozen=True, slots=True)
class _Spike:
    begin: int
    end: int
    forecast: float
    height: float  # of its highest value, as a ratio to the forecast
    deviations: float
    values: int  # above the forecast, of those that followed
    followed: int
    persists: bool
    is_open: bool


def _means(course: Course) -> Course:
    """Means over at least ``STEPS`` steps."""
    group = np.floor((course.step - course.step[0]) / STEPS.value)
    begin = np.flatnonzero(np.append(True, group[1:] > group[:-1]))
    if len(begin) == len(course):
        return course
    counts = np.diff(np.append(begin, len(course)))
    last = begin + counts - 1
    # The last of them may still grow; a value made of fewer points is noisier.
    if counts[-1] < np.median(counts) and len(begin) > 1:
        begin, last, counts = begin[:-1], last[:-1], counts[:-1]
    sums = np.add.reduceat(course.value[: last[-1] + 1], begin)
    return Course(
        course.step[last],
        course.wall_time[last],
        sums / counts,
        course.size,
        course.bad,
        course.first_bad,
        course.last_bad,
    )


def _spikes(course: Course) -> Iterator[_Spike]:
    """Spikes of a positive course, in order."""
    y = np.log(course.value)
    forecast = forecasts(y, int(LINE.value))
    over = y - forecast
    floor = np.log1p(FLOOR.value)
    at = np.flatnonzero(over[int(BEFORE.value) :] > floor)[:_MOST] + int(BEFORE.value)
    if not len(at):
        return
    # Either tells it: how far forecasts strayed, or how far values differ from their neighbours.
    steps = np.append(0.0, np.diff(y)) / np.sqrt(2.0)
    deviation = np.minimum(
        deviations(over, at, int(LEAST.value)),
        NEIGHBOURS.value * deviations(steps, at, int(LEAST.value)),
    )
    limit = np.maximum(SIGMAS.value * deviation, floor)
    beyond = over[at] > np.maximum(limit, TAIL.value * excursions(over, at, int(LINE.value)))
    until = -1
    for i in np.flatnonzero(beyond).tolist():
        if at[i] > until:
            past = y[max(at[i] - int(LINE.value), 0) : at[i]]
            usual = float(np.quantile(past - rolling_median(past, 9), USUAL.value))
            spike = _judged(y, at[i], forecast[at[i]], deviation[i], limit[i], usual)
            until = spike.end
            yield spike


def _judged(
    y: FloatArray, at: int, forecast: float, deviation: float, limit: float, usual: float
) -> _Spike:
    ahead = y[at : at + int(AHEAD.value)]
    # After a jump of a thousand times, a loss that is a little above its forecast has come back.
    jump = float(ahead.max() - forecast)
    above = ahead > forecast + max(limit / 2.0, BACK.value * jump, usual)
    high = np.flatnonzero(ahead > forecast + limit)
    followed = len(ahead)
    still = bool(above[-3:].mean() > 0.5) if followed >= 3 else True
    share = float(above.mean())
    # Again and again, up to the end of what was looked at, or all the time.
    spreads = bool(above[followed * 2 // 3 :].any())
    persists = followed >= LASTS.value and share >= OFTEN.value and (still or spreads)
    end = at + followed - 1 if persists else at + int(high[-1])
    return _Spike(
        begin=at,
        end=end,
        forecast=float(np.exp(forecast)),
        height=float(np.exp(ahead.max() - forecast)),
        deviations=float((ahead.max() - forecast) / deviation) if deviation > 0 else np.inf,
        values=int(above.sum()),
        followed=followed,
        persists=persists,
        is_open=at + followed >= len(y) and (still or persists),
    )


def _all(subject: Subject) -> tuple[Series, Course, list[_Spike]]:
    subject.needs_a_plain_loss()
    loss, course = subject.need_course("loss", int(LEAST.value))
    if not (course.value > 0.0).all():
        raise NothingToSee("The loss is not positive throughout, so it is no likelihood.")
    means = _means(course)
    if len(means) < LEAST.value:
        raise NothingToSee(
            f"There are {len(means)} means over {STEPS.text} steps so far; it takes {LEAST.text}."
        )
    visible = VISIBLE.value * float(np.median(means.value[:5]))
    found = [
        spike
        for spike in _spikes(means)
        if spike.forecast * (spike.height - 1.0) >= visible
        if not _explained(subject, means, spike)
    ]
    return loss, means, found


def _explained(subject: Subject, means: Course, spike: _Spike) -> bool:
    """Whether the learning rate was raised just before: a warm restart."""
    rate = subject.find("learning_rate")
    if rate is None:
        return False
    begin = means.step[max(spike.begin - 3, 0)]
    course = rate.course
    near = course.value[(course.step >= begin) & (course.step <= means.step[spike.begin])]
    return len(near) > 1 and bool(near.max() > RATE.value * near[0] >= 0.0)


def look_recovers(subject: Subject) -> list[Finding]:
    """Spikes after which the loss came back."""
    loss, means, spikes = _all(subject)
    short = [spike for spike in spikes if not spike.persists]
    if not short or _persistent(spikes) is not None:
        return []
    worst = max(short, key=lambda spike: spike.height)
    first, last = short[0], short[-1]
    step = int(means.step[worst.begin])
    more = f" The highest of {len(short)}." if len(short) > 1 else ""
    return [
        Finding(
            severity="info",
            title=f"The loss jumped at step {step:,}"
            + (" and came back" if not last.is_open else ""),
            evidence=f"{worst.height:.3g} times the forecast of {worst.forecast:.4g} "
            f"({min(worst.deviations, 999):.0f} robust deviations); above it for "
            f"{worst.values} of the {worst.followed} means that follow.{more}",
            advice="If it comes again, look at the data of this step, and clip gradients.",
            begin=int(means.step[max(first.begin - 1, 0)]) + 1,
            end=int(means.step[last.end]),
            since=loss.time_of(means.step[first.begin]),
            metric="loss",
            open=last.is_open,
            facts={
                "spikes": len(short),
                "ratio": round(worst.height, 4),
                "forecast": worst.forecast,
                "deviations": round(min(worst.deviations, 1e6), 1),
                "step": step,
            },
        )
    ]


def _persistent(spikes: list[_Spike]) -> _Spike | None:
    return next((spike for spike in spikes if spike.persists), None)


def look_persistent(subject: Subject) -> list[Finding]:
    """A jump after which the loss did not come back, or came again and again."""
    loss, means, spikes = _all(subject)
    spike = _persistent(spikes)
    if spike is None or has_diverged(subject):
        return []
    return [_jump(loss, means, spike)]


def _jump(loss: Series, means: Course, spike: _Spike) -> Finding:
    after = means.value[spike.begin :]
    level = float(np.median(after))
    came_back = (rolling_median(after, 9) <= spike.forecast * (1.0 + FLOOR.value / 2)).any()
    over = after > spike.forecast * (1.0 + FLOOR.value)
    is_open = float(over[-int(AHEAD.value) :].mean()) >= OFTEN.value
    end = len(means) - 1 if is_open else spike.begin + int(np.flatnonzero(over)[-1])
    step = int(means.step[spike.begin])
    how = (
        f"{over.mean():.0%} of the means since are above it"
        if came_back
        else f"the median since is {level:.4g}"
    )
    return Finding(
        # What falls below the forecast meanwhile learns: rare examples jump so, and harm nothing.
        severity="info" if came_back and level < spike.forecast else "warning",
        title=f"The loss jumped at step {step:,} and stays unsettled"
        if is_open
        else f"The loss was unsettled from step {step:,} on",
        evidence=f"The forecast was {spike.forecast:.4g}; {how}, the highest of the first "
        f"{spike.followed} is {spike.height:.3g} times the forecast.",
        advice="Something changed at this step: look at the data from there on, and consider "
        "going back to the checkpoint before it with another order of the data.",
        begin=int(means.step[max(spike.begin - 1, 0)]) + 1,
        end=int(means.step[end]),
        since=loss.time_of(step),
        metric="loss",
        open=is_open,
        facts={
            "forecast": spike.forecast,
            "median_since": level,
            "ratio": round(spike.height, 4),
            "share_above": round(float(over.mean()), 4),
        },
    )


_METHOD = (
    "Means of the loss over at least {steps} steps; of their logarithms a line through the last "
    "{line} (medians of five, so that a spike does not bend it) gives the next "
    "one, but none below the median of the last nine. A spike is "
    "{sigmas} robust deviations (of the last {least}; or {neighbours} times that of their "
    "differences, if that is less) and {floor} above that, and {tail} times the second largest "
    "excursion in those {line}; {before} means before it, at least, and a jump that is {visible} "
    "of the loss's first level. "
)
_SILENT = (
    "Reinforcement and adversarial learning; losses that are not positive; fewer than {least} "
    "means; where the rate rose {rate} times just before."
)
SPIKE_RECOVERS = Rule(
    id="spike_recovers",
    says="The loss jumped above its own course and came back.",
    why="One bad batch does little harm; that it came back is what one wants to know.",
    method=_METHOD + "It came back where it is not persistent.",
    silent=_SILENT,
    false_alarms="A curriculum that turns to harder data.",
    look=look_recovers,
    needs=("loss",),
    parameters=(STEPS, LINE, LEAST, BEFORE, SIGMAS, NEIGHBOURS, FLOOR, TAIL, VISIBLE, RATE),
)
SPIKE_PERSISTENT = Rule(
    id="spike_persistent",
    says="The loss jumped above its own course and has not settled since.",
    why="What broke it is still there: bad data, a broken optimiser state, a rate too high.",
    method=_METHOD + "Persistent: of the {ahead} means that follow, and at least {lasts}, a share "
    "of {often} lies above the middle between forecast and limit (above {back} of the jump, and "
    "above the quantile {usual} of what strayed before), up to the end of them. Information where "
    "it came back and half of all that follows lies below the forecast.",
    silent=_SILENT + " What diverge_lr tells is not told again.",
    false_alarms="A change of the data mixture on purpose.",
    look=look_persistent,
    needs=("loss",),
    parameters=(
        STEPS,
        LINE,
        LEAST,
        BEFORE,
        SIGMAS,
        NEIGHBOURS,
        FLOOR,
        TAIL,
        AHEAD,
        LASTS,
        OFTEN,
        BACK,
        USUAL,
        VISIBLE,
        RATE,
    ),
)

RULES = (SPIKE_RECOVERS, SPIKE_PERSISTENT)
