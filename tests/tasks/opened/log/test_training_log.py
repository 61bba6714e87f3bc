"""The training log that every task has: here derived from its event files."""

from __future__ import annotations

import gc
import os
import tracemalloc
from typing import cast

import numpy as np
import pytest

from tb_trainmon.series.accumulate import accumulate
from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.opened.log import training_log
from tb_trainmon.tasks.opened.log.training_log import TrainingLog
from tb_trainmon.tasks.opened.log_index import LogIndex
from tb_trainmon.tasks.opened.table.row_places import RowPlaces
from tb_trainmon.tasks.opened.table.rows import TableRows
from tb_trainmon.training_logs.rows import LogRow
from tests.tasks.scenes import NOW, Stage
from tests.tasks.test_real_logs import LATER, LOGS

Row = tuple[str, int, int | None]


def rows(stage: Stage, task: str = "run", *types: str) -> list[Row]:
    """Type, attempt and step of every row, oldest first."""
    page = stage.opened(task).log().page(1000, None, types)
    return [(entry.type, entry.attempt, entry.step) for entry in reversed(page.entries)]


def two_attempts(stage: Stage) -> None:
    """10 to 30 with an evaluation, then from 0 to 20."""
    first = stage.file(pid=1).train(range(10, 31, 10), NOW + 10, every=10)
    first.log(30, NOW + 35, {"eval/loss": 0.5})
    stage.file(created=NOW + 1000, pid=2).train(range(10, 21, 10), NOW + 1010, every=10)
    stage.now = NOW + 5000


def checkpoint(stage: Stage, run: str, step: int, made_at: float) -> None:
    folder = stage.logdir / run / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    os.utime(folder, (made_at, made_at))


def test_attempts_steps_and_evaluations_are_rows_in_the_order_they_happened(stage: Stage) -> None:
    two_attempts(stage)
    assert rows(stage) == [
        ("start", 1, 0),
        ("step", 1, 10),
        ("step", 1, 20),
        ("step", 1, 30),
        ("eval", 1, 30),
        ("end", 1, 30),
        ("start", 2, 0),
        ("step", 2, 10),
        ("step", 2, 20),
        ("end", 2, 20),
    ]


def test_each_row_says_what_it_is_and_that_it_was_derived(stage: Stage) -> None:
    two_attempts(stage)
    page = stage.opened().log().page(1000, None, [])
    assert page.source == "event files"
    assert all(entry.derived for entry in page.entries)
    assert len({entry.id for entry in page.entries}) == len(page.entries) == page.total == 10
    assert dict(page.counts) == {"start": 2, "step": 5, "eval": 1, "checkpoint": 0, "end": 2}
    messages = [entry.message for entry in reversed(page.entries) if entry.message]
    assert messages[0] == "Attempt 1 began at step 0."
    assert messages[1] == "Attempt 1 stopped at step 30; another followed."
    assert messages[2] == "Attempt 2 restarted at step 0."
    assert messages[3].startswith("Attempt 2 stopped. No event for")


def test_a_step_has_its_metrics_also_where_the_next_attempt_begins_at_the_same_place(
    stage: Stage,
) -> None:
    """The last point of the first attempt and the first of the second lie at one x."""
    first = stage.file(pid=1)
    for step in (0, 1, 2):
        first.log(step, NOW + step, {"train/loss": 1.0, "train/grad_norm": 10.0 + step})
    second = stage.file(created=NOW + 100, pid=2)
    for step in (0, 1):
        second.log(step, NOW + 100 + step, {"train/loss": 2.0, "train/grad_norm": 20.0 + step})
    page = stage.opened().log().page(1000, None, ["step"])
    told = [(e.attempt, e.step, dict(e.metrics)) for e in reversed(page.entries)]
    assert told == [
        (1, 0, {"loss": 1.0, "grad_norm": 10.0}),
        (1, 1, {"loss": 1.0, "grad_norm": 11.0}),
        (1, 2, {"loss": 1.0, "grad_norm": 12.0}),
        (2, 0, {"loss": 2.0, "grad_norm": 20.0}),
        (2, 1, {"loss": 2.0, "grad_norm": 21.0}),
    ]


def test_an_evaluation_shows_what_was_evaluated_and_a_step_what_was_trained(stage: Stage) -> None:
    file = stage.file()
    file.log(10, NOW, {"train/loss": 1.0, "eval/loss": 2.0, "custom": 3.0, "eval/custom": 4.0})
    step, evaluation = (
        stage.opened().log().page(1, None, [kind]).entries[0] for kind in ("step", "eval")
    )
    assert dict(step.metrics) == {"loss": 1.0, "custom": 3.0}
    assert dict(evaluation.metrics) == {"eval_loss": 2.0, "eval/custom": 4.0}


