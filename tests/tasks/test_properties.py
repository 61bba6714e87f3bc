"""What holds for any history of launches, restarts and late points."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, column
from tb_trainmon.event_files.batch import SessionStart
from tb_trainmon.event_files.names import EventFileName
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.series.accumulate import accumulate
from tb_trainmon.tasks.found.configuration import TaskRule
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.attempts.plan import plan_attempts
from tb_trainmon.tasks.judged.parts.cuts import parts_of
from tb_trainmon.tasks.judged.parts.part import FilePart, Source
from tb_trainmon.tasks.judged.parts.restarts import regressions
from tb_trainmon.tasks.opened.table.log import TableLog
from tb_trainmon.tasks.opened.task_points import TaskPoints
from tests.tasks.scenes import NOW, assess

_TAGS = ("train/loss", "grad_norm", "eval/loss", "train/epoch", "hp_metric", "custom")
_LAYOUT = Layout("run", "run", (), TaskRule())


_points = st.lists(
    st.tuples(st.integers(-5, 200), st.floats(0, 5000), st.floats(-10, 10)), min_size=1, max_size=12
)


@st.composite
def launches(draw: st.DrawFn) -> list[tuple[Source, dict[str, Column]]]:
    """Files of some processes, with a few tags each; times and steps as they like."""
    found = []
    for number in range(draw(st.integers(0, 6))):
        began = NOW + draw(st.floats(0, 10_000))
        scalars = {}
        for tag in draw(st.lists(st.sampled_from(_TAGS), unique=True, max_size=4)):
            rows = draw(_points)
            if draw(st.booleans()):
                rows.sort()
            steps, times, values = zip(*rows, strict=True)
            scalars[tag] = column(steps, began + np.sort(np.array(times)), values)
        pid = draw(st.none() | st.integers(1, 3))
        name = EventFileName(began, "node", pid, number, "")
        file = FoundFile(f"/logs/run/{number}", name, 1, number, 100, began)
        texts = {"args/text_summary": "{}"} if draw(st.booleans()) else {}
        slot = draw(st.sampled_from(["", "sub"]))
        found.append((Source("run", slot, file, texts, None, began, began), scalars))
    return found


def parts_in(files: list[tuple[Source, dict[str, Column]]]) -> list[FilePart]:
    return [part for source, scalars in files for part in parts_of(source, scalars)]


@settings(max_examples=60, deadline=None)
@given(launches(), st.lists(st.integers(0, 12), max_size=4))
def test_session_starts_cut_a_file_without_loss(
    files: list[tuple[Source, dict[str, Column]]], cuts: list[int]
) -> None:
    for source, scalars in files:
        starts = [
            SessionStart(5, NOW, {tag: min(cut, len(scalars[tag])) for tag in scalars})
            for cut in sorted(cuts)
        ]
        parts = parts_of(source, scalars, starts)
        for tag, points in scalars.items():
            pieces = [points[part.cut[tag]].step for part in parts]
            assert np.concatenate(pieces).tolist() == points.step.tolist()
        attempts, lost = plan_attempts(parts)
        assert sum(len(attempt.parts) for attempt in attempts) + lost >= bool(parts)
        measured = [part for attempt in attempts for part in attempt.parts if part.measures]
        assert len(measured) == sum(part.measures for part in parts)


def points_of(assessment: Assessment, files: list[tuple[Source, dict[str, Column]]]) -> TaskPoints:
    logged = {source.file.path: scalars for source, scalars in files}

    def of_file(part: FilePart, tag: str) -> Column:
        return logged[part.source.file.path][tag][part.cut[tag]]

    return TaskPoints(assessment, of_file, TableLog())


@settings(max_examples=60, deadline=None)
@given(launches())
def test_every_part_is_in_one_attempt_or_is_a_launch_without_a_scalar(
    files: list[tuple[Source, dict[str, Column]]],
) -> None:
    parts = parts_in(files)
    attempts, lost = plan_attempts(parts)
    led = Counter(id(part) for attempt in attempts for part in attempt.parts)
    assert set(led.values()) <= {1}
    without = [part for part in parts if id(part) not in led]
    assert not any(part.measures for part in without)
    assert (lost == 0) == (without == [])
    assert lost <= len(without)
    assert [attempt.number for attempt in attempts] == list(range(1, len(attempts) + 1))
    assert all(attempt.parts for attempt in attempts)
    assert [a.kind for a in attempts[:1]] == ["first"] * bool(attempts)


@settings(max_examples=60, deadline=None)
@given(launches())
def test_a_file_is_cut_into_parts_that_lose_and_double_nothing(
    files: list[tuple[Source, dict[str, Column]]],
) -> None:
    for source, scalars in files:
        parts = parts_of(source, scalars)
        for tag, points in scalars.items():
            pieces = [points[part.cut[tag]] for part in parts]
            joined = np.concatenate([piece.step for piece in pieces])
            assert joined.tolist() == points.step.tolist()
            for part, piece in zip(parts, pieces, strict=True):
                assert (tag in part.tags) == (len(piece) > 0)


@settings(max_examples=60, deadline=None)
@given(launches())
def test_x_ascends_in_each_metric_and_no_measurement_is_lost(
    files: list[tuple[Source, dict[str, Column]]],
) -> None:
    """A launch that only echoes its hyper-parameters (hp_metric) is no attempt and has none."""
    assessment = assess(_LAYOUT, parts_in(files), SideFiles(), NOW + 20_000)
    points = points_of(assessment, files)
    shown: Counter[str] = Counter()
    for metric in assessment.metrics:
        series = accumulate(points.pieces(metric))
        assert np.all(np.diff(series.x) >= 0)
        assert np.all(np.diff(series.attempt) >= 0)
        if not metric.derived and metric.role != "bookkeeping":
            shown[metric.tag] += len(series)
    logged: Counter[str] = Counter()
    for _, scalars in files:
        measured = {tag: points for tag, points in scalars.items() if tag != "hp_metric"}
        logged.update({tag: len(points) for tag, points in measured.items()})
    assert shown == logged


@settings(max_examples=60, deadline=None)
@given(launches())
def test_attempts_lie_end_to_end_and_hold_their_points(
    files: list[tuple[Source, dict[str, Column]]],
) -> None:
    assessment = assess(_LAYOUT, parts_in(files), SideFiles(), NOW + 20_000)
    attempts = {attempt.number: attempt for attempt in assessment.attempts}
    end = None
    for attempt in attempts.values():
        assert attempt.x_start <= attempt.x_end
        assert end is None or attempt.x_start == end
        assert attempt.kind != "restart" or attempt.start_step <= 0 or attempt.files.why.trains_anew
        end = attempt.x_end
    points = points_of(assessment, files)
    for metric in assessment.metrics:
        if metric.role == "bookkeeping":
            continue
        for piece in points.pieces(metric):
            attempt = attempts[piece.attempt]
            assert attempt.x_start <= int(piece.place.min())
            assert int(piece.place.max()) <= attempt.x_end


def slow_regressions(steps: list[int]) -> list[int]:
    """Where steps go back, and three ascending ones stay below all since the last restart."""
    found: list[int] = []
    begin = 0
    for at in range(1, len(steps) - 2):
        three = steps[at : at + 3]
        ascends = three[0] < three[1] < three[2]
        if steps[at] < steps[at - 1] and ascends and three[2] < max(steps[begin:at]):
            found.append(at)
            begin = at
    return found


@given(st.lists(st.integers(0, 12), max_size=40))
def test_restarts_inside_a_file_are_those_of_a_plain_reading(steps: list[int]) -> None:
    assert regressions(column(steps, steps, steps)) == slow_regressions(steps)
