"""The training log that is derived from event files, and goes on where they do.

A step is one row, however many metrics were logged at it: by the time of the first. The rows of
an attempt lie in the order in which they happened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import FloatArray, IntArray, concatenate
from tb_trainmon.series.accumulate import Accumulated
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.opened.log.single_rows import SingleRow, single_rows
from tb_trainmon.tasks.opened.log_index import (
    CHECKPOINT,
    END,
    EVAL,
    START,
    STEP,
    Change,
    GrowingIndex,
    LogIndex,
    logged_metrics,
)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of one attempt: the type, step and wall time of each."""

    type: npt.NDArray[np.int8]
    step: IntArray
    wall_time: FloatArray

    def take(self, which: npt.NDArray[np.generic]) -> _Rows:
        return _Rows(self.type[which], self.step[which], self.wall_time[which])

    def __len__(self) -> int:
        return len(self.type)


@dataclass(frozen=True)
class _Told:
    """What the rows were made from: metrics and their points so far, and the other rows."""

    metrics: tuple[tuple[int, str], ...]  # type of row, name
    points: tuple[Accumulated, ...]
    singles: Sequence[SingleRow]

    def single(self, attempt: int, *types: int) -> list[SingleRow]:
        return [row for row in self._by_attempt.get(attempt, ()) if row[0] in types]

    @cached_property
    def _by_attempt(self) -> dict[int, list[SingleRow]]:
        found: dict[int, list[SingleRow]] = {}
        for row in self.singles:
            found.setdefault(row[1], []).append(row)
        return found

    @cached_property
    def attempts(self) -> list[int]:
        numbers = {row[1] for row in self.singles}
        for points in self.points:
            if len(points):
                numbers |= {points[:1].attempt.item(), points[-1:].attempt.item()}
        return sorted(numbers)


MOST_STEPS = 1_000_000  # 25 bytes each; making them takes five times as much
STRIDE = 1 << 18  # by which the first of them moves on, so that the rows are seldom made anew

_NO_ROWS = _Rows(np.empty(0, np.int8), np.empty(0, np.int64), np.empty(0))


class DerivedLog:
    """Keeps the rows of one open task in ``index``.

    Of the steps of a task with millions of them the latest ``MOST_STEPS`` and up to ``STRIDE``
    more: a row of an older one would say nothing that its points do not.
    """

    def __init__(self, index: GrowingIndex) -> None:
        self._index = index
        self._told: _Told | None = None
        self._from: int | None = None  # the x of the first step that has a row; None: all have

    def update(self, assessment: Assessment, series: Callable[[str], Accumulated]) -> Change:
        """Take over what the task has now. The work is that of new points, where they follow."""
        metrics = tuple(
            (kind, metric.name)
            for kind, evaluation in ((STEP, False), (EVAL, True))
            for metric in logged_metrics(assessment, evaluation)
        )
        points = self._latest([series(name) for _, name in metrics])
        before, told = self._told, _Told(metrics, points, single_rows(assessment, series))
        self._told = told
        tail = _Tail(before, told, self._index.view()) if before is not None else None
        if tail is None or not tail.suffices():
            return self._index.replace(0, _whole(told))
        return self._index.replace(tail.begin, tail.rows())

    def forget(self) -> None:
        """The points have been read anew: so are the rows, next time."""
        self._told = None

    def _latest(self, whole: Sequence[Accumulated]) -> tuple[Accumulated, ...]:
        longest = max(whole, key=len, default=None)
        left_out = steps_left_out(0 if longest is None else len(longest))
        since = None
        if longest is not None and left_out:
            since = longest[left_out : left_out + 1].x.item()
        if since != self._from:
            self._from, self._told = since, None
        if since is None:
            return tuple(whole)
        at = np.array([since])
        return tuple(points[points.rank(at, "left").item() :] for points in whole)


def steps_left_out(points: int) -> int:
    """How many of the steps of a task have no row, whose longest metric has so many points."""
    return max(points - MOST_STEPS, 0) // STRIDE * STRIDE


