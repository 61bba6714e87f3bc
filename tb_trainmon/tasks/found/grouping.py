"""Which runs make up a task.

Each run directory is a task, except that these belong together:

* ``<out>/runs/<MonDD_HH-MM-SS_host>`` siblings: one for each launch, attempts of task ``<out>``;
* ``train`` / ``validation`` / ``eval`` / ... siblings: one task with several runs, and whatever
  the process of ``train`` opened beside it; without a ``train`` only if one process wrote them;
* a run directory inside another run directory (``add_scalars``, ``add_hparams``), unless the same
  process had written it long before it opened the outer one: a trial before the training.

A ``trainmon.toml`` and the database's ``runs`` go before these rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tb_trainmon.event_files.scan import Folder, FoundFile
from tb_trainmon.tasks.metric_names import is_evaluation_folder

_LAUNCH = re.compile(r"[A-Z][a-z]{2}\d{2}_\d{2}-\d{2}-\d{2}_.+")
_TRAINING_FOLDERS = frozenset({"train", "training", "train_inner"})

_SAME_TIME = 1.0  # seconds: names of event files hold whole ones
_TOGETHER = 60.0  # seconds within which one launch opens its files

_Place = tuple[str, str]  # task, slot


@dataclass(frozen=True, slots=True)
class Run:
    """A folder with event files, and its place in its task.

    ``slot`` is the path below the task's launch folder: runs of different launches that share a
    slot hold the same thing.
    """

    path: str
    slot: str
    files: tuple[FoundFile, ...]


def group_runs(
    folders: Iterable[Folder], root_name: str, override: Callable[[str], str | None]
) -> dict[str, list[Run]]:
    """The runs of each task, by the task's path below the log directory ("" is the directory).

    ``override`` names the task of a run where the user said so. ``root_name`` is the log
    directory's own name, which matters when it is itself called ``runs``.
    """
    runs = {folder.path: folder.event_files for folder in folders if folder.event_files}
    writers = _Writers(runs.get("", ()))
    tops = {path: _outermost_run(path, runs, writers) for path in runs}
    families = _families(runs)
    tasks: dict[str, list[Run]] = {}
    for path, files in runs.items():
        top = tops[path]
        task, slot = _place(top, path[len(top) :].lstrip("/"), families, root_name)
        task = override(path) or task
        tasks.setdefault(task, []).append(Run(path, slot, files))
    return tasks


def _place(top: str, below: str, families: Mapping[str, set[str]], root_name: str) -> _Place:
    """The task of the run that lies at ``below`` under the outermost run ``top``, and its slot."""
    parent, _, name = top.rpartition("/")
    if _LAUNCH.fullmatch(name) and (parent.rpartition("/")[2] or root_name) == "runs":
        return parent.rpartition("/")[0], below
    members = families.get(parent, set())
    if name in members:
        return parent, "/".join(part for part in (name, below) if part)
    return top, below


def _families(runs: Mapping[str, tuple[FoundFile, ...]]) -> dict[str, set[str]]:
    """By parent folder, the names of its runs that are parts of one training."""
    named: dict[str, set[str]] = {}
    beside: dict[str, set[str]] = {}
    for path in runs:
        parent, _, name = path.rpartition("/")
        if name and (name.lower() in _TRAINING_FOLDERS or is_evaluation_folder(name)):
            named.setdefault(parent, set()).add(name)
        elif name:
            beside.setdefault(parent, set()).add(name)
    return {
        parent: _family(parent, names, beside.get(parent, set()), runs)
        for parent, names in named.items()
    }


def _family(
    parent: str, names: set[str], others: set[str], runs: Mapping[str, tuple[FoundFile, ...]]
) -> set[str]:
    """Of runs in one folder, those that are one training's; ``names`` are called like its parts.

    Names only propose: "test" and "dev" may be two trainings of two processes.
    """

    def files(name: str) -> tuple[FoundFile, ...]:
        return runs[f"{parent}/{name}" if parent else name]

    training = [name for name in names if name.lower() in _TRAINING_FOLDERS]
    if training:
        trained = [file for name in training for file in files(name)]
        return names | {name for name in others if _opened_together(files(name), trained)}
    return {
        name
        for name in names
        if any(_opened_together(files(name), files(other)) for other in names - {name})
    }


def _opened_together(files: Iterable[FoundFile], others: Sequence[FoundFile]) -> bool:
    """Whether one launch opened a file of each: the same process, or no name tells of one."""
    return any(
        (file.name.host, file.name.pid) == (other.name.host, other.name.pid)
        and abs((file.name.created or 0.0) - (other.name.created or 0.0)) <= _TOGETHER
        for file in files
        for other in others
    )


def _outermost_run(path: str, runs: Mapping[str, tuple[FoundFile, ...]], top: _Writers) -> str:
    """The outermost run that holds ``path``, or ``path`` itself.

    The log directory itself holds only what was written by those who wrote to it: a stray event
    file there must not swallow every run below.
    """
    parts = path.split("/") if path else []
    for length in range(len(parts)):
        above = "/".join(parts[:length])
        if above not in runs or _is_a_trial(runs[path], runs[above]):
            continue
        if above or top.wrote_one_of(runs[path]):
            return above
    return path


def _is_a_trial(files: Sequence[FoundFile], outer: Sequence[FoundFile]) -> bool:
    """Whether one process wrote ``files`` long before it opened its first file in the outer run.

    So a search for hyper-parameters leaves its trials in the folder of the final training.
    """
    begun: dict[tuple[str | None, int | None], float] = {}
    for file in outer:
        process, created = (file.name.host, file.name.pid), file.name.created or 0.0
        begun[process] = min(created, begun.get(process, created))
    return bool(files) and all(
        file.name.pid is not None
        and (file.name.created or 0.0) < begun.get((file.name.host, file.name.pid), 0.0) - _TOGETHER
        for file in files
    )


class _Writers:
    """Who wrote the files of one folder, and when."""

    def __init__(self, files: tuple[FoundFile, ...]) -> None:
        self._processes = {(f.name.host, f.name.pid) for f in files if f.name.pid is not None}
        self._unnamed = [file for file in files if file.name.pid is None]

    def wrote_one_of(self, files: Iterable[FoundFile]) -> bool:
        """Whether one of them also made one of ``files``."""
        return any(self._wrote(file) for file in files)

    def _wrote(self, file: FoundFile) -> bool:
        if file.name.pid is not None:
            return (file.name.host, file.name.pid) in self._processes
        # Without a pid: who, on that host, was writing when the file was made. tensorboardX makes
        # the folders of ``add_scalars`` at their first point, long after its own file.
        made = file.name.created or 0.0
        return any(
            own.name.host == file.name.host
            and (own.name.created or 0.0) - _SAME_TIME <= made <= own.modified_at + _SAME_TIME
            for own in self._unnamed
        )
