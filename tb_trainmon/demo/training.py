"""The training itself: one attempt, from a checkpoint or from scratch, logged as it goes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from tb_trainmon.demo import checkpoints, model, optimizer, text
from tb_trainmon.demo.checkpoints import Checkpoint
from tb_trainmon.demo.model import Weights
from tb_trainmon.demo.schedule import warm_up_then_cosine
from tb_trainmon.demo.settings import Settings
from tb_trainmon.demo.speed import Speed
from tb_trainmon.logger import TaskLogger


class Training:
    """One attempt.

    Each step depends on the seed and its number alone, so a resumed attempt makes the very steps
    that an uninterrupted one would have made.
    """

    def __init__(self, settings: Settings, folder: Path, start: Checkpoint | None) -> None:
        self._settings = settings
        self._folder = folder
        book = text.field_guide()
        self._train = text.windows(book.train, settings.context)
        self._held_out = text.windows(book.held_out, settings.context)
        self._first_step = 0 if start is None else start.step
        self._weights = self._beginning(len(book.letters), start)
        self._optimizer = _optimizer(settings, self._weights, start)
        self._speed = Speed(settings.batch_size, settings.steps_per_second)

    def run(self, log: TaskLogger) -> None:
        """Train to the end. Raises FloatingPointError when the loss is no number any more."""
        # Overflow is no accident here but what a too high learning rate looks like: see _step.
        with np.errstate(over="ignore", invalid="ignore"):
            for step in range(self._first_step + 1, self._settings.total_steps + 1):
                self._step(step, log)
                last = step == self._settings.total_steps
                if last or step % self._settings.evaluation_steps == 0:
                    self._evaluate(step, log)
                if last or step % self._settings.checkpoint_steps == 0:
                    self._save(step, log)
                self._speed.rest()

    def _beginning(self, letters: int, start: Checkpoint | None) -> Weights:
        if start is not None:
            return start.weights
        return model.new_weights(self._settings.size(), letters, self._settings.seed)

    def _step(self, step: int, log: TaskLogger) -> None:
        loss, gradients = self._loss_and_gradients(step)
        gradient_norm = optimizer.norm(gradients)
        rate = self._rate(step)
        log.step(
            step,
            loss=loss,
            perplexity=_perplexity(loss),
            grad_norm=gradient_norm,
            learning_rate=rate,
            samples_per_second=self._speed.samples_per_second(),
        )
        if not math.isfinite(loss):
            raise FloatingPointError(
                f"The loss is {loss} at step {step}: the training has diverged. The learning "
                f"rate was {rate:.3g}; try a tenth of {self._settings.learning_rate:g}."
            )
        if self._settings.clip_norm > 0:
            optimizer.clip(gradients, gradient_norm, self._settings.clip_norm)
        self._optimizer.update(self._weights, gradients, rate, step)

    def _loss_and_gradients(self, step: int) -> tuple[float, Weights]:
        random = np.random.default_rng([self._settings.seed, step])
        contexts, targets = self._train
        chosen = random.integers(0, len(targets), self._settings.batch_size)
        masks = model.new_masks(self._settings.size(), len(chosen), random)
        return model.loss_and_gradients(self._weights, contexts[chosen], targets[chosen], masks)

    def _rate(self, step: int) -> float:
        chosen = self._settings
        return warm_up_then_cosine(
            step, chosen.learning_rate, chosen.warm_up_steps, chosen.total_steps
        )

    def _evaluate(self, step: int, log: TaskLogger) -> None:
        loss = model.loss(self._weights, *self._held_out)
        log.evaluation(step, loss=loss, perplexity=_perplexity(loss))

    def _save(self, step: int, log: TaskLogger) -> None:
        remembered = self._optimizer
        checkpoint = Checkpoint(step, self._weights, remembered.mean, remembered.square)
        log.checkpoint(step, checkpoints.save(self._folder, checkpoint))


def _optimizer(
    settings: Settings, weights: Weights, start: Checkpoint | None
) -> optimizer.Adam | optimizer.Descent:
    if settings.optimizer == "descent":
        return optimizer.Descent()
    adam = optimizer.Adam(weights, settings.weight_decay)
    if start is not None:
        adam.mean, adam.square = start.mean, start.square
    return adam


def _perplexity(loss: float) -> float:
    # exp() of more than 709 is no number that a float can hold.
    return math.exp(loss) if loss < 700 else math.inf if loss >= 700 else loss
