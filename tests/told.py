"""What the tab would say of a log directory."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import Root
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.attempt_views import AttemptView
from tb_trainmon.tasks.listed.catalogue import Catalogue
from tb_trainmon.tasks.opened.log.entries import Entry
from tb_trainmon.tasks.service import Tasks
from tests.tasks.scenes import whole_list


class Told:
    """The one task of a log directory, read anew at every question; ``later`` in seconds."""

    def __init__(self, logdir: Path) -> None:
        self._logdir = logdir
        self.later = 0.0

    def task(self) -> Assessment:
        tasks = self._tasks()
        [task] = whole_list(tasks).values()
        assert tasks.listing().problems == ()
        return task

    def status(self) -> tuple[str, str]:
        verdict = self.task().verdict
        return verdict.status, verdict.reason

    def becomes(self, status: str) -> None:
        """Wait until the task has ``status``, by its table too: that is written last."""

        def has_become() -> bool:
            try:
                task = self.task()
            except (AssertionError, ValueError):
                return False  # the database is only just being made
            table = task.layout.table
            return table is not None and table.row.status == task.verdict.status == status

        wait_for(has_become, 30.0)

    def attempts(self) -> list[AttemptView]:
        tasks = self._tasks()
        with tasks.opened(self.task().layout.id) as opened:
            return list(opened.assessment.attempts)

    def log(self, kind: str) -> list[Entry]:
        """The rows of this type, oldest first."""
        tasks = self._tasks()
        with tasks.opened(self.task().layout.id) as opened:
            return list(reversed(opened.log().page(1000, None, [kind]).entries))

    def steps(self, kind: str) -> list[int | None]:
        return [row.step for row in self.log(kind)]

    def points(self, metric: str) -> list[int]:
        """The raw steps of a chart's points."""
        tasks = self._tasks()
        with tasks.opened(self.task().layout.id) as opened:
            steps: list[int] = opened.series(metric).points.points.step.tolist()
            return steps

    def metrics(self) -> list[str]:
        tasks = self._tasks()
        with tasks.opened(self.task().layout.id) as opened:
            return [metric.name for metric in opened.assessment.metrics]

    def _tasks(self) -> Tasks:
        def clock() -> float:
            return time.time() + self.later

        side_files = SideFiles()
        roots = [Root(str(self._logdir))]
        catalogue = Catalogue(roots, Databases(), side_files, clock, patience=math.inf)
        return Tasks(catalogue, side_files, clock)


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Until ``condition`` holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
