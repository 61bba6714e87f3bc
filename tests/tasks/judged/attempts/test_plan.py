"""Which executions a task has had: what is a restart, and what only looks like one."""

from __future__ import annotations

import json
import os

import pytest

from tests.tasks.scenes import HOURS, NOW, WHEREVER, Stage, attempts_of, steps, xs

ARGUMENTS = json.dumps({"max_steps": 100, "learning_rate": 0.001})


@pytest.fixture(params=WHEREVER)
def place(request: pytest.FixtureRequest) -> str:
    """All of this holds in a remote store too."""
    chosen: str = request.param
    return chosen


def test_a_folder_reused_22_times_of_which_7_trained(stage: Stage) -> None:
    """Launches without a scalar are counted and are no attempts; detectron2 makes such folders."""
    trained = {1: 30, 4: 10, 5: 50, 9: 40, 15: 20, 16: 60, 22: 90}
    for launch in range(1, 23):
        at = NOW + launch * 1000
        file = stage.file(created=at, pid=launch)
        file.text("config", "lr: 0.1")
        if launch in trained:
            file.train(range(10, trained[launch] + 1, 10), at + 60, tag="total_loss")
    stage.now = NOW + 100_000
    task = stage.judged()
    assert [a.last_step for a in task.attempts] == list(trained.values())
    assert [a.number for a in task.attempts] == [1, 2, 3, 4, 5, 6, 7]
    assert task.launches_without_scalars == 15
    assert len(stage.opened().series("loss")) == sum(trained.values()) // 10


def test_a_notebook_that_runs_training_again_makes_attempts(stage: Stage) -> None:
    """One process, and each run brings its own arguments: the third resumes where two ended."""
    for n, trained in enumerate((range(10, 51, 10), range(10, 31, 10), range(40, 101, 10))):
        file = stage.file(created=NOW + 100 * n, pid=7, uid=n)
        file.text("args/text_summary", ARGUMENTS).train(trained, NOW + 100 * n + 1)
    assert attempts_of(stage.judged()) == [
        ("first", 0, 50),
        ("restart", 0, 30),
        ("resume", 30, 100),
    ]


def test_a_notebook_without_arguments_is_found_by_steps_that_go_back(stage: Stage) -> None:
    for n in range(3):
        stage.file(created=NOW + 100 * n, pid=7, uid=n).train(range(10, 51, 10), NOW + 100 * n + 1)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 50), ("restart", 0, 50), ("restart", 0, 50)]
    assert xs(stage.opened()) == list(range(10, 151, 10))


def test_a_notebook_that_goes_on_with_other_hyper_parameters_begins_an_attempt(
    stage: Stage,
) -> None:
    for n, rate in enumerate((0.1, 0.01)):
        file = stage.file(created=NOW + 100 * n, pid=7, uid=n).hparams({"lr": rate})
        file.train(range(50 * n + 10, 50 * n + 51, 10), NOW + 100 * n + 1, tag="train_loss")
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 50), ("resume", 50, 100)]
    assert dict(task.attempts[1].changed) == {"lr": [0.1, 0.01]}


def test_each_run_of_a_notebook_has_its_own_evaluation(stage: Stage) -> None:
    """All four files are by one process: what was open by then decides."""
    for n in range(2):
        began = NOW + 1000 * n
        file = stage.file(created=began, pid=7, uid=2 * n).text("args/text_summary", ARGUMENTS)
        file.train(range(10, 51, 10), began + 1)
        stage.file(created=began + 60, pid=7, uid=2 * n + 1).log(50, began + 61, {"eval/loss": 1.0})
    assert attempts_of(stage.judged()) == [("first", 0, 50), ("restart", 0, 50)]
    assert xs(stage.opened(), "eval_loss") == [50, 100]


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


def test_who_was_launched_again_soon_is_told_by_the_pause_where_no_name_tells_the_process(
    stage: Stage,
) -> None:
    stage.file(created=NOW, pid=None).train(range(10, 1001, 10), NOW + 5, every=5)
    later = NOW + 505 + 1_200
    stage.file(created=later, pid=None).train(range(1010, 2001, 10), later + 9, every=5)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 1000), ("resume", 1000, 2000)]
    assert "opened 20 min after" in task.attempts[1].because


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


