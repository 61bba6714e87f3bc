"""A file that grew is cut as if it had been read at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, column
from tb_trainmon.event_files.names import EventFileName
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.judged.parts.cuts import grown, parts_of
from tb_trainmon.tasks.judged.parts.part import FilePart, Source
from tb_trainmon.tasks.judged.parts.restarts import restarts
from tests.tasks.scenes import NOW

TAGS = ("train/loss", "train/grad_norm", "eval/loss", "epoch")
_NAME = EventFileName(NOW, "node", 1, 0, "")
_FILE = FoundFile("/logs/run/1", _NAME, 1, 1, 100, NOW)

Event = tuple[float, int, Sequence[str]]  # seconds since the one before, step, tags


def source_of(written: Mapping[str, Column]) -> Source:
    last = max((float(points.wall_time.max()) for points in written.values()), default=NOW)
    return Source("run", "", _FILE, {}, None, NOW, last)


def columns_of(events: Sequence[Event]) -> dict[str, Column]:
    """The columns of a file with these events, in the order of their first points."""
    rows: dict[str, list[tuple[int, float]]] = {}
    now = NOW
    for seconds, step, tags in events:
        now += seconds
        for tag in tags:
            rows.setdefault(tag, []).append((step, now))
    return {
        tag: column([s for s, _ in points], [t for _, t in points], np.zeros(len(points)))
        for tag, points in rows.items()
    }


def told(parts: Sequence[FilePart], written: Mapping[str, Column]) -> list[object]:
    """All that a part says, as values that can be compared."""
    found: list[object] = []
    for part in parts:
        facts = {
            tag: (
                f.meaning, f.points, f.min_step, f.max_step, f.first_wall_time, f.last_wall_time,
                f.beginning.step.tolist(), f.climb, f.interval, f.recent.step.tolist(),
                f.recent.wall_time.tolist(),
                written[tag][part.cut[tag]].step.tolist(),
            )
            for tag, f in part.tags.items()
        }  # fmt: skip
        found.append((part.number, part.session, part.source, part.last_event_at, facts))
    return found


steps_of_a_training = st.lists(
    st.tuples(st.sampled_from([1, 1, 1, 1, 1, 5, -3, -20]), st.floats(-5.0, 100.0)), max_size=60
)


@st.composite
def trainings(draw: st.DrawFn) -> list[Event]:
    """Mostly forward; now and then back, for a point or for good; now and then a clock set back."""
    events: list[Event] = []
    step = 0
    for move, seconds in draw(steps_of_a_training):
        step = max(step + move, 0)
        tags = draw(st.lists(st.sampled_from(TAGS), min_size=1, max_size=3, unique=True))
        events.append((seconds, step, tags))
    return events


@given(trainings(), st.lists(st.integers(0, 60), max_size=8))
@example([(1.0, n % 10, ("train/loss",)) for n in range(30)], [9, 11, 12, 13, 14, 25])
@settings(max_examples=300, deadline=None)
def test_parts_that_grew_are_the_parts_of_the_whole_file(
    events: list[Event], cuts: list[int]
) -> None:
    parts: list[FilePart] | None = None
    before: dict[str, int] = {}
    for cut in [*sorted(cuts), len(events)]:
        written = columns_of(events[:cut])
        source = source_of(written)
        if parts is not None:
            parts = grown(parts, source, written, before)
        parts = parts or parts_of(source, written)
        before = {tag: len(points) for tag, points in written.items()}
        assert told(parts, written) == told(parts_of(source, written), written)


def test_points_that_simply_follow_take_no_new_cut() -> None:
    events: list[Event] = [(1.0, step, TAGS[:2]) for step in range(50)]
    restarted = [*events, (3600.0, 0, TAGS[:2]), *events[1:]]
    for trained in (events, restarted):
        written = columns_of(trained)
        parts = parts_of(source_of(written), written)
        more = columns_of([*trained, (1.0, 50, TAGS[:2]), (1.0, 51, TAGS[:1])])
        before = {tag: len(points) for tag, points in written.items()}
        assert grown(parts, source_of(more), more, before) is not None


@given(
    st.lists(st.sampled_from([10, 20, 30, 40, 50, 60]), min_size=2, max_size=12),
    st.lists(st.sampled_from([np.inf, -np.inf, np.nan, 1e308, -1e308, NOW]), min_size=24),
)
def test_numbers_of_any_size_are_cut_without_a_warning(steps: list[int], any_: list[float]) -> None:
    """A warning of NumPy is an error here: infinities and 1e308 as times and values."""
    size = len(steps)
    found = restarts(column(steps, any_[:size], any_[size : 2 * size]))
    assert all(0 < index < size for index in found)
