"""Files without a process in their names: rounds of one, or launches of several."""

from __future__ import annotations

import pytest

from tests.tasks.scenes import HOURS, NOW, Stage, attempts_of, steps, xs

pytestmark = pytest.mark.wherever


def test_a_chain_of_eight_files_without_a_process_whose_steps_go_on_is_one_attempt(
    stage: Stage,
) -> None:
    """TF1's Estimator opens a file a session."""
    for n in range(8):
        at = NOW + 600 * n
        stage.file(created=at, pid=None).train(range(100 * n, 100 * n + 100, 10), at + 5)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 790)]
    assert steps(stage.opened()) == list(range(0, 800, 10))


def test_a_file_that_is_opened_hours_later_is_a_resume_where_no_name_tells_the_process(
    stage: Stage,
) -> None:
    """Its steps simply go on, but no process waits half a day between two epochs."""
    stage.file(created=NOW, pid=None).train(range(41), NOW + 240, every=240)
    later = NOW + 15 * HOURS
    stage.file(created=later, pid=None).train(range(41, 81), later + 240, every=240)
    assert attempts_of(stage.judged()) == [("first", 0, 40), ("resume", 40, 80)]
    assert xs(stage.opened()) == list(range(81))


def test_rounds_that_evaluate_for_long_are_no_resumes_where_no_name_tells_the_process(
    stage: Stage,
) -> None:
    for n in range(4):
        at = NOW + n * 3_000
        stage.file(created=at, pid=None).train(range(100 * n, 100 * n + 100, 10), at + 5)
    assert attempts_of(stage.judged()) == [("first", 0, 390)]


@pytest.mark.parametrize(("pause", "every"), [(1_200, 5), (200, 5), (1_300, 600)])
def test_who_was_launched_again_soon_is_told_by_the_pause_where_no_name_tells_the_process(
    stage: Stage, pause: float, every: float
) -> None:
    stage.file(created=NOW, pid=None).train(range(10, 401, 10), NOW + 5, every=every)
    later = NOW + 5 + 39 * every + pause
    stage.file(created=later, pid=None).train(range(410, 801, 10), later + 9, every=every)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 400), ("resume", 400, 800)]
    assert "opened" in task.attempts[1].because


def test_who_evaluated_in_the_meantime_was_not_launched_again(stage: Stage) -> None:
    """TF1's Estimator evaluates into a folder of its own, then opens another file to train."""
    for n in range(2):
        at = NOW + 700 * n
        stage.file(created=at, pid=None).train(range(100 * n, 100 * n + 100, 10), at + 5)
    stage.file("run/eval", NOW + 30, pid=None).log(90, NOW + 640, {"loss": 1.0})
    assert attempts_of(stage.judged()) == [("first", 0, 190)]


def test_a_text_that_each_launch_logs_tells_of_one_sooner(stage: Stage) -> None:
    for n, text in enumerate(("lr: 0.1", "lr: 0.1", "sample: a cat")):
        at = NOW + 300 * n
        file = stage.file(created=at, pid=None).text("config", text)
        file.train(range(100 * n + 10, 100 * n + 101, 10), at + 5)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 100), ("resume", 100, 300)]
    assert "has its text 'config' again" in task.attempts[1].because


def test_rounds_of_one_process_end_with_a_pause_that_is_no_round(stage: Stage) -> None:
    """A file for each round, twenty minutes of games between; launched again on the next day."""
    at = NOW
    for n in range(6):
        stage.file(created=at, pid=None).train(range(100 * n, 100 * n + 100, 10), at + 5)
        at += 1_200 if n != 3 else 60_000
    assert attempts_of(stage.judged()) == [("first", 0, 390), ("resume", 390, 590)]


def test_another_machine_took_over_where_no_name_tells_the_process(stage: Stage) -> None:
    """A pod that is launched again has another name; tensorboardX tells no process."""
    for n in range(3):
        steps = range(100 * n + 10, 100 * n + 101, 10)
        at = NOW + 5_000 * n
        stage.file(created=at, pid=None, host=f"pod-{n}").train(steps, at + 5, every=10)
    assert attempts_of(stage.judged()) == [
        ("first", 0, 100),
        ("resume", 100, 200),
        ("resume", 200, 300),
    ]


def test_a_lone_point_after_hours_is_a_restart_where_no_name_tells_the_process(
    stage: Stage,
) -> None:
    for n, last in enumerate((3, 1, 10)):
        at = NOW + 20_000 * n
        stage.file(created=at, pid=None).train(range(1, last + 1), at + 5, every=60)
    kinds = [("first", 0, 3), ("restart", 0, 1), ("restart", 0, 10)]
    assert attempts_of(stage.judged()) == kinds
