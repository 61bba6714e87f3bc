"""The tasks of all log directories as they lie on disk and in the databases, scan by scan."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tb_trainmon.core.errors import ConfigUnreadable
from tb_trainmon.core.problem import Problem
from tb_trainmon.event_files.scan import LogdirScan, scan_logdir
from tb_trainmon.tasks.found.configuration import FILE_NAME, Configuration, read_configuration
from tb_trainmon.tasks.found.databases import Databases, FoundTask
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.layouts import layouts_of, left_over
from tb_trainmon.tasks.found.records import is_interesting
from tb_trainmon.tasks.found.roots import Root, is_remote


@dataclass(frozen=True, slots=True)
class Found:
    """Every task by its id, and what could not be read on the way to them."""

    layouts: dict[str, Layout] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """All that a root's layouts are made from, and they."""

    scan: LogdirScan
    configuration: Configuration
    rows: Sequence[FoundTask]
    layouts: Sequence[Layout]


class Finder:
    """Scans the log directories. Not for two threads at once."""

    def __init__(
        self, roots: Sequence[Root], databases: Databases, config_path: str | None = None
    ) -> None:
        self._roots = roots
        self._databases = databases
        self._config_path = config_path
        self._seen: dict[Root, _Seen] = {}

    def find(self, visited: Callable[[], None]) -> Found:
        """Look at every log directory; ``visited`` is called for each folder on the way.

        Of a log directory in which nothing has changed, the layouts are those of the last time.
        """
        problems = [] if self._roots else [_NO_LOGDIR]
        problems += [replace(_REMOTE, where=r.path) for r in self._roots if is_remote(r.path)]
        local = [root for root in self._roots if not is_remote(root.path)]
        scans = [(root, scan_logdir(root.path, is_interesting, visited)) for root in local]
        problems += [problem for _, scan in scans for problem in scan.problems]
        rows = self._databases.refresh(scans)
        problems += self._databases.problems
        layouts: dict[str, Layout] = {}
        for root, scan in scans:
            configuration = self._configuration(root, problems)
            for layout in self._layouts(root, scan, configuration, rows):
                if layout.id in layouts:
                    problems.append(replace(_SAME_ID, where=layout.id))
                layouts.setdefault(layout.id, layout)
        return Found(left_over(rows, layouts) | layouts, tuple(problems))

    def _layouts(
        self,
        root: Root,
        scan: LogdirScan,
        configuration: Configuration,
        rows: Sequence[FoundTask],
    ) -> Sequence[Layout]:
        seen = self._seen.get(root)
        if (
            seen is None
            or scan.folders != seen.scan.folders
            or configuration != seen.configuration
            or rows != seen.rows
        ):
            layouts = layouts_of(root, scan, configuration, rows)
            self._seen[root] = seen = _Seen(scan, configuration, rows, layouts)
        return seen.layouts

    def _configuration(self, root: Root, problems: list[Problem]) -> Configuration:
        path = self._config_path or os.path.join(root.path, FILE_NAME)
        if self._config_path is None and not os.path.exists(path):
            return Configuration()
        try:
            return read_configuration(path)
        except ConfigUnreadable as error:
            problems.append(Problem("config_unreadable", path, f"{error} The default rules apply."))
            return Configuration()


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
_REMOTE = Problem(
    "remote_logdir",
    "",
    "TrainMon reads log directories of this machine's file system only, not remote ones yet.",
)
