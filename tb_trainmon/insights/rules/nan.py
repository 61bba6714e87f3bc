"""Losses, gradient norms and evaluations that are not finite."""

from __future__ import annotations

import numpy as np

from tb_trainmon.core.columns import Column
from tb_trainmon.core.joined import pieces_of
from tb_trainmon.insights.finding import Finding
from tb_trainmon.insights.rule import Parameter, Rule
from tb_trainmon.insights.subject import Series, Subject

BACK = Parameter("back", 3, "finite points in a row after which it is over", "own; one may be luck")
NORMS = Parameter(
    "norms", 3, "gradient norms in a row that are not finite", "a scaler of AMP skips one at a time"
)
ZEROS = Parameter("zeros", 3, "losses of exactly 0.0 in a row", "own; a batch may be masked whole")
LEVEL = Parameter(
    "level",
    0.05,
    "loss before the first 0.0, at least",
    "own; one learnt by heart gets there slowly",
)
BEFORE = Parameter("before", 5, "points before it whose median is the level", "own")


def _lost(series: Series) -> tuple[int, int, bool]:
    """The first and the last point that is not finite, and whether it has not come back."""
    course = series.course
    is_open = len(series) - 1 - course.last_bad < BACK.value
    return course.first_bad, course.last_bad, is_open


def _kinds(values: np.ndarray) -> str:
    return "NaN" if np.isnan(values).any() else "infinite"


def look_nan_loss(subject: Subject) -> list[Finding]:
    """The first loss that is not finite, and what went on after it."""
    loss = subject.need("loss")
    if not loss.course.bad:
        return _look_at_norms(subject)
    if loss.hides_nans:
        return []
    first, last, is_open = _lost(loss)
    step, points = loss.step_at(first), len(loss) - first
    share = f"{loss.course.bad:,} of the {points:,} losses from there on are not finite"
    share = share if points > 1 else "It is the last one that was logged"
    after = (
        "none came back" if is_open else f"it was finite again after step {loss.step_at(last):,}"
    )
    few = not is_open and loss.course.bad < BACK.value
    return [
        Finding(
            severity="warning" if few else "error",
            title=f"The loss is {_kinds(loss.points[first:].value)} from step {step:,} on"
            if is_open
            else f"The loss was {_kinds(loss.points[first : last + 1].value)} at step {step:,}",
            evidence=f"{share}; {after}.",
            advice="Go back to the last checkpoint before it and look at the batch of this step: "
            "masked or missing labels, a division by zero, fp16 overflow.",
            begin=step,
            end=loss.step_at(last),
            since=loss.time_at(first),
            metric="loss",
            open=is_open,
            facts={"first_step": step, "not_finite": loss.course.bad, "points": points},
        )
    ]


def _look_at_norms(subject: Subject) -> list[Finding]:
    norm = subject.find("grad_norm")
    if norm is None or not norm.course.bad or subject.find("loss") is None:
        return []
    tail = norm.points[norm.course.first_bad :][-10_000:].value
    bad = ~np.isfinite(tail)
    run = int(NORMS.value)
    if len(bad) < run or not bad[-run:].all():
        return []
    good = np.flatnonzero(~bad)
    first = len(norm) - len(bad) + (int(good[-1]) + 1 if len(good) else 0)
    step = norm.step_at(first)
    return [
        Finding(
            severity="warning",
            title=f"The gradient norm is not finite from step {step:,} on",
            evidence=f"The last {run} norms and {norm.course.bad:,} in all are not finite, "
            "while the loss is.",
            advice="Steps with such gradients are skipped by a loss scaler or break the weights: "
            "look at the scaler, or clip and lower the rate.",
            begin=step,
            end=norm.step_at(-1),
            since=norm.time_at(first),
            metric="grad_norm",
            facts={"first_step": step, "not_finite": norm.course.bad},
        )
    ]


def look_nan_hidden(subject: Subject) -> list[Finding]:
    """Losses of exactly 0.0 that were NaN."""
    subject.needs_a_plain_loss()
    loss = subject.need("loss")
    if loss.hides_nans and loss.course.bad:
        return [_hidden(loss, loss.course.first_bad, loss.course.last_bad, loss.course.bad)]
    # Zeros lower the course of a long series, so whoever sees none there need not look closer.
    first, last, count = _zeros(loss.points)
    if not count:
        return []
    before = loss.points[max(first - int(BEFORE.value), 0) : first].value
    run = loss.points[first : first + int(ZEROS.value)].value
    known = before[~np.isnan(before)]
    if not len(known) or run.any() or len(run) < ZEROS.value:
        return []
    if not np.median(known) >= LEVEL.value:
        return []
    return [_hidden(loss, first, last, count)]


