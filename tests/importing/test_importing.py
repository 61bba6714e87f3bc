"""``trainmon import``: history from before TrainMon."""

from __future__ import annotations

import math
import shutil
from typing import Any

import pytest

from tb_trainmon import TaskLogger, cli
from tb_trainmon.importing import trainer_log, trainer_state
from tests.importing.conftest import Left, line
from tests.told import Told, wait_for


def test_a_real_training_is_there_as_if_it_had_been_logged(left: Left) -> None:
    left.real("earlystop", "bert")
    left.real("full")
    assert left.run() == [
        "bert: 9 new rows, to step 20 of 100, stopped (checkpoint-20/trainer_state.json)",
        "full: 31 new rows, to step 100 of 100, completed (checkpoint-100/trainer_state.json)",
        "Imported 2 tasks, skipped 0.",
    ]
    bert, full = sorted(left.logs.tasks(), key=lambda task: task.task_id)
    assert (bert.name, bert.status, bert.total_steps, bert.runs) == ("bert", "stopped", 100, ())
    assert (full.status, full.logging_steps) == ("completed", 5)
    [attempt] = left.logs.attempts()["full"]
    assert (attempt.start_step, attempt.framework) == (0, "transformers")
    assert attempt.config is not None
    assert attempt.config["language_model"] is True
    rows = left.logs.logs("full")
    assert rows[0].message == (
        "Imported from checkpoint-100/trainer_state.json. Started from scratch; 100 steps in all"
    )
    assert rows[1].metrics.keys() >= {"loss", "grad_norm", "learning_rate", "epoch"}
    assert [row.step for row in rows if row.type == "eval"] == [20, 40, 60, 80, 100]
    assert [row.message for row in rows if row.type == "checkpoint"] == [
        f"Saved full/checkpoint-{step}" for step in (60, 80, 100)
    ]


def test_the_tab_shows_it(left: Left) -> None:
    left.real("full")
    left.run()
    told = Told(left.logdir)
    assert told.status() == ("completed", "The job recorded its clean end.")
    assert told.points("loss") == [1, *range(5, 101, 5)]
    assert {"perplexity", "eval_loss"} <= set(told.metrics())


def test_importing_again_doubles_nothing(left: Left) -> None:
    left.real("full")
    left.run()
    before = left.rows("full")
    assert left.run() == [
        "full: skipped, it was imported before",
        "Imported 0 tasks, skipped 1.",
    ]
    assert left.rows("full") == before


def test_what_came_since_is_added(left: Left) -> None:
    left.state("bert", 20)
    left.run()
    assert left.logs.tasks()[0].status == "stopped"
    left.state("bert", 100)
    assert left.run()[0].startswith("bert: 10 new rows, to step 100 of 100, completed")
    assert [step for _, _, step in left.rows("bert", "step")] == list(range(10, 101, 10))
    assert left.logs.tasks()[0].status == "completed"
    assert len(left.logs.attempts()["bert"]) == 1


def test_a_history_that_began_anew_is_another_attempt(left: Left) -> None:
    left.age(left.state("bert", 40), 90_000.0)
    again = [{"step": 10, "loss": 9.0}, {"step": 20, "loss": 8.0}]
    left.state("bert", 20, log_history=again)
    left.run()
    assert [step for number, _, step in left.rows("bert", "step") if number == 1] == [
        10,
        20,
        30,
        40,
    ]
    assert [step for number, _, step in left.rows("bert", "step") if number == 2] == [10, 20]
    first, second = left.logs.attempts()["bert"]
    assert (first.status, second.status) == ("stopped", "stopped")


def test_a_dry_run_says_the_same_and_writes_nothing(left: Left) -> None:
    left.real("full")
    assert left.run("--dry-run")[-1] == "Would import 1 task, skipped 0."
    assert not (left.logdir / "training_logs.db").exists()


def test_event_files_tell_more_so_they_are_left_to_the_tab(left: Left) -> None:
    left.real("interrupt_resume", without="nothing")
    left.real("default_layout", without="nothing")
    left.real("full")
    said = left.run()
    assert said[0] == "default_layout: skipped, the tab reads its event files, which tell more"
    assert said[2] == "interrupt_resume: skipped, the tab reads its event files, which tell more"
    assert said[-1] == "Imported 1 task, skipped 2."


def test_what_trainmon_has_logged_itself_is_never_touched(left: Left) -> None:
    left.real("full")
    with TaskLogger(left.logdir, "full", event_files=False) as log:
        log.step(10, loss=1.0)
        wait_for(lambda: (1, "step", 10) in left.rows("full"))
        before = left.rows("full")
        assert left.run()[0] == "full: skipped, TrainMon has logged it itself"
        assert left.rows("full") == before
    other = left.real("nan")
    with TaskLogger(other, "runs", event_files=False):
        wait_for((other / "training_logs.db").exists)
        assert left.run()[1] == "nan: skipped, TrainMon logs it in a database of its own, beside it"


def test_an_import_that_trainmon_went_on_with_is_its_own_from_then_on(left: Left) -> None:
    left.state("bert", 20)
    left.run()
    with TaskLogger(left.logdir, "bert", start_step=20, event_files=False) as log:
        log.step(30, loss=1.0)
    left.state("bert", 30)
    assert [attempt.attempt for attempt in left.logs.attempts()["bert"]] == [1, 2]
    assert left.run()[0] == "bert: skipped, TrainMon has logged it itself"


def test_a_training_that_may_be_on_is_left_alone(left: Left) -> None:
    left.age(left.state("bert", 20), 60.0)
    assert left.run()[0].startswith("bert: skipped, it may still be training: written 6")
    left.age(left.state("done", 100), 60.0)
    assert "done: 13 new rows" in left.run()[1]