def test_the_same_chain_by_eight_processes_is_seven_resumes(stage: Stage) -> None:
    for n in range(8):
        at = NOW + 600 * n
        stage.file(created=at, pid=50 + n).train(range(100 * n, 100 * n + 100, 10), at + 5)
    task = stage.judged()
    assert attempts_of(task)[:3] == [("first", 0, 90), ("resume", 90, 190), ("resume", 190, 290)]
    assert [a.kind for a in task.attempts] == ["first"] + ["resume"] * 7
    assert xs(stage.opened()) == list(range(0, 800, 10))


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


def test_a_chain_that_goes_back_to_a_checkpoint_resumes(stage: Stage) -> None:
    stage.file(created=NOW, pid=None).train(range(10, 101, 10), NOW + 5)
    stage.file(created=NOW + 600, pid=None).train(range(80, 151, 10), NOW + 605)
    assert attempts_of(stage.judged()) == [("first", 0, 100), ("resume", 70, 150)]


def test_two_ranks_that_write_at_the_same_time_are_one_attempt(stage: Stage) -> None:
    """Every point of both is kept, in the order of steps."""
    stage.file(host="a", pid=1).train(range(10, 51, 10), NOW + 10, every=10)
    stage.file(host="b", pid=2).train(range(10, 51, 10), NOW + 12, every=10)
    assert attempts_of(stage.judged()) == [("first", 0, 50)]
    assert steps(stage.opened()) == [10, 10, 20, 20, 30, 30, 40, 40, 50, 50]


def test_a_pod_that_takes_over_while_the_old_one_still_writes_is_a_resume(stage: Stage) -> None:
    """It is behind by less than a late rank may be, but the old one soon writes no more."""
    stage.file(host="pod-a", pid=1).train(range(10, 5_061, 10), NOW + 20, every=10.0)
    later = NOW + 4_970
    stage.file(created=later, host="pod-b", pid=1).train(
        range(4_810, 9_001, 10), later + 45, every=10.0
    )
    assert attempts_of(stage.judged()) == [("first", 0, 5_060), ("resume", 4_800, 9_000)]


def test_no_step_tells_a_restart_but_one_within_the_logging_interval(stage: Stage) -> None:
    """Step 50 of 100, a moment after the file was opened, is from a checkpoint."""
    stage.file(pid=1).train(range(10, 101, 10), NOW)
    stage.file(created=NOW + 500, pid=2).train(range(50, 101, 10), NOW + 500)
    stage.file(created=NOW + 900, pid=3).train(range(60, 121, 10), NOW + 900)
    stage.file(created=NOW + 1300, pid=4).train(range(130, 151, 10), NOW + 1300)
    assert attempts_of(stage.judged()) == [
        ("first", 0, 100),
        ("resume", 40, 100),
        ("resume", 50, 120),
        ("resume", 120, 150),
    ]


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


def test_a_file_that_begins_with_a_session_start_begins_an_attempt(stage: Stage) -> None:
    """As with ``purge_step``, in one process and with steps that simply go on."""
    stage.file(pid=5, uid=0).train(range(10, 101, 10), NOW)
    later = stage.file(created=NOW + 500, pid=5, uid=1)
    later.session_start(110, NOW + 500).train(range(110, 151, 10), NOW + 501)
    assert attempts_of(stage.judged()) == [("first", 0, 100), ("resume", 100, 150)]


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


def test_an_evaluation_file_after_training_belongs_to_the_attempt(stage: Stage) -> None:
    """The Trainer's ``evaluate()``: the same process, no arguments, no training tags."""
    first = stage.file(pid=9, uid=0).text("args/text_summary", ARGUMENTS)
    first.train(range(10, 101, 10), NOW)
    after = stage.file(created=NOW + 300, pid=9, uid=1)
    after.log(100, NOW + 300, {"eval/loss": 2.0, "train/epoch": 4.0})
    stage.advance(2000)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 100)]
    assert task.attempts[0].ended_at == NOW + 300
    assert steps(stage.opened(), "eval_loss") == [100]


def test_an_evaluation_by_another_process_belongs_to_the_attempt_that_had_begun(
    stage: Stage,
) -> None:
    for n in range(2):
        stage.file(created=NOW + 1000 * n, pid=n).train(range(10, 101, 10), NOW + 1000 * n + 5)
        evaluation = stage.file(created=NOW + 1000 * n + 500, pid=10 + n)
        evaluation.log(100, NOW + 1000 * n + 501, {"eval/loss": 2.0})
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 100), ("restart", 0, 100)]
    assert xs(stage.opened(), "eval_loss") == [100, 200]


