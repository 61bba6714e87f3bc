"""A log that goes on with its files is the log of the whole files, and says what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_trainmon.core.columns import GrowingColumn, column
from tb_trainmon.series.accumulate import Piece
from tb_trainmon.series.growing import GrowingSeries
from tb_trainmon.tasks.judged.attempt_views import AttemptView
from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.opened.log import derived as derived_log
from tb_trainmon.tasks.opened.log.derived import DerivedLog
from tb_trainmon.tasks.opened.log_index import GrowingIndex, LogIndex
from tests.tasks.scenes import NOW, Stage

METRICS = (
    Metric("loss", "run", "", "train/loss", "train"),
    Metric("grad_norm", "run", "", "train/grad_norm", "train"),
    Metric("eval_loss", "run", "", "eval/loss", "eval"),
)

Event = tuple[int, float, int, int]  # attempt, seconds since the one before, step, metrics (bits)
Key = tuple[int, int, int, float]


class Job:
    """A task as the log sees it, while its events come."""

    def __init__(self, ends: bool) -> None:
        self.now = NOW
        self.attempt = 1
        self.checkpoints: list[SimpleNamespace] = []
        self._ends = ends
        self._columns: dict[tuple[int, str], GrowingColumn] = {}
        self._series = {metric.name: GrowingSeries() for metric in METRICS}

    def add(self, events: Sequence[Event]) -> bool:
        """False where points that were there have moved."""
        for attempt, seconds, step, metrics in events:
            self.attempt = max(self.attempt, attempt)
            self.now += seconds
            for number, metric in enumerate(METRICS):
                if metrics >> number & 1:
                    grown = self._columns.setdefault((self.attempt, metric.name), GrowingColumn())
                    grown.extend(column([step], [self.now], [1.0]))
            if metrics & 8 and seconds > 10:
                self.checkpoints.append(SimpleNamespace(step=step, made_at=self.now, path="c"))
        kept = [
            self._series[metric.name].update(
                [
                    Piece(attempt, 1000 * attempt, points.view())
                    for (attempt, name), points in sorted(self._columns.items())
                    if name == metric.name
                ]
            )
            for metric in METRICS
        ]
        return all(kept)

    def series(self, name: str) -> Any:
        return self._series[name].points

    def assessment(self) -> Any:
        attempts = [self._attempt(number) for number in range(1, self.attempt + 1)]
        return SimpleNamespace(
            attempts=attempts,
            started_at=NOW,
            metrics=METRICS,
            layout=SimpleNamespace(checkpoints=self.checkpoints),
        )

    def _attempt(self, number: int) -> AttemptView:
        mine = [c.view() for (attempt, _), c in self._columns.items() if attempt == number]
        ended = max((float(points.wall_time.max()) for points in mine), default=NOW)
        last = number == self.attempt
        return AttemptView(
            number=number, kind="first", start_step=0, shift=1000 * number, started_at=NOW,
            status="running" if last and not self._ends else "stopped",
            last_step=max((int(points.step.max()) for points in mine), default=None),
            ended_at=None if last and not self._ends else ended,
            first_at=None, last_at=None, active_start=None, config=None, changed={},
            files=Attempt(number), because="", reach=0,
        )  # fmt: skip


def rows(index: LogIndex) -> list[Key]:
    columns = (index.type, index.attempt, index.step, index.wall_time)
    return list(zip(*(part.tolist() for part in columns), strict=True))


def at_once(job: Job) -> list[Key]:
    index = GrowingIndex()
    DerivedLog(index).update(job.assessment(), job.series)
    return rows(index.view())


forward = st.tuples(
    st.just(1), st.sampled_from([1.0, 2.0, 15.0]), st.integers(0, 40), st.integers(1, 15)
)
anything = st.tuples(
    st.integers(1, 2), st.sampled_from([-30.0, -1.0, 0.0, 1.0, 15.0]),
    st.integers(0, 40), st.integers(0, 15),
)  # fmt: skip
trainings = st.lists(forward, max_size=30).map(
    lambda events: [(a, s, n + step % 2, m) for n, (a, s, step, m) in enumerate(events)]
) | st.lists(anything, max_size=30)


@given(trainings, st.lists(st.integers(0, 30), max_size=8), st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_log_that_grew_is_the_log_of_the_whole_task(
    events: list[Event], cuts: list[int], ends: bool
) -> None:
    check_that_it_grows(events, cuts, ends)


@given(trainings, st.lists(st.integers(0, 30), max_size=8), st.booleans())
@settings(max_examples=100, deadline=None)
def test_so_is_one_of_more_steps_than_are_listed(
    events: list[Event], cuts: list[int], ends: bool
) -> None:
    with patch.multiple(derived_log, MOST_STEPS=6, STRIDE=4):
        check_that_it_grows(events, cuts, ends)


def check_that_it_grows(events: list[Event], cuts: list[int], ends: bool) -> None:
    job, index = Job(ends), GrowingIndex()
    log = DerivedLog(index)
    done, before = 0, list[Key]()
    for cut in [*sorted(cuts), len(events)]:
        if not job.add(events[done:cut]):
            log.forget()
        done = max(done, cut)
        change = log.update(job.assessment(), job.series)
        now = rows(index.view())
        assert now == at_once(job)
        assert [key[:3] for key in now[: change.begin]] == [
            key[:3] for key in before[: change.begin]
        ]
        assert change.lost == bool({key[:3] for key in before} - {key[:3] for key in now})
        assert index.counts.tolist() == np.bincount([key[0] for key in now], minlength=5).tolist()
        before = now


def test_of_millions_of_steps_the_latest_are_listed_and_the_rest_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived_log, "MOST_STEPS", 20)
    monkeypatch.setattr(derived_log, "STRIDE", 10)
    file = stage.file("run")
    for step in range(1, 56):
        file.log(step, NOW + step, {"loss": 1.0})
    opened = stage.opened("run")
    listed = [e.step for e in opened.log().page(100, None, []).entries if e.type == "step"]
    assert listed == [*range(55, 30, -1)]
    (problem,) = opened.assessment.problems
    assert problem.message.startswith("The log lists the latest 25 of 55 steps")


def test_a_step_more_changes_no_row_but_the_last() -> None:
    job, index = Job(ends=False), GrowingIndex()
    log = DerivedLog(index)
    job.add([(1, 1.0, step, 3) for step in range(1000)])
    log.update(job.assessment(), job.series)
    job.add([(1, 1.0, 1000, 1), (1, 0.1, 1000, 2)])
    change = log.update(job.assessment(), job.series)
    assert (change.begin, change.lost, len(index)) == (1001, False, 1002)
