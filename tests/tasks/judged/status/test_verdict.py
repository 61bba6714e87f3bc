"""Every status with its evidence, played with a clock."""

from __future__ import annotations

import errno
import json
import os
from unittest import mock

import pytest

from tb_trainmon.event_files.disk import StillReading
from tb_trainmon.event_files.inside import InsideDisk
from tb_trainmon.tasks.judged.sentences import duration
from tests.tasks.scenes import HOURS, LogFile, Stage

ARGUMENTS = json.dumps({"max_steps": 100})
END = {"train/total_flos": 1e9, "train/train_loss": 2.0}


pytestmark = pytest.mark.wherever


def status(stage: Stage, task: str = "run") -> tuple[str, str]:
    judged = stage.judged(task)
    return judged.verdict.status, judged.mode


def reason(stage: Stage, task: str = "run") -> str:
    return stage.judged(task).verdict.reason


def follow(stage: Stage, file: LogFile, steps: range, every: float) -> None:
    """Train while the clock runs."""
    for step in steps:
        stage.advance(every)
        file.log(step, stage.now, {"train/loss": 1.0})


def test_a_task_from_launch_to_end(stage: Stage) -> None:
    file = stage.file().text("args/text_summary", ARGUMENTS)
    stage.advance(30)
    assert status(stage) == ("pending", "live")
    assert reason(stage).startswith("No scalar has been logged since the launch")
    follow(stage, file, range(10, 61, 10), every=5)
    assert status(stage) == ("running", "live")
    assert "usually every" in reason(stage)
    stage.advance(600)
    assert status(stage) == ("stopped", "history")
    assert reason(stage).endswith("; no end marker.")
    follow(stage, file, range(70, 91, 10), every=5)
    assert status(stage) == ("running", "live")
    follow(stage, file, range(100, 101), every=5)
    assert status(stage) == ("running", "live")
    assert reason(stage) == (
        "Step 100 reached the total of 100. After 52 min of silence it counts as completed."
    )
    stage.advance(53 * 60)
    assert status(stage) == ("completed", "history")
    assert reason(stage) == "Step 100 reached the total of 100."


def test_it_counts_as_running_for_three_minutes_of_silence(stage: Stage) -> None:
    """Writers flush up to every 120 s."""
    follow(stage, stage.file(), range(10, 101, 10), every=2)
    ended = stage.now
    stage.now = ended + 170
    assert status(stage)[0] == "running"
    stage.now = ended + 174  # the questions themselves take some of its seconds
    assert status(stage)[0] == "running"
    stage.now = ended + 181
    assert status(stage)[0] == "stopped"


def test_it_counts_as_running_for_five_times_its_largest_pause(stage: Stage) -> None:
    """An evaluation that takes ten minutes is no end."""
    file = stage.file()
    follow(stage, file, range(10, 51, 10), every=5)
    stage.advance(600)
    follow(stage, file, range(60, 101, 10), every=5)
    ended = stage.now
    stage.now = ended + 5 * 605 - 10
    assert status(stage)[0] == "running"
    assert "50 min of silence" in reason(stage)
    stage.now = ended + 5 * 605 + 5
    assert status(stage)[0] == "stopped"


@pytest.mark.parametrize(("last", "may"), [(490, False), (500, True), (1000, False)])
def test_the_first_evaluation_that_the_arguments_ask_for_may_take_as_long_as_the_training_before(
    stage: Stage, last: int, may: bool
) -> None:
    """Later ones are known by what the first took."""
    asked = {"eval_strategy": "steps", "eval_steps": 500, "save_steps": 0.5, "logging_steps": 10}
    file = stage.file().text("args/text_summary", json.dumps(asked))
    follow(stage, file, range(10, last + 1, 10), every=20)
    stage.advance(600)
    assert status(stage)[0] == ("running" if may else "stopped")
    assert not may or "an evaluation at step 500" in reason(stage)


