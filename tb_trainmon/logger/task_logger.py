"""``TaskLogger``: what a training script talks to."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, SupportsInt

from tb_trainmon.logger import messages, opening
from tb_trainmon.logger.ending import ending_of
from tb_trainmon.logger.identity import is_writer
from tb_trainmon.logger.metric_names import in_evaluation
from tb_trainmon.logger.numbers import Numbers
from tb_trainmon.logger.recorder import Recorder
from tb_trainmon.logger.termination import SIGTERM, Termination
from tb_trainmon.training_logs.entries import Entry

if TYPE_CHECKING:
    from typing_extensions import Self


class TaskLogger:
    """Logs one attempt of one task, from ``with`` to its end.

        with TaskLogger("runs", task="bert-base", total_steps=10_000, config={"lr": 3e-4}) as log:
            for step in range(1, 10_001):
                log.step(step, loss=loss, learning_rate=lr)

    :param logdir: the log directory, the one that TensorBoard is started with.
    :param task: the task's id, and its folder for event files below ``logdir``. The same id again
        is the next attempt of the same task.
    :param total_steps: how many steps the task is meant to take, counted from 0.
    :param logging_steps: ``step`` records one step in so many.
    :param start_step: the step that this attempt continues from: 0 from scratch, else that of the
        checkpoint.
    :param config: the parameters of this attempt, to be compared with those of the others.
    :param name: what to call the task, if not by its id.
    :param framework: such as ``"torch 2.13.0"``; otherwise what the process has imported.
    :param event_files: also write event files, for TensorBoard's own tabs.
    :param runs: folders below ``logdir`` in which somebody else (a framework's own logger) writes
        event files of this task.
    :param table: write the table of training logs.
    :param database: where the table is, a path or a database URL; otherwise what the environment
        variable ``TRAINMON_DB_URL`` says, or ``<logdir>/training_logs.db``.
    :param host: the name of this machine, if not by its own.

    Nothing here raises for trouble with a disk or a database, or for a value that is no number:
    that is one warning on the logger ``tb_trainmon``. Only wrong arguments above raise. In a
    distributed training (``RANK``) only rank 0 writes.
    """

    def __init__(  # noqa: PLR0913  (a row's columns, all but two with a default and by name)
        self,
        logdir: str | os.PathLike[str],
        task: str,
        *,
        total_steps: int | None = None,
        logging_steps: int = 10,
        start_step: int = 0,
        config: Mapping[str, Any] | None = None,
        name: str | None = None,
        framework: str | None = None,
        event_files: bool = True,
        runs: Sequence[str] = (),
        table: bool = True,
        database: str | os.PathLike[str] | None = None,
        host: str | None = None,
    ) -> None:
        attempt = opening.Attempt(
            logdir=Path(logdir).absolute(),
            task=task,
            total_steps=total_steps,
            logging_steps=logging_steps,
            start_step=start_step,
            config=None if config is None else dict(config),
            name=name or task,
            framework=framework,
            host=host,
            runs=tuple(runs),
        )
        self._attempt = attempt
        self._pid = os.getpid()
        self._last_step: int | None = None
        self._unrecorded: tuple[int, float, dict[str, Any]] | None = None
        self._numbers = Numbers()
        self._recorder: Recorder | None = None
        self._termination = Termination(self._stop)
        if is_writer():
            self._recorder = opening.recorder(attempt, event_files, table, database)
            self._begin(self._recorder)

    def step(
        self, step: SupportsInt, metrics: Mapping[str, Any] | None = None, /, **named: Any
    ) -> None:
        """Note one training step. May be called at every step: one in ``logging_steps`` is kept.

        ``total_steps`` is always kept, and so is the last step before the end, whatever ended it.
        Names with a slash are raw tags: pass them in ``metrics``.
        """
        number = self._counted(step)
        if number is None:
            return
        seen = (number, time.time(), {**(metrics or {}), **named})
        if number % self._attempt.logging_steps == 0 or number == self._attempt.total_steps:
            self._unrecorded = None
            self._record("step", *seen)
        else:
            self._unrecorded = seen

    def reached(self, step: SupportsInt) -> None:
        """Note that training is at ``step``, without a row: it is pending no longer."""
        self._counted(step)

    def evaluation(
        self, step: SupportsInt, metrics: Mapping[str, Any] | None = None, /, **named: Any
    ) -> None:
        """Note an evaluation; ``loss`` and ``eval_loss`` are the same metric here."""
        number = self._counted(step)
        if number is not None:
            given = {**(metrics or {}), **named}
            measured = {in_evaluation(name): value for name, value in given.items()}
            self._record("eval", number, time.time(), measured)

    def checkpoint(self, step: SupportsInt, path: str | os.PathLike[str] | None = None) -> None:
        """Note that a checkpoint of ``step`` was saved, at ``path``."""
        number = self._counted(step)
        if number is not None:
            message = messages.checkpoint(self._attempt.below_logdir(path))
            self._write(Entry("checkpoint", number, time.time(), message, {}))

    def close(self, error: BaseException | None = None) -> None:
        """End the attempt, as ``with`` does: completed, or as ``error`` says. Once is enough."""
        if self._writes():
            self._end(error)
            self._termination.restore()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(error)

    def _begin(self, recorder: Recorder) -> None:
        message = messages.started(self._attempt.start_step, self._attempt.total_steps)
        self._termination.install()
        with self._termination.postponed():
            step = self._attempt.start_step
            recorder.start(Entry("start", step, time.time(), message, {}))

    def _end(self, error: BaseException | None) -> None:
        # Whoever closes a task twice, or is asked to stop while closing it, finds no recorder.
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return
        with self._termination.postponed():
            last = () if self._unrecorded is None else (self._entry("step", *self._unrecorded),)
            ending = ending_of(error, self._termination.requested, self._reached_total())
            message = messages.ended(ending, self._last_step)
            end = Entry("end", self._last_step, ending.ended_at, message, {})
            recorder.end((*last, end), ending)

    def _stop(self) -> None:
        # SIGTERM, and nothing of the training's own will handle it.
        self._end(SystemExit(128 + SIGTERM))

    def _writes(self) -> bool:
        # A forked child, such as a data loader's worker, has a copy of this object.
        return self._recorder is not None and os.getpid() == self._pid

    def _counted(self, step: object) -> int | None:
        if not self._writes():
            return None
        number = self._numbers.step(step)
        if number is None:
            return None
        if self._last_step is None and self._recorder is not None:
            with self._termination.postponed():
                self._recorder.run()
        self._last_step = number
        return number

    def _record(self, kind: str, step: int, wall_time: float, metrics: Mapping[str, Any]) -> None:
        self._write(self._entry(kind, step, wall_time, metrics))

    def _write(self, entry: Entry) -> None:
        with self._termination.postponed():
            if self._recorder is not None:
                self._recorder.record(entry)

    def _entry(self, kind: str, step: int, wall_time: float, metrics: Mapping[str, Any]) -> Entry:
        sound = self._numbers.among(metrics)
        return Entry(kind, step, wall_time, messages.measured(sound), sound)

    def _reached_total(self) -> bool:
        total = self._attempt.total_steps
        return total is not None and self._last_step is not None and self._last_step >= total
