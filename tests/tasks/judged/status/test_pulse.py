"""How long a silence a task may have: by its gaps, its pauses and its waits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, column
from tb_trainmon.event_files.names import EventFileName
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.judged.attempts.plan import plan_attempts
from tb_trainmon.tasks.judged.parts.cuts import parts_of
from tb_trainmon.tasks.judged.parts.part import FilePart, Source
from tb_trainmon.tasks.judged.progress.leading import Leading
from tb_trainmon.tasks.judged.status.pulse import Pulse
from tests.tasks.scenes import NOW

_FILE = FoundFile("/run/file", EventFileName(NOW, "node", 1, 0, ""), 1, 1, 100, NOW)


def paced(gaps: list[float], every: int = 10) -> Column:
    """Points that follow one another by ``gaps`` seconds, ``every`` steps apart."""
    times = NOW + np.cumsum([0.0, *gaps])
    steps = every * np.arange(1, len(times) + 1)
    return column(steps, times, np.ones(len(times)))


def pulse(
    points: Column, launched: float = NOW, others: Mapping[str, Column] | None = None
) -> Pulse:
    """Of an attempt whose loss has these points."""
    source = Source("run", "", _FILE, {}, None, launched, float(points.wall_time[-1]))
    scalars = {"train/loss": points, **(others or {})}
    parts: list[FilePart] = parts_of(source, scalars)
    # All its points are known, as they are of a task that is open.
    leading = Leading(plan_attempts(parts)[0], 0, lambda _, tag: scalars[tag])
    return Pulse(leading, parts, float(points.wall_time[-1]) - launched)


def test_a_silence_may_take_three_minutes_or_five_times_the_longest_recent_gap() -> None:
    assert pulse(paced([5.0] * 9)).limit.seconds == 180.0
    assert pulse(paced([5.0] * 9 + [100.0])).limit.seconds == 500.0
    assert pulse(paced([1000.0] + [5.0] * 100)).limit.seconds == 180.0
    assert pulse(paced([5.0] * 9 + [7.0])).usual == 5.0


def test_a_pause_at_regular_steps_is_remembered_for_as_long_as_the_attempt() -> None:
    """An evaluation every 200 points, and the fourth is due."""
    gaps = ([4.0] * 199 + [1200.0]) * 3 + [4.0] * 199
    limit = pulse(paced(gaps)).limit
    assert limit.seconds == pytest.approx(2 * 1196.0)
    assert "every 2,000 steps" in limit.due


def test_a_pause_that_is_not_due_allows_no_silence() -> None:
    gaps = ([4.0] * 199 + [1200.0]) * 3 + [4.0] * 150
    assert pulse(paced(gaps)).limit.seconds == 180.0


def test_a_pause_that_came_once_may_come_again_behind_as_many_steps() -> None:
    """The second evaluation, of a trainer that trains for long between them."""
    once = [4.0] * 199 + [1200.0]
    assert pulse(paced(once + [4.0] * 199)).limit.seconds == pytest.approx(2 * 1196.0)
    assert "behind step 2,000" in pulse(paced(once + [4.0] * 199)).limit.due
    assert pulse(paced(once + [4.0] * 150)).limit.seconds == 180.0
    assert pulse(paced([4.0] * 8 + [1200.0] + [4.0] * 399)).limit.seconds == 180.0, "a slow start"


def test_an_evaluation_may_take_twice_what_one_took_that_was_logged() -> None:
    points = paced([4.0] * 300)
    runtime = column([1000], [NOW + 400], [900.0])
    assert pulse(points, others={"eval/runtime": runtime}).limit.seconds == 1800.0
    assert pulse(points, others={"train/runtime": runtime}).limit.seconds == 180.0


def test_the_wait_for_the_first_point_counts_until_there_are_gaps() -> None:
    assert pulse(paced([]), launched=NOW - 1800).limit.seconds == 3600.0
    assert pulse(paced([1.0] * 4), launched=NOW - 1800).limit.seconds == 3600.0
    assert pulse(paced([1.0] * 5), launched=NOW - 1800).limit.seconds == 180.0


@given(
    gaps=st.lists(st.floats(0.0, 1e5), max_size=20),
    wait=st.floats(0.0, 1e5),
    silence=st.floats(-10.0, 1e6),
)
def test_the_span_alone_never_says_otherwise_than_the_gaps(
    gaps: list[float], wait: float, silence: float
) -> None:
    found = pulse(paced(gaps), launched=NOW - wait)
    assert found.outlasts(silence) == (silence <= found.limit.seconds)


def test_the_points_of_a_long_dead_task_are_not_asked_for() -> None:
    leading = Leading([], 0)
    assert not Pulse(leading, (), 600.0).outlasts(86_400.0)
