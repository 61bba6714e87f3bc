"""Which of Lightning's metrics are news, and of what."""

from __future__ import annotations

from typing import Any

from tb_trainmon.logger.phases import Phases


class Number:
    """What Lightning has for every value: an object of its own."""


def test_a_metric_by_step_and_by_epoch_is_told_once_of_each() -> None:
    phases, metrics = Phases(), dict[str, Any]()
    metrics.update(loss=Number(), loss_step=Number())
    assert phases.batch(metrics) == {"loss": metrics["loss"]}
    metrics.update(loss=Number(), loss_epoch=Number())
    assert phases.epoch(metrics) == {"loss_epoch": metrics["loss_epoch"]}
    metrics.update(loss=Number(), loss_step=Number())
    assert phases.batch(metrics) == {"loss": metrics["loss"]}


def test_of_epochs_without_a_batch_that_was_seen_the_epochs_value_is_told() -> None:
    phases = Phases()
    assert phases.epoch({"loss": 1, "loss_step": 2, "loss_epoch": 3}).keys() >= {"loss_epoch"}


def test_what_an_epoch_logged_is_no_news_at_the_next_batch() -> None:
    phases, metrics = Phases(), {"loss": Number()}
    phases.batch(metrics)
    metrics["accuracy"] = Number()
    assert phases.epoch(metrics) == {"accuracy": metrics["accuracy"]}
    assert phases.batch(metrics) == {"loss": metrics["loss"]}


def test_a_validation_is_told_by_what_it_changed() -> None:
    phases, metrics = Phases(), {"loss": Number()}
    phases.batch(metrics)
    for _ in range(2):
        phases.validation_begins(metrics)
        metrics["val_loss"] = Number()
        assert phases.validation(metrics) == {"val_loss": metrics["val_loss"]}
        metrics["loss"] = Number()
        assert phases.batch(metrics) == {"loss": metrics["loss"]}
        assert phases.epoch(metrics) == {}


def test_a_validation_before_the_first_batch_too() -> None:
    phases, metrics = Phases(), dict[str, Any]()
    phases.validation_begins(metrics)
    metrics["accuracy"] = Number()
    phases.validation(metrics)
    metrics["loss"] = Number()
    assert phases.batch(metrics) == {"loss": metrics["loss"]}
