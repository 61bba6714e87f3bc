"""Head and tail of every event file, looked at again only when the file has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from tb_trainmon.core.problem import Problem
from tb_trainmon.event_files.glance import Glance, glance
from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.event_files.remote.urls import is_remote
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.found.grouping import Run
from tb_trainmon.tasks.judged.parts import FilePart, Source, part_from_glance, parts_of

# Whether a silent file is still written depends on its recent pauses: they take a longer look,
# which only files that may be live are worth.
_MAY_BE_LIVE = 6 * 3600.0  # seconds since it was written
_USUAL, _LONGER = 1 << 16, 1 << 18  # bytes: the tail of the longer one is 32 KiB


class Glances:
    """What is known of the files that nobody has opened."""

    def __init__(self, clock: Callable[[], float], disks: Disks) -> None:
        self._clock = clock
        self._disks = disks
        self._known: dict[str, tuple[FoundFile, Glance]] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read of the files as they are now."""
        return tuple(problem for _, seen in self._known.values() for problem in seen.head.problems)

    def parts(self, run: Run) -> list[FilePart]:
        """The parts of the run's files."""
        return [part for file in run.files for part in self._parts(run, file)]

    def window(self, file: FoundFile) -> int:
        """How many bytes a glance at the file is worth."""
        return _LONGER if self._clock() - file.modified_at < _MAY_BE_LIVE else _USUAL

    def are_ready(self, runs: Iterable[Run]) -> bool:
        """Whether all files of the runs can be glanced at now; remote ones are on their way."""
        return all(
            not is_remote(file.path) or self._disks.glance(file.path) is not None
            for run in runs
            for file in run.files
        )

    def forget_all_but(self, paths: Collection[str]) -> None:
        """Drop what is known of files that are gone."""
        for path in self._known.keys() - set(paths):
            del self._known[path]

    def _parts(self, run: Run, file: FoundFile) -> list[FilePart]:
        seen = self._look(run, file)
        head, tail = seen.head, seen.tail
        source = Source(
            run=run.path,
            slot=run.slot,
            file=file,
            texts={**head.texts, **tail.texts},
            hparams=tail.hparams or head.hparams,
            first_wall_time=head.first_wall_time,
            last_wall_time=tail.last_wall_time or head.last_wall_time,
        )
        if seen.whole:
            return parts_of(source, head.scalars, head.session_starts)
        return [part_from_glance(source, head.scalars, tail.scalars, head.session_starts)]

    def _look(self, run: Run, file: FoundFile) -> Glance:
        known = self._known.get(file.path)
        if known is not None and known[0] == file:
            return known[1]
        remote = self._disks.glance(file.path) if is_remote(file.path) else None
        seen = remote or glance(
            file.path,
            window=self.window(file),
            where=f"{run.path or '.'}/{file.path.rpartition('/')[2]}",
        )
        self._known[file.path] = (file, seen)
        return seen