# ---- all rows ------------------------------------------------------------------------------------


def _whole(told: _Told) -> LogIndex:
    parts = [(number, _of_attempt(told, number)) for number in told.attempts]
    attempt = [np.full(len(rows), number, dtype=np.int64) for number, rows in parts]
    return LogIndex(
        np.concatenate([np.empty(0, np.int8), *(rows.type for _, rows in parts)]),
        np.concatenate([np.empty(0, np.int64), *attempt]),
        np.concatenate([np.empty(0, np.int64), *(rows.step for _, rows in parts)]),
        np.concatenate([np.empty(0), *(rows.wall_time for _, rows in parts)]),
    )


def _of_attempt(told: _Told, number: int) -> _Rows:
    kinds = []
    for kind in (STEP, EVAL):
        columns = [
            _points_of(points, number)
            for (of, _), points in zip(told.metrics, told.points, strict=True)
            if of == kind
        ]
        kinds.append(_union(kind, columns))
    return _framed(told, number, [*kinds, _of_singles(told.single(number, CHECKPOINT))])


def _framed(told: _Told, number: int, happened: Sequence[_Rows]) -> _Rows:
    """``happened``, sorted by time, behind the attempt's start and before its end."""
    rows = _joined(happened)
    # Sorted already by step and type, so what happened at one time stays in that order.
    rows = rows.take(np.argsort(rows.wall_time, kind="stable"))
    start, end = (_of_singles(told.single(number, kind)) for kind in (START, END))
    return _joined([start, rows, end])


def _points_of(points: Accumulated, attempt: int) -> tuple[IntArray, FloatArray]:
    mine = points.points[points.of_attempt(attempt)]
    return mine.step, mine.wall_time


def _union(kind: int, columns: Sequence[tuple[IntArray, FloatArray]]) -> _Rows:
    """Every step that any of ``columns`` has, once, with its earliest time."""
    step, wall_time = np.empty(0, dtype=np.int64), np.empty(0)
    for steps, times in columns:
        # Most metrics are logged at the same steps.
        if len(steps) == len(step) and np.array_equal(steps, step):
            wall_time = np.fmin(wall_time, times)
        else:
            step, wall_time = _merged([step, steps], [wall_time, times])
    return _Rows(np.full(len(step), kind, dtype=np.int8), step, wall_time)


def _merged(steps: Sequence[IntArray], times: Sequence[FloatArray]) -> tuple[IntArray, FloatArray]:
    step, wall_time = np.concatenate(steps), np.concatenate(times)
    order = np.argsort(step, kind="stable")
    step, wall_time = step[order], wall_time[order]
    first = np.ones(len(step), dtype=bool)
    first[1:] = step[1:] != step[:-1]
    if first.all():
        return step, wall_time
    begins = np.flatnonzero(first)
    return step[begins], np.fmin.reduceat(wall_time, begins)


def _of_singles(rows: Sequence[SingleRow]) -> _Rows:
    if not rows:
        return _NO_ROWS
    ordered = sorted(rows, key=lambda row: row[2])
    return _Rows(
        np.array([row[0] for row in ordered], dtype=np.int8),
        np.array([row[2] for row in ordered], dtype=np.int64),
        np.array([row[3] for row in ordered], dtype=np.float64),
    )


def _joined(parts: Sequence[_Rows]) -> _Rows:
    parts = [rows for rows in parts if len(rows)] or parts[:1]
    if len(parts) == 1:
        return parts[0]
    return _Rows(
        np.concatenate([rows.type for rows in parts]),
        np.concatenate([rows.step for rows in parts]),
        np.concatenate([rows.wall_time for rows in parts]),
    )


# ---- the rows that new points change -------------------------------------------------------------


