"""Which files are launches of their own: what is a restart, and what only looks like one."""

from __future__ import annotations

import json

import pytest

from tests.tasks.scenes import NOW, Stage, attempts_of, steps, xs

ARGUMENTS = json.dumps({"max_steps": 100, "learning_rate": 0.001})

pytestmark = pytest.mark.wherever


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


def test_the_same_chain_by_eight_processes_is_seven_resumes(stage: Stage) -> None:
    for n in range(8):
        at = NOW + 600 * n
        stage.file(created=at, pid=50 + n).train(range(100 * n, 100 * n + 100, 10), at + 5)
    task = stage.judged()
    assert attempts_of(task)[:3] == [("first", 0, 90), ("resume", 90, 190), ("resume", 190, 290)]
    assert [a.kind for a in task.attempts] == ["first"] + ["resume"] * 7
    assert xs(stage.opened()) == list(range(0, 800, 10))


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


def test_a_file_that_begins_with_a_session_start_begins_an_attempt(stage: Stage) -> None:
    """As with ``purge_step``, in one process and with steps that simply go on."""
    stage.file(pid=5, uid=0).train(range(10, 101, 10), NOW)
    later = stage.file(created=NOW + 500, pid=5, uid=1)
    later.session_start(110, NOW + 500).train(range(110, 151, 10), NOW + 501)
    assert attempts_of(stage.judged()) == [("first", 0, 100), ("resume", 100, 150)]


def test_launches_of_one_process_count_once(stage: Stage) -> None:
    """Keras opens a file for training and one for validation, and crashes before both."""
    for n in range(2):
        for part, uid in (("train", 0), ("validation", 1)):
            stage.file(f"exp/{part}", created=NOW + 100 * n, pid=n, uid=uid).text("model", "{}")
    task = stage.judged("exp")
    assert task.launches_without_scalars == 2
    assert task.attempts == ()
    assert task.verdict.status == "pending"


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
