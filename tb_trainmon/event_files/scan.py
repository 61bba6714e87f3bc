"""Every folder and every event file of a log directory, in one pass.

Only event files are stat'ed, links, and folders once each to tell a loop. Nothing is opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from tb_trainmon.core.problem import Problem
from tb_trainmon.core.record import record
from tb_trainmon.event_files.inside import check_inside, is_below
from tb_trainmon.event_files.names import EventFileName, parse_name, presentable

_OF_THE_SYSTEM = ("/proc", "/sys", "/dev")  # file systems without anybody's files
# Folders without an event file, one behind the other, after which a link has led to something else.
BARREN = 10_000


@record(frozen=True, slots=True)
class FoundFile:
    """An event file as the scan saw it: absolute path or URL, size in bytes, times in seconds.

    ``version``: see ``FileState``.
    """

    path: str
    name: EventFileName
    device: int
    inode: int
    size: int
    modified_at: float
    version: str = ""


@record(frozen=True, slots=True)
class Folder:
    """A folder below the log directory; ``path`` is relative to it, "" for the directory itself.

    ``event_files`` are in the order in which they were created, ``file_names`` are those other
    names that the scan was asked for, ``folder_names`` the direct sub-folders, links included.
    """

    path: str
    event_files: tuple[FoundFile, ...]
    file_names: frozenset[str]
    folder_names: tuple[str, ...]


@record(frozen=True, slots=True)
class LogdirScan:
    """All folders below ``root`` (absolute, or a URL), parents before children, sorted by path."""

    root: str
    folders: tuple[Folder, ...]
    problems: tuple[Problem, ...]


def scan_logdir(
    root: str,
    interesting: Callable[[str], bool],
    visited: Callable[[], None] = lambda: None,
    before: LogdirScan | None = None,
) -> LogdirScan:
    """Visit every folder below ``root`` (``~`` is expanded), following links.

    ``interesting`` says which names of other files to keep; ``visited`` is called for each folder.
    What is as it was in the scan ``before`` is the same object, and not there twice.
    Whatever cannot be read is a problem of the answer ("logdir_missing", "folder_unreadable"),
    never an exception. A folder that can be reached in several ways is visited once, by a path
    without links if it has one: so a link "latest" beside the runs shows no run twice, and a
    circle of links ends. A link to a folder that the log directory lies in is not followed
    ("folder_refused"), and none further than ``BARREN`` folders without event files
    ("folder_left_out"): it shows what somebody collected, not all that a disk has.
    """
    known = {folder.path: folder for folder in before.folders} if before is not None else {}
    walk = _Walk(os.path.abspath(os.path.expanduser(root)), interesting, visited, known)
    walk.run()
    folders = tuple(sorted(walk.folders, key=lambda folder: folder.path))
    return LogdirScan(walk.root, folders, tuple(walk.problems))


_NOTHING = Folder("", (), frozenset(), ())


@dataclass(slots=True)
class _Walk:
    root: str
    interesting: Callable[[str], bool]
    visited: Callable[[], None]
    known: Mapping[str, Folder]
    folders: list[Folder] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _visited: set[tuple[int, int]] = field(default_factory=set)
    _waiting: list[str] = field(default_factory=list)
    _waiting_links: list[str] = field(default_factory=list)
    _devices: dict[int, int] = field(default_factory=dict)  # one number for all files of a disk
    _of_the_system: set[int] = field(default_factory=set)
    _real_root: str = ""
    _link: str = ""  # through which we go; "" while we go through none
    _barren: int = 0  # folders since the link, or since the last one with an event file

    def run(self) -> None:
        # A link to /proc would show all that the processes of this machine have open, and more.
        self._of_the_system = _devices(_OF_THE_SYSTEM) - _devices([self.root])
        self._real_root = os.path.realpath(self.root)
        self._waiting.append("")
        while self._waiting or self._waiting_links:
            # Links last: a folder should be known by its own path.
            if not self._waiting and not self._enter_link(self._waiting_links.pop(0)):
                continue
            path = self._waiting.pop()
            try:
                self._visit(path)
            except OSError as error:
                self.problems.append(self._unreadable(path, error))
            if self._link and self._barren > BARREN:
                self._turn_back()

    def _enter_link(self, path: str) -> bool:
        """Go through the link at ``path`` next; False if it leads to what is around us."""
        target = os.path.realpath(os.path.join(self.root, path))
        if is_below(self._real_root, target):
            told = "It is a link to a folder that the log directory lies in: it is not followed."
            self.problems.append(Problem("folder_refused", presentable(path), told))
            return False
        self._link, self._barren = path, 0
        self._waiting.append(path)
        return True

    def _turn_back(self) -> None:
        self._waiting.clear()
        told = (
            f"It is a link to {BARREN:,} folders and more without an event file: the rest of them "
            "is not looked through."
        )
        self.problems.append(Problem("folder_left_out", presentable(self._link), told))

    def _visit(self, path: str) -> None:
        absolute = os.path.join(self.root, path) if path else self.root
        status = os.stat(absolute)
        identity = (status.st_dev, status.st_ino)
        if identity in self._visited or status.st_dev in self._of_the_system:
            return
        self._visited.add(identity)
        self.visited()
        prefix = path + "/" if path else ""
        with os.scandir(absolute) as entries:
            self.folders.append(self._sort(path, prefix, entries))
        self._barren = 0 if self.folders[-1].event_files else self._barren + 1

    def _sort(self, path: str, prefix: str, entries: os._ScandirIterator[str]) -> Folder:
        files: list[FoundFile] = []
        names: list[str] = []
        folders: list[str] = []
        before = self.known.get(path, _NOTHING)
        known = {file.path: file for file in before.event_files}
        for entry in entries:
            name = entry.name
            if _is_folder(entry):
                folders.append(name)
                links = entry.is_symlink()
                (self._waiting_links if links else self._waiting).append(prefix + name)
            elif file := known.get(entry.path):
                self._add_file(files, entry, file.name, file)
            elif (parsed := parse_name(name)) is not None:
                self._add_file(files, entry, parsed)
            elif self.interesting(name) and self._may_be_read(entry):
                names.append(name)
        if len(files) > 1:
            files.sort(key=by_creation)
        # Python makes a set of 200 bytes of no names, each time anew.
        file_names = frozenset(names) if names else _NOTHING.file_names
        found = Folder(path, tuple(files), file_names, tuple(sorted(folders)))
        return before if found == before else found

    def _add_file(
        self,
        files: list[FoundFile],
        entry: os.DirEntry[str],
        name: EventFileName,
        before: FoundFile | None = None,
    ) -> None:
        try:
            status = entry.stat()
        except FileNotFoundError:
            return  # a link that leads nowhere, or gone since the folder was listed
        except OSError as error:
            self.problems.append(_problem("file_unreadable", entry.path, error))
            return
        if not stat.S_ISREG(status.st_mode):
            return  # opening a named pipe would wait for a writer, perhaps for ever
        device = self._devices.setdefault(status.st_dev, status.st_dev)
        file = FoundFile(entry.path, name, device, status.st_ino, status.st_size, status.st_mtime)
        files.append(before if before is not None and file == before else file)

    def _may_be_read(self, entry: os.DirEntry[str]) -> bool:
        if entry.is_file(follow_symlinks=False):
            return True  # known from the folder itself
        try:
            check_inside(entry.path, (self.root,))
        except FileNotFoundError:
            return False  # a link that leads nowhere, or gone since the folder was listed
        except OSError as error:
            reason = error.strerror or str(error)
            told = f"{reason}: it is not read."
            self.problems.append(Problem("file_refused", presentable(entry.path), told))
            return False
        return True

    def _unreadable(self, path: str, error: OSError) -> Problem:
        if path:
            return _problem("folder_unreadable", path, error)
        if os.path.isfile(self.root):
            told = "The log directory is a file. Name the folder that it lies in."
            return Problem("logdir_missing", presentable(self.root), told)
        return _problem("logdir_missing", self.root, error)


def _devices(folders: Iterable[str]) -> set[int]:
    found = set()
    for folder in folders:
        with suppress(OSError):
            found.add(os.stat(folder).st_dev)
    return found


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link to itself


def by_creation(file: FoundFile) -> tuple[float, int, str]:
    """Sorts the files of one folder in the order in which they were created."""
    return (file.name.created or 0.0, file.name.uid or 0, file.path)


def _problem(code: str, where: str, error: OSError) -> Problem:
    reason = error.strerror or str(error)
    subject = "The log directory" if code == "logdir_missing" else "It"
    return Problem(code, presentable(where), f"{subject} cannot be read: {reason}.")
