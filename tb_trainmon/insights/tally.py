"""How many insights each task of the list has: of those that are open, and of those that run.

Nothing is crawled for it: a task that nobody opened and that does not run has no count. Running
tasks are looked at a few at a time, the newest first, within a budget of time and of bytes. The
rules are imported when there is a task to look at: the first list waits for none of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from tb_trainmon.core.errors import UnknownTask
from tb_trainmon.event_files.urls import is_remote
from tb_trainmon.tasks.judged.outline import Outline
from tb_trainmon.tasks.service import Tasks

if TYPE_CHECKING:
    from tb_trainmon.insights.finding import Severity

MOST_RUNNING = 20  # tasks that are looked at because they run
MOST_BYTES = 32 << 20  # of event files; a larger task is looked at when somebody opens it
BUDGET = 0.02  # seconds that an answer spends on it; a task that is begun is finished
REST = 5.0  # seconds between two looks at the same task

Counts = Mapping["Severity", int]


class Tally:
    """Counts by task. Safe to ask from any thread; one that finds another at work does not wait."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._looked_at: dict[str, float] = {}
        self._counts: dict[str, Counts] = {}

    def counts(self, service: Tasks) -> Mapping[str, Counts]:
        """What is known, by task; of tasks that are open, as they were looked at last."""
        for task in service.open_now():
            from tb_trainmon.insights.door import counts_of  # noqa: PLC0415  late, see above

            counts = counts_of(task)
            if counts is not None:
                self._counts[task.assessment.layout.id] = counts
        return dict(self._counts)

    def look(self, service: Tasks, tasks: Sequence[Outline], seconds: float = BUDGET) -> None:
        """Look at running tasks of the list, those that have waited longest, for so long."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            until = self._clock() + seconds
            for task_id in self._due(tasks):
                self._looked_at[task_id] = self._clock()
                try:
                    _look(service, task_id)
                except UnknownTask:
                    continue
                if self._clock() >= until:
                    return
        finally:
            self._lock.release()

    def _due(self, tasks: Sequence[Outline]) -> list[str]:
        running = [task.layout.id for task in tasks if _is_small_and_runs(task)][:MOST_RUNNING]
        now = self._clock()
        rested = [i for i in running if now - self._looked_at.get(i, -REST) >= REST]
        return sorted(rested, key=lambda task_id: self._looked_at.get(task_id, -REST))


def _look(service: Tasks, task_id: str) -> None:
    from tb_trainmon.insights.door import insights_of  # noqa: PLC0415  late, see above

    with service.opened(task_id) as opened:
        insights_of(opened)


def _is_small_and_runs(task: Outline) -> bool:
    if task.verdict.status != "running":
        return False
    files = [file for run in task.layout.runs for file in run.files]
    return sum(f.size for f in files) <= MOST_BYTES and not any(is_remote(f.path) for f in files)
