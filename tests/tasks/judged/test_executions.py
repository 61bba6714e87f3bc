"""Attempts of the table, and which event files belong to each."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tb_trainmon import TaskLogger
from tb_trainmon.tasks.judged.sentences import in_flops
from tests.tasks.scenes import NOW, Stage, steps, xs
from tests.tasks.tables import Table


def test_a_notebook_cell_run_twice_within_a_second_is_two_attempts(tmp_path: Path) -> None:
    """Same process, and the second attempt began before the first one's files were cold."""
    for last in (60, 30):
        with TaskLogger(str(tmp_path), "job", total_steps=100, logging_steps=10) as log:
            for step in range(1, last + 1):
                log.step(step, loss=1.0 / step)
    stage = Stage(tmp_path, now=time.time())
    opened = stage.opened("job")
    first, second = opened.assessment.attempts
    assert (first.last_step, second.last_step) == (60, 30)
    assert steps(opened) == [10, 20, 30, 40, 50, 60, 10, 20, 30]
    assert xs(opened) == [10, 20, 30, 40, 50, 60, 70, 80, 90]


def test_what_was_trained_before_there_was_a_table_is_none_of_its_attempts(stage: Stage) -> None:
    """Somebody adds a callback, and resumes from a checkpoint."""
    stage.file(pid=1).train(range(10, 31, 10), NOW)
    stage.file(pid=2).train(range(30, 51, 10), NOW + 1000)
    stage.file(pid=3).train(range(50, 81, 10), NOW + 2000)
    table = Table(stage.logdir).task(status="completed")
    table.attempt(started_at=NOW + 1990, pid=3, host="node", start_step=40, status="completed")
    opened = stage.opened()
    told = [(a.number, a.kind, a.start_step, a.last_step) for a in opened.assessment.attempts]
    assert told == [(-1, "first", 0, 30), (0, "resume", 20, 50), (1, "resume", 40, 80)]
    assert steps(opened) == [10, 20, 30, 30, 40, 50, 50, 60, 70, 80]
    assert stage.judged().attempts == opened.assessment.attempts


def test_files_that_were_opened_as_the_attempt_began_are_its_own(stage: Stage) -> None:
    stage.file(pid=1).train(range(10, 31, 10), NOW)
    Table(stage.logdir).task().attempt(started_at=NOW + 4)
    [attempt] = stage.judged().attempts
    assert (attempt.number, attempt.last_step) == (1, 30)


def test_parameters_that_only_one_of_two_records_tells_of_have_not_changed(stage: Stage) -> None:
    arguments = '{"learning_rate": 0.1, "max_steps": 50, "output_dir": "out"}'
    stage.file(pid=1).text("args/text_summary", arguments, NOW).train(range(10, 31, 10), NOW)
    stage.file(pid=2).train(range(10, 31, 10), NOW + 1000)
    config = {"learning_rate": 0.2, "max_steps": 50, "world_size": 1}
    Table(stage.logdir).task().attempt(started_at=NOW + 990, config=config)
    *_, last = stage.judged().attempts
    assert last.changed == {"learning_rate": [0.1, 0.2]}


def test_an_attempt_begins_where_those_before_it_had_trained_to(stage: Stage) -> None:
    """Time without downtime: each from its first point to its last, evaluations included."""
    stage.file(pid=1).train(range(10, 41, 10), NOW, every=5.0).log(40, NOW + 30, {"eval/loss": 1.0})
    stage.file(pid=2).train(range(10, 31, 10), NOW + 1000, every=7.0)
    stage.file(pid=3).train(range(10, 31, 10), NOW + 5000)
    told = [(a.first_at, a.last_at, a.active_start) for a in stage.judged().attempts]
    assert told == [
        (NOW, NOW + 30, 0.0),
        (NOW + 1000, NOW + 1014, 30.0),
        (NOW + 5000, NOW + 5002, 44.0),
    ]


