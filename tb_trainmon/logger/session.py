"""What all callbacks share: a framework's training as one attempt, from its begin to any end."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tb_trainmon.logger.ending import Interruption
from tb_trainmon.logger.metric_names import by_role
from tb_trainmon.logger.place import Place
from tb_trainmon.logger.task_logger import TaskLogger
from tb_trainmon.logger.unseen_ends import UnseenEnds

if TYPE_CHECKING:
    from typing_extensions import Self

logger = logging.getLogger("tb_trainmon")

BEGAN_ANEW = Interruption("the same process began to train again")
LEFT = Interruption("training was left before its end")

Logs = Mapping[str, Any]


class Session:
    """The attempts of one process, one after the other; between them it does nothing.

    :param exit_means: how an attempt ends that is still on when the process ends without an
        exception; None is completed.
    """

    def __init__(self, exit_means: BaseException | None = LEFT) -> None:
        self.log: TaskLogger | None = None
        self._exit_means = exit_means
        self._ends = UnseenEnds(self.end, self._exited)
        self._has_warned = False

    def begin(
        self,
        place: Place,
        *,
        total_steps: int | None,
        start_step: int,
        config: Logs | None,
        framework: str,
    ) -> None:
        """Begin an attempt, pending until its first step."""
        self.end(BEGAN_ANEW)
        self.log = TaskLogger(
            place.logdir,
            place.task,
            total_steps=total_steps,
            # Frameworks log rarely enough by themselves: whatever they log is kept.
            logging_steps=1,
            start_step=start_step,
            config=config,
            framework=framework,
            name=place.name,
            event_files=place.event_files,
            runs=place.runs,
            database=place.database,
        )
        # After TaskLogger, which may watch the process's end too: the last to come is called first.
        self._ends.watch()

    def reached(self, step: int) -> None:
        """Training is at ``step``."""
        if self.log is not None:
            self.log.reached(step)

    def record(self, step: int, logs: Logs) -> None:
        """Record what a framework logged: as a step, an evaluation, or both, by its names."""
        if self.log is None:
            return
        training, evaluation = by_role(logs)
        if training:
            self.log.step(step, training)
        if evaluation:
            self.log.evaluation(step, evaluation)

    def evaluate(self, step: int, logs: Logs) -> None:
        """Record what an evaluation measured, whatever the names of it."""
        if self.log is not None:
            measured, named_so = by_role(logs)
            self.log.evaluation(step, {**measured, **named_so})

    def checkpoint(self, step: int, path: str | os.PathLike[str] | None) -> None:
        """A checkpoint was saved."""
        if self.log is not None:
            self.log.checkpoint(step, path)

    def end(self, error: BaseException | None = None) -> None:
        """End the attempt, if one is on: completed, or as ``error`` says."""
        log, self.log = self.log, None
        if log is not None:
            self._ends.unwatch()
            log.close(error)

    def _exited(self) -> None:
        self.end(self._exit_means)

    @contextlib.contextmanager
    def careful(self) -> Iterator[None]:
        """No exception leaves the block; the first one is a warning."""
        try:
            yield
        except Exception as error:
            if not self._has_warned:
                self._has_warned = True
                logger.warning(
                    "TrainMon cannot follow this training: %s: %s. Training goes on.",
                    type(error).__name__,
                    error,
                    exc_info=logger.isEnabledFor(logging.DEBUG),
                )


class AroundTraining:
    """Lets a callback stand in a ``with`` around its training.

    That tells of every exception, also of one that is caught around the ``with``.
    """

    _session: Session

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        with self._session.careful():
            self._session.end(error or LEFT)
