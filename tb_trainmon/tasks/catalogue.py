"""The tasks of a log directory: one scan, and the head and tail of each file that has changed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from tb_trainmon.core.errors import ConfigUnreadable, DatabaseUnreadable
from tb_trainmon.core.problem import Problem
from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.event_files.remote.logdir import Interest, RemoteLogdir
from tb_trainmon.event_files.remote.urls import is_remote
from tb_trainmon.event_files.scan import LogdirScan, scan_logdir
from tb_trainmon.tasks.found.configuration import FILE_NAME, Configuration, read_configuration
from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.layouts import layouts_of, left_over
from tb_trainmon.tasks.found.records import MODEL_CONFIG, SideFiles, is_interesting
from tb_trainmon.tasks.found.roots import Root
from tb_trainmon.tasks.glances import Glances
from tb_trainmon.tasks.judged.assessment import Assessment, assess
from tb_trainmon.tasks.judged.parts import FilePart
from tb_trainmon.tasks.opened.table_log import TableLog

_REST = 1.0  # seconds between two scans, at the least
_SHARE = 20.0  # ... and so many times what the last scan took
_SETTLED_SHARE = 0.01  # a task that ended long ago is judged again when its age has grown by this
_SETTLED = 30.0  # seconds, at the least


@dataclass(slots=True)
class _Judged:
    """An assessment and what it was made from."""

    layout: Layout
    at: float
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Listing:
    """All tasks, newest activity first, and what could not be read."""

    tasks: tuple[Assessment, ...]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Found:
    layouts: dict[str, Layout] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Catalogue:
    """Knows which tasks there are. Safe to ask from any thread."""

    def __init__(
        self,
        roots: Sequence[Root],
        databases: Databases,
        side_files: SideFiles,
        clock: Callable[[], float],
        config_path: str | None = None,
        disks: Disks | None = None,
    ) -> None:
        self.disks = disks or Disks(clock)
        self._roots = roots
        self._databases = databases
        self._side_files = side_files
        self._clock = clock
        self._config_path = config_path
        self._lock = threading.Lock()
        self._glances = Glances(clock, self.disks)
        interest = Interest(_is_interesting_in_a_store, self._glances.window)
        self._remote: dict[str, RemoteLogdir] = {
            root.path: self.disks.logdir(root.path, interest)
            for root in roots
            if is_remote(root.path)
        }
        self._table_logs: dict[str, TableLog] = {}
        self._judged: dict[str, _Judged] = {}
        self._found = _Found()
        self._next_scan = 0.0

    def listing(self) -> Listing:
        """Every task, judged by the heads and tails of its files."""
        self._wait_for_fast_stores()
        with self._lock:
            self._scan_if_due()
            judged = [
                self._judge(layout)
                for layout in self._found.layouts.values()
                if self._glances.are_ready(layout.runs)
            ]
            problems = (*self._found.problems, *self._glances.problems)
        tasks = sorted(judged, key=lambda task: (-(task.last_event_at or 0.0), task.layout.id))
        return Listing(tuple(tasks), problems)

    def layout(self, task_id: str) -> Layout | None:
        """The task of this id as it lies on disk; None if there is none."""
        self._wait_for_fast_stores()
        with self._lock:
            self._scan_if_due()
            return self._found.layouts.get(task_id)

    def _wait_for_fast_stores(self) -> None:
        for logdir in self._remote.values():
            logdir.wait_for_the_first_scan()

    def _scan_if_due(self) -> None:
        began = self._clock()
        # A clock that was set back must not stop the scans.
        if self._next_scan - _REST * _SHARE * 10 <= began < self._next_scan:
            return
        self._found = self._scan()
        took = max(self._clock() - began, 0.0)
        self._next_scan = self._clock() + max(_REST, took * _SHARE)
        files = {
            f.path for task in self._found.layouts.values() for run in task.runs for f in run.files
        }
        self._glances.forget_all_but(files)
        for known in (self._judged, self._table_logs):
            for gone in known.keys() - self._found.layouts.keys():
                del known[gone]

    def _scan(self) -> _Found:
        found = _Found()
        if not self._roots:
            found.problems.append(_NO_LOGDIR)
        scans: list[tuple[Root, LogdirScan]] = []
        for root in self._roots:
            scan = self._scan_of(root)
            if scan is not None:
                scans.append((root, scan))
                found.problems.extend(scan.problems)
            if root.path in self._remote:
                found.problems.extend(self._remote[root.path].problems)
        rows = self._databases.refresh(scans)
        found.problems.extend(self._databases.problems)
        for root, scan in scans:
            configuration = self._configuration(root, found.problems)
            for layout in layouts_of(root, scan, configuration, rows, self.disks):
                if layout.id in found.layouts:
                    found.problems.append(replace(_SAME_ID, where=layout.id))
                found.layouts.setdefault(layout.id, layout)
        found.layouts = left_over(rows, found.layouts) | found.layouts
        return found

    def _scan_of(self, root: Root) -> LogdirScan | None:
        """What there is now; None while a store was not listed yet."""
        if root.path in self._remote:
            return self._remote[root.path].scan()
        return scan_logdir(root.path, is_interesting)

    def _configuration(self, root: Root, problems: list[Problem]) -> Configuration:
        path = self._config_path or os.path.join(root.path, FILE_NAME)
        if self._config_path is None and not self._is_there(path):
            return Configuration()
        try:
            return read_configuration(path, self.disks)
        except ConfigUnreadable as error:
            problems.append(Problem("config_unreadable", path, f"{error} The default rules apply."))
            return Configuration()

    def _is_there(self, path: str) -> bool:
        try:
            self.disks.stat(path)
        except OSError:
            return False
        return True

    def _judge(self, layout: Layout) -> Assessment:
        now = self._clock()
        known = self._judged.get(layout.id)
        if known is not None and known.layout == layout and not _is_due(known, now):
            return known.assessment
        parts = [part for run in layout.runs for part in self._glances.parts(run)]
        assessment = assess(layout, parts, self._side_files, now, logged=self._logged(layout))
        self._judged[layout.id] = _Judged(layout, now, assessment)
        return assessment

    def _logged(self, layout: Layout) -> dict[int, FilePart]:
        """What the table's rows measure, for a task that has no event files."""
        if layout.table is None or layout.runs:
            return {}
        log = self._table_logs.setdefault(layout.id, TableLog())
        with suppress(DatabaseUnreadable):  # the databases have said so already
            log.refresh(layout.table)
        return log.parts(layout.table)


def _is_interesting_in_a_store(name: str) -> bool:
    """Which files to read together with the listing: on disk, the last two are looked for."""
    return is_interesting(name) or name in (FILE_NAME, MODEL_CONFIG)


def _is_due(judged: _Judged, now: float) -> bool:
    """Whether the passing of time alone may have changed the verdict or its words."""
    if judged.assessment.mode == "live" or judged.assessment.last_event_at is None:
        return True
    age = max(judged.at - judged.assessment.last_event_at, 0.0)
    return not 0.0 <= now - judged.at < max(_SETTLED, age * _SETTLED_SHARE)


_NO_LOGDIR = Problem(
    "no_logdir",
    "--logdir",
    "TensorBoard was started without a log directory. Start it with: tensorboard --logdir DIR",
)
_SAME_ID = Problem(
    "same_id",
    "",
    "Two log directories have a run of this name; only the first is shown. Name them apart with: "
    "tensorboard --logdir_spec NAME:DIR,NAME:DIR",
)
