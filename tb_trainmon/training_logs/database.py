"""A database as those see it who have questions of their own to it; ``reading`` is one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from tb_trainmon.training_logs.answer import Answer, Question, Wanted
from tb_trainmon.training_logs.log_rows import LogRows
from tb_trainmon.training_logs.rows import LogRow


class Database(Protocol):
    """Everything that it says raises DatabaseUnreadable where it cannot answer."""

    @property
    def dialect(self) -> str:
        """The SQL that is spoken there, by SQLAlchemy's name."""

    def asked_together(self) -> AbstractContextManager[None]:
        """A block in which this thread asks several questions, one after another."""

    def ask(self, question: Question, wanted: Wanted) -> Answer:
        """What it answers: all columns of all rows, as it has them."""

    def logs(
        self, task_id: str, after_id: int, most: int | None = None, skipped: int = 0
    ) -> list[LogRow]:
        """The rows of a task behind ``after_id``, without the first that are ``skipped``."""

    def log_rows(self, task_id: str, after_id: int, most: int | None) -> LogRows:
        """The same rows, to be read by columns."""

    def logs_at(self, task_id: str, ids: Sequence[int]) -> list[LogRow]:
        """The rows of a task that have these numbers."""
