"""Who wrote the files of one run, and whether a run inside it is a part of their training.

Names only propose: what another process made in the folder when nobody wrote there any more, from
a name that says nothing, is a training of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.metric_names import is_evaluation_folder

TOGETHER = 60.0  # seconds within which one launch opens its files
SAME_TIME = 1.0  # seconds: names of event files hold whole ones
_TRAINING_FOLDERS = frozenset({"train", "training", "train_inner"})
_PUT_ASIDE = re.compile(r"run_\d+")  # NeMo moves what lies in its folder there when it resumes

Process = tuple[str | None, int | None]  # host, pid


def process_of(file: FoundFile) -> Process:
    """Host and process that wrote a file, as its name says."""
    return file.name.host, file.name.pid


def opened_together(files: Iterable[FoundFile], others: Sequence[FoundFile]) -> bool:
    """Whether one launch opened a file of each: the same process, or no name tells of one."""
    return any(
        process_of(file) == process_of(other)
        and abs((file.name.created or 0.0) - (other.name.created or 0.0)) <= TOGETHER
        for file in files
        for other in others
    )


def is_training_folder(name: str) -> bool:
    """Whether a folder is called like the one that trainers write their training to."""
    return name.lower() in _TRAINING_FOLDERS


class Writers:
    """Who wrote the files of one run, and when."""

    def __init__(self, files: Sequence[FoundFile]) -> None:
        self._files = files
        self._unnamed = [file for file in files if file.name.pid is None]
        self._begun: dict[Process, float] = {}
        for file in files:
            process, created = process_of(file), file.name.created or 0.0
            self._begun[process] = min(created, self._begun.get(process, created))

    def hold(self, below: Sequence[str], files: Sequence[FoundFile], *, is_logdir: bool) -> bool:
        """Whether the run of ``files``, that lies ``below`` theirs, is a part of their training.

        The log directory itself holds only what was written by those who wrote to it: a stray event
        file there must not swallow every run below.
        """
        if self._left_a_trial(files):
            return False
        if any(self._wrote(file) for file in files):
            return True
        if is_logdir:
            return False
        if self._unnamed or any(file.name.pid is None for file in files):
            return True  # nothing tells that it was somebody else
        return any(map(_is_called_a_part, below)) or any(map(self._were_writing, files))

    def _left_a_trial(self, files: Sequence[FoundFile]) -> bool:
        """Whether one process wrote ``files`` long before it opened its first file here.

        So a search for hyper-parameters leaves its trials in the folder of the final training.
        """
        return bool(files) and all(
            file.name.pid is not None
            and (file.name.created or 0.0) < self._begun.get(process_of(file), 0.0) - TOGETHER
            for file in files
        )

    def _wrote(self, file: FoundFile) -> bool:
        if file.name.pid is not None:
            return process_of(file) in self._begun
        # Without a pid: who, on that host, was writing when the file was made. tensorboardX makes
        # the folders of ``add_scalars`` at their first point, long after its own file.
        made = file.name.created or 0.0
        return any(
            own.name.host == file.name.host
            and (own.name.created or 0.0) - SAME_TIME <= made <= own.modified_at + SAME_TIME
            for own in self._unnamed
        )

    def _were_writing(self, file: FoundFile) -> bool:
        """Whether they were at it when another process made the file: an evaluator, a rank."""
        made = file.name.created or 0.0
        return any(
            (own.name.created or 0.0) - TOGETHER <= made <= own.modified_at + TOGETHER
            for own in self._files
        )


def _is_called_a_part(name: str) -> bool:
    return (
        is_evaluation_folder(name) or is_training_folder(name) or bool(_PUT_ASIDE.fullmatch(name))
    )
