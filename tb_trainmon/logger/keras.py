"""The callback for Keras 3, on any of its backends.

from tb_trainmon.logger.keras import TrainMonCallback

model.fit(..., callbacks=[TrainMonCallback("logs", "my-model")])
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras

from tb_trainmon.logger.place import as_named
from tb_trainmon.logger.session import AroundTraining, Session

Logs = Mapping[str, Any]


class TrainMonCallback(AroundTraining, keras.callbacks.Callback):
    """Logs each ``fit()`` as one attempt of a task. Steps are batches.

    :param logdir: the log directory.
    :param task: the task's id in it; otherwise the model's name.
    :param name: what to call the task, if not by its id.
    :param runs: where Keras's own ``TensorBoard`` callback writes, below ``logdir``: ``["train",
        "validation"]`` where both have the same folder. They are shown as the task's, and no event
        files are written beside them.
    :param logging_steps: record one batch in so many; ends of epochs always are.
    :param checkpoints: the file or folder that a ``ModelCheckpoint`` or ``BackupAndRestore`` saves
        to. What is new there is a checkpoint.
    :param config: parameters of this attempt beside the optimizer's, to be compared.
    :param database: a path or URL, if not ``training_logs.db`` in the log directory.

    Keras has no hook for failures. An exception that ends the process (or a notebook's cell) is
    noticed anyway; to be told of one that is caught, put the callback around ``fit``:

        with TrainMonCallback("logs") as callback:
            model.fit(..., callbacks=[callback])
    """

    def __init__(  # noqa: PLR0913  (all but two by name)
        self,
        logdir: str | os.PathLike[str] = "logs",
        task: str | None = None,
        *,
        name: str | None = None,
        runs: Sequence[str] = (),
        logging_steps: int = 10,
        checkpoints: str | os.PathLike[str] | None = None,
        config: Mapping[str, Any] | None = None,
        database: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__()
        self._session = Session()
        self._logdir, self._task, self._name = logdir, task, name
        self._runs, self._database = runs, database
        self._logging_steps = max(logging_steps, 1)
        self._checkpoints = None if checkpoints is None else Path(checkpoints).expanduser()
        self._config = dict(config or {})
        self._step = self._recorded = self._epoch_began_at = 0
        self._epoch = 0
        self._is_new = True
        self._saved: frozenset[tuple[str, float]] = frozenset()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Not yet: where training starts is known when its first epoch is."""
        del logs
        self._is_new = True

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Begin an attempt with the first epoch, which is not 0 when training is resumed."""
        del logs
        with self._session.careful():
            self._epoch = epoch
            if self._is_new:
                self._begin(epoch)
            self._note_checkpoints()
            self._epoch_began_at = self._step

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """A batch is done."""
        with self._session.careful():
            self._step = self._epoch_began_at + batch + 1
            self._session.reached(self._step)
            if self._step // self._logging_steps > self._recorded // self._logging_steps:
                self._record(logs or {})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Record the epoch, and its validation (``val_…``)."""
        del epoch
        with self._session.careful():
            validation = {n: v for n, v in (logs or {}).items() if n.startswith("val_")}
            training = {n: v for n, v in (logs or {}).items() if n not in validation}
            if self._recorded < self._step:
                self._record(training)
            self._session.record(self._step, validation)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Training came to its end, early or not."""
        del logs
        with self._session.careful():
            self._note_checkpoints()
            self._session.end()

    def _begin(self, epoch: int) -> None:
        self._is_new = False
        task = self._task or self.model.name
        steps = self.params.get("steps")
        epochs = self.params.get("epochs")
        self._step = self._recorded = epoch * steps if steps else 0
        self._saved = frozenset(self._found())
        self._session.begin(
            as_named(self._logdir, task, self._name, self._runs, self._database),
            total_steps=epochs * steps if epochs and steps else None,
            start_step=self._step,
            config={
                "epochs": epochs,
                "steps_per_epoch": steps,
                **_of_model(self.model),
                **self._config,
            },
            framework=f"keras {keras.__version__} ({keras.backend.backend()})",
        )

    def _record(self, logs: Logs) -> None:
        self._recorded = self._step
        optimizer = getattr(self.model, "optimizer", None)
        rate = None if optimizer is None else float(optimizer.learning_rate)
        self._session.record(self._step, {"learning_rate": rate, **logs, "epoch": self._epoch})

    def _note_checkpoints(self) -> None:
        """What was saved since the last time; by whom does not matter."""
        found = frozenset(self._found())
        for path, _ in sorted(found - self._saved):
            self._session.checkpoint(self._step, path)
        self._saved = found

    def _found(self) -> Iterator[tuple[str, float]]:
        place = self._checkpoints
        if place is not None and place.exists():
            files = (file for file in place.rglob("*") if file.is_file())
            for file in files if place.is_dir() else (place,):
                yield str(file), file.stat().st_mtime


def _of_model(model: Any) -> dict[str, Any]:
    optimizer = getattr(model, "optimizer", None)
    settings = {} if optimizer is None else optimizer.get_config()
    plain = {n: v for n, v in settings.items() if isinstance(v, int | float | str) and n != "name"}
    parameters = model.count_params() if model.built else None
    return {**plain, "optimizer": type(optimizer).__name__, "parameters": parameters}
