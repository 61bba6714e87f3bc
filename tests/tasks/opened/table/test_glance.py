"""What the list knows of a task's rows: all of a few, samples of many."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.opened.table import glance as table_glance
from tb_trainmon.tasks.opened.table import log as table_log
from tb_trainmon.tasks.opened.table.glance import TableGlance
from tb_trainmon.tasks.opened.table.log import TableLog
from tb_trainmon.training_logs.reading import TrainingLogs
from tb_trainmon.training_logs.rows import AttemptRow
from tests.tasks.scenes import NOW, Stage
from tests.tasks.tables import Table


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_log, "_AT_ONCE", 100)
    monkeypatch.setattr(table_glance, "_FIRST", 8)
    monkeypatch.setattr(table_glance, "_LAST", 16)
    monkeypatch.setattr(table_glance, "_FIRST_ENDED", 3)
    monkeypatch.setattr(table_glance, "_LAST_ENDED", 9)
    monkeypatch.setattr(table_glance, "_LONGEST", 64)
    monkeypatch.setattr(table_glance, "_WINDOWS", 6)


@pytest.fixture
def table(stage: Stage) -> Table:
    return Table(stage.logdir).task(runs=[])


def write(
    table: Table, attempts: list[int], stride: int = 1, numbers: Sequence[int] = range(1, 100)
) -> None:
    """So many rows in each attempt, each of which begins at step 0."""
    begins = [0, *accumulate(attempts)]
    rows = [
        f"('run', {number}, 'step', {at * 10}, {NOW + begin + at}, '{{\"loss\": {1 / (1 + at)}}}')"
        for number, (begin, end) in zip(numbers, pairwise(begins), strict=False)
        for at in range(end - begin)
    ]
    other = "('other', 1, 'step', 0, 0.0, '{}')"
    values = ", ".join(row + f", {other}" * (stride - 1) for row in rows)
    columns = "(task_id, attempt, type, step, wall_time, metrics)"
    table.run(f"INSERT INTO training_logs {columns} VALUES {values}")


def table_of(stage: Stage) -> TableTask:
    found = stage.listed()["run"].layout.table
    assert found is not None
    return found


def bounds(glance: TableGlance | TableLog, table: TableTask) -> dict[int, tuple[int, int]]:
    """By attempt, its first and its last step."""
    facts = {number: part.tags["loss"] for number, part in glance.parts(table).items()}
    return {number: (of.min_step, of.max_step) for number, of in sorted(facts.items())}


@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize("attempts", [[400], [150, 250], [30, 300, 5, 60], [100] * 9])
def test_samples_know_where_each_attempt_begins_and_ends(
    stage: Stage, table: Table, attempts: list[int], stride: int
) -> None:
    write(table, attempts, stride)
    found, glance, log = table_of(stage), TableGlance(), TableLog()
    glance.refresh(found)
    log.refresh(found)
    assert not glance.is_whole
    assert log.is_whole
    assert bounds(glance, found) == bounds(log, found)
    assert glance.last_id == log.last_id


def test_an_attempt_that_ran_beside_another_is_seen_where_the_table_lists_it(
    stage: Stage, table: Table
) -> None:
    write(table, [300, 150, 300], numbers=(1, 2, 1))
    glance, alone = TableGlance(), table_of(stage)
    glance.refresh(alone)
    assert glance.parts(alone).keys() == {1}
    listed = replace(alone, attempts=[attempt_row(1), attempt_row(2)])
    glance = TableGlance()
    glance.refresh(listed)
    assert bounds(glance, listed)[2] == (0, 1490)


def attempt_row(number: int) -> AttemptRow:
    return AttemptRow.from_database({"task_id": "run", "attempt": number})


def test_tasks_whose_rows_could_not_be_read_are_looked_at_again(
    stage: Stage, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not be said for hours of one that ended long ago that it never logged anything."""
    write(table, [30])
    table.task("other", runs=[], status="completed")
    stage.advance(1e6)
    with monkeypatch.context() as patched:
        patched.setattr(TrainingLogs, "ends", lambda *_: refuse())
        assert stage.listed()["run"].step is None
    stage.advance(1.0)
    assert stage.listed()["run"].step == 290


def refuse() -> None:
    raise DatabaseUnreadable("It is locked.")


