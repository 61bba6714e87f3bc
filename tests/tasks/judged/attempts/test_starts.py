"""Where an attempt starts: from scratch or from a checkpoint, and at which step."""

from __future__ import annotations

import os

import pytest

from tests.tasks.scenes import HOURS, NOW, Stage, attempts_of, steps, xs

pytestmark = pytest.mark.wherever


def test_a_resume_that_logs_whichever_step_comes_first_starts_on_its_rhythm(stage: Stage) -> None:
    stage.file(pid=1).log(1, NOW + 2, {"train/loss": 1.0}).train(range(10, 731, 10), NOW + 20)
    resumed = stage.file(created=NOW + 9_000, pid=2).log(501, NOW + 9_002, {"train/loss": 1.0})
    resumed.train(range(510, 801, 10), NOW + 9_020)
    assert attempts_of(stage.judged()) == [("first", 0, 730), ("resume", 500, 800)]


def test_a_resume_on_a_machine_of_another_time_zone_comes_behind(stage: Stage) -> None:
    """The file system says when it was written; both clocks go right but for whole hours."""
    stage.file(created=NOW, host="a").train(range(10, 1_001, 10), NOW + 20, every=30)
    began = NOW - 7 * HOURS
    resumed = stage.file(created=began, host="b").train(range(810, 2_001, 10), began + 20, every=30)
    written = began + 20 + 119 * 30 + 8 * HOURS
    os.utime(resumed.path, (written, written))
    assert attempts_of(stage.judged()) == [("first", 0, 1_000), ("resume", 800, 2_000)]


def test_trained_to_30_then_again_from_0_to_40(stage: Stage) -> None:
    """The seed example, to the number: 30 | 10 20 30 40 lie at 30 | 40 50 60 70."""
    stage.file(pid=1).train(range(10, 31, 10), NOW)
    stage.file(created=NOW + 900, pid=2).train(range(10, 41, 10), NOW + 900)
    opened = stage.opened()
    assert steps(opened) == [10, 20, 30, 10, 20, 30, 40]
    assert xs(opened) == [10, 20, 30, 40, 50, 60, 70]
    first, second = opened.assessment.attempts
    assert (first.x_start, first.x_end, second.x_start, second.x_end) == (0, 30, 30, 70)


def test_a_lone_point_of_an_epoch_does_not_tell_where_training_began(stage: Stage) -> None:
    """Its interval is unknown; that of the batches is known."""
    file = stage.file("exp/train").train(range(5, 76, 5), NOW, tag="batch_loss")
    file.log(4, NOW + 80, {"epoch_loss": 0.2})
    assert attempts_of(stage.judged("exp")) == [("first", 0, 75)]


def test_where_an_attempt_starts_is_settled_after_four_points(stage: Stage) -> None:
    """Irregular steps must not move the whole attempt at each new point."""
    logged = (60, 125, 200, 270, 1000, 1001, 1002, 5000, 5001)
    file = stage.file()
    starts = []
    for n, step in enumerate(logged):
        file.log(step, NOW + n, {"train/loss": 1.0})
        starts.append(stage.opened().assessment.attempts[0].start_step)
    assert len(set(starts[3:])) == 1


def test_a_resume_starts_by_the_interval_of_the_attempt_before_while_it_has_one_point(
    stage: Stage,
) -> None:
    stage.file(pid=1).train(range(5, 56, 5), NOW)
    later = stage.file(created=NOW + 500, pid=2).train(range(45, 46), NOW + 500)
    assert attempts_of(stage.judged()) == [("first", 0, 55), ("resume", 40, 45)]
    later.train(range(50, 101, 5), NOW + 510)
    assert attempts_of(stage.judged()) == [("first", 0, 55), ("resume", 40, 100)]


def test_launches_of_a_single_point_each_go_on_from_one_another(stage: Stage) -> None:
    for n in range(4):
        at = NOW + 4 * HOURS * n
        stage.file(created=at, pid=n + 1).log(1_000 * (n + 1), at + 9_000, {"train/loss": 1.0})
    assert attempts_of(stage.judged()) == [
        ("first", 0, 1_000),
        ("resume", 1_000, 2_000),
        ("resume", 2_000, 3_000),
        ("resume", 3_000, 4_000),
    ]
    assert xs(stage.opened()) == [1_000, 2_000, 3_000, 4_000]


def test_an_evaluation_of_a_later_step_before_it_trained_shows_a_resume(stage: Stage) -> None:
    """It took as long as training so far would have: the clock alone would say from scratch."""
    for n, base in enumerate((0, 800)):
        at = NOW + 20_000 * n
        file = stage.file(created=at, pid=n).log(base, at + 600, {"eval/loss": 3.0})
        file.train(range(base + 10, base + 1001, 10), at + 630, every=10)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 1000), ("resume", 800, 1800)]
    assert "it evaluated step 800 before it trained" in task.attempts[1].because


