"""``TaskLogger``: what a training script talks to."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, SupportsInt, cast

from tb_trainmon.logger import messages, opening
from tb_trainmon.logger.ending import death_of_this_program, ending_at_exit, ending_of
from tb_trainmon.logger.identity import is_writer
from tb_trainmon.logger.metric_names import in_evaluation
from tb_trainmon.logger.numbers import MOST_STEPS, Metrics, Numbers
from tb_trainmon.logger.open_loggers import OPEN_LOGGERS, SIGTERM
from tb_trainmon.logger.recorder import Recorder, Seen
from tb_trainmon.training_logs import values
from tb_trainmon.training_logs.entries import Ending

if TYPE_CHECKING:
    from typing_extensions import Self

logger = logging.getLogger("tb_trainmon")


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

    Logging a step takes a few microseconds: a thread writes what was logged, four times a second.
    So it can be read a moment later, and at the latest when ``flush`` or ``close`` return.

    Nothing here raises for trouble with a disk or a database, or for a value that is no number:
    that is one warning on the logger ``tb_trainmon``. Only wrong arguments above raise. In a
    distributed training (``RANK``) only rank 0 writes; a forked child, such as a data loader's
    worker, writes nothing.
    """

    def __init__(  # noqa: PLR0913  (a row's columns, all but two with a default and by name)
        self,
        logdir: str | os.PathLike[str],
        task: str,
        *,
        total_steps: SupportsInt | None = None,
        logging_steps: SupportsInt = 10,
        start_step: SupportsInt = 0,
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
            total_steps=None if total_steps is None else opening.whole("total_steps", total_steps),
            logging_steps=opening.whole("logging_steps", logging_steps),
            start_step=opening.whole("start_step", start_step),
            config=opening.frozen(config),
            name=name or task,
            framework=framework,
            host=host,
            runs=tuple(values.as_text(run) for run in runs),
        )
        self._attempt = attempt
        self._logging_steps = attempt.logging_steps
        self._total_steps = attempt.total_steps
        self._last_step: int | None = None
        self._unrecorded: tuple[int, float, Metrics] | None = None
        self._terminated = False
        self._numbers = Numbers()
        self._warned = False
        self._recorder: Recorder | None = None
        if is_writer():
            place = opening.database_of(attempt, table, database)
            self._begin(opening.recorder(attempt, self._numbers, event_files, place))

    def step(
        self, step: SupportsInt, metrics: Mapping[str, Any] | None = None, /, **named: Any
    ) -> None:
        """Note one training step. May be called at every step: one in ``logging_steps`` is kept.

        ``total_steps`` is always kept, and so is the last step before the end, whatever ended it.
        Names with a slash are raw tags: pass them in ``metrics``.
        """
        if self._recorder is None:
            return
        try:
            self._step(self._recorder, step, {**metrics, **named} if metrics else named)
        except Exception as error:  # noqa: BLE001  (whatever it is, the training goes on)
            self._leave_out(error)

    def reached(self, step: SupportsInt) -> None:
        """Note that training is at ``step``, without a row: it is pending no longer."""
        if self._recorder is not None:
            self._counted(self._recorder, step)

    def evaluation(
        self, step: SupportsInt, metrics: Mapping[str, Any] | None = None, /, **named: Any
    ) -> None:
        """Note an evaluation; ``loss`` and ``eval_loss`` are the same metric here."""
        if self._recorder is None:
            return
        try:
            given = {**(metrics or {}), **named}
            measured = {in_evaluation(str(name)): value for name, value in given.items()}
            self._note(self._recorder, "eval", step, "", measured)
        except Exception as error:  # noqa: BLE001  (as above)
            self._leave_out(error)

    def checkpoint(self, step: SupportsInt, path: str | os.PathLike[str] | None = None) -> None:
        """Note that a checkpoint of ``step`` was saved, at ``path``."""
        if self._recorder is None:
            return
        try:
            message = messages.checkpoint(self._attempt.below_logdir(path))
            self._note(self._recorder, "checkpoint", step, message, {})
        except Exception as error:  # noqa: BLE001  (as above)
            self._leave_out(error)

    def flush(self, seconds: float = 10.0) -> bool:
        """Wait until what was logged is written; False if it is not, ``seconds`` later."""
        return self._recorder is None or self._recorder.flush(seconds)

    def close(self, error: BaseException | None = None) -> None:
        """End the attempt, as ``with`` does: completed, or as ``error`` says. Once is enough."""
        self._end(ending_of(error, self._terminated, self._reached_total()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(error)

    # ---- what OPEN_LOGGERS tells: not for training scripts -------------------------------------

    def terminated(self) -> None:
        """Remember SIGTERM for the end of the attempt."""
        self._terminated = True

    def stop(self) -> None:
        """End it: the process dies of SIGTERM."""
        self._end(ending_of(SystemExit(128 + SIGTERM), self._terminated, self._reached_total()))

    def exit(self) -> None:
        """End it, as nobody did and the program is ending."""
        error = death_of_this_program()
        may_be_complete = self._attempt.total_steps is None or self._reached_total()
        self._end(ending_at_exit(error, self._terminated, may_be_complete))

    def before_fork(self) -> Callable[[], None]:
        """Let no batch be half written when the process is forked."""
        recorder = self._recorder
        held = recorder is not None and recorder.hold()
        return recorder.release if recorder is not None and held else _nothing

    def abandon(self) -> None:
        """This is a forked child: the attempt is the parent's."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            recorder.abandon()

    # --------------------------------------------------------------------------------------------

    def _begin(self, recorder: Recorder) -> None:
        message = messages.started(self._attempt.start_step, self._attempt.total_steps)
        with OPEN_LOGGERS.postponed():
            recorder.start(Seen("start", self._attempt.start_step, time.time(), message, {}))
            self._recorder = recorder
            OPEN_LOGGERS.add(self)

    def _end(self, ending: Ending) -> None:
        with OPEN_LOGGERS.postponed():
            # Whoever closes a task twice finds no recorder.
            recorder, self._recorder = self._recorder, None
            if recorder is None:
                return
            try:
                recorder.end(self._last_rows(ending), ending)
            finally:
                OPEN_LOGGERS.remove(self)

    def _last_rows(self, ending: Ending) -> Iterable[Seen]:
        if self._unrecorded is not None:
            step, wall_time, metrics = self._unrecorded
            yield Seen("step", step, wall_time, "", metrics)
        message = messages.ended(ending, self._last_step)
        yield Seen("end", self._last_step, ending.ended_at, message, {})

    def _step(self, recorder: Recorder, step: SupportsInt, metrics: Mapping[str, Any]) -> None:
        number = self._counted(recorder, step)
        if number is None:
            return
        if number % self._logging_steps == 0 or number == self._total_steps:
            self._unrecorded = None
            recorder.record(Seen("step", number, time.time(), "", self._numbers.among(metrics)))
        else:
            self._unrecorded = (number, time.time(), self._numbers.for_now(metrics))

    def _note(
        self,
        recorder: Recorder,
        kind: str,
        step: SupportsInt,
        message: str,
        metrics: Mapping[str, Any],
    ) -> None:
        number = self._counted(recorder, step)
        if number is not None:
            taken = self._numbers.among(metrics)
            recorder.record(Seen(kind, number, time.time(), message, taken))

    def _counted(self, recorder: Recorder, step: SupportsInt) -> int | None:
        # The first is the usual case, in a tenth of the time of the second.
        is_plain = type(step) is int and -MOST_STEPS <= step < MOST_STEPS
        number = cast("int", step) if is_plain else self._numbers.step(step)
        if number is None:
            return None
        if self._last_step is None:
            recorder.run()
        self._last_step = number
        return number

    def _leave_out(self, error: Exception) -> None:
        if not self._warned:
            self._warned = True
            logger.warning(
                "TrainMon could not take what was logged of task %r: %s: %s. Training goes on.",
                self._attempt.task,
                type(error).__name__,
                error,
            )

    def _reached_total(self) -> bool:
        total = self._attempt.total_steps
        return total is not None and self._last_step is not None and self._last_step >= total


def _nothing() -> None:
    """There is nothing to do."""
