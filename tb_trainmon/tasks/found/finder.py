"""The tasks of all log directories as they lie on disk and in the databases, scan by scan."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import field, replace

from tb_trainmon.core.errors import ConfigUnreadable
from tb_trainmon.core.problem import Problem
from tb_trainmon.core.record import record
from tb_trainmon.event_files.disk import Disk, FileState
from tb_trainmon.event_files.inside import InsideDisk
from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.event_files.remote.logdir import Interest, RemoteLogdir
from tb_trainmon.event_files.scan import FoundFile, LogdirScan, scan_logdir
from tb_trainmon.event_files.urls import is_remote
from tb_trainmon.tasks.found.configuration import FILE_NAME, Configuration, read_configuration
from tb_trainmon.tasks.found.databases import Databases, FoundTask
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.layouts import layouts_of, left_over
from tb_trainmon.tasks.found.records import MODEL_CONFIG, is_interesting
from tb_trainmon.tasks.found.roots import Root

# Whether a silent file is still written depends on its recent pauses: they take a longer look,
# which only files that may be live are worth.
_MAY_BE_LIVE = 6 * 3600.0  # seconds since it was written
_USUAL, _LONGER = 1 << 16, 1 << 18  # bytes: the tail of the longer one is 32 KiB

_NOT_THERE = (FileNotFoundError, NotADirectoryError)  # the latter: the log directory is a file

# In which state of the file it was found; None: to be read again.
_Configured = tuple[FileState | None, Configuration, Problem | None]


@record(frozen=True, slots=True)
class Found:
    """Every task by its id, and what could not be read on the way to them."""

    layouts: dict[str, Layout] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@record(frozen=True, slots=True)
class _Seen:
    """All that a root's layouts are made from, and they."""

    scan: LogdirScan
    configuration: Configuration
    rows: Sequence[FoundTask]
    layouts: Sequence[Layout]


class Finder:
    """Scans the log directories. Not for two threads at once."""

    def __init__(
        self,
        roots: Sequence[Root],
        databases: Databases,
        disks: Disks,
        clock: Callable[[], float],
        config_path: str | None = None,
    ) -> None:
        self._roots = roots
        self._databases = databases
        self._disks = disks
        interest = Interest(_is_interesting_in_a_store, lambda file: window(file, clock()))
        self._remote: dict[str, RemoteLogdir] = {
            root.path: disks.logdir(root.path, interest) for root in roots if is_remote(root.path)
        }
        self._config_path = config_path
        # Of a log directory, whoever may write to it writes it; the named one is the user's own.
        inside = InsideDisk(disks, [root.path for root in roots])
        self._config_disk: Disk = inside if config_path is None else disks
        self._configured: dict[str, _Configured] = {}
        self._seen: dict[Root, _Seen] = {}

    def wait_for_fast_stores(self) -> None:
        """Give remote stores that answer at once the time to be in the first list."""
        for logdir in self._remote.values():
            logdir.wait_for_the_first_scan()

    def find(self, visited: Callable[[], None]) -> Found:
        """Look at every log directory; ``visited`` is called for each folder on the way.

        Of a log directory in which nothing has changed, the layouts are those of the last time.
        """
        problems = [] if self._roots else [_NO_LOGDIR]
        scans: list[tuple[Root, LogdirScan]] = []
        for root in self._roots:
            scan = self._scan_of(root, visited)
            if scan is not None:
                scans.append((root, scan))
                problems += scan.problems
            if root.path in self._remote:
                problems += self._remote[root.path].problems
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

    def _scan_of(self, root: Root, visited: Callable[[], None]) -> LogdirScan | None:
        """What there is now; None while a store was not listed yet."""
        remote = self._remote.get(root.path)
        if remote is not None:
            return remote.scan()
        seen = self._seen.get(root)
        before = None if seen is None else seen.scan
        return scan_logdir(root.path, is_interesting, visited, before)

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
            known = {} if seen is None else {layout.id: layout for layout in seen.layouts}
            found = layouts_of(root, scan, configuration, rows, self._disks)
            # What is as it was is not there twice: in the list, and as it was found now.
            layouts = [known[one.id] if known.get(one.id) == one else one for one in found]
            self._seen[root] = seen = _Seen(scan, configuration, rows, layouts)
        return seen.layouts

    def _configuration(self, root: Root, problems: list[Problem]) -> Configuration:
        path = self._config_path or os.path.join(root.path, FILE_NAME)
        try:
            state = self._config_disk.stat(path)
        except OSError as error:
            if self._config_path is not None or not isinstance(error, _NOT_THERE):
                problems.append(_unusable(path, f"{path} cannot be used: {error.strerror}."))
            return Configuration()
        known = self._configured.get(path)
        if known is None or known[0] != state:
            known = self._configured[path] = self._read_configuration(path, state)
        _, configuration, problem = known
        problems += [problem] if problem else []
        return configuration

    def _read_configuration(self, path: str, state: FileState) -> _Configured:
        try:
            return state, read_configuration(path, self._config_disk), None
        except ConfigUnreadable as error:
            # What the disk or its permissions refuse, they may give the next time.
            known = None if isinstance(error.__cause__, OSError) else state
            return known, Configuration(), _unusable(path, str(error))


def _unusable(path: str, sentence: str) -> Problem:
    # Beside it stands where it is: no reader needs the path twice.
    said = sentence.removeprefix(f"{path}: ")
    return Problem("config_unreadable", path, f"{said} The default rules apply.")


def window(file: FoundFile, now: float) -> int:
    """How many bytes a glance at the file is worth."""
    return _LONGER if now - file.modified_at < _MAY_BE_LIVE else _USUAL


def _is_interesting_in_a_store(name: str) -> bool:
    """Which files to read together with the listing: on disk, the last two are looked for."""
    return is_interesting(name) or name in (FILE_NAME, MODEL_CONFIG)


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