def test_of_scalars_without_a_canonical_name_a_row_shows_a_few(stage: Stage) -> None:
    stage.file().log(10, NOW, {f"layer/{n}": 1.0 for n in range(50)} | {"train/loss": 1.0})
    (step,) = stage.opened().log().page(1, None, ["step"]).entries
    assert len(step.metrics) == 9
    assert "loss" in step.metrics


def test_pages_lead_from_the_newest_row_to_the_first(stage: Stage) -> None:
    stage.file().train(range(10, 1001, 10), NOW)
    log = stage.opened().log()
    found: list[int | None] = []
    before, pages = None, 0
    while True:
        page = log.page(7, before, ["step"])
        assert page.total == 100
        found += [entry.step for entry in page.entries]
        pages += 1
        before = page.next
        if before is None:
            break
    assert found == list(range(1000, 0, -10))
    assert pages == 15


def test_a_page_before_the_first_row_is_empty(stage: Stage) -> None:
    two_attempts(stage)
    page = stage.opened().log().page(10, 0, [])
    assert (list(page.entries), page.next) == ([], None)


def test_a_running_task_has_no_end_yet(stage: Stage) -> None:
    stage.file().train(range(10, 31, 10), NOW)
    assert rows(stage, "run", "end") == []
    stage.advance(1000)
    assert rows(stage, "run", "end") == [("end", 1, 30)]


def test_a_launch_that_logged_nothing_has_a_start(stage: Stage) -> None:
    stage.file()
    (entry,) = stage.opened().log().page(10, None, []).entries
    assert (entry.type, entry.step) == ("start", 0)
    assert entry.message == "Launched; no scalar has been logged yet."
    stage.advance(100 * 3600)
    (entry,) = stage.opened().log().page(10, None, []).entries
    assert entry.message == "Launched; no scalar was logged."


# ---- checkpoints ---------------------------------------------------------------------------------


def test_a_checkpoint_belongs_to_the_attempt_that_ran_when_it_was_made(stage: Stage) -> None:
    two_attempts(stage)
    checkpoint(stage, "run", 20, NOW + 25)
    checkpoint(stage, "run", 10, NOW + 1015)
    page = stage.opened().log().page(10, None, ["checkpoint"])
    assert [(e.attempt, e.step, e.wall_time, e.message) for e in page.entries] == [
        (2, 10, NOW + 1015, "checkpoint-10"),
        (1, 20, NOW + 25, "checkpoint-20"),
    ]


def test_a_checkpoint_at_the_end_may_be_saved_a_little_later(stage: Stage) -> None:
    two_attempts(stage)
    checkpoint(stage, "run", 30, NOW + 80)
    assert rows(stage, "run", "checkpoint") == [("checkpoint", 1, 30)]


def test_a_copied_checkpoint_is_placed_by_its_step(stage: Stage) -> None:
    """Its time is that of the copy. The attempt that resumed from 40 did not make it."""
    stage.file(pid=1).train(range(10, 56, 5), NOW, every=10)
    stage.file(created=NOW + 500, pid=2).train(range(45, 101, 5), NOW + 500, every=10)
    stage.now = NOW + 10_000_000
    for step in (20, 40, 60, 100, 120):
        checkpoint(stage, "run", step, stage.now)
    page = stage.opened().log().page(10, None, ["checkpoint"])
    assert {e.step: (e.attempt, e.wall_time) for e in page.entries} == {
        20: (1, NOW + 20),
        40: (1, NOW + 60),
        60: (2, NOW + 530),
        100: (2, NOW + 610),
        120: (2, NOW + 610),
    }


def test_checkpoints_beside_the_log_folder_are_the_tasks(stage: Stage) -> None:
    """``<out>/checkpoint-20`` beside ``<out>/tb``, but not where two tasks share ``<out>``."""
    stage.file("out/tb").train(range(10, 31, 10), NOW, every=10)
    checkpoint(stage, "out", 20, NOW + 15)
    assert rows(stage, "out/tb", "checkpoint") == [("checkpoint", 1, 20)]
    stage.file("out/other", pid=2).train(range(10, 31, 10), NOW)
    assert rows(stage, "out/tb", "checkpoint") == []


