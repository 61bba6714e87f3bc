"""How fast it goes: slower steps, stalls, evaluations that take the time."""

from __future__ import annotations

import numpy as np

from tb_trainmon.core.columns import FloatArray
from tb_trainmon.insights.finding import Finding, NothingToSee
from tb_trainmon.insights.intervals import Pace, evaluation_times, paced
from tb_trainmon.insights.robust import median
from tb_trainmon.insights.rule import Parameter, Rule
from tb_trainmon.insights.subject import Series, Subject
from tb_trainmon.insights.words import duration

LEAST = Parameter("least", 30, "intervals between points, at least", "own")
SLOWER = Parameter("slower", 1.4, "times the pace before", "own; injected ones are 1.8 times")
SIDE = Parameter("side", 10, "intervals on either side of the change, at least", "own")
EARLY = Parameter(
    "early",
    0.2,
    "share of the intervals before the change, at least",
    "a start is slow or fast by itself",
)
APART = Parameter(
    "apart", 0.75, "share of the intervals after it slower than that of those before", "own"
)
LONG = Parameter(
    "long",
    1.7,
    "times the usual interval that is a stall",
    "injected stalls show at up to 2.9 times",
)
STALLS = Parameter("stalls", 4, "stalls, at least", "own")
EVENLY = Parameter(
    "evenly", 0.2, "deviation of the distances between stalls, of their median", "own"
)
LOST = Parameter("lost", 0.05, "share of the time that they cost, at least", "own")
HEAVY = Parameter("heavy", 0.2, "share of the time in evaluations", "own")
HEAVIER = Parameter("heavier", 0.3, "share of the time that is a warning", "own")
EVALUATIONS = Parameter("evaluations", 3, "evaluations, at least", "own")
SHORTEST = Parameter("shortest", 60, "seconds that the attempt has taken, at least", "own")
DATA = Parameter("data", 0.2, "share of a step spent waiting for data", "common practice")
DATA_MUCH = Parameter("data_much", 0.3, "share that is a warning", "common practice")

_BLOCKS = 256  # values that a change of the pace is looked for in
_PLACES = 33  # ... and places


def look_slow_down(subject: Subject) -> list[Finding]:
    """Steps that take longer from some point on."""
    if subject.task.kind == "reinforcement":
        raise NothingToSee("Episodes of reinforcement learning take as long as they take.")
    series, pace = paced(subject, LEAST.value)
    pace = pace.of(~pace.busy) if (~pace.busy).sum() >= LEAST.value else pace
    per_step = pace.per_step
    if len(per_step) < LEAST.value:
        raise NothingToSee("Too few intervals are free of evaluations.")
    at, before, after = _change(per_step)
    if at == 0 or not _is_slower(per_step[:at], per_step[at:], before, after):
        return []
    return [_slow_down(series, pace, at, before, after)]


def _is_slower(earlier: FloatArray, later: FloatArray, before: float, after: float) -> bool:
    """Whether ``after``, the median of ``later``, is more than the steps' own coming and going."""
    return (
        before > 0
        and after / before >= SLOWER.value
        and bool(np.quantile(later, 1.0 - APART.value) > np.quantile(earlier, APART.value))
    )


def _slow_down(series: Series, pace: Pace, at: int, before: float, after: float) -> Finding:
    later = pace.per_step[at:]
    is_open = median(later[-int(SIDE.value) :]) > before * (1.0 + (SLOWER.value - 1.0) / 2.0)
    lost = float(np.sum((later - before) * pace.steps[at:]))
    ratio, step = after / before, int(pace.step[at - 1])
    return Finding(
        severity="warning" if is_open else "info",
        title=f"Each step takes {ratio:.2g} times as long since step {step:,}"
        if is_open
        else f"Steps took {ratio:.2g} times as long from step {step:,} on",
        evidence=f"{duration(before)} a step before, {duration(after)} since, evaluations and "
        f"checkpoints taken out; {duration(lost)} lost so far.",
        advice="Look at what shares the machine since then, at the temperature and clock of "
        "the accelerator, and at longer inputs.",
        begin=step,
        end=int(pace.step[-1]),
        since=float(pace.end[at - 1]),
        metric=series.metric,
        open=is_open,
        facts={
            "before_s": before,
            "after_s": after,
            "ratio": round(ratio, 3),
            "lost_s": round(lost, 1),
        },
    )


