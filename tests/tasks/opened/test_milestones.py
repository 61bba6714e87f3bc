"""Marks on the charts' axis: evaluations, checkpoints, learning-rate changes; and the best one."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pytest

from tb_trainmon.tasks.opened.milestones import MOST, Best, Milestones, milestones_of
from tests.tasks.scenes import NOW, LogFile, Stage
from tests.tasks.tables import Table

Mark = tuple[str, int, int, int]


def told(stage: Stage) -> Milestones:
    """Once all rows are read: for thousands a busy machine needs more than one visit."""
    while not (task := stage.opened()).has_all_rows:
        pass
    return milestones_of(task)


def places(found: Milestones) -> list[Mark]:
    """Type, x, attempt and step of each."""
    return [(m.type, m.x, m.attempt, m.step) for m in found.shown]


def best(stage: Stage) -> Best:
    found = told(stage).best
    assert found is not None
    return found


def checkpoint(stage: Stage, step: int, made_at: float) -> None:
    folder = stage.logdir / "run" / f"checkpoint-{step}"
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder, (made_at, made_at))


def evaluate(file: LogFile, losses: Sequence[float], at: float, *, tag: str = "eval/loss") -> None:
    """A training step and an evaluation at the steps 10, 20, ..., ten seconds apart."""
    for n, loss in enumerate(losses):
        step, when = 10 * (n + 1), at + 10 * n
        file.log(step, when, {"train/loss": 1.0}).log(step, when + 1, {tag: loss})


def test_marks_lie_where_the_attempts_lie_end_to_end(stage: Stage) -> None:
    evaluate(stage.file(pid=1), [0.5, 0.4], NOW)
    checkpoint(stage, 20, NOW + 12)
    evaluate(stage.file(pid=2), [0.6], NOW + 1000)
    found = told(stage)
    assert places(found) == [
        ("eval", 10, 1, 10),
        ("eval", 20, 1, 20),
        ("checkpoint", 20, 1, 20),
        ("eval", 30, 2, 10),
    ]
    assert [m.text for m in found.shown][1:3] == ["eval_loss 0.4", "checkpoint-20"]
    assert [m.wall_time for m in found.shown] == [NOW + 1, NOW + 11, NOW + 12, NOW + 1001]
    assert found.omitted == 0


def test_an_attempt_with_another_learning_rate_is_no_change_of_one(stage: Stage) -> None:
    """Attempts have a boundary of their own; within them, what turns is told in words."""
    for number, rates in enumerate(([4.0, 4.0, 4.0, 0.5, 0.5], [9.0, 9.0, 9.0]), start=1):
        file = stage.file(pid=number)
        for n, rate in enumerate(rates):
            at = NOW + 1000 * number + n
            file.log(10 * n + 10, at, {"train/loss": 1.0, "train/learning_rate": rate})
    found = told(stage)
    assert places(found) == [("learning_rate", 40, 1, 40)]
    assert found.shown[0].text == "learning rate: 4 → 0.5"


def test_rows_of_the_table_are_marks_with_its_messages(stage: Stage) -> None:
    """A row without a step has no place."""
    table = Table(stage.logdir).task(runs=[]).attempt(started_at=NOW)
    for step in (10, 20, 30):
        table.log(step, NOW + step, {"loss": 1.0})
    table.log(20, NOW + 21, {"eval_loss": 0.25, "eval_accuracy": 0.5}, type="eval")
    table.log(20, NOW + 22, type="checkpoint", message="Saved ckpt/20.pt")
    table.log(None, NOW + 23, type="checkpoint", message="Saved somewhere")
    found = told(stage)
    assert places(found) == [("eval", 20, 1, 20), ("checkpoint", 20, 1, 20)]
    assert [m.text for m in found.shown] == [
        "eval_loss 0.25, eval_accuracy 0.5",
        "Saved ckpt/20.pt",
    ]


def test_a_time_that_cannot_be_one_is_none(stage: Stage) -> None:
    Table(stage.logdir).task(runs=[]).log(20, None, {"eval_loss": 0.25}, type="eval")
    (mark,) = told(stage).shown
    assert mark.wall_time is None


def many(stage: Stage, evaluations: int, checkpoints: int) -> Counter[str]:
    """How many marks of each type are told of so many."""
    table = Table(stage.logdir).task(runs=[])
    table.log(0, NOW, {"loss": 1.0})
    rows = [("eval", '{"eval_loss": 1.0}')] * evaluations + [("checkpoint", "{}")] * checkpoints
    values = ", ".join(
        f"('run', 1, '{kind}', {n}, {NOW + n}, '', '{metrics}')"
        for n, (kind, metrics) in enumerate(rows, start=1)
    )
    columns = "(task_id, attempt, type, step, wall_time, message, metrics)"
    table.run(f"INSERT INTO training_logs {columns} VALUES {values}")
    found = told(stage)
    assert len(found.shown) + found.omitted == evaluations + checkpoints
    assert [m.x for m in found.shown] == sorted(m.x for m in found.shown)
    return Counter(m.type for m in found.shown)


@pytest.mark.parametrize(
    ("evaluations", "checkpoints", "expected"),
    [
        (900, 100, (900, 100)),
        (5000, 100, (900, 100)),
        (5000, 800, (250, 750)),
        (100, 5000, (100, 900)),
        (5000, 0, (1000, 0)),
        (0, 5000, (0, 1000)),
    ],
)
def test_beyond_a_thousand_evaluations_are_thinned_first(
    stage: Stage, evaluations: int, checkpoints: int, expected: tuple[int, int]
) -> None:
    counts = many(stage, evaluations, checkpoints)
    assert (counts["eval"], counts["checkpoint"]) == expected
    assert sum(expected) <= MOST


def test_what_is_thinned_keeps_its_first_its_last_and_an_even_distance(stage: Stage) -> None:
    many(stage, 3000, 0)
    steps = [m.step for m in told(stage).shown]
    assert (steps[0], steps[-1]) == (1, 3000)
    assert {later - before for before, later in pairwise(steps)} <= {3, 4}


def test_the_best_evaluation_has_the_lowest_loss_of_all_attempts(stage: Stage) -> None:
    """Of equals the first; NaN and infinities are none."""
    evaluate(stage.file(pid=1), [0.5, math.nan, 0.3, 0.4, -math.inf], NOW)
    evaluate(stage.file(pid=2), [0.9, 0.3], NOW + 1000)
    found = best(stage)
    assert (found.metric, found.x, found.step, found.attempt) == ("eval_loss", 30, 30, 1)
    assert found.value == pytest.approx(0.3)
    assert (found.wall_time, found.checkpoint) == (NOW + 21, None)


def test_the_checkpoint_nearest_to_it_is_one_of_the_same_attempt(stage: Stage) -> None:
    """Of two equally near the earlier one."""
    evaluate(stage.file(pid=1), [0.5, 0.3, 0.4], NOW)
    checkpoint(stage, 25, NOW + 20)
    checkpoint(stage, 15, NOW + 10)
    evaluate(stage.file(pid=2), [0.9, 0.8], NOW + 1000)
    checkpoint(stage, 20, NOW + 1011)
    found = best(stage).checkpoint
    assert found is not None
    assert (found.type, found.attempt, found.step, found.text) == (
        "checkpoint", 1, 15, "checkpoint-15",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "step"),
    [
        ('"metric_for_best_model": "f1", "greater_is_better": true', 20),
        ('"metric_for_best_model": "eval_f1", "greater_is_better": false', 10),
        ('"metric_for_best_model": "f1", "greater_is_better": null', 20),
        ('"metric_for_best_model": "eval/f1"', 20),
    ],
)
def test_without_an_evaluation_loss_the_trainers_own_measure_counts(
    stage: Stage, arguments: str, step: int
) -> None:
    file = stage.file(pid=1).text("args/text_summary", "{" + arguments + "}", NOW)
    evaluate(file, [0.1, 0.7, 0.2], NOW, tag="eval/f1")
    found = best(stage)
    assert (found.metric, found.step) == ("eval_f1", step)


@pytest.mark.parametrize("arguments", ["", '"metric_for_best_model": "bleu"', '"other": 1'])
def test_without_a_measure_there_is_no_best_one(stage: Stage, arguments: str) -> None:
    """Nobody knows whether more of it is better."""
    file = stage.file(pid=1).text("args/text_summary", "{" + arguments + "}", NOW)
    evaluate(file, [0.1, 0.7, 0.2], NOW, tag="eval/gap")
    assert told(stage).best is None


@pytest.mark.parametrize(
    ("tag", "step"),
    [("eval/f1", 20), ("coco/bbox_mAP", 20), ("eval/mean_reward", 20), ("eval/wer", 10)],
)
def test_evaluations_are_compared_by_what_such_a_training_is_judged_by(
    stage: Stage, tag: str, step: int
) -> None:
    """Of a reward more is better, of an error rate less."""
    evaluate(stage.file(pid=1), [0.1, 0.7, 0.2], NOW, tag=tag)
    assert best(stage).step == step


def test_evaluations_that_all_failed_have_no_best_one(stage: Stage) -> None:
    evaluate(stage.file(pid=1), [math.nan, math.inf], NOW)
    assert told(stage).best is None


def test_a_task_without_a_point_has_no_marks(stage: Stage) -> None:
    stage.file(pid=1)
    assert told(stage) == Milestones([], 0, None)


def epochs_beside_steps(stage: Stage) -> None:
    """Two attempts of 400 steps an epoch; what is evaluated is numbered by the epoch."""
    for number, (first, epochs) in enumerate(((0, 3), (2, 5))):
        at = NOW + 9_000 * number
        file = stage.file(created=at, pid=number)
        for epoch in range(first, epochs):
            begun = at + 30 + 400 * (epoch - first)
            file.train(range(400 * epoch + 20, 400 * epoch + 401, 20), begun + 20, every=20.0)
            file.log(epoch, begun + 405, {"val/loss": 2.0 - epoch})
        (stage.logdir / "run" / f"checkpoint-{400 * epochs}").mkdir()
        os.utime(stage.logdir / "run" / f"checkpoint-{400 * epochs}", (at + 2_500,) * 2)


def test_evaluations_that_count_epochs_lie_where_the_training_was(stage: Stage) -> None:
    epochs_beside_steps(stage)
    task = stage.opened()
    evaluations = [m for m in milestones_of(task).shown if m.type == "eval"]
    assert [(m.step, m.x) for m in evaluations] == [
        (0, 400),
        (1, 800),
        (2, 1200),
        (2, 1600),
        (3, 2000),
        (4, 2400),
    ]
    assert [m.text for m in evaluations][-1] == "eval_loss -2"
    log = task.log()
    rows = log.entries(log.keys("eval").tolist())
    assert [(row.x, dict(row.metrics)) for row in rows][:2] == [
        (400, {"eval_loss": 2.0}),
        (800, {"eval_loss": 1.0}),
    ]


def test_the_checkpoint_nearest_to_one_is_found_on_the_axis(stage: Stage) -> None:
    epochs_beside_steps(stage)
    best = milestones_of(stage.opened()).best
    assert best is not None
    assert (best.step, best.x) == (4, 2400)
    assert best.checkpoint is not None
    assert best.checkpoint.step == 2000
