"""What the routes answer of a log directory, asked in this process."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.routes import endpoints, listing
from tb_trainmon.routes.parameters import Query
from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import roots_from_flags
from tb_trainmon.tasks.listed.catalogue import Catalogue
from tb_trainmon.tasks.opened.memory_budget import DEFAULT_BUDGET
from tb_trainmon.tasks.service import Tasks

JUDGEMENT = Path(__file__).parent.parent / "fixtures" / "judgement"


@dataclass
class Asked:
    """A log directory whose tasks are asked for, ``later`` seconds after now."""

    logdir: Path
    later: float = 0.0

    def __post_init__(self) -> None:
        def clock() -> float:
            return time.time() + self.later

        disks = Disks(clock)
        side_files = SideFiles(disks, [str(self.logdir)])
        roots = roots_from_flags(str(self.logdir), "")
        catalogue = Catalogue(roots, Databases(None), side_files, clock, None, disks, patience=inf)
        self.tasks = Tasks(catalogue, side_files, clock, DEFAULT_BUDGET)

    def listed(self) -> list[dict[str, Any]]:
        """The list of tasks."""
        found: list[dict[str, Any]] = listing.tasks(self.tasks, Query())["tasks"]
        return found

    def task(self, task_id: str) -> dict[str, Any]:
        """One task, opened."""
        return endpoints.task(self.tasks, Query(task=task_id))

    def points(self, task_id: str, metric: str) -> list[float]:
        """Where the points of a metric lie on the axis."""
        asked = Query(task=task_id, metric=metric, view="all")
        series: dict[str, Any] = endpoints.series(self.tasks, asked)["series"]
        return list(series[metric]["x"]) if metric in series else []
