"""Sibling folders whose names differ in the part of one training that they hold.

``unet_train`` beside ``unet_val``, ``actor`` beside ``critic``, written by one process: names
propose, processes decide.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.found.writers import opened_together, process_of

_TRAINING = frozenset({"train", "training"})
_EVALUATION = frozenset({"val", "valid", "validation", "eval", "evaluation", "test", "dev"})
_WORD = re.compile(r"[A-Za-z]+")
# fmt: off
_MODULES = {
    "acc", "accuracy", "actor", "critic", "d", "decoder", "disc", "discriminator", "encoder",
    "g", "gen", "generator", "loss", "losses", "lr", "metrics", "net", "policy", "q", "reward",
    "rewards", "student", "teacher", "value",
}
# fmt: on
MOST_MODULES = 16  # of one training
_AT_ONCE = 2.0  # seconds in which nothing is trained: then a process opens what it writes in turn

_Place = tuple[str, str]  # task, slot


def parts_by_name(runs: Mapping[str, Sequence[FoundFile]]) -> dict[str, _Place]:
    """By path, task and slot of such runs: the task is called like the folder of its training."""
    trained: dict[tuple[str, str], _Place] = {}
    for path in runs:
        parent, _, name = path.rpartition("/")
        # Most names say nothing of a part: they take one look.
        part = _part(name, _TRAINING) if "train" in name.lower() else None
        if part is not None:
            trained[parent, part[0]] = path, part[1]
    found: dict[str, _Place] = {}
    for path, files in runs.items() if trained else ():
        parent, _, name = path.rpartition("/")
        part = _part(name, _EVALUATION)
        home = trained.get((parent, part[0])) if part else None
        if part is not None and home is not None and opened_together(files, runs[home[0]]):
            found[home[0]] = home
            found[path] = home[0], part[1]
    return found


def _part(name: str, words: Collection[str]) -> tuple[str, str] | None:
    """What the name is without the only one of ``words`` in it, and that word."""
    there = [match for match in _WORD.finditer(name) if match[0].lower() in words]
    if len(there) != 1 or there[0][0] == name:
        return None
    (match,) = there
    return f"{name[: match.start()]}*{name[match.end() :]}", match[0].lower()


def modules(folders: Mapping[str, Sequence[FoundFile]]) -> set[str]:
    """Those of folders in one place that are called by modules or metrics of one training.

    Every process that wrote to one of them opened them all at once; none, where that is not so.
    """
    named = [name for name in folders if _is_module(name)]
    if len(named) < 2:
        return set()
    first, *others = (
        {process_of(file): file.name.created or 0.0 for file in folders[name]} for name in named
    )
    at_once = all(
        first.keys() == other.keys()
        and all(abs(other[process] - first[process]) <= _AT_ONCE for process in first)
        for other in others
    )
    return set(named) if at_once and all(pid for _, pid in first) else set()


def _is_module(name: str) -> bool:
    words = _WORD.findall(name)
    return bool(words) and all(word.lower() in _MODULES for word in words)
