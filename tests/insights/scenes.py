"""Attempts made of arrays, as the rules see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import Column, column
from tb_trainmon.insights.course import Condenser
from tb_trainmon.insights.finding import Finding, NothingToSee
from tb_trainmon.insights.rule import Rule
from tb_trainmon.insights.subject import Series, Subject, TaskFacts
from tb_trainmon.series.accumulate import Piece, alone

BEGAN = 1_700_000_000.0
Values = npt.ArrayLike | Column


def points(values: npt.ArrayLike, every: int = 10, first: int | None = None) -> Column:
    """One value in ``every`` steps, a second a step."""
    value = np.asarray(values, dtype=np.float64)
    step = np.arange(len(value)) * every + (every if first is None else first)
    return column(step, BEGAN + step, value)


def attempt(
    series: Mapping[str, Values],
    *,
    every: int = 10,
    number: int = 1,
    kind: str = "first",
    status: str = "stopped",
    start_step: int = 0,
    config: Mapping[str, Any] | None = None,
    changed: Mapping[str, Sequence[Any]] | None = None,
    before: Subject | None = None,
    is_current: bool = True,
    task: TaskFacts | None = None,
    shift: int = 0,
    hides_nans: bool = False,
) -> Subject:
    """An attempt with these series by their canonical names."""
    columns = {
        name: given if isinstance(given, Column) else points(given, every, start_step + every)
        for name, given in series.items()
    }
    made = {
        name: Series(name, alone(Piece(number, shift, c)), Condenser().course(c), hides_nans)
        for name, c in columns.items()
    }
    last = max((int(c.step.max()) for c in columns.values() if len(c)), default=None)
    return Subject(
        number=number,
        kind=kind,
        status=status,
        is_current=is_current,
        start_step=start_step,
        last_step=last,
        shift=shift,
        task=task or _facts(series),
        config=config or {},
        changed=changed or {},
        earlier=lambda: before,
        series=made.get,
    )


def _facts(series: Mapping[str, Values]) -> TaskFacts:
    return TaskFacts(evaluated_by=tuple(name for name in series if name.startswith("eval_")))


def found(rule: Rule, subject: Subject) -> list[Finding]:
    """What the rule says; nothing where it has nothing to look at."""
    try:
        for metric in rule.needs:
            subject.need(metric)
        return list(rule.look(subject))
    except NothingToSee:
        return []


def falling(
    n: int = 200, noise: float = 0.01, seed: int = 0, start: float = 4.0
) -> npt.NDArray[np.float64]:
    """The loss of a healthy training: a power law with normal noise (of its logarithm)."""
    chance = np.random.default_rng(seed)
    course = start * np.arange(1, n + 1) ** -0.15
    return np.asarray(course * np.exp(noise * chance.standard_normal(n)))
