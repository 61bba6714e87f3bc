"""The points in the rows of an attempt: as they come, as if all had come at once."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.opened.table.attempt_points import AttemptLog, points_of
from tb_trainmon.training_logs.log_rows import LogRows

_NAMES = ("id", "step", "wall_time", "metrics")
_metrics = st.dictionaries(st.sampled_from(["loss", "grad_norm", "eval_loss"]), st.floats(0, 9))
_rows = st.lists(
    st.tuples(
        st.none() | st.integers(0, 60) | st.sampled_from(range(0, 900, 10)),
        st.none() | st.floats(1.6e9, 1.7e9),
        _metrics.map(json.dumps),
    ),
    max_size=30,
)


def rows_of(found: list[tuple[int | None, float | None, str]]) -> LogRows:
    return LogRows(_NAMES, [(number, *row) for number, row in enumerate(found, start=1)])


@given(_rows)
def test_points_are_those_of_each_row(found: list[tuple[int | None, float | None, str]]) -> None:
    expected: dict[str, list[tuple[int, float, float]]] = {}
    for row in rows_of(found).rows():
        for name, value in row.metrics.items() if row.step is not None else ():
            expected.setdefault(name, []).append((row.step or 0, row.wall_time or 0.0, value))
    points = {
        name: list(zip(of.step.tolist(), of.wall_time.tolist(), of.value.tolist(), strict=True))
        for name, of in points_of(rows_of(found)).items()
    }
    assert points == expected


@given(_rows, st.lists(st.integers(0, 30), max_size=4))
def test_an_attempt_that_grows_measures_what_it_would_at_once(
    found: list[tuple[int | None, float | None, str]], cuts: list[int]
) -> None:
    growing, begin = AttemptLog(), 0
    for end in [*sorted(cuts), len(found)]:
        growing.add(rows_of(found)[begin:end])
        begin = max(begin, end)
        at_once = AttemptLog(rows_of(found)[:end])
        part = growing.part(1, None)
        assert told(part) == told(at_once.part(1, None))
        assert growing.part(1, None) is part


def told(part: FilePart) -> object:
    """What is concluded from it."""
    return part.source, {
        tag: (
            (of.meaning, of.points, of.min_step, of.max_step, of.interval, of.climb),
            (of.first_step, of.last_step, of.first_wall_time, of.last_wall_time, of.first_steps),
            of.recent.step.tolist(),
        )
        for tag, of in part.tags.items()
    }
