"""What rules look at: one attempt of a task, its series and what is on record of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tb_trainmon.core.columns import Column
from tb_trainmon.core.joined import pieces_of
from tb_trainmon.core.times import plausible
from tb_trainmon.insights.course import Course
from tb_trainmon.insights.finding import NothingToSee
from tb_trainmon.series.accumulate import Accumulated


@dataclass(frozen=True, slots=True)
class Series:
    """One metric in one attempt: its points ascending in step, where they lie, and their course.

    ``hides_nans``: its NaNs are those that the trainer logged as 0.0.
    """

    metric: str
    laid: Accumulated
    course: Course
    hides_nans: bool = False

    @property
    def points(self) -> Column:
        """Its points."""
        return self.laid.points

    def __len__(self) -> int:
        return len(self.laid)

    def point(self, index: int) -> Column:
        """The one at ``index``, alone."""
        return self.points.take(np.array([index]))

    def step_at(self, index: int) -> int:
        """The step of the point at ``index``."""
        return int(self.point(index).step.item())

    def time_at(self, index: int) -> float | None:
        """The wall time of the point at ``index``; None if it cannot be one."""
        time = float(self.point(index).wall_time.item())
        return time if plausible(time) else None

    def time_of(self, step: float) -> float | None:
        """When ``step`` was logged."""
        return self.time_at(self._index(step)) if len(self) else None

    def x_of(self, step: int) -> int | None:
        """Where ``step`` lies on the charts' axis."""
        return self.laid[self._index(step) :][:1].x.item() if len(self) else None

    def finite(self) -> Column:
        """Its points with a finite value."""
        points = self.points
        if all(np.isfinite(piece.value).all() for piece in pieces_of(points)):
            return points
        return points.take(np.flatnonzero(np.isfinite(points.value)))

    def _index(self, step: float) -> int:
        at = self.points.rank(np.array([step]), "left").item()
        return min(at, len(self) - 1)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint that lies on disk."""

    step: int
    made_at: float


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What is known of the task as a whole.

    ``kind``: "language_model", "reinforcement", "adversarial",
    "diffusion" or "other".
    ``evaluated_by``: metrics whose points say when it was evaluated, none if it never was.
    """

    total: int | None = None
    live: bool = False
    kind: str = "other"
    evaluated_by: tuple[str, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()


@dataclass(slots=True)
class Subject:
    """An attempt as a rule sees it; ``earlier`` gives the attempt before it, when asked."""

    number: int
    kind: str
    status: str
    is_current: bool
    start_step: int
    last_step: int | None
    shift: int = 0
    task: TaskFacts = field(default_factory=TaskFacts)
    config: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    earlier: Callable[[], Subject | None] = lambda: None
    series: Callable[[str], Series | None] = lambda _: None

    @property
    def before(self) -> Subject | None:
        """The attempt before it."""
        return self.earlier()

    def with_series(
        self, series: Callable[[str], Series | None], earlier: Callable[[], Subject | None]
    ) -> Subject:
        """The same attempt with other ways to its series and to the attempt before it."""
        return replace(self, series=series, earlier=earlier)

    def find(self, metric: str) -> Series | None:
        """A metric of this attempt, by its canonical name; None without a point of it."""
        found = self.series(metric)
        return found if found is not None and len(found) else None

    def need(self, metric: str, least: int = 1) -> Series:
        """A metric with at least so many buckets. Raises NothingToSee."""
        found = self.find(metric)
        if found is None:
            raise NothingToSee(f"No {called(metric)} is logged.")
        if len(found.course) < least:
            raise NothingToSee(
                f"There are {len(found.course)} points of {called(metric)} so far; "
                f"it takes {least}."
            )
        return found

    def need_course(self, metric: str, least: int = 1) -> tuple[Series, Course]:
        """The same with its finite buckets alone, at least so many. Raises NothingToSee."""
        found = self.need(metric, least)
        course = found.course.finite()
        if len(course) < least:
            raise NothingToSee(f"Too few values of {called(metric)} are finite.")
        return found, course

    def number_in_config(self, *names: str) -> float | None:
        """The first of the configured numbers of these names."""
        for name in names:
            value = self.config.get(name)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return float(value)
        return None

    def needs_a_plain_loss(self) -> None:
        """Raises NothingToSee where the loss is that of reinforcement learning, or of two rivals.

        By its level such a loss says nothing.
        """
        if self.task.kind == "reinforcement":
            raise NothingToSee("A loss of reinforcement learning says nothing by its level.")
        if self.task.kind == "adversarial":
            raise NothingToSee("The losses of an adversarial training say nothing by their level.")


NAMES = {
    "loss": "training loss",
    "eval_loss": "evaluation loss",
    "grad_norm": "gradient norm",
    "learning_rate": "learning rate",
    "kl": "divergence from a reference",
    "entropy": "entropy of the policy",
    "clip_fraction": "share of clipped updates",
    "groups_without_variance": "share of groups without variance",
    "answers_cut_off": "share of answers that are cut off",
    "sampler_gap": "distance between trainer and sampler",
}


def called(metric: str) -> str:
    """What people call a metric, in a sentence."""
    return NAMES.get(metric, metric.replace("_", " "))
