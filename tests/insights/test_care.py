"""Evaluations that never came, and checkpoints."""

from __future__ import annotations

from typing import Any

import numpy as np

from tb_trainmon.insights.rules.care import BEST_CHECKPOINT_GONE, CHECKPOINT_RARE, EVAL_NEVER
from tb_trainmon.insights.subject import Checkpoint, TaskFacts
from tests.insights.scenes import BEGAN, attempt, falling, found, points

EVERY_100 = {"eval_strategy": "steps", "eval_steps": 100}


def test_a_configured_evaluation_that_never_came() -> None:
    (finding,) = found(EVAL_NEVER, attempt({"loss": falling()}, config=EVERY_100))
    assert (finding.severity, finding.begin) == ("warning", 100)
    by_epoch = {"eval_strategy": "epoch"}
    series: dict[str, Any] = {"loss": falling(), "epoch": np.linspace(0.01, 3.0, 200)}
    assert found(EVAL_NEVER, attempt(series, config=by_epoch))


def test_one_that_came_or_is_not_due_or_not_configured() -> None:
    assert not found(EVAL_NEVER, attempt({"loss": falling(15)}, config=EVERY_100))
    assert not found(EVAL_NEVER, attempt({"loss": falling()}, config={"eval_strategy": "no"}))
    series: dict[str, Any] = {"loss": falling(), "eval_loss": points([2.0], 100)}
    assert not found(EVAL_NEVER, attempt(series, config=EVERY_100))


def kept(*steps: int, **config: Any) -> list[Any]:
    evaluations = points([3.0, 2.0, 2.2, 2.5, 2.8], 100)
    task = TaskFacts(checkpoints=tuple(Checkpoint(s, BEGAN + s) for s in steps))
    series: dict[str, Any] = {"loss": falling(50), "eval_loss": evaluations}
    config = {"save_total_limit": 2, **config}
    return found(BEST_CHECKPOINT_GONE, attempt(series, config=config, task=task))


def test_the_best_checkpoint_was_deleted_by_the_limit() -> None:
    (finding,) = kept(400, 500)
    assert finding.facts == {"best": 2.0, "best_step": 200, "best_kept": 2.5}


def test_the_best_is_kept_or_nearly() -> None:
    assert not kept(200, 500)
    assert not kept(400, 500, load_best_model_at_end=True)
    assert not kept(400, 500, save_total_limit=None)
    assert not kept()


def rare(*made: float, live: bool = True) -> list[Any]:
    checkpoints = tuple(Checkpoint(100 * i, BEGAN + t) for i, t in enumerate(made))
    task = TaskFacts(live=live, checkpoints=checkpoints)
    loss = points(falling(3000), 10)  # 30,000 seconds
    return found(CHECKPOINT_RARE, attempt({"loss": loss}, task=task, status="running"))


def test_what_a_crash_now_would_cost() -> None:
    (finding,) = rare(1000, 2000, 3000)
    assert finding.facts["seconds"] == 27000
    assert not rare(1000, 2000, 3000, live=False)
    assert not rare(1000, 11000, 21000)
    assert not rare(10000)