def test_a_pause_long_ago_is_forgotten(stage: Stage) -> None:
    """Only the latest hundred intervals count."""
    file = stage.file()
    follow(stage, file, range(2), every=5)
    stage.advance(10 * HOURS)
    follow(stage, file, range(2, 110), every=1)
    stage.advance(600)
    assert status(stage)[0] == "stopped"


def test_the_list_sees_the_pauses_of_a_large_file_too(stage: Stage) -> None:
    """It reads the tail alone: of a file that may be live a longer one."""
    file = stage.file()
    numbers = {f"train/{n}": 1.0 for n in range(5)} | {"train/loss": 1.0}
    for step in range(600):
        stage.advance(600 if step == 500 else 5)
        file.log(step, stage.now, numbers)
    assert file.path.stat().st_size > 1 << 16
    stage.advance(1000)
    assert status(stage)[0] == "running"


def test_the_trainers_end_marker_is_an_end(stage: Stage) -> None:
    file = stage.file().text("args/text_summary", ARGUMENTS)
    follow(stage, file, range(10, 41, 10), every=1)
    file.log(43, stage.now, END)
    assert status(stage) == ("completed", "history")
    assert reason(stage) == (
        "Stopped early: the trainer's end-of-training summary at step 43 of 100."
    )


def test_an_end_at_the_last_step_is_not_early_where_the_last_loss_was_not_logged(
    stage: Stage,
) -> None:
    file = stage.file().text("args/text_summary", ARGUMENTS)
    follow(stage, file, range(30, 91, 30), every=1)
    file.log(100, stage.now, {**END, "train/epoch": 1.0})
    assert reason(stage) == "Found the trainer's end-of-training summary."


def test_training_that_begins_again_after_its_end_is_running(stage: Stage) -> None:
    first = stage.file(pid=1).text("args/text_summary", ARGUMENTS)
    follow(stage, first, range(10, 101, 10), every=1)
    first.log(100, stage.now, END)
    assert status(stage)[0] == "completed"
    stage.advance(HOURS)
    second = stage.file(pid=2).text("args/text_summary", ARGUMENTS)
    assert status(stage)[0] == "running"
    follow(stage, second, range(10, 31, 10), every=1)
    assert status(stage)[0] == "running"
    judged = stage.judged()
    assert [a.status for a in judged.attempts] == ["completed", "running"]
    assert judged.attempts[1].ended_at is None


def test_an_evaluation_after_the_end_leaves_it_completed(stage: Stage) -> None:
    file = stage.file(pid=1, uid=0).text("args/text_summary", ARGUMENTS)
    follow(stage, file, range(10, 101, 10), every=1)
    file.log(100, stage.now, END)
    stage.advance(60)
    stage.file(pid=1, uid=1).log(100, stage.now, {"eval/loss": 1.0})
    assert status(stage)[0] == "completed"


def test_event_files_alone_are_never_called_failed(stage: Stage) -> None:
    follow(stage, stage.file(), range(10), every=1)
    stage.advance(1000 * HOURS)
    assert status(stage) == ("stopped", "history")
    assert reason(stage).startswith("No event for 42 days")