def test_the_best_checkpoint_is_named(left: Left) -> None:
    left.state("bert", 10)
    left.state("bert", 20, best_model_checkpoint="/elsewhere/bert/checkpoint-10")
    left.run()
    messages = [row.message for row in left.logs.logs("bert") if row.type == "checkpoint"]
    assert messages == [
        "Saved bert/checkpoint-10, the best so far",
        "Saved bert/checkpoint-20",
    ]


def test_nan_is_kept(left: Left) -> None:
    left.real("nan")
    left.run()
    last = [row for row in left.logs.logs("nan") if row.type == "eval"][-1]
    assert math.isnan(last.metrics["eval_loss"])


def test_the_log_of_llama_factory_has_times(left: Left) -> None:
    """The file was written at its last line; the others are counted back from there."""
    lines = [
        line(10, "0:00:10"),
        line(20, "1 day, 0:00:20"),
        line(20, "1 day, 0:00:25", eval_loss=2),
    ]
    path = left.lines("llama", lines)
    assert left.run()[0] == "llama: 5 new rows, to step 20 of 30, stopped (trainer_log.jsonl)"
    rows = left.logs.logs("llama")
    assert [row.type for row in rows] == ["start", "step", "step", "eval", "end"]
    assert rows[1].metrics == {"loss": 0.1, "learning_rate": 1e-4, "epoch": 1.0}
    assert rows[3].metrics == {"eval_loss": 2.0}
    written = path.stat().st_mtime
    ago = [round(written - (row.wall_time or 0.0)) for row in rows[1:4]]
    assert ago == [86_415, 5, 0]


def test_steps_that_go_back_in_it_are_another_attempt(left: Left) -> None:
    lines = [line(10, "0:00:10"), line(20, "0:00:20"), line(20, "0:00:05"), line(30, "0:00:15")]
    left.lines("llama", [*lines[:2], line(15, "0:00:03"), *lines[2:]])
    left.run()
    first, second = left.logs.attempts()["llama"]
    assert (first.status, first.start_step) == ("stopped", 0)
    assert (second.status, second.start_step) == ("completed", 10)
    assert [row.wall_time for row in left.logs.logs("llama") if row.attempt == 1] == [None] * 4


def test_beside_a_state_it_is_one_attempt_with_the_metrics_of_both(left: Left) -> None:
    history = [{"step": 10, "loss": 0.1, "grad_norm": 3.0, "learning_rate": 1e-4}]
    left.state("llama", 10, log_history=history, max_steps=30)
    left.lines("llama", [line(10, "0:00:10"), line(20, "0:00:20")])
    left.run()
    steps = [row for row in left.logs.logs("llama") if row.type == "step"]
    assert steps[0].metrics == {"loss": 0.1, "grad_norm": 3.0, "learning_rate": 1e-4, "epoch": 1.0}
    assert [row.step for row in steps] == [10, 20]
    assert left.rows("llama", "checkpoint") == [(1, "checkpoint", 10)]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "{broken", '{"log_history": [{"loss": 1}]}', '{"log_history": 3}', "\xff"],
)
def test_a_file_that_is_something_else_is_said(left: Left, text: str) -> None:
    path = left.state("bert", 10)
    path.write_text(text, encoding="latin-1")
    said = left.run()
    assert said[0].startswith("bert: skipped, ")
    assert "trainer_state.json" in said[0]


def test_a_checkpoint_that_was_cut_short_costs_only_itself(left: Left) -> None:
    left.state("bert", 20)
    cut_short = left.state("bert", 30)
    cut_short.write_text("{")
    left.age(cut_short)
    assert "to step 20 of 100" in left.run()[0]


def test_a_log_directory_that_is_the_output_folder_goes_on_as_the_callbacks_task(
    left: Left,
) -> None:
    """``TrainMonCallback()`` writes there as task "runs", called like the folder."""
    left.state("", 20)
    assert left.run()[0].startswith("out: ")
    [task] = left.logs.tasks()
    assert (task.task_id, task.name) == ("runs", "out")


def test_nothing_to_import_is_said(left: Left) -> None:
    [said] = left.run()
    assert said.startswith(f"There is nothing to import below {left.logdir}")
    assert list(left.logdir.iterdir()) == []


def test_no_directory_is_an_error(left: Left, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(left.logdir)
    assert cli.main(["import", str(left.logdir)]) == 1
    assert "is no directory" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["my own notes\n" * 100, None])
def test_a_database_that_is_none_is_an_error(
    left: Left, capsys: pytest.CaptureFixture[str], text: str | None
) -> None:
    left.state("bert", 20)
    place = left.logdir / "training_logs.db"
    place.write_text(text) if text else place.mkdir()
    assert cli.main(["import", str(left.logdir)]) == 1
    said: Any = capsys.readouterr()
    assert said.err.startswith("trainmon import: ")
    assert said.err.count("\n") == 1


def test_what_is_too_large_is_not_read_and_says_so(
    left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer_state, "LARGEST", 1_000)
    monkeypatch.setattr(trainer_log, "MOST_LINES", 3)
    path = left.state("bert", 100, more="x" * 1_000)
    log = left.lines("long", [line(step, "0:00:10") for step in range(1, 6)])
    left.lines("wide", [line(1, "0:00:10"), line(2, "0:00:20") | {"x": "y" * 70_000}])
    assert left.run() == [
        f"bert: skipped, {path} is larger than 1,000 bytes: it is not read",
        f"long: skipped, {log} has more than 3 lines: it is not read",
        "wide: 3 new rows, to step 1 of 30, stopped (trainer_log.jsonl)",
        "Imported 1 task, skipped 2.",
    ]