def _change(values: FloatArray) -> tuple[int, float, float]:
    """Where two medians divide the values best, and both; index 0 where there is no place."""
    side = max(int(SIDE.value), int(EARLY.value * len(values)))
    until = len(values) - int(SIDE.value)
    if until <= side:
        return 0, 1.0, 1.0
    # Of many values the medians of a few at a time: they are to be divided some thirty times.
    few = max(len(values) // _BLOCKS, 1)
    logs = np.log(np.maximum(values, 1e-9))
    blocks = logs[: len(logs) // few * few].reshape(-1, few)
    middles = np.median(blocks, axis=1)
    best, at = np.inf, 0
    for place in np.unique(np.linspace(side // few, until // few, _PLACES).astype(int)).tolist():
        parts = middles[:place], middles[place:]
        cost = sum(float(np.abs(part - median(part)).sum()) for part in parts if len(part))
        if cost < best:
            best, at = cost, place * few
    return at, float(np.exp(median(logs[:at]))), float(np.exp(median(logs[at:])))


def look_data_stall(subject: Subject) -> list[Finding]:
    """Long intervals at even distances, or time that is logged as waiting for data."""
    logged = _waiting(subject)
    if logged is not None:
        return logged
    series, pace = paced(subject, LEAST.value)
    usual = median(pace.per_step[~pace.busy]) if (~pace.busy).any() else median(pace.per_step)
    stalled = (pace.per_step > LONG.value * usual) & ~pace.busy
    at = np.flatnonzero(stalled)
    if len(at) < STALLS.value:
        return []
    distance, is_regular = _distance(pace.step[at])
    excess = float(np.sum(pace.seconds[at] - usual * pace.steps[at]))
    share = excess / float(pace.seconds.sum())
    if share < LOST.value or not is_regular or not distance > 2.0 * median(pace.steps):
        return []
    longest = float((pace.per_step[at] / usual).max())
    first, last = int(pace.step[at[0]]), int(pace.step[at[-1]])
    return [
        Finding(
            severity="info",
            title=f"Every {distance:,.0f} steps something takes {duration(excess / len(at))}",
            evidence=f"{len(at)} intervals took up to {longest:.2g} times as long as usual, "
            f"{share:.0%} of the time in all; no evaluation or checkpoint is known that would "
            "explain them.",
            advice="See what happens so often: a data loader that refills or opens the next shard, "
            "or a checkpoint or an evaluation that leaves no trace here.",
            begin=first,
            end=last,
            since=float(pace.end[at[0]]),
            metric=series.metric,
            open=float(pace.step[-1]) - last <= 2.0 * distance,
            facts={
                "stalls": len(at),
                "every": distance,
                "share": round(share, 4),
                "longest": round(longest, 3),
            },
        )
    ]


def _distance(steps: FloatArray) -> tuple[float, bool]:
    """How many steps lie between two of these, and whether that is nearly always so.

    Those that something else hides leave a gap of twice the distance.
    """
    gaps = np.diff(steps)
    distance = median(gaps)
    times = np.round(gaps / distance)
    even = (np.abs(gaps / distance - times) <= EVENLY.value) & (times >= 1)
    return distance, float(even.mean()) >= 1.0 - EVENLY.value


def _waiting(subject: Subject) -> list[Finding] | None:
    """By the logged share of data loading, in percent; None where there is none."""
    share = subject.find("data_percent")
    if share is None:
        return None
    recent = share.course.finite().value[-100:] / 100.0
    if len(recent) < STALLS.value:
        return None
    now = median(recent)
    if now <= DATA.value:
        return []
    return [
        Finding(
            severity="warning" if now > DATA_MUCH.value else "info",
            title=f"{now:.0%} of a step is spent waiting for data",
            evidence=f"Median of the last {len(recent)} points.",
            advice="More loader workers, prefetching, or data nearer to the machine.",
            begin=share.step_at(max(len(share) - len(recent), 0)),
            end=share.step_at(-1),
            since=share.time_at(max(len(share) - len(recent), 0)),
            metric=share.metric,
            facts={"share": round(now, 4)},
        )
    ]


def look_eval_heavy(subject: Subject) -> list[Finding]:
    """The share of the time that evaluations take."""
    times = evaluation_times(subject)
    if len(times) < EVALUATIONS.value:
        raise NothingToSee(f"Fewer than {EVALUATIONS.text} evaluations are logged.")
    series, pace = paced(subject, EVALUATIONS.value * 3)
    evaluated = pace.evaluated
    if evaluated.mean() > 0.5:
        raise NothingToSee("There is an evaluation in nearly every interval: nothing to compare.")
    usual = median(pace.per_step[~pace.busy] if (~pace.busy).any() else pace.per_step)
    excess = np.maximum(pace.seconds[evaluated] - usual * pace.steps[evaluated], 0.0)
    # One that was interrupted for the night says nothing of the others.
    typical = median(excess) * len(excess)
    spent = min(typical, float(excess.sum()))
    trained = np.where(evaluated, usual * pace.steps, pace.seconds)
    whole = float(np.sum(np.minimum(trained, 20 * median(pace.seconds)))) + spent or 1.0
    share = spent / whole
    if len(excess) < EVALUATIONS.value or share <= HEAVY.value:
        return []
    if float(pace.seconds.sum()) < SHORTEST.value:
        raise NothingToSee("It is over too soon for the time to matter.")
    return [
        Finding(
            severity="warning" if share > HEAVIER.value else "info",
            title=f"Evaluations take {share:.0%} of the time",
            evidence=f"{len(excess)} evaluations of about {duration(median(excess))} in "
            f"{duration(whole)}.",
            advice="Evaluate less often, or on a part of the data.",
            begin=int(pace.step[0]),
            end=int(pace.step[-1]),
            since=series.time_at(0),
            metric=None,
            facts={"share": round(share, 4), "seconds_each": round(median(excess), 3)},
        )
    ]


SLOW_DOWN = Rule(
    id="slow_down",
    says="From some step on, each step takes clearly longer than before.",
    why="A job that takes twice as long costs twice as much, and nobody looks at the clock.",
    method="Seconds a step, intervals with evaluations and checkpoints taken out, divided by two "
    "medians where that fits best ({side} intervals on either side, and a share of {early} "
    "before it, at least): {slower} times slower, and {apart} of the later intervals slower than "
    "{apart} of the earlier ones.",
    silent="Fewer than {least} intervals; points that are written in bursts; reinforcement "
    "learning.",
    false_alarms="Inputs that get longer on purpose.",
    look=look_slow_down,
    parameters=(SIDE, EARLY, SLOWER, APART, LEAST),
)
DATA_STALL = Rule(
    id="data_stall",
    says="The training stalls again and again, at even distances, or waits for its data.",
    why="Accelerators that wait cost as much as those that work.",
    method="Intervals above {long} times the usual one in which no evaluation or checkpoint is "
    "known or configured: {stalls} of them at least, at distances that differ from multiples of "
    "their median by {evenly} at most, and {lost} of the time; as nobody knows what they are, that "
    "is information. Where a share of waiting for data is logged: above {data}, and {data_much} a "
    "warning.",
    silent="Fewer than {least} intervals; points that are written in bursts.",
    false_alarms="Checkpoints and evaluations that leave no trace in the log.",
    look=look_data_stall,
    parameters=(LONG, STALLS, EVENLY, LOST, DATA, DATA_MUCH, LEAST),
)
EVAL_HEAVY = Rule(
    id="eval_heavy",
    says="Evaluations take a large share of the time.",
    why="Half as many would tell nearly as much.",
    method="What intervals with an evaluation take beyond the usual pace (the median of that, "
    "times their number) is more than {heavy} of the time; {heavier} is a warning.",
    silent="Fewer than {evaluations} evaluations; one in nearly every interval; an attempt shorter "
    "than {shortest} seconds.",
    false_alarms="Checkpoints that are saved with each evaluation are counted with it.",
    look=look_eval_heavy,
    parameters=(HEAVY, HEAVIER, EVALUATIONS, SHORTEST),
)

RULES = (SLOW_DOWN, DATA_STALL, EVAL_HEAVY)
