"""Where the time of an open task went, while it grows."""

from __future__ import annotations

import os

from tests.tasks.scenes import NOW, Stage


def test_where_the_time_went_is_worked_out_once_for_what_is_there(stage: Stage) -> None:
    file = stage.file().train(range(10, 51, 10), NOW)
    task = stage.opened()
    spent = task.time_spent(task.assessment)
    assert stage.opened() is task
    assert task.time_spent(task.assessment) is spent
    for added in range(3):
        file.log(60 + 10 * added, NOW + 60 + 40 * added, {"train/loss": 1.0})
        grown = stage.opened()
        told = grown.time_spent(grown.assessment)
        assert told != spent
        spent = told
    with stage.look().opened("run") as fresh:
        assert fresh.time_spent(fresh.assessment) == spent


def test_a_checkpoint_that_comes_alone_is_told_in_where_the_time_went(stage: Stage) -> None:
    file = stage.file().train(range(10, 51, 10), NOW)
    file.log(60, NOW + 90, {"train/loss": 1.0})
    task = stage.opened()
    before = [each for _, each in task.time_spent(task.assessment)]
    folder = stage.logdir / "run" / "checkpoint-50"
    folder.mkdir()
    os.utime(folder, (NOW + 60, NOW + 60))
    task = stage.opened()
    after = [each for _, each in task.time_spent(task.assessment)]
    assert [(each.checkpoint_s > 0) for each in before] == [False]
    assert [(each.checkpoint_s > 0) for each in after] == [True]
