"""What happened to a task that has a place on the charts' axis, and its best evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, TypeVar

import numpy as np

from tb_trainmon.core.columns import Column
from tb_trainmon.core.times import plausible
from tb_trainmon.series.accumulate import Accumulated, moved_step
from tb_trainmon.series.schedule import Kind, turns
from tb_trainmon.tasks.judged.goal import goal_of
from tb_trainmon.tasks.metric_names import canonical_names
from tb_trainmon.tasks.opened.log.entries import Entry
from tb_trainmon.tasks.opened.open_task import OpenTask

MOST = 1000  # milestones that are told of one task
_LEAST_EVALUATIONS = 250  # of those, if there are so many
_MOST_TURNS = 50
_BYTES_EACH = 250
_METRICS_TOLD = 3

Type = Literal["eval", "checkpoint", "learning_rate"]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Milestone:
    """At the accumulated step ``x``; ``text`` says it all. ``wall_time`` None: nobody knows."""

    type: Type
    x: int
    step: int
    attempt: int
    wall_time: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Best:
    """The point of ``metric`` that is the best, and the checkpoint nearest to it on the axis.

    Of its own attempt; of two equally near the earlier one, which has been trained on nothing
    that the evaluation had not seen.
    """

    metric: str
    value: float
    x: int
    step: int
    attempt: int
    wall_time: float | None
    checkpoint: Milestone | None


@dataclass(frozen=True, slots=True)
class Milestones:
    """Those that are ``shown``, ascending in x; how many were ``omitted``; the best evaluation."""

    shown: Sequence[Milestone]
    omitted: int
    best: Best | None

    @property
    def memory(self) -> int:
        """Bytes that they take."""
        return _BYTES_EACH * len(self.shown)


def milestones_of(task: OpenTask) -> Milestones:
    """The evaluations, checkpoints and learning-rate changes of a task, at most ``MOST``.

    Where there are more, each type is thinned evenly: evaluations, which are drawn as a line as
    well, before checkpoints.
    """
    log, shifts = task.log(), {a.number: a.shift for a in task.assessment.attempts}
    evaluations = log.keys("eval")
    checkpoints = _rows(log.entries(log.keys("checkpoint").tolist()), "checkpoint", shifts)
    turned = _turns(task)
    changes = _evenly(turned, _MOST_TURNS)
    room = MOST - len(changes)
    for_evaluations = max(room - len(checkpoints), min(_LEAST_EVALUATIONS, len(evaluations)))
    told = evaluations[_evenly(range(len(evaluations)), for_evaluations)].tolist()
    saved = _evenly(checkpoints, room - len(told))
    shown = [*_rows(log.entries(told), "eval", shifts), *saved, *changes]
    before = len(evaluations) + len(checkpoints) + len(turned)
    return Milestones(
        sorted(shown, key=lambda milestone: milestone.x),
        before - len(told) - len(saved) - len(changes),
        _best(task, checkpoints),
    )


def _evenly(of: Sequence[_T], most: int) -> Sequence[_T]:
    """At most so many of a sequence, its first and last among them."""
    if len(of) <= most:
        return of
    return [of[at] for at in np.linspace(0, len(of) - 1, most).round().astype(int).tolist()]


def _rows(entries: Sequence[Entry], type_: Type, shifts: Mapping[int, int]) -> list[Milestone]:
    """Rows of the log that have a step, and so a place."""
    return [
        Milestone(
            type=type_,
            x=moved_step(row.step, shifts.get(row.attempt, 0)) if row.x is None else row.x,
            step=row.step,
            attempt=row.attempt,
            wall_time=_time(row.wall_time),
            text=_measured(row)
            if type_ == "eval"
            else row.message or f"checkpoint at {row.step:,}",
        )
        for row in entries
        if row.step is not None
    ]


def _measured(row: Entry) -> str:
    """The metrics that have a name of their own; in want of those, the first few tags."""
    named = [name for name in row.metrics if name in canonical_names()] or row.metrics
    told = [f"{name} {row.metrics[name]:.4g}" for name in islice(named, _METRICS_TOLD)]
    return ", ".join(told) or row.message or f"evaluation at {row.step:,}"


def _time(wall_time: float | None) -> float | None:
    return wall_time if wall_time is not None and plausible(wall_time) else None


_TURNED: Mapping[Kind, str] = {
    "warm-up": "warm-up ends at {after:.3g}",
    "jump": "{before:.3g} → {after:.3g}",
    "decay": "decay from {after:.3g} begins",
}


def _turns(task: OpenTask) -> list[Milestone]:
    if not task.has("learning_rate"):
        return []
    found = []
    for piece in task.pieces(task.metric("learning_rate")):
        placed = piece.in_order()
        points = placed.points
        if placed.x is not None:
            points = Column(placed.x, points.wall_time, points.value)
        for turn in turns(points):
            text = _TURNED[turn.kind].format(before=turn.before, after=turn.after)
            one = placed[turn.index : turn.index + 1]
            at = _time(one.points.wall_time.item())
            place, step = one.place.item(), one.points.step.item()
            found.append(
                Milestone("learning_rate", place, step, piece.attempt, at, f"learning rate: {text}")
            )
    return found


def _best(task: OpenTask, checkpoints: Sequence[Milestone]) -> Best | None:
    goal = goal_of(task.assessment)
    if goal is None:
        return None
    points = task.series(goal.metric.name).points
    at = goal.best_of(points.value)
    return None if at is None else _at(points, at, goal.metric.name, checkpoints)


def _at(points: Accumulated, at: int, metric: str, checkpoints: Sequence[Milestone]) -> Best:
    found = points[at : at + 1]
    x, step, attempt = found.x.item(), found.points.step.item(), found.attempt.item()
    mine = [checkpoint for checkpoint in checkpoints if checkpoint.attempt == attempt]
    return Best(
        metric=metric,
        value=found.value.item(),
        x=x,
        step=step,
        attempt=attempt,
        wall_time=_time(found.points.wall_time.item()),
        checkpoint=min(mine, key=lambda saved: (abs(saved.x - x), saved.step), default=None),
    )
