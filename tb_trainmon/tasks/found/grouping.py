"""Which runs make up a task.

Each run directory is a task, except that these belong together:

* ``<out>/runs/<MonDD_HH-MM-SS_host>`` siblings: one for each launch, attempts of task ``<out>``
  (``tasks/listed/parted.py`` parts them again where they were trainings side by side). Whoever put
  a comment behind the host wanted to tell trainings apart: those are tasks;
* ``train`` / ``validation`` / ``eval`` / ... siblings, and runs inside such a folder: one task with
  several runs, and whatever the process of ``train`` opened beside it; without a ``train`` only if
  one process wrote them;
* ``<name>_train`` / ``<name>_val`` / ... siblings that one process opened together;
* ``rank_0`` / ``rank_1`` / ... siblings that processes of one launch opened together;
* folders that are called by modules or metrics (``actor`` / ``critic``, ``loss_D`` / ``loss_G``) if
  every process that wrote to one of them opened them all at once;
* a run directory inside another run directory (``add_scalars``, ``add_hparams``), unless the same
  process had written it long before it opened the outer one (a trial before the training), or
  another process did when nobody wrote the outer one, and it is not called like a part of it; or
  several lie in one that was left as soon as it was opened, each begun when the last had ended
  (trials of TensorFlow's HParams).

A ``trainmon.toml`` and the database's ``runs`` go before these rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tb_trainmon.core.record import record
from tb_trainmon.event_files.scan import Folder, FoundFile
from tb_trainmon.tasks.found.part_names import MOST_MODULES, modules, parts_by_name
from tb_trainmon.tasks.found.searches import searches
from tb_trainmon.tasks.found.writers import (
    TOGETHER,
    Writers,
    is_training_folder,
    opened_together,
    process_of,
)
from tb_trainmon.tasks.metric_names import is_evaluation_folder

_LAUNCH = re.compile(r"[A-Z][a-z]{2}\d{2}_\d{2}-\d{2}-\d{2}_(.+)")
_RANK = re.compile(r"(?:global|local|node)?_?rank[-_]?\d+", re.IGNORECASE)

_Place = tuple[str, str]  # task, slot


@record(frozen=True, slots=True)
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
    writers: dict[str, Writers] = {}
    tops = {path: _outermost_run(path, runs, writers) for path in runs}
    for search, trials in searches(tops, runs):
        # Whoever opened its own folder has left it: there is nothing in it to be shown.
        del tops[search]
        tops |= {path: _outermost_run(path, runs, writers, but=search) for path in trials}
    families, parts = _families(runs), parts_by_name(runs)
    tasks: dict[str, list[Run]] = {}
    for path, top in tops.items():
        home = _Home(top, path[len(top) :].lstrip("/"))
        task, slot = _place(home, runs[top], families, root_name)
        if task == top and top in parts:
            task, slot = parts[top][0], "/".join(filter(None, (parts[top][1], slot)))
        task = override(path) or task
        tasks.setdefault(task, []).append(Run(path, slot, runs[path]))
    return tasks


class _Home(NamedTuple):
    """The outermost run ``top`` that holds a run, and where that lies ``below`` it."""

    top: str
    below: str


def _place(
    home: _Home, files: Sequence[FoundFile], families: Mapping[str, set[str]], root_name: str
) -> _Place:
    """The task of a run, and its slot; ``files`` are those of the outermost run that holds it."""
    if is_launch_folder(home.top, root_name) and not _has_a_comment(home.top, files):
        return home.top.rpartition("/")[0].rpartition("/")[0], home.below
    parent, name = home.top, home.below
    while parent:
        parent, _, last = parent.rpartition("/")
        name = f"{last}/{name}" if name else last
        if last in families.get(parent, ()):
            return parent, name
    return home.top, home.below


def is_launch_folder(path: str, root_name: str = "") -> bool:
    """Whether a run is called as torch's writer calls one of which nobody has said the name.

    ``root_name`` is the name of the folder that ``path`` is told from.
    """
    parent, _, name = path.rpartition("/")
    return (parent.rpartition("/")[2] or root_name) == "runs" and bool(_LAUNCH.fullmatch(name))


def _has_a_comment(path: str, files: Iterable[FoundFile]) -> bool:
    """Whether something stands behind the name of the host in that of the folder."""
    match = _LAUNCH.fullmatch(path.rpartition("/")[2])
    said = match[1] if match else ""
    hosts = {file.name.host for file in files if file.name.host}
    return said not in hosts and any(said.startswith(host) for host in hosts)


def _families(runs: Mapping[str, tuple[FoundFile, ...]]) -> dict[str, set[str]]:
    """By parent folder, the names of its folders that are parts of one training."""
    named: dict[str, set[str]] = {}
    beside: dict[str, set[str]] = {}
    ranks: dict[str, set[str]] = {}
    for path in runs:
        parent, _, name = path.rpartition("/")
        if not name:
            continue
        if is_training_folder(name) or is_evaluation_folder(name):
            named.setdefault(parent, set()).add(name)
        else:
            group = ranks if _RANK.fullmatch(name) else beside
            group.setdefault(parent, set()).add(name)
    families = {
        parent: _family(parent, names, beside.get(parent, set()), runs)
        for parent, names in named.items()
    }
    for parent, name in _holding_evaluations(named, runs):
        families[parent].add(name)
    for parent, names in ranks.items():
        families[parent] = families.get(parent, set()) | _ranks(parent, names, runs)
    for parent, names in beside.items():
        if len(names) > MOST_MODULES or parent in families:
            continue
        mine = modules({name: runs[_joined(parent, name)] for name in names})
        if mine:
            families[parent] = mine
    return families


def _joined(parent: str, name: str) -> str:
    return f"{parent}/{name}" if parent else name


def _holding_evaluations(
    named: Mapping[str, set[str]], runs: Mapping[str, tuple[FoundFile, ...]]
) -> Iterator[tuple[str, str]]:
    """Beside folders of trainings, those that hold a run for each data set they evaluated on."""
    writers = {
        parent: {
            process_of(file)
            for name in names
            if is_training_folder(name)
            for file in runs[_joined(parent, name)]
        }
        for parent, names in named.items()
    }
    for path, files in runs.items():
        parent = path.rpartition("/")[0]
        while parent:
            parent, _, name = parent.rpartition("/")
            trained = writers.get(parent)
            if not trained or not is_evaluation_folder(name):
                continue
            if any(process_of(file) in trained for file in files):
                yield parent, name


def _ranks(parent: str, names: set[str], runs: Mapping[str, tuple[FoundFile, ...]]) -> set[str]:
    """Those of the folders of ranks that were opened together, by whichever processes."""
    begun = {name: _begun(runs[_joined(parent, name)]) for name in names}
    return {
        name
        for name, at in begun.items()
        if any(abs(at - other) <= TOGETHER for each, other in begun.items() if each != name)
    }


def _begun(files: Iterable[FoundFile]) -> float:
    return min((file.name.created or 0.0 for file in files), default=0.0)


def _family(
    parent: str, names: set[str], others: set[str], runs: Mapping[str, tuple[FoundFile, ...]]
) -> set[str]:
    """Of runs in one folder, those that are one training's; ``names`` are called like its parts.

    Names only propose: "test" and "dev" may be two trainings of two processes.
    """

    def files(name: str) -> tuple[FoundFile, ...]:
        return runs[_joined(parent, name)]

    training = [name for name in names if is_training_folder(name)]
    if training:
        trained = [file for name in training for file in files(name)]
        return names | {name for name in others if opened_together(files(name), trained)}
    return {
        name
        for name in names
        if any(opened_together(files(name), files(other)) for other in names - {name})
    }


def _outermost_run(
    path: str,
    runs: Mapping[str, tuple[FoundFile, ...]],
    writers: dict[str, Writers],
    but: str | None = None,
) -> str:
    """The outermost run that holds ``path``, or ``path`` itself; ``writers`` are those known."""
    parts = path.split("/") if path else []
    for length in range(len(parts)):
        above = "/".join(parts[:length])
        if above not in runs or above == but:
            continue
        if above not in writers:
            writers[above] = Writers(runs[above])
        if writers[above].hold(parts[length:], runs[path], is_logdir=not above):
            return above
    return path
