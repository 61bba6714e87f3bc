"""The event files of a task that somebody looks at, each followed from where it was read to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tb_trainmon.core.columns import Column
from tb_trainmon.core.problem import Problem
from tb_trainmon.event_files.remote.disks import PatientDisk
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.found.grouping import Run
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.opened.memory_budget import MemoryBudget
from tb_trainmon.tasks.opened.open_file import News, OpenFile

_JUST_WRITTEN = 60.0  # seconds since a file was modified that somebody writes, not copies


class OpenFiles:
    """Files that are gone stay: what was read of them is still shown, with a problem.

    But where none is there any more and others are, the folder was emptied for another training.
    Their points are in memory as far as the ``budget``, given in bytes, allows.
    """

    def __init__(self, clock: Callable[[], float], disk: PatientDisk, budget: int) -> None:
        self._clock, self._disk = clock, disk
        self._files: dict[str, OpenFile] = {}
        self._looks = 0
        self.budget = MemoryBudget(budget, self._files)

    @property
    def memory(self) -> int:
        """Bytes that they take."""
        return sum([file.memory for file in self._files.values()])

    @property
    def problems(self) -> list[Problem]:
        """All standing problems of the files."""
        return [problem for file in self._files.values() for problem in file.problems]

    def refresh(self, runs: Sequence[Run]) -> News:
        """Take over new files, and what was appended to any."""
        replaced = self._are_replaced(runs)
        if replaced:
            self._files.clear()
            self._looks = 0
        self._looks += 1
        for run in runs:
            for file in run.files:
                self._follow(run, file)
        self._disk.begin_visit()
        came = [file.refresh(self._looks, self.budget) for file in self._files.values()]
        rewritten = replaced or any(each.rewritten for each in came)
        news = News(any(each.events for each in came), rewritten)
        if any(news):
            self.budget.keep()
        return news

    def parts(self) -> list[FilePart]:
        """The parts of all files, with what is known of each."""
        return [part for file in self._files.values() for part in file.parts()]

    def points(self, part: FilePart, tag: str) -> Column:
        """Every point of a tag in a part of a file."""
        return self._files[part.source.file.path].points(tag)[part.cut[tag]]

    def known_points(self, part: FilePart, tag: str) -> Column:
        """The same; of a part that is rows of the table, the latest."""
        is_file = part.source.file.path in self._files
        return self.points(part, tag) if is_file else part.tags[tag].recent

    def _are_replaced(self, runs: Sequence[Run]) -> bool:
        paths = {file.path for run in runs for file in run.files}
        return bool(self._files and paths) and paths.isdisjoint(self._files)

    def _follow(self, run: Run, file: FoundFile) -> None:
        known = self._files.get(file.path)
        if known is None or (known.run.path, known.run.slot) != (run.path, run.slot):
            seen = self._seen_coming(file) if known is None else 0
            self._files[file.path] = OpenFile(run, file, self._clock, self._disk, seen)
        else:
            known.file = file

    def _seen_coming(self, file: FoundFile) -> int:
        """See ``Source.seen``."""
        if self._looks == 1:
            return 0
        copied = file.modified_at < self._clock() - _JUST_WRITTEN
        return -self._looks if copied else self._looks
