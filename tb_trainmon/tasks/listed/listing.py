"""The list of tasks as it is at one time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tb_trainmon.core.problem import Problem
from tb_trainmon.core.record import record
from tb_trainmon.tasks.judged.outline import Outline


@record(frozen=True, slots=True)
class Progress:
    """How far the work on a list is: folders scanned so far, or tasks judged of those there are."""

    stage: Literal["scanning", "judging"]
    done: int
    total: int | None


@record(frozen=True, slots=True)
class Listing:
    """The tasks, newest activity first, and what could not be read.

    ``progress`` is None where all tasks are there, each judged beside its siblings. ``reader``
    reads the event files; "python" is the slow one. ``revision`` names the list as it is now; a
    list since an earlier one has only the tasks that were judged since, and then ``is_whole`` is
    false.
    """

    tasks: Sequence[Outline]
    problems: tuple[Problem, ...]
    progress: Progress | None
    reader: Literal["kernel", "python"]
    revision: str
    is_whole: bool
