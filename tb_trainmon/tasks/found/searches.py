"""Folders of a search for hyper-parameters whose trials lie in them, each a training of its own.

TensorFlow's HParams has one file for what is tried (``logs/hparam_tuning``) and a folder in it for
each trial. What is logged in turn into folders of one training looks the same by its names; but
there somebody writes to the folders at the same time, or to the one that holds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.found.writers import (
    SAME_TIME,
    Process,
    is_training_folder,
    process_of,
)
from tb_trainmon.tasks.metric_names import is_evaluation_folder

_AT_ONCE = 2.0  # seconds from opening a file, in which only what was known then was written

_Runs = Mapping[str, Sequence[FoundFile]]


def searches(tops: Mapping[str, str], runs: _Runs) -> Iterator[tuple[str, list[str]]]:
    """Each run that is a search, and the runs of its trials.

    ``tops`` is of each run the outermost that holds it.
    """
    inside: dict[str, list[str]] = {}
    for path, top in tops.items():
        if path != top:
            inside.setdefault(top, []).append(path)
    for top, paths in inside.items():
        if _are_trials(top, paths, runs):
            yield top, paths


def _are_trials(top: str, paths: Iterable[str], runs: _Runs) -> bool:
    """Whether one process opened ``top``, left it, and wrote one folder in it after another."""
    process = _only_process(runs[top])
    if process is None or _end(runs[top]) > _begin(runs[top]) + _AT_ONCE:
        return False
    below: dict[str, list[FoundFile]] = {}
    for path in paths:
        name = path[len(top) :].lstrip("/").partition("/")[0]
        below.setdefault(name, []).extend(runs[path])
    if any(is_training_folder(name) or is_evaluation_folder(name) for name in below):
        return False
    trials = sorted(below.values(), key=_begin)
    return (
        len(trials) > 1
        and all(_only_process(files) == process for files in trials)
        and all(_end(files) > _begin(files) + SAME_TIME for files in trials[:-1])
        and all(_end(one) <= _begin(next_) + SAME_TIME for one, next_ in pairwise(trials))
    )


def _only_process(files: Iterable[FoundFile]) -> Process | None:
    found = {process_of(file) for file in files}
    return found.pop() if len(found) == 1 and all(pid for _, pid in found) else None


def _begin(files: Iterable[FoundFile]) -> float:
    return min(file.name.created or file.modified_at for file in files)


def _end(files: Iterable[FoundFile]) -> float:
    return max(file.modified_at for file in files)