def test_an_evaluation_before_the_first_step_belongs_to_the_launch_that_made_it(
    stage: Stage,
) -> None:
    """With tensorboardX no name tells the process: the file that was open by then decides."""
    for n in range(2):
        began = NOW + 1000 * n
        main = stage.file(created=began, pid=None)
        stage.file("run/val", created=began + 2, pid=None).log(0, began + 3, {"acc": 0.1})
        main.train(range(1, 50), began + 60)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 49), ("restart", 0, 49)]
    assert xs(stage.opened(), "eval_accuracy") == [0, 49]


def test_hyper_parameters_that_are_logged_before_training_are_no_launch(stage: Stage) -> None:
    """``add_hparams`` of tensorboardX, a minute before the first scalar: a folder, no process."""
    main = stage.file(created=NOW, pid=None)
    stage.file("run/1700000000.5", created=NOW, pid=None).hparams({"lr": 0.1})
    main.train(range(1, 50), NOW + 60)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 49)]
    assert task.launches_without_scalars == 0
    assert task.attempts[0].config == {"lr": 0.1}


def test_hyper_parameters_that_are_logged_long_after_training_are_no_launch(stage: Stage) -> None:
    stage.file(created=NOW, pid=None).train(range(1, 50), NOW + 1)
    stage.file("run/1700000500.5", created=NOW + 500, pid=None).hparams({"lr": 0.1})
    task = stage.judged()
    assert len(task.attempts) == 1
    assert task.launches_without_scalars == 0


def test_an_evaluation_without_a_training_is_not_said_to_have_trained(stage: Stage) -> None:
    stage.file().log(0, NOW + 60, {"eval/loss": 1.0})
    (attempt,) = stage.judged().attempts
    assert attempt.because.startswith("The first launch that logged anything; none has trained.")


def test_final_numbers_of_hyper_parameters_are_no_attempt(stage: Stage) -> None:
    """``add_hparams(..., {"accuracy": ...})`` logs a training tag at step 0, in its own folder."""
    stage.file(pid=3, uid=0).train(range(10, 101, 10), NOW)
    late = stage.file("run/1700000900.5", created=NOW + 900, pid=3, uid=1)
    late.hparams({"lr": 0.1}).log(0, NOW + 900, {"accuracy": 0.9})
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 100)]


def test_launches_of_one_process_count_once(stage: Stage) -> None:
    """Keras opens a file for training and one for validation, and crashes before both."""
    for n in range(2):
        for part, uid in (("train", 0), ("validation", 1)):
            stage.file(f"exp/{part}", created=NOW + 100 * n, pid=n, uid=uid).text("model", "{}")
    task = stage.judged("exp")
    assert task.launches_without_scalars == 2
    assert task.attempts == ()
    assert task.verdict.status == "pending"


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


def test_a_pod_that_is_launched_again_is_another_process(stage: Stage) -> None:
    """Host and process are the same in every pod; the count of writers begins at 0 again."""
    for n in range(3):
        at = NOW + 9000 * n
        stage.file(created=at, pid=1, uid=0).train(range(100 * n + 10, 100 * n + 101, 10), at + 1)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 100), ("resume", 100, 200), ("resume", 200, 300)]
    assert xs(stage.opened()) == list(range(10, 301, 10))
    assert "count of writers" in task.attempts[1].because


def test_fit_in_a_loop_is_one_attempt_whose_points_are_told_apart(stage: Stage) -> None:
    for n in range(8):
        file = stage.file(created=NOW + 30 * n, pid=1, uid=n)
        file.log(0, NOW + 30 * n + 25, {"epoch_loss": 4.0 / (1 + n), "epoch_accuracy": 0.1 * n})
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 0)]
    opened = stage.opened()
    assert xs(opened) == xs(opened, "accuracy") == list(range(8))
    assert task.attempts[0].x_end == 7


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


def test_a_lone_point_after_hours_is_a_restart_where_no_name_tells_the_process(
    stage: Stage,
) -> None:
    for n, last in enumerate((3, 1, 10)):
        at = NOW + 20_000 * n
        stage.file(created=at, pid=None).train(range(1, last + 1), at + 5, every=60)
    kinds = [("first", 0, 3), ("restart", 0, 1), ("restart", 0, 10)]
    assert attempts_of(stage.judged()) == kinds


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
