"""The trainer's own goodput, as Google's library logs it."""

from __future__ import annotations

import pytest

from tests.tasks.scenes import NOW, Stage


def test_the_latest_shares_of_all_launches_are_told(stage: Stage) -> None:
    for n in range(2):
        at = NOW + 1000.0 * n
        file = stage.file(created=at, pid=n).train(range(10, 101, 10), at + 1)
        tags = {"goodput/goodput": 70.0 + n, "badput/tpu_initialization": 12.0, "badput/other": 0.0}
        file.log(100, at + 20, tags)
    task = stage.judged()
    found = task.logged_goodput
    assert found is not None
    assert found.tag == "goodput/goodput"
    assert task.facts["the_trainer's_own_goodput"] == "71%; tpu initialization 12%"
    assert found.goodput == pytest.approx(0.71)
    assert found.badput == {"tpu_initialization": pytest.approx(0.12)}


def test_older_versions_call_it_goodput_alone(stage: Stage) -> None:
    stage.file().train(range(10, 51, 10), NOW).log(50, NOW + 10, {"goodput": 88.0})
    found = stage.judged().logged_goodput
    assert found is not None
    assert found.tag == "goodput"
    assert found.goodput == pytest.approx(0.88)
    assert not found.badput


def test_what_is_no_share_is_none(stage: Stage) -> None:
    stage.file().train(range(10, 51, 10), NOW).log(50, NOW + 10, {"goodput": 1234.0})
    assert stage.judged().logged_goodput is None


def test_none_is_told_where_none_was_logged(stage: Stage) -> None:
    stage.file().train(range(10, 51, 10), NOW)
    assert stage.judged().logged_goodput is None
