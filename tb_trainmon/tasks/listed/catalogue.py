"""The tasks of all log directories: a thread finds and judges them, readers see how far it is.

However many tasks there are and however slow the disk is, an answer takes little: the newest tasks
are judged first, and a list that is not whole yet says so.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from math import inf
from operator import attrgetter

from tb_trainmon.core.collecting import full_collections_later
from tb_trainmon.core.lazily import Lazily
from tb_trainmon.event_files.reader import reader_in_use
from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.finder import Finder, Found
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import Root
from tb_trainmon.tasks.judged.outline import Outline
from tb_trainmon.tasks.judged.progress.siblings import UsualEnd
from tb_trainmon.tasks.listed.continued import may_be_continued
from tb_trainmon.tasks.listed.families import are_siblings
from tb_trainmon.tasks.listed.judgements import Judged, Judgement, Judgements
from tb_trainmon.tasks.listed.listing import Listing, Progress
from tb_trainmon.tasks.listed.parted import may_be_parted, may_hold
from tb_trainmon.tasks.listed.published import Published
from tb_trainmon.tasks.listed.together import ENOUGH, Together

PATIENCE = 0.1  # seconds that an answer waits for more tasks, once it has some
_FIRST_PATIENCE = 1.0  # ... and for the first scan
_REST = 1.0  # seconds between two scans, at the least
_SHARE = 50.0  # ... and so many times the CPU time that the last scan took
_WAITING = 5.0  # ... and so many times how long it lasted, most of which a busy machine may be


class Catalogue:
    """Knows which tasks there are. Safe to ask from any thread.

    ``patience`` is how many seconds an answer waits for the work in progress; infinity makes every
    list whole. ``effort`` tells the CPU time of a thread, in seconds.
    """

    def __init__(  # noqa: PLR0913  (what it is made of, and how long it waits)
        self,
        roots: Sequence[Root],
        databases: Databases,
        side_files: SideFiles,
        clock: Callable[[], float],
        config_path: str | None = None,
        disks: Disks | None = None,
        *,
        patience: float = PATIENCE,
        effort: Callable[[], float] = time.thread_time,
    ) -> None:
        self.disks = disks or Disks(clock)
        self._finder = Finder(roots, databases, self.disks, clock, config_path)
        self._judgements = Judgements(side_files, clock, self.disks)
        self._clock = clock
        self._effort = effort
        self._patience = patience
        # Guards what follows and tells of its changes. The finder, the judgements and how they are
        # made together are the working thread's alone: it holds this only to publish what it has.
        # What lies on disk is in ``_scanned``; in ``_found``, with tasks parted that are several,
        # and joined that go on.
        self._changed = threading.Condition()
        self._working = self._scanning = self._judging = False
        self._failure: Exception | None = None
        self._visited = 0
        self._next_scan = 0.0
        self._scanned = Found()
        self._found: Found | None = None
        self._published = Published()
        self._together = Together(self._judgements, self._published, self._publish)

    def listing(self, since: str | None = None) -> Listing:
        """The tasks, judged by the heads and tails of their files.

        With ``since``, the revision of an earlier list, only those that were judged after it; all
        of them where that cannot be told: it is unknown, or a task has gone meanwhile.
        """
        self._finder.wait_for_fast_stores()
        with self._changed:
            self._begin(judging=True)
            enough = inf
            if self._found is None:
                self._wait_for(lambda: not self._scanning, max(self._patience, _FIRST_PATIENCE))
                enough = ENOUGH if self._patience < inf else inf
            self._wait_for(
                lambda: not self._working or len(self._published) >= enough, self._patience
            )
            return self._snapshot(self._published.number(since))

    def layout(self, task_id: str) -> Layout | None:
        """The task of this id as it lies on disk; None if there is none."""
        self._finder.wait_for_fast_stores()
        with self._changed:
            self._begin(judging=False)
            if self._found is None or task_id not in self._found.layouts:
                self._wait_for(lambda: not self._scanning, threading.TIMEOUT_MAX)
            else:
                self._wait_for(lambda: not self._scanning, self._patience)
            task_id = self._home(task_id)
            if self._found is None or not self._may_be_task(task_id):
                return None
            return self._found.layouts.get(task_id)

    def named(self, name: str) -> Layout | None:
        """The task that people mean by ``name``: the only one of that name, or below that folder.

        By the id of what was parted since, that of it which was launched last. Of what the last
        scan found. None where there is none, or more than one.
        """
        with self._changed:
            found = {} if self._found is None else self._found.layouts
            layouts = [one for id_, one in found.items() if self._may_be_task(id_)]
        meant = [one for one in layouts if one.name == name or one.id.endswith(f"/{name}")]
        heir = self._together.heir(name)
        meant = [one for one in layouts if one.id == heir] or meant
        return meant[0] if len(meant) == 1 and name else None

    def judgements(self, task_ids: Iterable[str]) -> list[Judged]:
        """What was said last of those of the tasks that there are and that were judged.

        The work that a list starts is started only where one of them is not known.
        """
        wanted = list(task_ids)
        with self._changed:
            if not all(id_ in self._published for id_ in wanted):
                self._judge_meanwhile()
            return [judged for judged in self._published.of(wanted) if judged.is_task]

    def whole(self, judged: Judged) -> Judgement:
        """All that a judgement was made from, which is read again where it is not kept."""
        return self._judgements.whole(judged)

    def usual_end(self, task_id: str) -> UsualEnd | None:
        """Where the siblings of a task ended, as far as they were judged; None where they did not.

        The work that a list starts is started only where there are siblings that nobody has judged.
        """
        with self._changed:
            layouts = self._found.layouts if self._found else {}
            if not self._is_whole() and are_siblings(task_id, layouts):
                self._judge_meanwhile()
            judged = self._published.get(task_id)
            return judged.usual_end if judged else None

    # ---- whoever asks

    def _home(self, id_: str) -> str:
        """The task of the folder ``id_``; what may go on from a sibling is judged first."""
        found = self._found.layouts if self._found else {}
        if id_ not in self._published and _is_in_doubt(id_, found):
            self._judge_meanwhile()
        return self._together.home(id_)

    def _may_be_task(self, id_: str) -> bool:
        """Whether nothing is known against it, of its files as they are now."""
        known = self._published.get(id_)
        if known is None or known.is_task:
            return True
        return self._found is not None and known.layout != self._found.layouts.get(id_)

    def _judge_meanwhile(self) -> None:
        """Have judged what is due, and wait for it as long as an answer may."""
        self._begin(judging=True)
        self._wait_for(lambda: not self._working, self._patience)

    def _begin(self, judging: bool) -> None:
        """Start the thread if there is work for it; if it is at it already, tell it of more."""
        if self._working:
            # Whether more is due, it finds out when it gets there.
            self._judging = self._judging or judging
            return
        self._scanning = self._scan_is_due()
        due = self._due() if judging and not self._scanning else []
        unsettled = not self._together.is_settled  # the work on them may have failed
        self._judging = judging and (self._scanning or bool(due) or unsettled)
        if self._scanning or self._judging:
            self._working, self._failure, self._visited = True, None, 0
            work, name = partial(self._work, due), "trainmon-catalogue"
            threading.Thread(target=work, name=name, daemon=True).start()

    def _scan_is_due(self) -> bool:
        # A clock that was set back must not stop the scans.
        return not self._next_scan - _REST * _SHARE * 10 <= self._clock() < self._next_scan

    def _due(self) -> list[Layout]:
        """The tasks that are to be judged, those with the newest files first."""
        if self._found is None:
            return []
        now, known = self._clock(), self._published
        due = [
            layout
            for layout in self._found.layouts.values()
            if (judged := known.get(layout.id)) is None or not judged.stands(layout, now)
            if self._judgements.can_judge(layout)
        ]
        return sorted(due, key=_written_at, reverse=True)

    def _wait_for(self, condition: Callable[[], bool], seconds: float) -> None:
        self._changed.wait_for(condition, min(seconds, threading.TIMEOUT_MAX))
        if self._failure is not None:
            raise self._failure

    def _snapshot(self, since: int | None) -> Listing:
        found = self._found or Found()
        judged = self._published.of(found.layouts)
        told = (each for each in judged if since is None or each.publication > since)
        tasks = sorted((each for each in told if each.is_task), key=_newest_first)
        problems = (problem for each in judged for problem in each.problems)
        return Listing(
            tasks=Lazily(tasks, _OUTLINE),
            problems=(*found.problems, *problems),
            progress=self._progress(),
            reader=reader_in_use(),
            revision=self._published.revision,
            is_whole=since is None,
        )

    def _progress(self) -> Progress | None:
        if self._scanning:
            return Progress("scanning", self._visited, None)
        if self._is_whole():
            return None
        return Progress("judging", len(self._published), self._total())

    def _is_whole(self) -> bool:
        """Whether all tasks that were found are judged, and know where their siblings ended."""
        return len(self._published) >= self._total() and self._together.is_settled

    def _total(self) -> int:
        return len(self._found.layouts) if self._found else 0

    # ---- the working thread

    def _work(self, due: Sequence[Layout]) -> None:
        """Scan, if that is due, and judge, ``due`` first, as long as somebody asks for it."""
        is_first = self._found is None
        try:
            # The first list is what makes many objects to keep, some eighty a task.
            with full_collections_later() if is_first else nullcontext():
                if self._scanning:
                    self._scan()
                while self._goes_on():
                    self._together.judge(due or self._due())
                    due = ()
                    if not self._arrange():
                        self._together.settle()
        except Exception as error:  # noqa: BLE001  (whoever waits for this thread raises it)
            with self._changed:
                self._failure = error
                self._end()

    def _goes_on(self) -> bool:
        """Whether somebody has asked for judgements; who asks later starts another thread."""
        with self._changed:
            asked, self._judging = self._judging, False
            if not asked:
                self._end()
            return asked

    def _end(self) -> None:
        self._working = self._scanning = self._judging = False
        self._changed.notify_all()

    def _scan(self) -> None:
        began, before = self._clock(), self._effort()
        self._scanned = self._finder.find(self._count)
        layouts = self._together.arranged(self._scanned.layouts)
        self._judgements.forget_all_but(layouts)
        lasted, took = self._clock() - began, self._effort() - before
        # The first one imports what it needs and finds the disk cold: it tells nothing of the next.
        rest = 0.0 if self._found is None else max(took * _SHARE, lasted * _WAITING)
        with self._changed:
            self._scanning = False
            self._publish_found(layouts)
            self._next_scan = self._clock() + max(_REST, rest)
            self._changed.notify_all()

    def _publish_found(self, layouts: dict[str, Layout]) -> None:
        self._found = replace(self._scanned, layouts=layouts)
        self._together.forget(self._published.forget_all_but(layouts.keys()))

    def _count(self) -> None:
        self._visited += 1

    def _publish(self, judged: Sequence[Judged]) -> None:
        """Take over ``judged``; the list is told of what it was not told yet."""
        with self._changed:
            self._published.publish(judged)
            self._changed.notify_all()

    def _arrange(self) -> bool:
        """Whether tasks are others now: what ran side by side is several, what goes on is one."""
        if not self._together.learn():
            return False
        layouts = self._together.arranged(self._scanned.layouts)
        with self._changed:
            self._publish_found(layouts)
            self._judging = True
        return True


def _is_in_doubt(id_: str, layouts: Mapping[str, Layout]) -> bool:
    """Whether judgements may show that the task ``id_`` is a part of another, or several."""
    if id_ in layouts:
        return may_be_parted(layouts[id_]) or may_be_continued(id_, layouts)
    return any(may_hold(id_, layout) for layout in layouts.values())


def _written_at(layout: Layout) -> float:
    files = (file.modified_at for run in layout.runs for file in run.files)
    return max(files, default=layout.table.row.heartbeat_at or 0.0 if layout.table else 0.0)


_OUTLINE: Callable[[Judged], Outline] = attrgetter("outline")


def _newest_first(task: Judged) -> tuple[float, str]:
    return -(task.last_event_at or 0.0), task.layout.id
