"""What a store lists, as the scan of a log directory.

Object stores have no folders, only names with slashes: a folder is there while a file lies below
it, and was modified when the newest of them was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tb_trainmon.core.record import record
from tb_trainmon.event_files.disk import FileState
from tb_trainmon.event_files.names import parse_name
from tb_trainmon.event_files.scan import Folder, FoundFile, LogdirScan, by_creation


@dataclass(slots=True)
class _Folder:
    event_files: list[FoundFile] = field(default_factory=list)
    file_names: set[str] = field(default_factory=set)
    folder_names: set[str] = field(default_factory=set)


@record(frozen=True, slots=True)
class Listing:
    """A log directory as its store lists it.

    ``states`` holds those of folders, event files and ``side_files`` (the URLs of other files that
    were asked for by name, newest first), by URL.
    """

    scan: LogdirScan
    states: Mapping[str, FileState]
    side_files: tuple[str, ...]

    def event_files(self) -> list[FoundFile]:
        """All of them."""
        return [file for folder in self.scan.folders for file in folder.event_files]


def listing_of(
    root: str, files: Mapping[str, FileState], interesting: Callable[[str], bool]
) -> Listing:
    """The listing of the log directory at the URL ``root``; ``files`` are relative to it.

    ``interesting`` says which names of other files to keep.
    """
    folders: dict[str, _Folder] = {}
    states: dict[str, FileState] = {}
    side_files: list[str] = []
    for path, state in files.items():
        above, _, name = path.rpartition("/")
        _note_folders(root, above, state, folders, states)
        url = f"{root}/{path}"
        parsed = parse_name(name)
        if parsed is not None:
            folders[above].event_files.append(
                FoundFile(url, parsed, 0, 0, state.size, state.modified_ns / 1e9, state.version)
            )
        elif interesting(name):
            folders[above].file_names.add(name)
            side_files.append(url)
        else:
            continue
        states[url] = state
    side_files.sort(key=lambda url: states[url].modified_ns, reverse=True)
    return Listing(_scan(root, folders), states, tuple(side_files))


def _note_folders(
    root: str,
    path: str,
    state: FileState,
    folders: dict[str, _Folder],
    states: dict[str, FileState],
) -> None:
    """Take over the folder ``path``, which holds a file of this state, and all above it."""
    while True:
        folders.setdefault(path, _Folder())
        url = f"{root}/{path}" if path else root
        known = states.get(url)
        if known is None or known.modified_ns < state.modified_ns:
            states[url] = FileState(0, 0, 0, state.modified_ns)
        if not path:
            return
        path, _, name = path.rpartition("/")
        folders.setdefault(path, _Folder()).folder_names.add(name)


def _scan(root: str, folders: Mapping[str, _Folder]) -> LogdirScan:
    return LogdirScan(
        root,
        tuple(
            Folder(
                path,
                tuple(sorted(folder.event_files, key=by_creation)),
                frozenset(folder.file_names),
                tuple(sorted(folder.folder_names)),
            )
            for path, folder in sorted(folders.items())
        ),
        (),
    )
