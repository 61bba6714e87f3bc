"""All tasks of a TensorBoard: the catalogue, and those tasks that somebody looks at."""

from __future__ import annotations

import logging
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

from tb_trainmon.core.errors import UnknownTask
from tb_trainmon.core.freed import give_back
from tb_trainmon.core.problem import Problem
from tb_trainmon.event_files.urls import is_remote
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.listed.catalogue import Catalogue
from tb_trainmon.tasks.listed.listing import Listing
from tb_trainmon.tasks.listed.sparks import Sparkline, Sparks
from tb_trainmon.tasks.opened.memory_budget import BYTES_A_POINT, DEFAULT_BUDGET

if TYPE_CHECKING:
    from tb_trainmon.tasks.opened.open_task import OpenTask

_MIB = 1 << 20
_BYTES_A_RECORD = 55  # of a point in an event file; in memory it takes 24

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class Tasks:
    """Opens tasks when they are asked for and lets go of the least recently used.

    A task that is watched stays open whatever it takes, because it would be read anew at each
    tick; the budget is kept by letting go of others, and a problem says where that is not enough.
    Safe to use from any thread. Costs nothing until the first question. With ``reads_on``, the
    rows of a table of which there are too many for one look are read by a thread between looks.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        side_files: SideFiles,
        clock: Callable[[], float],
        budget: int = DEFAULT_BUDGET,
        *,
        reads_on: bool = False,
    ) -> None:
        self._reads_on = reads_on
        self._catalogue = catalogue
        self._side_files = side_files
        self._clock = clock
        self._budget = budget
        self._lock = threading.Lock()
        self._open: OrderedDict[str, OpenTask] = OrderedDict()
        self._sparks = Sparks(side_files, clock, catalogue.disks)
        self._watched: Counter[str] = Counter()
        self._excess: Problem | None = None
        self._kept: dict[object, object] = {}

    def listing(self, since: str | None = None) -> Listing:
        """Every task, newest activity first; since a revision, those that were judged after it."""
        listing, excess = self._catalogue.listing(since), self._excess
        return replace(listing, problems=(*listing.problems, excess)) if excess else listing

    def watch(self, task_id: str) -> None:
        """Keep the task open from when it is opened next, until ``unwatch`` as many times."""
        with self._lock:
            self._watched[task_id] += 1

    def unwatch(self, task_id: str) -> None:
        """It may be let go again."""
        with self._lock:
            self._watched[task_id] -= 1
            if self._watched[task_id] <= 0:
                del self._watched[task_id]
                self._keep_the_budget()

    def has(self, task_id: str) -> bool:
        """Whether there is a task of this id, or just one of this name."""
        return self._meant(task_id) is not None

    def _meant(self, task_id: str) -> Layout | None:
        return self._catalogue.layout(task_id) or self._catalogue.named(task_id)

    @contextmanager
    def opened(self, task_id: str) -> Iterator[OpenTask]:
        """The task with all its points, up to date, for the time of the ``with`` block.

        ``task_id`` may be a name that just one task has. Raises UnknownTask where there is none.
        """
        layout = self._meant(task_id)
        if layout is None:
            raise UnknownTask(task_id)
        with self._lock:
            task = self._open.get(layout.id)
            if task is None:
                task = self._new(layout)
                # First, or both would be there while it is read.
                freed = self._keep_the_budget(min(_expected(layout), self._budget))
            else:
                freed = False
            self._open[layout.id] = task
            self._open.move_to_end(layout.id)
        try:
            with task.lock:
                task.refresh(layout, self._catalogue.usual_end(layout.id))
                yield task
                task.measure()
        finally:
            freed |= task.is_large
            del task  # or it could not be let go of now
            with self._lock:
                freed |= self._keep_the_budget()
            if freed:
                give_back()

    def open_now(self) -> list[OpenTask]:
        """The tasks that are open and were read, as they are: hold their locks to use them."""
        with self._lock:
            return [task for task in self._open.values() if task.memory]

    def kept(self, make: Callable[[], _T]) -> _T:
        """What ``make`` made when it was asked for first: what another room keeps of all tasks."""
        with self._lock:
            if make not in self._kept:
                self._kept[make] = make()
            return cast("_T", self._kept[make])

    def sparklines(self, task_ids: Iterable[str]) -> dict[str, Sparkline]:
        """By id, of those of the tasks that there are and that have a loss."""
        found = {}
        for judged in self._catalogue.judgements(task_ids):
            made = self._sparks.known(judged)
            if made is None:
                with self._if_open(judged.layout) as task:
                    made = self._sparks.make(self._catalogue.whole(judged), task)
            if made.sparkline is not None:
                found[judged.layout.id] = made.sparkline
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
                task.refresh(layout, self._catalogue.usual_end(layout.id))
            yield task if task.memory else None
        finally:
            task.lock.release()

    def _new(self, layout: Layout) -> OpenTask:
        # Late: the first list opens none.
        from tb_trainmon.tasks.opened.open_task import OpenTask  # noqa: PLC0415

        disk = self._catalogue.disks.patient()
        return OpenTask(
            layout, self._side_files, self._clock, disk, self._budget, reads_on=self._reads_on
        )

    def _keep_the_budget(self, expected: int = 0) -> bool:
        """Let go of what is more than the budget; whether there was any.

        ``expected`` bytes are about to be taken by a task that is not open yet.
        """
        open_before = len(self._open)
        spent = sum([task.memory for task in self._open.values()]) + expected
        excess = None
        if spent > self._budget:
            others = [task_id for task_id in self._open if task_id not in self._watched]
            # The one that was asked for last is about to be asked for again.
            for task_id in others if expected else others[:-1]:
                if spent > self._budget:
                    spent -= self._open.pop(task_id).memory
            watched = sum([self._open[i].memory for i in self._watched if i in self._open])
            if watched > self._budget and len(self._watched) > 1:
                excess = _excess(watched, self._budget)
        if excess is not None and self._excess is None:
            _log.warning("%s", excess.message)
        self._excess = excess
        return len(self._open) < open_before


def _expected(layout: Layout) -> int:
    """Bytes that a task takes of which nothing was read, by the size of its files."""
    size = sum(file.size for run in layout.runs for file in run.files)
    return size * BYTES_A_POINT // _BYTES_A_RECORD


def _excess(watched: int, budget: int) -> Problem:
    return Problem(
        "memory_exceeded",
        "--trainmon_memory",
        f"The tasks that somebody watches take {watched / _MIB:,.0f} MiB, more than the "
        f"{budget / _MIB:,.0f} MiB of --trainmon_memory. They stay open all the same; every other "
        "task is read anew when it is looked at. Start TensorBoard with more, or watch fewer.",
    )
