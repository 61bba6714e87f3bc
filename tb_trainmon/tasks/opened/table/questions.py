"""Questions of many tasks to one database, asked together.

Whoever looks at a task's rows asks one question after another, each by what the one before has
told (``yield``). Those of all tasks are collected and asked as one, round by round.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from tb_trainmon.core.record import record
from tb_trainmon.training_logs.log_rows import LogRows

if TYPE_CHECKING:
    from tb_trainmon.training_logs.reading import TrainingLogs


@record(frozen=True, slots=True)
class Ends:
    """The ``first`` few rows of a task, and of those behind them the ``last`` few."""

    task_id: str
    first: int
    last: int


@record(frozen=True, slots=True)
class Windows:
    """From each of several places the first few rows whose numbers are that or more."""

    task_id: str
    places: Sequence[int]
    size: int


_AT_ONCE = 20  # tasks of one question


Looking = Generator[Ends | Windows, Sequence[LogRows], None]


def answer_all(database: TrainingLogs, looking: Sequence[Looking]) -> None:
    """Ask and answer until nobody has a question. Raises DatabaseUnreadable."""
    with database.asked_together():
        for begin in range(0, len(looking), _AT_ONCE):
            _answer(database, looking[begin : begin + _AT_ONCE])


def _answer(database: TrainingLogs, looking: Sequence[Looking]) -> None:
    waiting = [(one, asked) for one in looking if (asked := next(one, None)) is not None]
    while waiting:
        answers = _answers(database, [asked for _, asked in waiting])
        told = [(one, _next(one, answers[id(asked)])) for one, asked in waiting]
        waiting = [(one, asked) for one, asked in told if asked is not None]


def _next(looking: Looking, answer: Sequence[LogRows]) -> Ends | Windows | None:
    try:
        return looking.send(answer)
    except StopIteration:
        return None


def _answers(
    database: TrainingLogs, asked: Sequence[Ends | Windows]
) -> dict[int, Sequence[LogRows]]:
    """By the identity of what was asked. Questions of one kind and size are one question."""
    found: dict[int, Sequence[LogRows]] = {}
    ends: dict[tuple[int, int], list[Ends]] = {}
    windows: dict[int, list[Windows]] = {}
    for one in asked:
        if isinstance(one, Ends):
            ends.setdefault((one.first, one.last), []).append(one)
        else:
            windows.setdefault(one.size, []).append(one)
    for (first, last), all_ends in ends.items():
        rows = database.ends([one.task_id for one in all_ends], first, last)
        found |= {id(one): mine for one, mine in zip(all_ends, rows, strict=True)}
    for size, all_windows in windows.items():
        spots = [(one.task_id, place) for one in all_windows for place in one.places]
        rest = iter(database.windows(spots, size))
        found |= {id(one): [next(rest) for _ in one.places] for one in all_windows}
    return found
