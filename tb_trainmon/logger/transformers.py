"""The callback for Hugging Face's ``Trainer`` (transformers 4 and 5, and TRL's trainers).

from tb_trainmon.logger.transformers import TrainMonCallback

Trainer(..., callbacks=[TrainMonCallback()])
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import transformers
from transformers import TrainerCallback

from tb_trainmon.logger.model_facts import of_model
from tb_trainmon.logger.place import Choice, Place, of_output_folder
from tb_trainmon.logger.session import AroundTraining, Session
from tb_trainmon.logger.trainer_logs import named

#: Where transformers 5 lets TensorBoard's event files go, if not below the output folder.
LOGGING_DIR_VARIABLE = "TENSORBOARD_LOGGING_DIR"

#: Differ at every launch, or say nothing of the training.
_NO_PARAMETERS = re.compile(r".*_token|logging_dir|output_dir|run_name|local_rank|_n_gpu")


class TrainMonCallback(AroundTraining, TrainerCallback):
    """Logs each ``train()`` as one attempt of a task.

    :param logdir: the log directory; otherwise the training's ``output_dir``.
    :param task: the task's id in it; otherwise one for each ``output_dir``, so that whatever is
        trained into the same folder again is the next attempt.
    :param name: what to call the task; otherwise as its ``output_dir``.
    :param event_files: write event files; otherwise unless the trainer does
        (``report_to="tensorboard"``).
    :param database: a path or URL, if not ``training_logs.db`` in the log directory.

    The trainer has no hook for failures. An exception that ends the process (or a notebook's cell)
    is noticed anyway; to be told of one that is caught, put the callback around the training:

        with TrainMonCallback() as callback:
            Trainer(..., callbacks=[callback]).train()
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

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Begin an attempt: total and first step are known now, of a resumed training too."""
        del control
        with self._session.careful():
            if state.is_world_process_zero:
                self._session.begin(
                    _place(args, self._choice),
                    total_steps=state.max_steps if state.max_steps > 0 else None,
                    start_step=state.global_step,
                    config=_config(args, state, kwargs.get("model")),
                    framework=f"transformers {transformers.__version__}",
                )

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """A step is done; most are not logged."""
        del args, control, kwargs
        with self._session.careful():
            self._session.reached(state.global_step)

    def on_log(
        self, args: Any, state: Any, control: Any, logs: Mapping[str, Any] | None = None, **_: Any
    ) -> None:
        """Record what the trainer logs: a step, an evaluation, or the summary at the end."""
        del args, control
        with self._session.careful():
            self._session.record(state.global_step, named(logs or {}))

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Record the checkpoint that the trainer has just saved."""
        del control, kwargs
        with self._session.careful():
            folder = Path(args.output_dir, f"checkpoint-{state.global_step}")
            self._session.checkpoint(state.global_step, folder if folder.is_dir() else None)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Training came to its end, early or not."""
        del args, state, control, kwargs
        with self._session.careful():
            self._session.end()


def _place(args: Any, choice: Choice) -> Place:
    events = _event_folder(args) if "tensorboard" in (args.report_to or ()) else None
    return of_output_folder(args.output_dir, events, choice)


def _event_folder(args: Any) -> str:
    """Where the trainer writes its event files in this launch."""
    # Version 4 has the argument, version 5 the variable.
    given = getattr(args, "logging_dir", None) or os.environ.get(LOGGING_DIR_VARIABLE)
    return given or os.path.join(args.output_dir, "runs")  # noqa: PTH118  (as the trainer does it)


def _config(args: Any, state: Any, model: Any) -> dict[str, Any]:
    arguments = args.to_dict()
    config = {name: arguments[name] for name in arguments if not _NO_PARAMETERS.fullmatch(name)}
    # May be other than was asked for: found by trial (``auto_find_batch_size``).
    config["train_batch_size"] = getattr(state, "train_batch_size", None)
    config["world_size"] = args.world_size
    config.update(getattr(state, "trial_params", None) or {})
    return config | of_model(model)
