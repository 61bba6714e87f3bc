"""The callback for Lightning, under either name: ``lightning`` and ``pytorch_lightning``.

from tb_trainmon.logger.lightning import TrainMonCallback

Trainer(..., callbacks=[TrainMonCallback()])
"""

from __future__ import annotations

import importlib
import math
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from tb_trainmon.logger.model_facts import of_model
from tb_trainmon.logger.phases import Phases
from tb_trainmon.logger.place import Choice, Place, of_output_folder
from tb_trainmon.logger.session import AroundTraining, Session


def _lightning() -> ModuleType:
    """The package that the training uses; its name has changed, its callbacks have not."""
    names = ["lightning.pytorch", "pytorch_lightning"]
    names.sort(key=lambda name: name not in sys.modules)
    try:
        return importlib.import_module(names[0])
    except ModuleNotFoundError:
        return importlib.import_module(names[1])


LIGHTNING = _lightning()
Callback: Any = LIGHTNING.Callback


class TrainMonCallback(AroundTraining, Callback):
    """Logs each ``fit()`` as one attempt of a task.

    :param logdir: the log directory; otherwise that of the trainer's logger (``lightning_logs``).
    :param task: the task's id in it; otherwise as the logger's version (``version_0``). A training
        that is resumed from a checkpoint goes on as the task that wrote the checkpoint.
    :param name: what to call the task.
    :param event_files: write event files; otherwise unless a TensorBoardLogger does.
    :param database: a path or URL, if not ``training_logs.db`` in the log directory.
    """

    def __init__(
        self,
        logdir: str | os.PathLike[str] | None = None,
        task: str | None = None,
        *,
        name: str | None = None,
        event_files: bool | None = None,
        database: str | os.PathLike[str] | None = None,
    ) -> None:
        self._choice = Choice(logdir, task, name, event_files, database)
        self._session = Session()
        self._before: dict[str, str] = {}
        self._place: Place | None = None
        self._phases = Phases()
        self._recorded = 0
        self._saved_at: int | None = None
        self._paths: set[str] = set()

    def state_dict(self) -> dict[str, str]:
        """Goes into checkpoints: which task they are of."""
        place = self._place
        return {} if place is None else {"logdir": str(place.logdir), "task": place.task}

    def load_state_dict(self, state_dict: dict[str, str]) -> None:
        """Comes from the checkpoint that a training is resumed from."""
        self._before = state_dict

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin an attempt: total and first step are known now, of a resumed training too."""
        with self._session.careful():
            if not trainer.is_global_zero:
                return
            self._place = self._placed(trainer, pl_module)
            self._paths = set(_checkpoint_paths(trainer))
            self._recorded = trainer.global_step
            self._session.begin(
                self._place,
                total_steps=_total_steps(trainer),
                start_step=trainer.global_step,
                config=_config(trainer, pl_module),
                framework=f"lightning {LIGHTNING.__version__}",
            )

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """A batch is done; record it where the trainer would (``log_every_n_steps``)."""
        del pl_module, batch
        with self._session.careful():
            self._note_checkpoints(trainer)
            step, every = trainer.global_step, trainer.log_every_n_steps
            self._session.reached(step)
            is_due = every and step // every > self._recorded // every
            if is_due or batch_idx == 0:
                logged = self._phases.batch(trainer.callback_metrics)
                if is_due:
                    self._record_step(trainer, outputs, logged)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Record what is logged once an epoch."""
        del pl_module
        with self._session.careful():
            self._note_checkpoints(trainer)
            self._session.record(trainer.global_step, self._phases.epoch(trainer.callback_metrics))

    def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
        """Remember what was logged before; Lightning mixes it with what will be."""
        del pl_module
        with self._session.careful():
            self._phases.validation_begins(trainer.callback_metrics)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """Record an evaluation."""
        del pl_module
        with self._session.careful():
            self._note_checkpoints(trainer)
            metrics = self._phases.validation(trainer.callback_metrics)
            if metrics and not trainer.sanity_checking:
                self._session.evaluate(trainer.global_step, metrics)

    def on_save_checkpoint(self, trainer: Any, pl_module: Any, checkpoint: Any) -> None:
        """A checkpoint is about to be saved: where, is known at the next hook."""
        del pl_module, checkpoint
        self._saved_at = trainer.global_step

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """Training failed, or was interrupted."""
        del pl_module
        with self._session.careful():
            self._note_checkpoints(trainer)
            self._session.end(exception)

    def on_fit_end(self, trainer: Any, pl_module: Any) -> None:
        """Training came to its end, early or not."""
        del pl_module
        with self._session.careful():
            self._note_checkpoints(trainer)
            self._session.end()

    def _placed(self, trainer: Any, module: Any) -> Place:
        """Where a fresh training would be, or the one that the checkpoint is of."""
        place = _place(trainer, module, self._choice)
        before, self._before = self._before, {}
        if self._choice.task is not None or before.get("logdir") != str(place.logdir):
            return place
        name = place.name.replace(place.task, before["task"])
        return replace(place, task=before["task"], name=name)

    def _record_step(self, trainer: Any, outputs: Any, logged: Mapping[str, Any]) -> None:
        self._recorded = trainer.global_step
        loss = outputs.get("loss") if isinstance(outputs, Mapping) else outputs
        own = {"loss": loss, "learning_rate": _learning_rate(trainer)}
        epoch = {"epoch": trainer.current_epoch}
        self._session.record(trainer.global_step, {**own, **logged, **epoch})

    def _note_checkpoints(self, trainer: Any) -> None:
        step, self._saved_at = self._saved_at, None
        if step is None:
            return
        paths = list(_checkpoint_paths(trainer))
        new = [path for path in paths if path not in self._paths]
        self._paths = set(paths)
        # With nothing new, one was written over: that is what the last of them is for.
        self._session.checkpoint(step, next(iter(new or reversed(paths)), None))


