"""Rows of a log read by columns: of thousands, each costs a tenth of what it does as a LogRow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from tb_trainmon.core.cached import cached_property
from tb_trainmon.training_logs import value_columns
from tb_trainmon.training_logs.rows import LogRow
from tb_trainmon.training_logs.value_columns import Measured

Mark = tuple[int, int, int | None, float | None]  # a row's number, attempt, step and time


class LogRows:
    """Rows of one task's log, oldest first; each of its columns says what ``LogRow`` says of it.

    ``answers`` are the rows as the database has them, and ``names`` those of their columns.
    """

    def __init__(self, names: Sequence[str] = (), answers: Sequence[tuple[Any, ...]] = ()) -> None:
        self._names, self._answers = names, answers

    def __len__(self) -> int:
        return len(self._answers)

    def __getitem__(self, part: slice) -> LogRows:
        return LogRows(self._names, self._answers[part])

    def take(self, places: Iterable[int]) -> LogRows:
        """The rows at these places."""
        return LogRows(self._names, [self._answers[place] for place in places])

    def and_these(self, later: LogRows) -> LogRows:
        """With those of ``later``, rows of the same columns, behind them."""
        if not len(later):
            return self
        return LogRows(self._names or later._names, [*self._answers, *later._answers])

    def turned(self) -> LogRows:
        """The same from the last to the first."""
        return LogRows(self._names, self._answers[::-1])

    def rows(self) -> list[LogRow]:
        """Each by itself."""
        return [LogRow.from_database(dict(zip(self._names, a, strict=True))) for a in self._answers]

    def mark(self, place: int) -> Mark:
        """What tells one of them from another one of its number."""
        return self.ids[place], self.attempts[place], self.steps[place], self.wall_times[place]

    def by_attempt(self) -> Mapping[int, LogRows]:
        """The rows of each attempt."""
        if len({*self.attempts}) == 1:
            return {self.attempts[0]: self}
        places: dict[int, list[int]] = {}
        for place, number in enumerate(self.attempts):
            places.setdefault(number, []).append(place)
        return {number: self.take(mine) for number, mine in places.items()}

    @cached_property
    def ids(self) -> Sequence[int]:
        """The numbers by which they are asked for."""
        return _without_none(value_columns.integers(self._column("id")), 0)

    @cached_property
    def attempts(self) -> Sequence[int]:
        """The attempts that they belong to."""
        return _without_none(value_columns.integers(self._column("attempt")), 1)

    @property
    def types(self) -> Sequence[str]:
        """Their types, as they were written."""
        return value_columns.texts(self._column("type"))

    @cached_property
    def steps(self) -> Sequence[int | None]:
        """Their steps, as far as they have one."""
        return value_columns.integers(self._column("step"))

    @cached_property
    def wall_times(self) -> Sequence[float | None]:
        """Their times, as far as they have one."""
        return value_columns.seconds(self._column("wall_time"))

    @property
    def metrics(self) -> dict[str, Measured]:
        """By name, the numbers in them."""
        return value_columns.numbers(self._column("metrics"))

    @cached_property
    def _columns(self) -> Mapping[str, Sequence[Any]]:
        return dict(zip(self._names, zip(*self._answers, strict=True), strict=False))

    def _column(self, name: str) -> Sequence[Any]:
        return self._columns.get(name) or (None,) * len(self)


def _without_none(numbers: Sequence[int | None], instead: int) -> Sequence[int]:
    """The numbers, with another one in the place of None and of 0."""
    if all(numbers):
        return cast("Sequence[int]", numbers)
    return [number or instead for number in numbers]