def test_a_clock_that_is_set_back_while_an_attempt_trains_takes_nothing_away(stage: Stage) -> None:
    file = stage.file(pid=1).train(range(10, 41, 10), NOW, every=5.0)
    file.train(range(50, 81, 10), NOW - 100, every=5.0)
    stage.file(pid=2).train(range(10, 31, 10), NOW + 1000)
    first, second = stage.opened().assessment.attempts
    assert (first.first_at, first.last_at) == (NOW - 85, NOW)
    assert second.active_start == 85.0


def test_an_attempt_without_a_time_has_no_place_among_times(stage: Stage) -> None:
    table = Table(stage.logdir).task(runs=[])
    times: list[tuple[float | None, float | None]] = [
        (None, None),
        (NOW, NOW + 9),
        (NOW + 50, NOW + 60),
    ]
    for number, (first, last) in enumerate(times, start=1):
        table.log(10, first, {"loss": 1.0}, attempt=number)
        table.log(20, last, {"loss": 1.0}, attempt=number)
    told = [(a.first_at, a.last_at, a.active_start) for a in stage.opened().assessment.attempts]
    assert told == [(None, None, None), (NOW, NOW + 9, 0.0), (NOW + 50, NOW + 60, 9.0)]


def test_what_changes_with_every_launch_comes_behind_what_somebody_decided(stage: Stage) -> None:
    for n, rate in enumerate((0.1, 0.2)):
        arguments = (
            f'{{"logging_dir": "runs/{n}", "cache": "/tmp/{n}/x", "name": "2026-11-2{n}", '
            f'"model": "org/model-{n}", "learning_rate": {rate}}}'
        )
        file = stage.file(pid=n + 1, created=NOW + 1000 * n)
        file.text("args/text_summary", arguments).train(range(10, 31, 10), NOW + 1000 * n)
    *_, last = stage.judged().attempts
    assert [*last.changed] == ["model", "learning_rate", "logging_dir", "cache", "name"]


def test_arguments_that_any_script_may_log_prove_no_framework(stage: Stage) -> None:
    stage.file().text("args/text_summary", '{"epochs": 3}').train(range(3), NOW)
    assert "framework" not in stage.judged().facts


def test_the_trainers_own_arguments_prove_it(stage: Stage) -> None:
    text = '{"per_device_train_batch_size": 8}'
    stage.file().text("args/text_summary", text).train(range(3), NOW)
    assert stage.judged().facts["framework"] == "transformers"


def test_an_amount_of_computing_is_told_as_people_say_it(stage: Stage) -> None:
    file = stage.file().train(range(3), NOW)
    file.log(3, NOW + 3, {"train/total_flos": 1_632_508_210_839_552.0, "train/train_loss": 1.0})
    assert stage.judged().facts["computation"] == "1.63 PFLOP"


@pytest.mark.parametrize(
    ("operations", "said"), [(1e12, "1 TFLOP"), (999.7e9, "1 TFLOP"), (999e9, "999 GFLOP")]
)
def test_an_amount_just_below_the_next_unit_is_told_in_that(operations: float, said: str) -> None:
    assert in_flops(operations) == said


def test_no_computing_is_no_fact(stage: Stage) -> None:
    """A trainer that does not count it logs 0."""
    file = stage.file().train(range(3), NOW)
    file.log(3, NOW + 3, {"train/total_flos": 0.0, "train/train_runtime": 1061.0})
    facts = stage.judged().facts
    assert "computation" not in facts
    assert facts["final_train_runtime"] == "18 min"


def test_an_attempt_lasts_from_its_launch_to_its_last_point(stage: Stage) -> None:
    """As the time that it spent is told: loading and the way to the first point included."""
    stage.file(pid=1).train(range(10, 51, 10), NOW + 300)
    stage.file(created=NOW + 1_000, pid=2).train(range(60, 91, 10), NOW + 1_400)
    task = stage.judged()
    assert [attempt.started_at for attempt in task.attempts] == [NOW, NOW + 1_000]
    assert task.started_at == NOW


def test_one_that_waited_for_the_attempt_before_begins_when_that_ends(stage: Stage) -> None:
    stage.file(pid=1).train(range(10, 51, 10), NOW + 10)
    stage.file(created=NOW + 5, pid=2).train(range(10, 91, 10), NOW + 1_400)
    assert [a.started_at for a in stage.judged().attempts] == [NOW, NOW + 14]
