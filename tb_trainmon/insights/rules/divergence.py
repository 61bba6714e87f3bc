"""A loss that has left its best for good."""

from __future__ import annotations

import numpy as np

from tb_trainmon.core.columns import FloatArray
from tb_trainmon.core.record import record
from tb_trainmon.insights.course import Course
from tb_trainmon.insights.finding import Finding, NothingToSee
from tb_trainmon.insights.robust import median, noise, rolling_median
from tb_trainmon.insights.rule import Parameter, Rule
from tb_trainmon.insights.subject import Series, Subject

LEAST = Parameter("least", 20, "points of the loss", "own")
GAINED = Parameter("gained", 0.05, "share of its first level that was gained, at least", "own")
LOST = Parameter("lost", 0.5, "share of all that was gained that is lost again", "own")
LOST_WITH_NORM = Parameter(
    "lost_with_norm", 0.25, "share that is enough where the gradient norm grew as well", "own"
)
NORM = Parameter("norm", 3, "times its median up to the best that the norm has grown to", "own")
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


@record(frozen=True, slots=True)
class _Beside:
    """A loss beside its best: ``level`` is its running median, least at ``best``."""

    value: FloatArray
    level: FloatArray
    best: int

    @property
    def lowest(self) -> float:
        """The best level."""
        return float(self.level[self.best])

    @property
    def tail(self) -> int:
        """Points at the end by which it is judged."""
        return max(int(len(self.level) * SHARE.value), int(WIDTH.value))

    @property
    def gained(self) -> float:
        """From the first to the best."""
        return max(float(self.level[0]), float(self.value[0])) - self.lowest

    @property
    def lost(self) -> float:
        """What of it is lost all along the tail: it must have stayed away."""
        return float(self.level[-self.tail :].min()) - self.lowest

    @property
    def limit(self) -> float:
        """Above this it has left its best."""
        return self.lowest + self.lost / 2.0

    @property
    def left(self) -> int:
        """The point from which on it is above the limit."""
        below = int(np.argmax(self.level[::-1] < self.limit))
        return min(len(self.level) - below, len(self.level) - 1)

    def is_left(self, lost: float) -> bool:
        """Whether that is much: of the gain, of the best, and by the noise up to it."""
        return (
            self.lost > lost * self.gained
            and self.lost > ABOVE.value * abs(self.lowest)
            and self.lost > SIGMAS.value * noise(self.value[: self.best + 1])
        )


def look(subject: Subject) -> list[Finding]:
    """Where the loss was best before it left."""
    subject.needs_a_plain_loss()
    loss, course = subject.need_course("loss", int(LEAST.value))
    level = rolling_median(course.value, int(WIDTH.value))
    beside = _Beside(course.value, level, int(np.argmin(level)))
    if len(level) - beside.best <= beside.tail:
        return []
    if not beside.gained > GAINED.value * abs(float(level[0])):
        raise NothingToSee("The loss has not gained enough to be lost again.")
    lost = LOST_WITH_NORM if _norm_grew(subject, course, beside) else LOST
    return [_told(loss, course, beside)] if beside.is_left(lost.value) else []


def _norm_grew(subject: Subject, course: Course, beside: _Beside) -> bool:
    """Whether the gradients say that it diverges: data that got harder hardly raise them so."""
    norm = subject.find("grad_norm")
    if norm is None:
        return False
    points = norm.course.finite()
    before = points.value[points.step <= course.step[beside.best]]
    now = points.value[points.step >= course.step[-beside.tail]]
    return len(before) >= LEAST.value and median(now) > NORM.value * median(before)


def _told(loss: Series, course: Course, beside: _Beside) -> Finding:
    best, left = int(course.step[beside.best]), int(course.step[beside.left])
    now = median(course.value[-beside.tail :])
    return Finding(
        severity="error" if beside.lost > beside.gained else "warning",
        title=f"The loss left its best of step {best:,} and did not come back",
        evidence=f"{now:.4g} now, {beside.lowest:.4g} at its best"
        f": {beside.lost / beside.gained:.0%} of all that was gained is lost"
        f"; above {beside.limit:.4g} since step {left:,}.",
        advice="Go back to a checkpoint before this step with a lower learning rate, a longer "
        "warm-up or tighter clipping.",
        begin=best,
        end=int(course.step[-1]),
        since=loss.time_of(left),
        metric="loss",
        facts={"best": beside.lowest, "best_step": best, "now": now, "left_at_step": left},
    )


DIVERGE_LR = Rule(
    id="diverge_lr",
    says="The loss has left its best for good.",
    why="A training that diverged does not come back by itself; each further step is lost.",
    method="Running median of {width} points, which had gained {gained} of its first level. Over "
    "the last {share} of the points its least value has lost {lost} of all that was gained from "
    "the first point to the best ({lost_with_norm} where the gradient norm is {norm} times its "
    "median up to there, too), is {above} of the best above it, and {sigmas} robust deviations "
    "of the points up to the best. An error where it is worse than at first, else a warning.",
    silent="Reinforcement and adversarial learning; fewer than {least} points; a loss that rose "
    "from the start.",
    false_alarms="Weights of parts of the loss that are raised on the way (annealing); a "
    "curriculum whose late tasks are much harder than the first.",
    look=look,
    needs=("loss",),
    parameters=(WIDTH, SHARE, GAINED, LOST, LOST_WITH_NORM, NORM, ABOVE, SIGMAS, LEAST),
)

RULES = (DIVERGE_LR,)
