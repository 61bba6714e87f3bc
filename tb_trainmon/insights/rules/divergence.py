"""A loss that has left its best for good."""

from __future__ import annotations

import numpy as np

from tb_trainmon.insights.finding import Finding, NothingToSee
from tb_trainmon.insights.robust import median, noise, rolling_median
from tb_trainmon.insights.rule import Parameter, Rule
from tb_trainmon.insights.subject import Subject

LEAST = Parameter("least", 20, "points of the loss", "own")
GAINED = Parameter("gained", 0.05, "share of its first level that was gained, at least", "own")
LOST = Parameter("lost", 0.5, "share of all that was gained that is lost again", "own")
ABOVE = Parameter("above", 0.2, "share of the best that the loss is above it", "own")
SIGMAS = Parameter("sigmas", 4, "robust deviations above the best", "own")
SHARE = Parameter("share", 0.1, "share of the points since when it is lost", "own")
WIDTH = Parameter("width", 5, "points of the running median", "own; one spike is no divergence")


def has_diverged(subject: Subject) -> bool:
    """Whether the loss has left its best and not come back."""
    try:
        return any(finding.open for finding in look(subject))
    except NothingToSee:
        return False


def look(subject: Subject) -> list[Finding]:
    """Where the loss was best before it left."""
    subject.needs_a_plain_loss()
    loss, course = subject.need_course("loss", int(LEAST.value))
    values = course.value
    level = rolling_median(values, int(WIDTH.value))
    best = int(np.argmin(level))
    tail = max(int(len(level) * SHARE.value), int(WIDTH.value))
    if len(level) - best <= tail:
        return []
    gained = max(float(level[0]), float(values[0])) - float(level[best])
    # The least of the stretch at the end: it must have stayed away.
    now, lowest = median(values[-tail:]), float(level[-tail:].min())
    lost = lowest - float(level[best])
    if not gained > GAINED.value * abs(float(level[0])):
        raise NothingToSee("The loss has not gained enough to be lost again.")
    if not (
        lost > LOST.value * gained
        and lost > ABOVE.value * abs(float(level[best]))
        and lost > SIGMAS.value * noise(values[: best + 1])
    ):
        return []
    limit = float(level[best]) + lost / 2.0
    left = len(level) - 1 - int(np.argmax(level[::-1] < limit))
    at = min(left + 1, len(level) - 1)
    step = int(course.step[best])
    return [
        Finding(
            severity="error" if lost > gained else "warning",
            title=f"The loss left its best of step {step:,} and did not come back",
            evidence=f"{now:.4g} now, {level[best]:.4g} at its best"
            f": {lost / gained:.0%} of all that was gained is lost"
            f"; above {limit:.4g} since step {int(course.step[at]):,}.",
            advice="Go back to a checkpoint before this step with a lower learning rate, a longer "
            "warm-up or tighter clipping.",
            begin=step,
            end=int(course.step[-1]),
            since=loss.time_of(course.step[at]),
            metric="loss",
            facts={
                "best": float(level[best]),
                "best_step": step,
                "now": now,
                "left_at_step": int(course.step[at]),
            },
        )
    ]


DIVERGE_LR = Rule(
    id="diverge_lr",
    says="The loss has left its best for good.",
    why="A training that diverged does not come back by itself; each further step is lost.",
    method="Running median of {width} points, which had gained {gained} of its first level. Over "
    "the last {share} of the points its least value has lost {lost} of all that was gained from "
    "the first point to the best, is {above} of the best above it, and {sigmas} robust deviations "
    "of the points up to the best. An error where it is worse than at first, else a warning.",
    silent="Reinforcement and adversarial learning; fewer than {least} points; a loss that rose "
    "from the start.",
    false_alarms="Weights of parts of the loss that are raised on the way (annealing); a "
    "curriculum whose late tasks are much harder than the first.",
    look=look,
    needs=("loss",),
    parameters=(WIDTH, SHARE, GAINED, LOST, ABOVE, SIGMAS, LEAST),
)
