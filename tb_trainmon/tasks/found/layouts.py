"""From what the scan found to the tasks: runs, side files, checkpoints and table rows of each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from tb_trainmon.core.record import record
from tb_trainmon.event_files.disk import Disk, LocalDisk
from tb_trainmon.event_files.scan import Folder, LogdirScan
from tb_trainmon.tasks.found.configuration import Configuration, TaskRule
from tb_trainmon.tasks.found.databases import FoundTask
from tb_trainmon.tasks.found.grouping import Run, group_runs
from tb_trainmon.tasks.found.layout import Checkpoint, Layout
from tb_trainmon.tasks.found.records import CHECKPOINT
from tb_trainmon.tasks.found.roots import Root, legible

# Folders of a job's configuration, in the folder of the job: Hydra's, Isaac Lab's.
_CONFIGURATION = (".hydra", "params")


def layouts_of(
    root: Root,
    scan: LogdirScan,
    configuration: Configuration,
    rows: Sequence[FoundTask],
    disk: Disk | None = None,
) -> list[Layout]:
    """The tasks of one log directory that have runs."""
    claims = _Claims([found for found in rows if found.root == root], configuration)
    root_name = os.path.basename(scan.root)
    grouped: dict[str, list[Run]] = {}
    for task, runs in group_runs(scan.folders, root_name, claims.task_of).items():
        grouped.setdefault(claims.task_called(root.qualified(task)) or task, []).extend(runs)
    owners = _owners(grouped)
    run_paths = {run.path for runs in grouped.values() for run in runs}
    owned: dict[str, list[Folder]] = {}
    for folder in scan.folders:
        owner = owners.get(folder.path)
        above, _, name = folder.path.rpartition("/")
        if owner is None and folder.path and (above in run_paths or name in _CONFIGURATION):
            owner = owners.get(above)  # a folder without runs in a run: accelerate's hparams.yml
        if owner is not None:
            owned.setdefault(owner, []).append(folder)
    return [
        _layout(
            _Place(disk or LocalDisk(), root, scan.root, owned.get(task, [])), task, runs, claims
        )
        for task, runs in grouped.items()
    ]


def left_over(rows: Iterable[FoundTask], layouts: Mapping[str, Layout]) -> dict[str, Layout]:
    """The tasks of the databases that have no runs on disk."""
    known = {id(layout.table.row) for layout in layouts.values() if layout.table is not None}
    return {
        found.id: Layout(
            id=found.id,
            name=found.task.row.name,
            runs=(),
            rule=TaskRule(),
            table=found.task,
        )
        for found in rows
        if id(found.task.row) not in known
    }


class _Claims:
    """Which runs the databases and ``trainmon.toml`` give to which task."""

    def __init__(self, rows: Sequence[FoundTask], configuration: Configuration) -> None:
        self.configuration = configuration
        self._by_run = {run: found for found in rows for run in found.runs}
        self._by_id = {found.id: found for found in rows}

    def task_of(self, run: str) -> str | None:
        """The task that claims ``run`` or a folder above it; None to leave it to the rules."""
        path = run
        while self._by_run:
            found = self._by_run.get(path or ".")
            if found is not None:
                return _claim(found)
            if not path:
                break
            path = path.rpartition("/")[0]
        return self.configuration.task_of(run)

    def task_called(self, id_: str) -> str | None:
        """The database's task of this id: what lies in a folder of that name is its too."""
        found = self._by_id.get(id_)
        return None if found is None else _claim(found)

    def found(self, task: str) -> FoundTask | None:
        """The row behind a grouping key, if it is one of ours."""
        return self._by_id.get(task.removeprefix(_CLAIMED)) if task.startswith(_CLAIMED) else None


_CLAIMED = "\0"  # begins the grouping keys of the databases' tasks; no path can


def _claim(found: FoundTask) -> str:
    return _CLAIMED + found.id


@record(frozen=True, slots=True)
class _Place:
    """The folders that belong to one task alone, below the directory ``top`` of ``root``."""

    disk: Disk
    root: Root
    top: str
    folders: Sequence[Folder]

    def path_of(self, folder: Folder, name: str) -> str:
        """The absolute path of what is called ``name`` in one of the folders."""
        return os.path.join(self.top, folder.path, name)


def _layout(place: _Place, task: str, runs: Sequence[Run], claims: _Claims) -> Layout:
    found = claims.found(task)
    id_ = found.id if found else place.root.qualified(task)
    name = found.task.row.name if found else id_
    if name == ".":
        name = os.path.basename(place.top) or place.top
    return Layout(
        id=id_,
        name=name,
        runs=tuple([Run(legible(run.path), legible(run.slot), run.files) for run in runs]),
        rule=claims.configuration.rule_for(tuple(run.path for run in runs)),
        side_files=tuple(
            place.path_of(folder, file)
            for folder in place.folders
            for file in sorted(folder.file_names)
        ),
        checkpoints=_checkpoints(place),
        table=found.task if found else None,
    )


def _owners(grouped: Mapping[str, Sequence[Run]]) -> dict[str, str]:
    """For each folder on the way to a run, the task that has all runs below it, if one has."""
    owners: dict[str, str] = {}
    shared: set[str] = set()
    for task, runs in grouped.items():
        for run in runs:
            path = run.path
            while True:
                if owners.setdefault(path, task) != task:
                    shared.add(path)
                if not path:
                    break
                path = path.rpartition("/")[0]
    return {path: task for path, task in owners.items() if path not in shared}


def _checkpoints(at: _Place) -> tuple[Checkpoint, ...]:
    found = []
    for folder in at.folders:
        for name in folder.folder_names:
            match = CHECKPOINT.fullmatch(name)
            if match:
                place = at.path_of(folder, name)
                try:
                    made_at = at.disk.stat(place).modified_ns / 1e9
                except OSError:
                    continue  # deleted since: trainers keep only the latest ones
                found.append(Checkpoint(int(match[1]), place, made_at))
    return tuple(sorted(found, key=lambda checkpoint: checkpoint.step))
