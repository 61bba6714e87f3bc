"""The tracker for Hugging Face's Accelerate.

from tb_trainmon.logger.accelerate import TrainMonTracker

accelerator = Accelerator(log_with=TrainMonTracker("logs", "my-model"))
accelerator.init_trackers("my-project", config={"learning_rate": 3e-4, "max_train_steps": 1000})
...
accelerator.log({"train_loss": loss}, step=step)
...
accelerator.end_training()
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import accelerate
from accelerate.state import PartialState
from accelerate.tracking import GeneralTracker

from tb_trainmon.logger.place import as_named
from tb_trainmon.logger.session import AroundTraining, Session
from tb_trainmon.logger.task_logger import TaskLogger

#: Under which names scripts have their total among their parameters.
TOTALS = ("max_train_steps", "max_steps", "total_steps", "num_training_steps")


class TrainMonTracker(AroundTraining, GeneralTracker):
    """Logs what a script gives to ``accelerator.log`` as one attempt of a task.

    :param logdir: the log directory.
    :param task: the task's id in it.
    :param total_steps: how many steps it is meant to take; otherwise as the parameters say that
        ``init_trackers`` is given (``max_train_steps`` and the like).
    :param start_step: the step of the checkpoint that it is resumed from.
    :param name: what to call the task, if not by its id.
    :param runs: where Accelerate's own TensorBoard tracker writes, below ``logdir``. They are shown
        as the task's, and no event files are written beside them.
    :param database: a path or URL, if not ``training_logs.db`` in the log directory.

    ``accelerator.get_tracker("trainmon").tracker`` is the ``TaskLogger``, for checkpoints and
    whatever has a call of its own there. A script that ends without ``end_training()`` has
    completed its training, unless an exception ended it.
    """

    name = "trainmon"
    requires_logging_directory = False
    main_process_only = True

    def __init__(  # noqa: PLR0913  (all but two by name)
        self,
        logdir: str | os.PathLike[str],
        task: str,
        *,
        total_steps: int | None = None,
        start_step: int = 0,
        name: str | None = None,
        runs: Sequence[str] = (),
        database: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__()
        self._session = Session(exit_means=None)
        self._place = as_named(logdir, task, name, runs, database)
        self._total_steps = total_steps
        self._start_step = start_step
        self._step = start_step
        self._has_begun = False

    @property
    def tracker(self) -> TaskLogger | None:
        """The logger behind it, from the first word of the script to its last."""
        return self._session.log

    def store_init_configuration(self, values: Mapping[str, Any]) -> None:
        """Begin the attempt, with its parameters."""
        with self._session.careful():
            self._begin(values)

    def log(self, values: Mapping[str, Any], step: int | None = None, **kwargs: Any) -> None:
        """Record ``values``; without a ``step``, at the one after the last."""
        del kwargs
        with self._session.careful():
            if not self._has_begun:
                self._begin(None)
            self._step = self._step + 1 if step is None else int(step)
            self._session.record(self._step, values)

    def finish(self) -> None:
        """The script's own word that training is over."""
        with self._session.careful():
            self._session.end()

    def _begin(self, config: Mapping[str, Any] | None) -> None:
        self._has_begun = True
        state = PartialState()
        if not state.is_main_process:
            return
        totals = (config.get(name) for name in TOTALS) if config else iter(())
        found = next((total for total in totals if isinstance(total, int) and total > 0), None)
        self._session.begin(
            self._place,
            total_steps=self._total_steps or found,
            start_step=self._start_step,
            config={**(config or {}), "world_size": state.num_processes},
            framework=f"accelerate {accelerate.__version__}",
        )