@pytest.mark.parametrize("place", ["disk"])  # a store does not date folders
def test_a_resume_starts_from_the_checkpoint_that_lies_there(stage: Stage) -> None:
    """It logs every 100 steps and saves every 250: killed at 880, it trains on from 750."""
    stage.file(created=NOW, pid=1).train(range(100, 801, 100), NOW + 200, every=200)
    for step, made_at in ((500, NOW + 1_000), (750, NOW + 1_500), (760, NOW + 31_000)):
        folder = stage.logdir / "run" / f"checkpoint-{step}"
        folder.mkdir()
        os.utime(folder, (made_at, made_at))
    again = stage.file(created=NOW + 30_000, pid=2)
    again.train(range(800, 1501, 100), NOW + 30_125, every=200)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 800), ("resume", 750, 1500)]
    assert "from the checkpoint of step 750" in task.attempts[1].because
    assert task.attempts[1].x_end == 800 + 750


def test_one_that_lacks_the_steps_that_one_from_scratch_logs_has_resumed(stage: Stage) -> None:
    """It compiles for as long as training so far would have taken: the clock does not tell."""
    stage.file(created=NOW, pid=1).train(range(10, 901, 10), NOW + 310, every=10)
    again = stage.file(created=NOW + 90_000, pid=2)
    again.train(range(310, 2001, 10), NOW + 90_310, every=10)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 900), ("resume", 300, 2000)]
    assert "one from scratch logged step 10" in task.attempts[1].because


def test_one_that_loads_for_long_and_dies_soon_has_resumed_where_others_log_from_the_first(
    stage: Stage,
) -> None:
    """One point, or other steps than before: the clock alone would say that it trained so far."""
    stage.file(pid=1).train(range(10, 1_001, 10), NOW + 20)
    for n, steps_ in enumerate([range(810, 811, 10), range(875, 901, 25), range(801, 802)]):
        at = NOW + 4_000 * (n + 1)
        stage.file(created=at, pid=n + 2).train(steps_, at + 800, every=10.0)
    assert attempts_of(stage.judged()) == [
        ("first", 0, 1_000),
        ("resume", 800, 810),
        ("resume", 850, 900),
        ("resume", 800, 801),
    ]


def test_a_launch_of_what_was_done_already_moves_the_axis_by_no_step(stage: Stage) -> None:
    """It loads the last checkpoint, finds nothing to train and writes its summary."""
    stage.file(pid=1).train(range(10, 101, 10), NOW + 20)
    done = stage.file(created=NOW + 9_000, pid=2)
    done.log(100, NOW + 9_030, {"train/total_flos": 1e12, "train/train_loss": 0.0})
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 100), ("resume", 100, 100)]
    assert task.attempts[-1].x_end == 100


def test_one_that_begins_late_as_the_first_did_trains_anew(stage: Stage) -> None:
    """A learner that waits for 10,000 steps of experience."""
    for n in range(2):
        at = NOW + 90_000 * n
        stage.file(created=at, pid=n).train(range(10_100, 20_001, 100), at + 43.0, every=0.4)
    assert attempts_of(stage.judged()) == [("first", 0, 20_000), ("restart", 0, 20_000)]


def test_crashes_behind_the_first_point_of_a_resume_all_start_from_one_step(stage: Stage) -> None:
    for n, (first, end) in enumerate(((10, 1001), (1010, 1011), (1010, 1011), (1010, 2001))):
        at = NOW + 20_000 * n
        stage.file(created=at, pid=n).train(range(first, end, 10), at + 30, every=10)
    assert attempts_of(stage.judged()) == [
        ("first", 0, 1000),
        ("resume", 1000, 1010),
        ("resume", 1000, 1010),
        ("resume", 1000, 2000),
    ]


def test_a_resume_that_logs_at_odd_steps_starts_an_interval_before_its_first(stage: Stage) -> None:
    """It has no rhythm whose last step before that could be told."""
    for n, logged in enumerate(([40, 90, 130, 185, 228, 270], [254, 300, 341, 395, 436])):
        file = stage.file(created=NOW + 9_000 * n, pid=n + 1)
        for step in logged:
            file.log(step, NOW + 9_000 * n + 30 + step - 200 * n, {"train/loss": 4.0 / step})
    assert attempts_of(stage.judged()) == [("first", 0, 270), ("resume", 208, 436)]


@pytest.mark.parametrize(("session", "base"), [(93, 93), (104, 100)])
def test_a_resume_starts_where_its_session_does_if_that_goes_back(
    stage: Stage, session: int, base: int
) -> None:
    """Steps that were done and not logged any more move the axis by none."""
    stage.file(created=NOW, pid=None).train(range(20, 101, 20), NOW + 5)
    again = stage.file(created=NOW + 9_000, pid=None).session_start(session, NOW + 9_001)
    again.train(range(120, 201, 20), NOW + 9_005)
    assert attempts_of(stage.judged()) == [("first", 0, 100), ("resume", base, 200)]