def test_what_was_not_written_since_is_not_asked_for(
    stage: Stage, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(table, [30])
    os.utime(table.path, (NOW, NOW))
    found, glance = table_of(stage), TableGlance()
    glance.refresh(found)
    monkeypatch.setattr(TrainingLogs, "ask", lambda *_: refuse())
    glance.refresh(found)
    assert bounds(glance, found) == {1: (0, 290)}
    table.log(300, NOW)
    with pytest.raises(DatabaseUnreadable):
        glance.refresh(found)


def test_the_list_says_of_many_rows_what_the_task_says(stage: Stage, table: Table) -> None:
    write(table, [150, 250])
    stage.listed()
    (line,) = stage.tasks.sparklines(["run"]).values()
    assert not line.whole
    assert line.values[0] > 0.3
    task = stage.judged()
    assert [attempt.last_step for attempt in task.attempts] == [1490, 2490]


def test_rows_written_before_the_clock_was_set_back_are_the_last_sign_of_life(
    stage: Stage, table: Table
) -> None:
    write(table, [150])
    table.run("UPDATE training_logs SET wall_time = wall_time - 3600 WHERE id > 5")
    assert stage.judged().last_event_at == NOW + 4


@pytest.mark.parametrize("beat", [None, NOW - 5000])
@pytest.mark.parametrize("attempt", [1, 2])
def test_rows_that_go_on_beside_silent_event_files_show_in_the_list_that_it_runs(
    stage: Stage, beat: float | None, attempt: int
) -> None:
    table = Table(stage.logdir).task(status="running", heartbeat_at=beat)
    table.attempt(status="running", started_at=NOW - 7200)
    stage.file(created=NOW - 7200).train(range(100), NOW - 7200).close()
    for step in range(100, 130):
        table.log(step, NOW - 10 * (130 - step), {"loss": 0.5}, attempt)
    stage.now = NOW
    assert stage.judged().verdict.status == "running"


def test_what_comes_is_seen_by_the_last_rows(stage: Stage, table: Table) -> None:
    write(table, [200])
    found, glance = table_of(stage), TableGlance()
    glance.refresh(found)
    for step in (2000, 2010):
        table.log(step, NOW + step, {"loss": 0.1})
        glance.refresh(found)
        assert bounds(glance, found) == {1: (0, step)}
    for step in range(2020, 2520, 10):  # more than a window holds
        table.log(step, NOW + step, {"loss": 0.1}, attempt=2)
    glance.refresh(found)
    assert bounds(glance, found)[2][1] == 2510


def test_rows_that_are_replaced_are_surveyed_anew(stage: Stage, table: Table) -> None:
    write(table, [200])
    found, glance = table_of(stage), TableGlance()
    glance.refresh(found)
    table.run("DELETE FROM training_logs")
    glance.refresh(found)
    assert glance.parts(found) == {}
    write(table, [3])
    glance.refresh(found)
    assert bounds(glance, found) == {1: (0, 20)}
    assert glance.is_whole


def test_a_task_that_is_being_read_is_told_as_the_list_tells_it(
    stage: Stage, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a part of its rows it would be said that it has been silent since they were written."""
    write(table, [150, 250])
    listed = stage.listed()["run"]
    monkeypatch.setattr(TableLog.refresh, "__defaults__", (0.0,))
    opened = stage.opened()
    assert [problem.code for problem in opened.assessment.problems] == ["still_reading"]
    assert opened.assessment.step == listed.step == 2490
    assert opened.assessment.verdict.status == listed.verdict.status
    assert len(opened.series("loss")) == 100
    while opened.assessment.problems:
        opened = stage.opened()
    assert len(opened.series("loss")) == 400
    assert opened.assessment.step == 2490


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(1, 120), min_size=1, max_size=12),
    st.integers(1, 4),
    st.sampled_from(["running", "completed", "stopped", None]),
)
def test_of_any_attempts_the_list_says_what_reading_all_rows_says(
    tmp_path_factory: pytest.TempPathFactory, attempts: list[int], stride: int, status: str | None
) -> None:
    stage = Stage(tmp_path_factory.mktemp("logs"))
    table = Table(stage.logdir).task(runs=[], status=status, total_steps=100)
    write(table, attempts, stride)
    for number in range(1, len(attempts) + 1):
        table.attempt(number)
    found, glance, log = table_of(stage), TableGlance(), TableLog()
    glance.refresh(found)
    log.refresh(found)
    current = len(attempts)
    assert bounds(glance, found)[current] == bounds(log, found)[current]
    assert told(stage.listed()["run"]) == told(stage.opened().assessment)


def told(task: Assessment) -> tuple[object, ...]:
    """What a list tells of it that no pace decides."""
    attempts = [(one.number, one.start_step, one.last_step) for one in task.attempts]
    ends = task.step, task.total, task.started_at, task.last_event_at, task.shown.loss
    return task.verdict.status, attempts, *ends


@pytest.mark.parametrize(("status", "rows"), [("running", 24), ("completed", 12), ("failed", 12)])
def test_of_a_task_that_has_ended_fewer_rows_are_read(
    stage: Stage, table: Table, monkeypatch: pytest.MonkeyPatch, status: str, rows: int
) -> None:
    """Its pace and its pauses tell nothing any more."""
    table.task(runs=[], status=status)
    write(table, [100])
    found, glance, read = table_of(stage), TableGlance(), 0
    ends = TrainingLogs.ends

    def counted(logs: TrainingLogs, *asked: object) -> object:
        nonlocal read
        told = ends(logs, *asked)  # type: ignore[arg-type]
        read += sum(len(one) for pair in told for one in pair)
        return told

    monkeypatch.setattr(TrainingLogs, "ends", counted)
    glance.refresh(found)
    assert read == rows
    assert bounds(glance, found) == {1: (0, 990)}
