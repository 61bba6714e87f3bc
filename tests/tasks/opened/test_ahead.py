"""What comes next in a task that runs, and what a crash now would cost."""

from __future__ import annotations

import os

import pytest

from tb_trainmon.tasks.opened.ahead import Ahead
from tests.tasks.scenes import NOW, LogFile, Stage
from tests.tasks.tables import Table


def ahead(stage: Stage) -> Ahead:
    task = stage.opened()
    return task.ahead(task.assessment)


def trained(stage: Stage, steps: int, wrong: float = 0.0) -> LogFile:
    """Ten steps in five seconds, evaluated every 200 for a minute. ``wrong``: the clock."""
    file = stage.file(created=NOW + wrong - 10.0)
    file.text("args/text_summary", '{"max_steps": 2000}')
    at = NOW + wrong
    for step in range(10, steps + 1, 10):
        at += 5.0
        file.log(step, at, {"train/loss": 1.0 / step})
        if step % 200 == 0:
            at += 60.0
            file.log(step, at, {"eval/loss": 2.0 / step})
    stage.now = at - wrong
    os.utime(file.path, (stage.now, stage.now))
    return file


def save(stage: Stage, step: int, at: float) -> None:
    folder = stage.logdir / "run" / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    os.utime(folder, (at, at))


def test_the_next_evaluation_comes_by_its_period(stage: Stage) -> None:
    trained(stage, 700)
    now = stage.now
    found = ahead(stage)
    assert found.next_evaluation_at == pytest.approx(now + 50.0, abs=2.0)
    assert (found.next_checkpoint_at, found.at_risk_s) == (None, None)


@pytest.mark.parametrize("steps", [290, 700])
def test_an_evaluation_in_the_file_and_in_the_table_is_one(stage: Stage, steps: int) -> None:
    """After a single one nothing is known, after three the fourth comes at step 800."""
    file = trained(stage, steps)
    table = Table(stage.logdir).task(status="running", heartbeat_at=stage.now)
    table.attempt(started_at=NOW - 10.0, start_step=0)
    at = NOW
    for step in range(10, steps + 1, 10):
        at += 5.0
        table.log(step, at + 1e-3, {"loss": 1.0 / step})
        if step % 200 == 0:
            at += 60.0
            table.log(step, at + 1e-3, {"eval_loss": 2.0 / step}, type="eval")
    os.utime(file.path, (stage.now, stage.now))
    expected = None if steps == 290 else pytest.approx(stage.now + 50.0, abs=2.0)
    assert ahead(stage).next_evaluation_at == expected


def test_a_crash_costs_the_time_since_the_last_checkpoint(stage: Stage) -> None:
    trained(stage, 700)
    now = stage.now
    save(stage, 300, NOW + 211.0)
    save(stage, 600, now - 110.0)
    found = ahead(stage)
    assert found.at_risk_s == pytest.approx(stage.now - now + 110.0)
    # At step 900: 200 steps, and the evaluation at 800.
    assert found.next_checkpoint_at == pytest.approx(now + 100.0 + 60.0, abs=5.0)


def test_rows_of_a_table_tell_of_checkpoints_too(stage: Stage) -> None:
    trained(stage, 700)
    table = Table(stage.logdir).task(status="running", heartbeat_at=stage.now)
    table.attempt(started_at=NOW - 10.0, start_step=0)
    for step, at in ((300, NOW + 211.0), (600, stage.now - 110.0)):
        table.log(step, at, type="checkpoint")
    now = stage.now
    found = ahead(stage)
    assert found.at_risk_s == pytest.approx(stage.now - now + 110.0)
    assert found.next_checkpoint_at == pytest.approx(now + 160.0, abs=5.0)


def test_an_attempt_that_resumed_risks_what_it_trained_since(stage: Stage) -> None:
    trained(stage, 700)
    save(stage, 600, stage.now - 110.0)
    launched = stage.now + 1000.0
    again = stage.file(created=launched, pid=200)
    again.text("args/text_summary", '{"max_steps": 2000}')
    again.train(range(610, 701, 10), launched + 10.0, every=5.0)
    stage.now = launched + 60.0
    found = ahead(stage)
    assert found.at_risk_s == pytest.approx(stage.now - launched)


def test_a_writers_wrong_clock_moves_nothing(stage: Stage) -> None:
    trained(stage, 700, wrong=-30 * 3600.0)
    now = stage.now
    save(stage, 300, NOW + 211.0)
    save(stage, 600, now - 110.0)
    found = ahead(stage)
    assert found.next_evaluation_at == pytest.approx(now + 50.0, abs=70.0)
    assert found.at_risk_s == pytest.approx(stage.now - now + 110.0)
    assert found.next_checkpoint_at == pytest.approx(now + 160.0, abs=70.0)


def test_nothing_is_ahead_of_a_task_that_does_not_run(stage: Stage) -> None:
    trained(stage, 700)
    save(stage, 600, stage.now - 110.0)
    stage.advance(5 * 3600.0)
    assert ahead(stage) == Ahead()
