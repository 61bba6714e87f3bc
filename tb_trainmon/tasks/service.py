"""All tasks of a TensorBoard: the catalogue, and those tasks that somebody looks at."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from tb_trainmon.core.errors import UnknownTask
from tb_trainmon.event_files.remote.urls import is_remote
from tb_trainmon.tasks.catalogue import Catalogue, Listing
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.opened.open_task import OpenTask
from tb_trainmon.tasks.sparks import Sparkline, Sparks

DEFAULT_BUDGET = 1 << 30  # bytes that the points of open tasks may take


class Tasks:
    """Opens tasks when they are asked for and lets go of the least recently used.

    Safe to use from any thread. Costs nothing until the first question.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        side_files: SideFiles,
        clock: Callable[[], float],
        budget: int = DEFAULT_BUDGET,
    ) -> None:
        self._catalogue = catalogue
        self._side_files = side_files
        self._clock = clock
        self._budget = budget
        self._lock = threading.Lock()
        self._open: OrderedDict[str, OpenTask] = OrderedDict()
        self._sparks = Sparks(side_files, clock, catalogue.disks)

    def listing(self, since: str | None = None) -> Listing:
        """Every task, newest activity first; since a revision, those that were judged after it."""
        return self._catalogue.listing(since)

    def has(self, task_id: str) -> bool:
        """Whether there is a task of this id."""
        return self._catalogue.layout(task_id) is not None

    @contextmanager
    def opened(self, task_id: str) -> Iterator[OpenTask]:
        """The task with all its points, up to date, for the time of the ``with`` block.

        Raises UnknownTask where there is none of this id.
        """
        layout = self._catalogue.layout(task_id)
        if layout is None:
            raise UnknownTask(task_id)
        with self._lock:
            task = self._open.get(task_id) or self._new(layout)
            self._open[task_id] = task
            self._open.move_to_end(task_id)
        with task.lock:
            task.refresh(layout)
            yield task
        self._let_go()

    def sparklines(self, task_ids: Iterable[str]) -> dict[str, Sparkline]:
        """By id, of those of the tasks that there are and that have a loss."""
        found = {}
        for judgement in self._catalogue.judgements(task_ids):
            made = self._sparks.known(judgement)
            if made is None:
                with self._if_open(judgement.layout) as task:
                    made = self._sparks.make(judgement, task)
            if made.sparkline is not None:
                found[judgement.layout.id] = made.sparkline
        return found

    @contextmanager
    def _if_open(self, layout: Layout) -> Iterator[OpenTask | None]:
        """The task, if it is open and at hand: up to date, but without waiting for anything."""
        with self._lock:
            task = self._open.get(layout.id)
        if task is None or not task.lock.acquire(blocking=False):
            yield None
            return
        try:
            if not any(is_remote(file.path) for run in layout.runs for file in run.files):
                task.refresh(layout)
            yield task if task.memory else None
        finally:
            task.lock.release()

    def _new(self, layout: Layout) -> OpenTask:
        disk = self._catalogue.disks.patient()
        return OpenTask(layout, self._side_files, self._clock, disk)

    def _let_go(self) -> None:
        with self._lock:
            spent = sum(task.memory for task in self._open.values())
            while spent > self._budget and len(self._open) > 1:
                _, task = self._open.popitem(last=False)
                spent -= task.memory
