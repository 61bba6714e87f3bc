"""Several writers of one metric in one folder: said where their values differ, and only there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tasks.scenes import NOW, Stage


def told(stage: Stage) -> list[str]:
    return [p.message for p in stage.opened().assessment.problems if p.code == "rival_writers"]


@pytest.mark.parametrize(
    ("second", "who"),
    [
        ({"pid": 100, "uid": 1}, "2 writers of process 100 on node"),
        ({"pid": 200}, "2 processes (100 on node, 200 on node)"),
        ({"pid": 7, "host": "other"}, "2 processes (100 on node, 7 on other)"),
    ],
)
def test_two_writers_that_contradict_one_another_are_named(
    stage: Stage, second: dict[str, Any], who: str
) -> None:
    one, two = stage.file(pid=100), stage.file(**second)
    for step in range(50):
        one.log(step, NOW + step, {"Loss": 1.0 / (step + 1)})
        two.log(step, NOW + step + 0.01, {"Loss": 2.0 - step / 100})
    (message,) = told(stage)
    assert message.startswith(f"{who} log 'Loss' into this folder at the same steps")
    assert "since 2023-11-14 22:13 UTC" in message
    (attempt,) = stage.opened().assessment.attempts
    assert attempt.last_step == 49
    assert len(stage.opened().series("loss")) == 100


def test_writers_whose_names_tell_no_process_are_counted(stage: Stage) -> None:
    files = [stage.file(pid=None, suffix=suffix) for suffix in ("_a", "_b", "_c")]
    for step in range(20):
        for n, file in enumerate(files):
            file.log(step, NOW + step + n / 100, {"loss": 1.0 + n + step / 100})
    (message,) = told(stage)
    assert message.startswith("3 writers log 'loss'")


def test_ranks_that_log_the_same_numbers_are_no_rivals(stage: Stage) -> None:
    for rank in range(4):
        stage.file(pid=100 + rank).train(range(50), NOW + rank / 10)
    assert told(stage) == []


def test_a_restart_is_no_rival(stage: Stage) -> None:
    stage.file(pid=1).train(range(50), NOW)
    file = stage.file(created=NOW + 500, pid=2)
    for step in range(50):
        file.log(step, NOW + 501 + step, {"train/loss": 9.0 - step / 10})
    assert told(stage) == []
    assert len(stage.opened().assessment.attempts) == 2


def test_writers_of_different_steps_are_no_rivals(stage: Stage) -> None:
    one, two = stage.file(pid=1), stage.file(pid=1, uid=1)
    for step in range(0, 100, 2):
        one.log(step, NOW + step, {"loss": 1.0 / (step + 1)})
        two.log(step + 1, NOW + step + 1, {"loss": 1.0 / (step + 2)})
    assert told(stage) == []


def test_one_metric_in_two_folders_has_no_rivals(stage: Stage) -> None:
    one, two = stage.file("run/train", pid=1), stage.file("run/validation", pid=1, uid=1)
    for step in range(20):
        one.log(step, NOW + step, {"epoch_loss": 1.0 / (step + 1)})
        two.log(step, NOW + step + 0.1, {"epoch_loss": 2.0 / (step + 1)})
    assert told(stage) == []
