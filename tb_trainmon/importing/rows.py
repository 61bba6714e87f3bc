"""A past attempt as rows of the training log, as if a writer had written them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tb_trainmon.importing.past import Logged, PastAttempt, Saved
from tb_trainmon.logger import messages
from tb_trainmon.logger.metric_names import by_role, in_evaluation
from tb_trainmon.logger.numbers import Numbers
from tb_trainmon.logger.trainer_logs import named
from tb_trainmon.training_logs.entries import Ending, Entry

#: Begins the message of an imported attempt's first row: by it an import is known again.
IMPORTED = "Imported from "


def ending_of(attempt: PastAttempt) -> Ending:
    """How it ended: completed, or stopped for a reason that nobody has written down."""
    logged = [row.wall_time for row in attempt.logged if row.wall_time is not None]
    times = [*logged, *(saved.wall_time for saved in attempt.saved)]
    status = "completed" if attempt.came_to_its_end else "stopped"
    return Ending(status, None, max(times, default=None))


def rows_of(attempt: PastAttempt, start_step: int, logdir: Path) -> list[Entry]:
    """All its rows, from the start to the end."""
    source = f"{IMPORTED}{attempt.source}"
    began = f"{source}. {messages.started(start_step, attempt.total_steps)}"
    ending = ending_of(attempt)
    return [
        Entry("start", start_step, _first_time(attempt), began, {}),
        *_by_step(attempt, logdir),
        Entry(
            "end",
            attempt.last_step,
            ending.ended_at,
            messages.ended(ending, attempt.last_step),
            {},
        ),
    ]


def start_step(attempt: PastAttempt, number: int) -> int:
    """0 for the first; of a later one the step before its first, less one logging interval."""
    steps = sorted({row.step for row in attempt.logged})
    if number == 1 or len(steps) < 2:
        return 0
    return max(steps[0] - (steps[1] - steps[0]), 0)


def _by_step(attempt: PastAttempt, logdir: Path) -> list[Entry]:
    numbers = Numbers()
    entries = [entry for row in attempt.logged for entry in _measured(row, numbers)]
    entries += [_checkpoint(saved, logdir) for saved in attempt.saved]
    # Stable: a checkpoint is saved after its step was logged and evaluated.
    return sorted(entries, key=lambda entry: entry.step or 0)


def _measured(row: Logged, numbers: Numbers) -> Iterator[Entry]:
    training, evaluation = by_role(named(row.logs))
    in_evaluations = {in_evaluation(name): value for name, value in evaluation.items()}
    for kind, metrics in (("step", training), ("eval", in_evaluations)):
        sound = {name: float(value) for name, value in numbers.among(metrics).items()}
        if sound:
            yield Entry(kind, row.step, row.wall_time, messages.measured(sound), sound)


def _checkpoint(saved: Saved, logdir: Path) -> Entry:
    path = Path(saved.path)
    shown = path.relative_to(logdir).as_posix() if path.is_relative_to(logdir) else saved.path
    message = messages.checkpoint(shown) + (", the best so far" if saved.is_best else "")
    return Entry("checkpoint", saved.step, saved.wall_time, message, {})


def _first_time(attempt: PastAttempt) -> float | None:
    return next((row.wall_time for row in attempt.logged if row.wall_time), None)