def _place(trainer: Any, module: Any, choice: Choice) -> Place:
    logger = next((found for found in trainer.loggers if hasattr(found, "root_dir")), None)
    if logger is None or not logger.log_dir:
        root = Path(trainer.default_root_dir)
        where = replace(choice, logdir=choice.logdir or root)
        return of_output_folder(root / type(module).__name__, None, where)
    root, folder = Path(logger.root_dir).absolute(), Path(logger.log_dir).absolute()
    home = root.parent if choice.shares_a_database else root
    where = replace(
        choice,
        logdir=choice.logdir or home,
        name=choice.name or choice.task or f"{root.name}/{folder.name}",
    )
    return of_output_folder(folder, folder if _writes_event_files(logger) else None, where)


def _writes_event_files(logger: Any) -> bool:
    return any(kind.__name__ == "TensorBoardLogger" for kind in type(logger).__mro__)


def _total_steps(trainer: Any) -> int | None:
    total = trainer.estimated_stepping_batches
    return int(total) if math.isfinite(total) and total > 0 else None


def _config(trainer: Any, module: Any) -> dict[str, Any]:
    settings = {
        name: getattr(trainer, name, None)
        for name in ("max_epochs", "max_steps", "accumulate_grad_batches", "gradient_clip_val",
                     "precision", "world_size")
    }  # fmt: skip
    optimizer = next(iter(trainer.optimizers), None)
    used = {
        "optimizer": type(optimizer).__name__,
        "learning_rate": getattr(optimizer, "defaults", {}).get("lr"),
        "batch_size": getattr(trainer.train_dataloader, "batch_size", None),
    }
    return {**settings, **used, **dict(getattr(module, "hparams", {})), **of_model(module)}


def _learning_rate(trainer: Any) -> Any:
    optimizer = next(iter(trainer.optimizers), None)
    return None if optimizer is None else optimizer.param_groups[0]["lr"]


def _checkpoint_paths(trainer: Any) -> Iterator[str]:
    """The paths of all checkpoints that are kept, "last" ones last."""
    for name in ("best_k_models", "best_model_path", "last_model_path"):
        for callback in trainer.checkpoint_callbacks:
            found = getattr(callback, name, None) or ()
            yield from (found,) if isinstance(found, str) else found
