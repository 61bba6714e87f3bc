"""The door of the room: an open task as the rules see it, and what they say of it.

All that the rules take from other rooms goes through here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tb_trainmon.insights.course import Condenser
from tb_trainmon.insights.expectation import Expectation, expectation
from tb_trainmon.insights.finding import NothingToSee, Severity, Told
from tb_trainmon.insights.looking import Looking
from tb_trainmon.insights.names import source_of
from tb_trainmon.insights.registry import RULES
from tb_trainmon.insights.subject import Checkpoint, Series, Subject, TaskFacts
from tb_trainmon.tasks.found.records import parse_object
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.attempt_views import AttemptView
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.metric_names import normalized
from tb_trainmon.tasks.opened.open_task import OpenTask

# Rewards, returns and divergences from a reference: reinforcement and preference learning.
_REINFORCEMENT = re.compile(
    r"(^|/)(rewards?|logps|rollout|episode|completions?|objective)(/|$)"
    r"|(^|[/_])(reward|episodic_return|ep_rew_mean|approx_kl|policy_loss|pg_loss|actor_loss"
    r"|critic_loss|value_loss|td_loss|clipfrac|clip_fraction)([/_]|$)"
)
_MOST_EVALUATIONS = 8  # metrics by which the times of evaluations are known
_ADVERSARIAL = re.compile(
    r"(^|[/_])(discriminator|generator|disc|gen|loss_[dg]|[dg]_loss|adv(ersarial)?_loss|gan)"
    r"([/_]|$)"
)


class Insights:
    """What is kept of an open task to look at it again at little cost."""

    def __init__(self) -> None:
        self._looking = Looking(RULES)
        self.told: Told | None = None
        self._condensers: dict[tuple[int, str], Condenser] = {}
        self._condensed: dict[tuple[int, str], Series | None] = {}
        self._known: set[str] = set()
        self._sources: dict[str, str | None] = {}

    @property
    def memory(self) -> int:
        """Bytes that it takes."""
        return sum([condenser.memory for condenser in self._condensers.values()])

    def of(self, task: OpenTask) -> Told:
        """What the rules say of the task as it stands now."""
        self._begin(task)
        self.told = self._looking.told(self._subjects(task))
        return self.told

    def expected(self, task: OpenTask) -> Expectation:
        """The expected final loss of the current attempt. Raises NothingToSee with the reason."""
        self._begin(task)
        subjects = self._subjects(task)
        if not subjects:
            raise NothingToSee("Nothing was trained yet.")
        return expectation(subjects[-1])

    def _begin(self, task: OpenTask) -> None:
        self._condensed.clear()
        self._sources.clear()
        self._known = {metric.name for metric in task.assessment.metrics}

    def _subjects(self, task: OpenTask) -> list[Subject]:
        assessment = task.assessment
        facts = _task_facts(assessment)
        found: list[Subject] = []
        for view in assessment.attempts:
            found.append(self._subject(task, view, facts, found[-1] if found else None))
        return found

    def _subject(
        self, task: OpenTask, view: AttemptView, facts: TaskFacts, before: Subject | None
    ) -> Subject:
        return Subject(
            number=view.number,
            kind=view.kind,
            status=view.status,
            is_current=view.number == task.assessment.attempts[-1].number,
            start_step=view.start_step,
            last_step=view.last_step,
            shift=view.shift,
            task=facts,
            config=_configuration(view),
            changed=view.changed,
            earlier=lambda: before,
            series=lambda metric: self._series(task, view.number, metric),
        )

    def _series(self, task: OpenTask, attempt: int, metric: str) -> Series | None:
        key = (attempt, metric)
        if key not in self._condensed:
            self._condensed[key] = self._found(task, attempt, metric)
        return self._condensed[key]

    def _found(self, task: OpenTask, attempt: int, metric: str) -> Series | None:
        source = self._source(task, metric)
        if source is None:
            return None
        points = task.series(source).points
        mine = points[points.of_attempt(attempt)]
        if not len(mine):
            return None
        condenser = self._condensers.setdefault((attempt, metric), Condenser())
        course = condenser.course(mine.points)
        hides = course.bad > 0 and task.hidden_nans(task.metric(source)) > 0
        return Series(metric, mine, course, hides)

    def _source(self, task: OpenTask, metric: str) -> str | None:
        """The task's own metric of this name, else the tag that trainers log it under."""
        if metric in self._known:
            return metric
        if metric not in self._sources:
            self._sources[metric] = source_of(metric, task.assessment.metrics)
        return self._sources[metric]


def insights_of(task: OpenTask) -> Told:
    """What the rules say of an open task; made anew only when it has moved on."""
    return task.once(_looked)


def expected_of(task: OpenTask) -> Expectation | str:
    """The expected final loss, or why there is none."""
    try:
        return task.kept(Insights).expected(task)
    except NothingToSee as nothing:
        return str(nothing)


def counts_of(task: OpenTask) -> Mapping[Severity, int] | None:
    """How many insights were open when the task was looked at last; None before that.

    Nothing is worked out for it, so whoever asks need not hold the task's lock.
    """
    kept = task.if_kept(Insights)
    return kept.told.counts() if kept is not None and kept.told is not None else None


def _looked(task: OpenTask) -> Told:
    return task.kept(Insights).of(task)


def _task_facts(assessment: Assessment) -> TaskFacts:
    total = assessment.total
    return TaskFacts(
        total=total.steps if total else None,
        live=assessment.mode == "live",
        kind=_kind(assessment),
        evaluated_by=_evaluated_by(assessment.metrics),
        checkpoints=tuple(Checkpoint(c.step, c.made_at) for c in assessment.layout.checkpoints),
    )


def _evaluated_by(metrics: tuple[Metric, ...]) -> tuple[str, ...]:
    """Metrics whose points say when it was evaluated: those with a name, and one of each run."""
    found: dict[str, str] = {}
    for metric in metrics:
        if metric.role in ("eval", "test"):
            found.setdefault(metric.slot if metric.is_raw else metric.name, metric.name)
    return tuple(found.values())[:_MOST_EVALUATIONS]


def _kind(assessment: Assessment) -> str:
    """What matters of the task's kind to the rules; its tags tell more where it is unknown."""
    metrics, name = assessment.metrics, assessment.kind.name
    tags = {normalized(metric.tag) for metric in metrics}
    if name.startswith("rl_") or any(_REINFORCEMENT.search(tag) for tag in tags):
        return "reinforcement"
    if name == "gan" or sum(_ADVERSARIAL.search(tag) is not None for tag in tags) > 1:
        return "adversarial"
    if name == "diffusion":
        return name
    return "language_model" if any(metric.derived == "exp" for metric in metrics) else "other"


def _configuration(view: AttemptView) -> Mapping[str, Any]:
    """The attempt's parameters; else those of a text that is a JSON object."""
    if view.config:
        return view.config
    found: dict[str, Any] = {}
    for part in view.parts:
        for text in part.source.texts.values():
            found.update(parse_object(text) or {})
    return found
