"""Head and tail of every event file, looked at again only when the file has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from tb_trainmon.core.problem import Problem
from tb_trainmon.event_files.glance import Glance, glance
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.found.grouping import Run
from tb_trainmon.tasks.judged.cuts import part_from_glance, parts_of
from tb_trainmon.tasks.judged.parts import FilePart, Source

# Whether a silent file is still written depends on its recent pauses: they take a longer look,
# which only files that may be live are worth.
_MAY_BE_LIVE = 6 * 3600.0  # seconds since it was written
_USUAL, _LONGER = 1 << 16, 1 << 18  # bytes: the tail of the longer one is 32 KiB


@dataclass(frozen=True, slots=True)
class Glanced:
    """A file of a run, and what a glance at it showed."""

    run: Run
    file: FoundFile
    seen: Glance

    @property
    def problems(self) -> list[Problem]:
        """What could not be read of it."""
        return self.seen.head.problems

    def parts(self) -> list[FilePart]:
        """The file's parts, as far as head and tail show them."""
        head, tail = self.seen.head, self.seen.tail
        source = Source(
            run=self.run.path,
            slot=self.run.slot,
            file=self.file,
            texts={**head.texts, **tail.texts},
            hparams=tail.hparams or head.hparams,
            first_wall_time=head.first_wall_time,
            last_wall_time=tail.last_wall_time or head.last_wall_time,
        )
        if self.seen.whole:
            return parts_of(source, head.scalars, head.session_starts)
        return [part_from_glance(source, head.scalars, tail.scalars, head.session_starts)]


class Glances:
    """What is known of the files that nobody has opened."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: dict[str, tuple[FoundFile, Glance]] = {}

    def of(self, run: Run, file: FoundFile) -> Glanced:
        """The file as it is now, looked at if it was not before."""
        known = self._known.get(file.path)
        if known is None or known[0] != file:
            known = self._known[file.path] = (file, self._look(run, file))
        return Glanced(run, file, known[1])

    def forget_all_but(self, paths: Collection[str]) -> None:
        """Drop what is known of files that are gone."""
        for path in self._known.keys() - set(paths):
            del self._known[path]

    def _look(self, run: Run, file: FoundFile) -> Glance:
        return glance(
            file.path,
            window=_LONGER if self._clock() - file.modified_at < _MAY_BE_LIVE else _USUAL,
            where=f"{run.path or '.'}/{file.path.rpartition('/')[2]}",
        )
