"""Restarts inside one file: sessions that begin in it, and steps that go back and stay."""

from __future__ import annotations

import pytest

from tests.tasks.scenes import NOW, Stage, attempts_of, steps, xs

pytestmark = pytest.mark.wherever


def test_a_session_start_inside_one_file_begins_an_attempt(stage: Stage) -> None:
    """All tags are cut at it, also those whose steps do not go back."""
    file = stage.file()
    for step in range(10, 101, 10):
        file.log(step, NOW + step, {"train/loss": 1.0, "train/lr": 0.1})
    file.session_start(60, NOW + 200)
    for step in range(70, 121, 10):
        file.log(step, NOW + 200 + step, {"train/loss": 1.0, "train/lr": 0.1})
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 100), ("resume", 60, 120)]
    opened = stage.opened()
    assert xs(opened) == xs(opened, "learning_rate") == list(range(10, 161, 10))


def test_sessions_that_simply_go_on_inside_one_file_are_one_attempt(stage: Stage) -> None:
    """One process has written it: it trains and evaluates in turn."""
    file = stage.file(pid=None)
    for n in range(5):
        at = NOW + 300 * n
        file.session_start(100 * n, at).train(range(100 * n + 10, 100 * n + 101, 10), at + 5)
    assert attempts_of(stage.judged()) == [("first", 0, 500)]


def test_of_sessions_without_number_the_latest_are_told_apart_and_it_is_said(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tb_trainmon.tasks.judged.parts.cuts.MOST_STARTS", 3)
    monkeypatch.setattr("tb_trainmon.tasks.judged.metrics.left_out.MOST_STARTS", 3)
    file = stage.file()
    for n in range(6):
        at = NOW + 1000 * n
        file.session_start(0, at).train(range(10, 51, 10), at + 5)
    task = stage.judged()
    assert len(task.attempts) == 4
    (problem,) = task.problems
    assert (problem.code, problem.message) == (
        "restarts_left_out", "Of the restarts inside one file the latest 3 are told apart."
    )  # fmt: skip


def test_steps_that_go_back_inside_a_file_and_stay_are_a_restart(stage: Stage) -> None:
    """A notebook that goes on with one writer. Every tag is cut where the loss went back."""
    file = stage.file()
    for begin in (0.0, 1000.0):
        for step in range(10, 51, 10):
            file.log(step, NOW + begin + step, {"train/loss": 1.0})
            file.log(step, NOW + begin + step + 0.1, {"train/grad_norm": 2.0})
        file.log(50, NOW + begin + 60, {"eval/loss": 3.0})
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 50), ("restart", 0, 50)]
    opened = stage.opened()
    assert xs(opened) == xs(opened, "grad_norm") == list(range(10, 101, 10))
    assert xs(opened, "eval_loss") == [50, 100]


def test_a_single_point_that_goes_back_is_none(stage: Stage) -> None:
    """MMEngine logs evaluations at step = epoch under the training tag."""
    file = stage.file()
    for epoch in range(1, 5):
        file.train(range(epoch * 20, epoch * 20 + 20, 5), NOW + epoch * 100, tag="loss")
        file.log(epoch, NOW + epoch * 100 + 50, {"loss": 0.5})
    task = stage.judged()
    assert attempts_of(task) == [("first", 1, 95)]
    assert steps(stage.opened()) == [1, 2, 3, 4, *range(20, 100, 5)]


def test_a_validation_by_epoch_moves_nothing_and_lies_where_it_happened(stage: Stage) -> None:
    for n, first in enumerate((0, 300)):
        file = stage.file(created=NOW + 9000 * n, pid=n + 1)
        for step in range(first + 10, first + 301, 10):
            at = NOW + 9000 * n + step - first
            file.log(step, at, {"train/loss": 1.0 / step})
            if step % 100 == 0:
                file.log(step // 100, at + 0.5, {"val/loss": 1.0})
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 300), ("resume", 300, 600)]
    opened = stage.opened()
    assert steps(opened, "eval_loss") == [1, 2, 3, 4, 5, 6]
    assert xs(opened, "eval_loss") == [100, 200, 300, 400, 500, 600]


def test_batches_of_the_epoch_are_no_restarts(stage: Stage) -> None:
    file = stage.file()
    for n in range(60):
        file.log(n % 20, NOW + n, {"train/loss": 4.0 / (1 + n)})
    assert attempts_of(stage.judged()) == [("first", 0, 19)]
    assert xs(stage.opened()) == list(range(60))


def test_epochs_that_each_begin_at_step_0_behind_a_long_evaluation_are_no_restarts(
    stage: Stage,
) -> None:
    """The loss goes on from where it was."""
    file = stage.file()
    for epoch in range(6):
        for step in range(0, 300, 10):
            loss = 4.0 / (1 + 300 * epoch + step)
            file.log(step, NOW + 600 * epoch + step, {"train/loss": loss})
    assert attempts_of(stage.judged()) == [("first", 0, 290)]


def test_steps_that_leap_from_end_to_end_of_64_bits_have_their_places_there(stage: Stage) -> None:
    """Laid end to end in the order of writing they would go on beyond: no answer can hold that."""
    first, last = -(2**63), 2**63 - 1
    leaps = [[0, last, first, 5, 6, 7] * 5, [first, last] * 9, [last] * 5, [0, 10, 20] * 6]
    for uid, steps_ in enumerate(leaps):
        file = stage.file(created=NOW + 20 * uid, pid=1, uid=uid)
        for second, step in enumerate(steps_):
            file.log(step, NOW + 20 * uid + second, {"train/loss": 1.0})
    for attempt in stage.opened().assessment.attempts:
        assert first <= attempt.x_start <= attempt.x_end <= last
