"""Which steps are kept, under which names, in the table and in the event files."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util import tensor_util

from tb_trainmon import TaskLogger
from tb_trainmon.logger.metric_names import tag
from tb_trainmon.tasks.metric_names import meaning_of
from tests.logger.conftest import wait_for

Points = dict[str, list[tuple[int, float]]]


def points_of(folder: Path) -> Points:
    """What TensorBoard itself reads from the event files in ``folder``."""
    found: Points = {}
    for file in sorted(folder.glob("events.out.tfevents.*")):
        for event in EventFileLoader(str(file)).Load():
            for value in event.summary.value:
                number = float(tensor_util.make_ndarray(value.tensor))
                found.setdefault(value.tag, []).append((event.step, number))
    return found


def test_one_step_in_logging_steps_is_recorded(logdir: Path, written: Any) -> None:
    with TaskLogger(logdir, "bert", total_steps=100, logging_steps=10) as log:
        for step in range(1, 101):
            log.step(step, loss=1 / step)
    assert written.recorded_steps() == list(range(10, 101, 10))
    points = points_of(logdir / "bert")["train/loss"]
    assert points == [(step, float(np.float32(1 / step))) for step in range(10, 101, 10)]


def test_a_step_that_was_only_reached_has_no_row_but_is_known(logdir: Path, written: Any) -> None:
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        log.reached(1)
        wait_for(lambda: written.task().status == "running")
        log.reached(2)
    assert written.recorded_steps() == []
    assert written.rows("end")[0].message == "Completed at step 2"


def test_event_files_that_somebody_else_writes_are_the_tasks_too(
    logdir: Path, written: Any
) -> None:
    with TaskLogger(logdir, "bert", event_files=False, runs=["bert/tb/", "eval"]):
        pass
    assert written.task().runs == ("bert/tb", "eval")
    assert not (logdir / "bert").exists()
    with TaskLogger(logdir, "bert", runs=["bert/tb2", "bert"]) as log:
        log.step(10, loss=1.0)
    assert written.task().runs == ("bert/tb", "eval", "bert", "bert/tb2")


def test_the_final_step_is_always_recorded(logdir: Path, written: Any) -> None:
    with TaskLogger(logdir, "bert", total_steps=23, logging_steps=10) as log:
        for step in range(1, 24):
            log.step(step, loss=0.5)
        assert written.recorded_steps() == [10, 20, 23]
    assert written.recorded_steps() == [10, 20, 23]


def test_the_last_step_before_any_end_is_recorded(logdir: Path, written: Any) -> None:
    log = TaskLogger(logdir, "bert")
    for step in range(1, 15):
        log.step(step, loss=math.nan if step == 14 else 1.0)
    log.close(ZeroDivisionError())
    assert written.recorded_steps() == [10, 14]
    assert math.isnan(written.rows("step")[-1].metrics["loss"])
    assert math.isnan(points_of(logdir / "bert")["train/loss"][-1][1])


def test_evaluations_and_checkpoints_are_always_recorded(logdir: Path, written: Any) -> None:
    with TaskLogger(logdir, "bert", logging_steps=1000) as log:
        log.step(7, loss=2.0)
        log.evaluation(7, loss=2.5, eval_accuracy=0.25)
        log.checkpoint(7, logdir / "bert" / "step-7.npz")
        log.checkpoint(7, "s3://bucket/step-7")
        log.checkpoint(7)
    [evaluation] = written.rows("eval")
    assert evaluation.metrics == {"eval_loss": 2.5, "eval_accuracy": 0.25}
    assert [row.message for row in written.rows("checkpoint")] == [
        "Saved bert/step-7.npz", "Saved s3://bucket/step-7", "Checkpoint saved",
    ]  # fmt: skip
    assert points_of(logdir / "bert") == {
        "train/loss": [(7, 2.0)], "eval/loss": [(7, 2.5)], "eval/accuracy": [(7, 0.25)],
    }  # fmt: skip


def test_the_log_begins_with_a_start_and_ends_with_an_end(logdir: Path, written: Any) -> None:
    with TaskLogger(logdir, "bert", total_steps=4000, start_step=400) as log:
        log.step(410, loss=2.0)
    first, *_, last = written.rows()
    assert (first.type, first.step) == ("start", 400)
    assert first.message == "Resumed from step 400; 4,000 steps in all"
    assert (last.type, last.step, last.message) == ("end", 410, "Completed at step 410")


def test_names_become_tags_and_raw_tags_stay(logdir: Path) -> None:
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        log.step(1, loss=1, learning_rate=2, grad_norm=3, samples_per_second=4, perplexity=5)
        log.step(1, {"layers/0/scale": 6}, epoch=7)
        log.evaluation(1, loss=8, perplexity=9)
    assert {tag: values[0][1] for tag, values in points_of(logdir / "bert").items()} == {
        "train/loss": 1, "train/learning_rate": 2, "train/grad_norm": 3,
        "train/samples_per_second": 4, "train/perplexity": 5, "layers/0/scale": 6,
        "train/epoch": 7, "eval/loss": 8, "eval/perplexity": 9,
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        *("loss", "learning_rate", "grad_norm", "samples_per_second", "perplexity", "epoch"),
        *("eval_loss", "eval_perplexity", "eval_accuracy"),
    ],
)
def test_a_canonical_name_comes_back_from_its_tag(name: str) -> None:
    assert meaning_of(tag(name), "bert").metric == name


def test_numbers_of_other_libraries_are_numbers(
    logdir: Path, written: Any, caplog: pytest.LogCaptureFixture
) -> None:
    class Tensor:
        def __float__(self) -> float:
            return 0.25

    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        log.step(np.int64(1), a=np.float32(0.5), b=np.array(1.5), c=Tensor(), d=True, e=None)
    assert written.rows("step")[0].metrics == {"a": 0.5, "b": 1.5, "c": 0.25, "d": 1.0}
    assert not caplog.records


def test_what_is_no_number_is_left_out_and_said_once(
    logdir: Path, written: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        for step in (1, 2, "three", 10**30, math.nan):
            log.step(step, loss=0.5, names=["a"], both=np.zeros(2))  # type: ignore[arg-type]
    assert [row.metrics for row in written.rows("step")] == [{"loss": 0.5}] * 2
    said = [record.getMessage() for record in caplog.records]
    assert [re.findall(r"'(\w+)'", line) for line in said] == [["names"], ["both"], ["step"]]


def test_infinite_and_very_large_numbers_are_kept(logdir: Path, written: Any) -> None:
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        log.step(1, loss=math.inf, delta=-math.inf, huge=1e300, whole=10**400)
    assert written.rows("step")[0].metrics == {"loss": math.inf, "delta": -math.inf, "huge": 1e300}
    assert points_of(logdir / "bert")["train/huge"] == [(1, math.inf)]


def test_steps_may_be_negative_or_large(logdir: Path) -> None:
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        for step in (-1, 0, 2**62):
            log.step(step, loss=0.5)
    assert [step for step, _ in points_of(logdir / "bert")["train/loss"]] == [-1, 0, 2**62]


def test_a_row_can_be_read_as_soon_as_it_is_logged(logdir: Path, written: Any) -> None:
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        log.step(1, loss=0.5)
        assert written.recorded_steps() == [1]
        assert points_of(logdir / "bert") == {"train/loss": [(1, 0.5)]}


def test_each_attempt_has_an_event_file_of_its_own(logdir: Path, written: Any) -> None:
    for _ in range(3):
        with TaskLogger(logdir, "bert", logging_steps=1, host="node 1") as log:
            log.step(1, loss=0.5)
    names = [file.name for file in (logdir / "bert").iterdir()]
    assert len(set(names)) == 3
    for name in names:
        assert re.fullmatch(r"events\.out\.tfevents\.\d{10}\.node_1\.\d+\.\d+", name)


def test_without_event_files_there_are_only_rows(logdir: Path, written: Any) -> None:
    with TaskLogger(logdir, "bert", event_files=False, logging_steps=1) as log:
        log.step(1, loss=0.5)
    assert [file.name for file in logdir.iterdir()] == ["training_logs.db"]
    assert written.task().runs == ()


def test_without_a_table_there_are_only_event_files(logdir: Path) -> None:
    with TaskLogger(logdir, "bert", table=False, logging_steps=1) as log:
        log.step(1, loss=0.5)
    assert [file.name for file in logdir.iterdir()] == ["bert"]


def test_the_database_may_lie_elsewhere(
    logdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TaskLogger(logdir, "a", database=tmp_path / "given.db", event_files=False):
        pass
    monkeypatch.setenv("TRAINMON_DB_URL", f"sqlite:///{tmp_path / 'from_environment.db'}")
    with TaskLogger(logdir, "a", event_files=False):
        pass
    assert {file.name for file in tmp_path.glob("*.db")} == {"given.db", "from_environment.db"}
    assert not logdir.exists()


@pytest.mark.parametrize("wrong", ["", "/tmp/x", "../x", "a/../../b", "a\0b"])
def test_a_task_must_be_a_folder_below_the_log_directory(logdir: Path, wrong: str) -> None:
    with pytest.raises(ValueError, match="must name a folder below"):
        TaskLogger(logdir, wrong)
    assert not logdir.exists()


@pytest.mark.parametrize(
    "build",
    [
        lambda d: TaskLogger(d, "a", logging_steps=0),
        lambda d: TaskLogger(d, "a", total_steps=-1),
        lambda d: TaskLogger(d, "a", start_step=-1),
    ],
)
def test_wrong_numbers_are_said_at_once(logdir: Path, build: Callable[[Path], TaskLogger]) -> None:
    with pytest.raises(ValueError, match="must"):
        build(logdir)