def test_an_error_file_is_proof_of_failure(stage: Stage) -> None:
    """Ray Tune writes one; its last line is the exception."""
    follow(stage, stage.file(), range(10), every=1)
    error = stage.logdir / "run" / "error.txt"
    error.write_text("Failure # 1\nTraceback:\n  ...\nRuntimeError: CUDA out of memory\n\n")
    os.utime(error, (stage.now + 1, stage.now + 1))
    assert status(stage) == ("failed", "history")
    assert reason(stage) == "error.txt says: RuntimeError: CUDA out of memory"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Error\n" + bytes(8192), "Error"),  # the machine died while it was written
        ("OSError\r\n".encode("utf-16-le"), "OSError"),
        (bytes(100_000), "(no words)"),
        (b"x" * 60_000, f"{'x' * 1000}… (59,000 more characters)"),
    ],
)
def test_an_error_file_of_any_content_is_a_sentence(
    stage: Stage, content: bytes, said: str
) -> None:
    follow(stage, stage.file(), range(10), every=1)
    error = stage.logdir / "run" / "error.txt"
    error.write_bytes(content)
    os.utime(error, (stage.now + 1, stage.now + 1))
    assert reason(stage) == f"error.txt says: {said}"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "cannot be read: Permission denied."),
        (StillReading("It is on its way"), "is still being read."),
    ],
)
def test_an_error_file_that_cannot_be_read_says_why(
    stage: Stage, error: OSError, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is proof of a failure all the same; its words are read at the next look."""
    follow(stage, stage.file(), range(10), every=1)
    path = stage.logdir / "run" / "error.txt"
    path.write_text("out of memory")
    os.utime(path, (stage.now + 1, stage.now + 1))
    with monkeypatch.context() as patched:
        patched.setattr(InsideDisk, "open", mock.Mock(side_effect=error))
        assert status(stage) == ("failed", "history")
        assert reason(stage) == f"There is an error.txt, which {said}"
    stage.advance(HOURS)
    assert reason(stage) == "error.txt says: out of memory"


def test_an_error_file_from_before_the_latest_events_is_none(stage: Stage) -> None:
    """A trial that failed was tried again."""
    file = stage.file()
    error = stage.logdir / "run" / "error.txt"
    error.write_text("RuntimeError\n")
    os.utime(error, (stage.now, stage.now))
    follow(stage, file, range(10), every=1)
    assert status(stage)[0] == "running"


def test_an_empty_error_file_is_proof_too(stage: Stage) -> None:
    follow(stage, stage.file(), range(10), every=1)
    (stage.logdir / "run" / "error.txt").touch()
    os.utime(stage.logdir / "run" / "error.txt", (stage.now, stage.now))
    assert reason(stage) == "error.txt says: (no words)"


def test_a_run_that_only_told_about_itself_is_pending(stage: Stage) -> None:
    """Lightning logs hp_metric = -1 at the start, which is no measurement."""
    stage.file().hparams({"lr": 0.1}).log(0, stage.now, {"hp_metric": -1.0})
    assert status(stage) == ("pending", "live")
    assert stage.judged().step is None


def test_a_launch_without_a_scalar_after_a_training_counts_as_running_for_a_while(
    stage: Stage,
) -> None:
    follow(stage, stage.file(pid=1), range(10), every=1)
    stage.advance(HOURS)
    assert status(stage)[0] == "stopped"
    stage.file(pid=2)
    assert status(stage)[0] == "running"
    assert stage.judged().launches_without_scalars == 1


def test_a_typed_total_completes_a_task(stage: Stage) -> None:
    follow(stage, stage.file(), range(10, 101, 10), every=1)
    assert stage.opened().judged(typed_total=100).verdict.status == "running"
    stage.advance(200)
    assert stage.opened().judged(typed_total=100).verdict.status == "completed"
    assert stage.opened().judged(typed_total=1000).verdict.status == "stopped"


def test_a_clock_of_another_machine_that_runs_ahead_is_no_silence(stage: Stage) -> None:
    stage.file().log(1, stage.now + 500, {"train/loss": 1.0})
    assert status(stage)[0] == "running"


def test_a_file_that_is_dated_when_it_is_opened_lives_by_its_events(stage: Stage) -> None:
    """HDFS: a file has the time of its creation until it is closed."""
    file = stage.file()
    opened = stage.now
    follow(stage, file, range(10, 1001, 10), every=90)
    os.utime(file.path, (opened, opened))
    assert status(stage)[0] == "running"
    stage.advance(2 * HOURS)
    assert status(stage)[0] == "stopped"


def test_points_without_a_clock_are_judged_by_the_files_modification(stage: Stage) -> None:
    file = stage.file()
    for step in range(5):
        file.log(step, 0.0, {"train/loss": 1.0})
        os.utime(file.path, (stage.now, stage.now))
    assert status(stage)[0] == "running"
    stage.advance(400)
    assert status(stage)[0] == "stopped"


def test_the_file_of_an_earlier_attempt_that_is_copied_now_is_no_sign_of_life(
    stage: Stage,
) -> None:
    first = stage.file()
    follow(stage, first, range(10, 110, 10), every=60)
    stage.advance(60)
    follow(stage, stage.file(pid=200), range(10, 110, 10), every=60)
    stage.advance(3600)
    os.utime(first.path, (stage.now, stage.now))
    assert status(stage)[0] == "stopped"
    assert reason(stage).startswith("No event for 60 min")


def test_files_that_stopped_apart_and_were_written_at_one_time_are_copies(stage: Stage) -> None:
    """Downloaded without their times. One file alone may be that of a clock that is wrong."""
    first = stage.file()
    follow(stage, first, range(10, 110, 10), every=60)
    stage.advance(3600)
    second = stage.file(pid=200)
    follow(stage, second, range(110, 210, 10), every=60)
    stage.advance(20 * HOURS)
    os.utime(second.path, (stage.now, stage.now))
    assert status(stage)[0] == "running"
    os.utime(first.path, (stage.now - 9, stage.now - 9))
    stage.look()
    assert status(stage)[0] == "stopped"
    assert reason(stage).startswith("No event for 20 h")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5.0, "under 1 s"),
        (0.4, "under 1 s"),
        (14.4, "14 s"),
        (200.0, "3 min"),
        (6 * HOURS, "6 h"),
        (72 * HOURS, "3 days"),
    ],
)
def test_durations_are_said_in_one_unit(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_finished_training_that_was_just_launched_again_is_under_way(stage: Stage) -> None:
    """Until it is silent for longer than a launch may be: then what it had come to stands."""
    first = stage.file("out/runs/Nov14_22-13-20_node").text("args/text_summary", ARGUMENTS)
    first.train(range(10, 101, 10), stage.now + 1).log(100, stage.now + 11, END)
    stage.advance(5 * HOURS)
    assert status(stage, "out") == ("completed", "history")
    again = stage.file("out/runs/Nov15_03-13-20_node", pid=2)
    again.text("args/text_summary", ARGUMENTS)
    stage.advance(60)
    assert status(stage, "out") == ("running", "live")
    assert reason(stage, "out").startswith("It was launched again")
    stage.advance(600)
    assert status(stage, "out") == ("completed", "history")
    assert reason(stage, "out") == "Found the trainer's end-of-training summary."


def test_a_launch_may_wait_for_its_first_point_as_long_as_the_one_before_did(stage: Stage) -> None:
    stage.file().train(range(10, 101, 10), stage.now + 1500)
    stage.advance(30 * HOURS)
    stage.file(pid=2).text("config", "lr: 0.1")
    stage.advance(1200)
    assert status(stage) == ("running", "live")
    stage.advance(1900)
    assert status(stage) == ("stopped", "history")


def test_hyper_parameters_behind_the_end_are_no_launch(stage: Stage) -> None:
    stage.file().train(range(10, 101, 10), stage.now)
    stage.advance(5 * HOURS)
    stage.file("run/1700018000.5", pid=2).hparams({"lr": 0.1})
    assert status(stage) == ("stopped", "history")


@pytest.mark.parametrize(("last", "expected"), [(9_980, "completed"), (9_960, "stopped")])
def test_one_that_begins_late_may_count_from_0(stage: Stage, last: int, expected: str) -> None:
    """A learner that waits for experience: nothing tells whether step 10,000 comes."""
    file = stage.file().hparams({"total_timesteps": 10_000})
    file.train(range(500, last + 1, 20), stage.now + 3, every=0.2)
    stage.advance(HOURS)
    assert status(stage) == (expected, "history")
    if expected == "completed":
        assert reason(stage).endswith("of 10,000: a counter from 0 does not come to it.")


def test_one_that_counts_from_1_ends_at_its_total(stage: Stage) -> None:
    file = stage.file().hparams({"total_timesteps": 10_000})
    file.train(range(20, 9_981, 20), stage.now + 3, every=0.2)
    stage.advance(HOURS)
    assert status(stage) == ("stopped", "history")