class _Tail:
    """The rows from ``begin`` on, if new points change only rows of the last attempt.

    A row is there by its earliest point. So points that came at time t or later leave the rows
    before t as they are, and behind them stand those that were there, and new steps.
    """

    def __init__(self, before: _Told, told: _Told, rows: LogIndex) -> None:
        self._before, self._told = before, told
        self._number = max(told.attempts, default=1)
        self._moved = set(before.singles) ^ set(told.singles)
        self._fresh = self._new_points() if before.metrics == told.metrics else None
        self.begin = 0
        if self._fresh is not None:
            self._find(rows)

    def suffices(self) -> bool:
        """Whether nothing else has changed."""
        before, told = self._before, self._told
        if self._fresh is None or before.attempts != told.attempts:
            return False
        return all(row[1] == self._number and row[0] != START for row in self._moved)

    def rows(self) -> LogIndex:
        """The rows as they are now."""
        assert self._fresh is not None
        kinds = [self._of_kind(kind, self._fresh) for kind in (STEP, EVAL)]
        saved = [
            row for row in self._told.single(self._number, CHECKPOINT) if row[3] >= self._since
        ]
        rows = _framed(self._told, self._number, [*kinds, _of_singles(saved)])
        rows = rows.take(rows.type != START)
        return LogIndex(rows.type, np.full(len(rows), self._number), rows.step, rows.wall_time)

    def _new_points(self) -> list[Accumulated] | None:
        """Of each metric what is new; None if that is not of the last attempt alone, and timed."""
        fresh = []
        for was, now in zip(self._before.points, self._told.points, strict=True):
            new = now[len(was) :]
            if len(now) < len(was) or (len(new) and int(new.attempt[0]) != self._number):
                return None
            if np.isnan(new.points.wall_time).any():
                return None
            fresh.append(new)
        return fresh

    def _find(self, rows: LogIndex) -> None:
        assert self._fresh is not None
        times = [float(new.points.wall_time.min()) for new in self._fresh if len(new)]
        times += [row[3] for row in self._moved if row[0] == CHECKPOINT]
        self._since = min(times, default=float("inf"))
        first, end = np.searchsorted(rows.attempt, [self._number, self._number + 1])
        first += int(np.count_nonzero(rows.type[first : first + 1] == START))
        end -= int(np.count_nonzero(rows.type[end - 1 : end] == END))
        at = int(np.searchsorted(rows.wall_time[first:end], self._since))
        self.begin = int(first) + at
        old = slice(self.begin, max(int(end), self.begin))
        # Copied: the index is about to be written over.
        self._old = _Rows(rows.type[old].copy(), rows.step[old].copy(), rows.wall_time[old].copy())

    def _of_kind(self, kind: int, fresh: Sequence[Accumulated]) -> _Rows:
        """The rows of a type that were there, and those that new points make."""
        old = self._old.take(self._old.type == kind)
        mine = [n for n, (of, _) in enumerate(self._told.metrics) if of == kind]
        came = concatenate([fresh[number].points for number in mine if len(fresh[number])])
        if not len(came):
            return old
        new = ~self._is_known(came.step, mine)
        if len(old):
            new |= np.isin(came.step, old.step)
        step, wall_time = _merged([old.step, came.step[new]], [old.wall_time, came.wall_time[new]])
        return _Rows(np.full(len(step), kind, dtype=np.int8), step, wall_time)

    def _is_known(self, steps: IntArray, metrics: Sequence[int]) -> npt.NDArray[np.bool_]:
        """Which of ``steps`` the attempt had before, by any of the metrics."""
        known = np.zeros(len(steps), dtype=bool)
        lowest = int(steps.min())
        for number in metrics:
            before = self._before.points[number]
            if not len(before) or before[-1:].attempt.item() != self._number:
                continue
            if before[-1:].points.step.item() < lowest:
                continue  # as almost always: training went on
            there, _ = _points_of(before, self._number)
            at = np.searchsorted(there, steps)
            inside = at < len(there)
            known[inside] |= there[at[inside]] == steps[inside]
        return known