def _zeros(points: Column) -> tuple[int, int, int]:
    """The index of the first value of exactly 0.0, that of the last, and how many there are."""
    first = last = count = begin = 0
    for piece in pieces_of(points):
        found = np.flatnonzero(piece.value == 0.0)
        if len(found):
            first = first if count else begin + int(found[0])
            last, count = begin + int(found[-1]), count + len(found)
        begin += len(piece)
    return first, last, count


def _hidden(loss: Series, first: int, last: int, count: int) -> Finding:
    step = loss.step_at(first)
    is_open = len(loss) - 1 - last < BACK.value
    return Finding(
        severity="error",
        title=f"The loss was NaN from step {step:,} on, logged as 0.0",
        evidence=f"{count:,} losses are exactly 0.0, from step {step:,} to "
        f"{loss.step_at(last):,}"
        + (
            "; gradient norms or evaluations of these steps are NaN."
            if loss.hides_nans
            else "; before, the loss was far from 0."
        ),
        advice="Set logging_nan_inf_filter to False to see them, go back to a checkpoint before it "
        "and look at the labels of this step's batch: are all of them masked?",
        begin=step,
        end=loss.step_at(last),
        since=loss.time_at(first),
        metric="loss",
        open=is_open,
        facts={"first_step": step, "zeros": count},
    )


def look_eval_nan(subject: Subject) -> list[Finding]:
    """Evaluations whose loss is not finite."""
    found = subject.need("eval_loss")
    loss = subject.find("loss")
    if not found.course.bad or (loss is not None and loss.course.bad):
        return []
    first, last = found.course.first_bad, found.course.last_bad
    step = found.step_at(first)
    is_open = last == len(found) - 1
    return [
        Finding(
            severity="error" if is_open else "warning",
            title=f"The evaluation at step {step:,} has no finite loss",
            evidence=f"{found.course.bad:,} of {len(found):,} evaluations are NaN or infinite, the "
            f"last of them at step {found.step_at(last):,}.",
            advice="If the training loss is finite, look at the evaluation: an empty or fully "
            "masked batch, or an overflow in half precision.",
            begin=step,
            end=found.step_at(last),
            since=found.time_at(first),
            metric="eval_loss",
            open=is_open,
            facts={"first_step": step, "not_finite": found.course.bad, "evaluations": len(found)},
        )
    ]


NAN_LOSS = Rule(
    id="nan_loss",
    says="The loss, or the gradient norm for good, is NaN or infinite.",
    why="Once weights are NaN nothing that follows is of use, and the job goes on costing money.",
    method="The first point of the loss that is not finite; over after {back} finite ones in a "
    "row. Of gradient norms the last {norms} must be so, while the loss is finite. Other metrics "
    "are not looked at: some trainers log NaN there on purpose.",
    silent="There is no loss; or its NaNs are told by nan_hidden.",
    false_alarms="A trainer that logs NaN for steps without a loss (an all-masked batch that it "
    "skips) alarms once and is over when the loss is back.",
    look=look_nan_loss,
    needs=("loss",),
    parameters=(BACK, NORMS),
)
NAN_HIDDEN = Rule(
    id="nan_hidden",
    says="The trainer logged 0.0 where the loss was NaN.",
    why="The Hugging Face Trainer's logging_nan_inf_filter replaces NaN, so a dead training looks "
    "perfect.",
    method="Losses of exactly 0.0 whose gradient norm (else whose evaluations from there on) is "
    "NaN. For other trainers {zeros} in a row, where the median of the {before} points before it "
    "was at least {level}.",
    silent="Reinforcement learning, whose losses begin at 0 by design; adversarial training.",
    false_alarms="A hinge or margin loss that reaches exactly 0 from above {level} at once.",
    look=look_nan_hidden,
    needs=("loss",),
    parameters=(ZEROS, BEFORE, LEVEL),
)
EVAL_NAN = Rule(
    id="eval_nan",
    says="An evaluation's loss is NaN or infinite.",
    why="The best checkpoint is chosen by it, and NaN compares as neither better nor worse.",
    method="Any point of the evaluation loss that is not finite; over when the latest is finite.",
    silent="No evaluation loss is logged; or the training loss is NaN too, which explains it.",
    false_alarms="None known.",
    look=look_eval_nan,
    needs=("eval_loss",),
)

RULES = (NAN_LOSS, NAN_HIDDEN, EVAL_NAN)
