"""Evaluations that never came, checkpoints that are gone or rare."""

from __future__ import annotations

import numpy as np

from tb_trainmon.insights.finding import Finding, NothingToSee
from tb_trainmon.insights.robust import median
from tb_trainmon.insights.rule import Parameter, Rule
from tb_trainmon.insights.subject import Subject

DUE = Parameter("due", 2, "times the configured distance without an evaluation", "own")
BETTER = Parameter("better", 0.02, "share by which the best is better than what is kept", "own")
HOURS = Parameter("hours", 2, "hours since the last checkpoint", "own")
USUAL = Parameter("usual", 3, "times the usual time between checkpoints", "own")


def look_eval_never(subject: Subject) -> list[Finding]:
    """Evaluations that are configured and were never logged."""
    strategy = subject.config.get("eval_strategy", subject.config.get("evaluation_strategy"))
    strategy = str(getattr(strategy, "value", strategy) or "no").rpartition(".")[2].lower()
    if strategy not in ("steps", "epoch"):
        raise NothingToSee("No evaluation is configured.")
    if subject.task.evaluated_by:
        return []
    loss = subject.find("loss") or subject.need("learning_rate")
    last = loss.step_at(-1)
    done = last - subject.start_step
    if strategy == "steps":
        every = subject.number_in_config("eval_steps") or subject.number_in_config("logging_steps")
        delay = subject.number_in_config("eval_delay") or 0.0
        if every is not None and 0.0 < every < 1.0 and subject.task.total:
            every *= subject.task.total
        if every is None or every < 1.0 or done < DUE.value * every + delay:
            return []
        first, plan = subject.start_step + int(every), f"every {every:,.0f} steps"
    else:
        epoch = subject.need("epoch").finite().value
        if not len(epoch) or epoch[-1] - epoch[0] < DUE.value:
            return []
        first, plan = subject.start_step, "after every epoch"
    return [
        Finding(
            severity="warning",
            title="No evaluation was logged, though one is configured",
            evidence=f"Configured {plan}; {done:,} steps are done and none was logged.",
            advice="See that there is an evaluation set and that its metrics are reported here.",
            begin=first,
            end=last,
            since=loss.time_of(first),
            facts={"steps": done},
        )
    ]


def look_best_gone(subject: Subject) -> list[Finding]:
    """The checkpoint of the best evaluation was deleted."""
    limit = subject.number_in_config("save_total_limit")
    kept = sorted({checkpoint.step for checkpoint in subject.task.checkpoints})
    if limit is None or not kept or not subject.is_current:
        raise NothingToSee("No limit of the checkpoints is configured, or none lies on disk.")
    if subject.config.get("load_best_model_at_end") is True:
        raise NothingToSee("The trainer keeps the best checkpoint by itself.")
    if "loss" not in str(subject.config.get("metric_for_best_model") or "loss"):
        raise NothingToSee("The trainer compares evaluations by another metric than the loss.")
    points = subject.need("eval_loss", 2).finite()
    if len(points) < 2 or kept[-1] < points.step[0]:
        raise NothingToSee("Too few evaluations have a finite loss.")
    best = int(np.argmin(points.value))
    step, value = int(points.step[best]), float(points.value[best])
    # What is kept is as good as the evaluation at its step.
    at = np.clip(np.searchsorted(points.step, kept), 0, len(points) - 1)
    left = float(points.value[at].min())
    if step >= kept[0] or left - value <= BETTER.value * abs(value):
        return []
    return [
        Finding(
            severity="warning",
            title=f"The checkpoint of the best evaluation, step {step:,}, is gone",
            evidence=f"{value:.4g} at step {step:,}, {left:.4g} at the best of those kept "
            f"({', '.join(f'{one:,}' for one in kept[:5])}); save_total_limit is {limit:g}.",
            advice="Set load_best_model_at_end, or a higher save_total_limit, so that the best is "
            "kept.",
            begin=step,
            end=int(points.step[-1]),
            since=None,
            metric="eval_loss",
            facts={"best": value, "best_step": step, "best_kept": left},
        )
    ]


def look_rare(subject: Subject) -> list[Finding]:
    """What a crash now would cost."""
    if not (subject.task.live and subject.is_current):
        raise NothingToSee("It does not run.")
    made = sorted(checkpoint.made_at for checkpoint in subject.task.checkpoints)
    if len(made) < 2:
        raise NothingToSee("Fewer than two checkpoints are known.")
    loss = subject.find("loss") or subject.need("learning_rate")
    now = float(loss.point(-1).wall_time.item())
    usual, since = median(np.diff(made)), now - made[-1]
    if since < HOURS.value * 3600.0 or since < USUAL.value * usual:
        return []
    last = max(checkpoint.step for checkpoint in subject.task.checkpoints)
    reached = loss.step_at(-1)
    return [
        Finding(
            severity="warning",
            title=f"A crash now would cost {since / 3600.0:.2g} hours",
            evidence=f"The last checkpoint is of step {last:,}; they came every "
            f"{usual / 3600.0:.2g} hours before.",
            advice="See whether checkpoints can still be written: a full disk, a lost mount.",
            begin=last,
            end=reached,
            since=made[-1],
            facts={"seconds": round(since, 1), "steps": reached - last},
        )
    ]


EVAL_NEVER = Rule(
    id="eval_never",
    says="An evaluation is configured but none was ever logged.",
    why="Without evaluations nobody knows which checkpoint is the best.",
    method="`eval_strategy` asks for one, and {due} times its distance (in steps or epochs) have "
    "passed without any.",
    silent="No evaluation is configured.",
    false_alarms="Evaluations that are reported to another place than the event files.",
    look=look_eval_never,
    parameters=(DUE,),
)
BEST_CHECKPOINT_GONE = Rule(
    id="best_checkpoint_gone",
    says="The checkpoint of the best evaluation was deleted.",
    why="What is left on disk is worse than what was trained.",
    method="`save_total_limit` is set, the best evaluation lies before the earliest checkpoint on "
    "disk, and it is {better} better than any of a checkpoint that is kept.",
    silent="No limit, no checkpoint on disk, `load_best_model_at_end`, or a "
    "`metric_for_best_model` that is no loss.",
    false_alarms="A best checkpoint that was put aside by hand.",
    look=look_best_gone,
    needs=("eval_loss",),
    parameters=(BETTER,),
)
CHECKPOINT_RARE = Rule(
    id="checkpoint_rare",
    says="The last checkpoint of a running task is old.",
    why="It is what a crash now would cost.",
    method="{hours} hours since the last one, and {usual} times the usual time between them.",
    silent="The task does not run; fewer than two checkpoints are known.",
    false_alarms="Checkpoints that go to another place from some step on.",
    look=look_rare,
    parameters=(HOURS, USUAL),
)

RULES = (EVAL_NEVER, BEST_CHECKPOINT_GONE, CHECKPOINT_RARE)