def test_a_checkpoint_that_is_deleted_is_no_row_any_more(stage: Stage) -> None:
    """Trainers keep the latest ones only."""
    two_attempts(stage)
    checkpoint(stage, "run", 10, NOW + 15)
    checkpoint(stage, "run", 20, NOW + 25)
    opened = stage.opened()
    revision = opened.revision
    assert opened.log().page(10, None, ["checkpoint"]).total == 2
    (stage.logdir / "run" / "checkpoint-10").rmdir()
    assert rows(stage, "run", "checkpoint") == [("checkpoint", 1, 20)]
    assert stage.opened().log().shrunk_at > revision


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("transformers_v5/restart_newlr/tb", [(2, 60), (2, 80), (2, 100)]),
        ("transformers_v5/interrupt_resume/tb", [(2, 60), (2, 80), (2, 100)]),
        ("transformers_v5/default_layout", [(2, 60), (2, 80), (2, 100)]),
        ("transformers_v5/full", [(1, 60), (1, 80), (1, 100)]),
        ("transformers_v5/exception/tb", [(1, 20)]),
    ],
)
def test_checkpoints_of_real_runs(task: str, expected: list[tuple[int, int]]) -> None:
    page = Stage(LOGS, now=LATER).opened(task).log().page(10, None, ["checkpoint"])
    assert [(e.attempt, e.step) for e in reversed(page.entries)] == expected


# ---- what came since -----------------------------------------------------------------------------


def test_what_came_since_a_revision_is_told(stage: Stage) -> None:
    file = stage.file().train(range(10, 31, 10), NOW)
    opened = stage.opened()
    opened.log()
    revision = opened.revision
    file.log(40, NOW + 5, {"train/loss": 1.0})
    opened = stage.opened()
    told, total = opened.log().since(revision)
    assert total == 5
    assert told[-1].step == 40
    assert opened.log().since(opened.revision)[0] == []


def test_a_metric_that_comes_a_moment_later_is_told_with_its_row(stage: Stage) -> None:
    file = stage.file().train(range(10, 31, 10), NOW)
    file.log(30, NOW + 3, {"train/grad_norm": 1.0})
    opened = stage.opened()
    opened.log()
    revision = opened.revision
    file.log(30, NOW + 4, {"train/learning_rate": 0.5})
    told, _ = stage.opened().log().since(revision)
    assert told[-1].step == 30
    assert dict(told[-1].metrics) == {
        "loss": pytest.approx(4 / 31),
        "grad_norm": 1.0,
        "learning_rate": 0.5,
    }


def test_an_end_that_was_none_is_said(stage: Stage) -> None:
    """A stopped task that goes on has lost a row that was told."""
    file = stage.file().train(range(10, 31, 10), NOW)
    stage.advance(1000)
    opened = stage.opened()
    assert opened.log().page(9, None, ["end"]).total == 1
    revision = opened.revision
    file.log(40, stage.now, {"train/loss": 1.0})
    opened = stage.opened()
    assert opened.log().page(9, None, ["end"]).total == 0
    assert opened.log().shrunk_at > revision


def test_a_reader_who_was_away_for_thousands_of_revisions_gets_every_row(stage: Stage) -> None:
    stage.file().log(1, stage.now, {"loss": 1.0})
    log, rows, assessment = TrainingLog(lambda _: accumulate([])), [row(1)], stage.judged()
    generation = object()
    for revision in range(1, 1500):
        rows.append(row(revision + 1))
        log.refresh(revision, assessment, in_a_table(rows, generation))
    entries, total = log.since(1)
    assert [entry.id for entry in entries][-1498:] == [str(n) for n in range(3, 1501)]
    assert total == 1500


def test_revisions_take_a_few_bytes_each_and_no_more_once_there_are_many(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task that is watched all day has thousands, and fifty tasks may be watched."""
    monkeypatch.setattr(training_log, "REVISIONS_KEPT", 1000)
    stage.file().log(1, stage.now, {"loss": 1.0})
    log, rows, assessment = TrainingLog(lambda _: accumulate([])), [row(1)], stage.judged()
    table = in_a_table(rows, object())
    log.refresh(0, assessment, table)
    before = log.memory
    tracemalloc.start()
    try:
        for revision in range(1, 2500):
            log.refresh(revision, assessment, table)
        gc.collect()  # what waits for it is not kept
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken < 1000 * 60
    assert before < log.memory < before + 1000 * 40
    assert [log.news(2498), log.news(2499), log.news(1500)] == [1, 0, 1]


def in_a_table(rows: list[LogRow], generation: object) -> TableRows:
    places = RowPlaces.of_nothing().and_these(np.array([row.id for row in rows]))
    table = cast(TableTask, None)
    return TableRows(generation, places, LogIndex.of_nothing(), tuple(rows), table)


def row(number: int) -> LogRow:
    return LogRow(number, "run", 1, "step", number, 1.0 * number, "", {})
