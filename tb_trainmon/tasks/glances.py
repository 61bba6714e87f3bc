"""Head and tail of every event file, looked at again only when the file has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import field

from tb_trainmon.core.problem import Problem
from tb_trainmon.core.record import record
from tb_trainmon.core.series_names import admitted
from tb_trainmon.event_files.foreign import no_event_file
from tb_trainmon.event_files.glance import Glance, glance
from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.event_files.urls import is_remote
from tb_trainmon.tasks.found.finder import window
from tb_trainmon.tasks.found.grouping import Run
from tb_trainmon.tasks.judged.cuts import part_from_glance, parts_of
from tb_trainmon.tasks.judged.parts import FilePart, Source

_LARGEST = 1 << 25  # bytes of a file that is read to its end for one question of the list
_A_DAY = 86_400.0  # seconds in which a writer may not have got to write its first record


@record(frozen=True, slots=True)
class Glanced:
    """A file of a run, and what a glance at it showed; ``made`` are its parts, once made."""

    run: Run
    file: FoundFile
    seen: Glance
    looked_at: float
    made: list[FilePart] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """What could not be read of it."""
        told = self.seen.head.problems
        if told or self._has_records or self.looked_at - self.file.modified_at < _A_DAY:
            return told
        return [no_event_file(where_is(self.run, self.file))]

    @property
    def is_readable(self) -> bool:
        """Whether it holds a record, or nothing yet that says that it does not."""
        return self._has_records or not self.problems

    @property
    def _has_records(self) -> bool:
        return bool(self.seen.head.events or self.seen.tail.events)

    def parts(self) -> list[FilePart]:
        """The file's parts, as far as head and tail show them."""
        if not self.made:
            self.made.extend(self._parts())
        return self.made

    def _parts(self) -> list[FilePart]:
        head, tail = self.seen.head, self.seen.tail
        first = admitted(head.scalars)
        last = admitted(tail.scalars, first)
        source = Source(
            run=self.run.path,
            slot=self.run.slot,
            file=self.file,
            texts={**head.texts, **tail.texts},
            hparams=tail.hparams or head.hparams,
            first_wall_time=head.first_wall_time,
            last_wall_time=tail.last_wall_time or head.last_wall_time,
            others={**head.others, **tail.others},
        )
        if self.seen.whole:
            return parts_of(source, first, head.session_starts)
        return [part_from_glance(source, first, last, head.session_starts)]


class Glances:
    """What is known of the files that nobody has opened."""

    def __init__(self, clock: Callable[[], float], disks: Disks) -> None:
        self._clock = clock
        self._disks = disks
        self._known: dict[str, Glanced] = {}

    def of(self, run: Run, file: FoundFile) -> Glanced:
        """The file as it is now, looked at if it was not before."""
        now, known = self._clock(), self._known.get(file.path)
        if known is None or known.file != file:
            known = self._known[file.path] = Glanced(run, file, self._look(run, file), now)
        elif known.run.path != run.path or known.run.slot != run.slot:
            known = self._known[file.path] = Glanced(run, file, known.seen, now)
        return Glanced(run, file, known.seen, now, known.made)

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

    def whole(self, run: Run, file: FoundFile) -> Glanced | None:
        """All of a file, kept nowhere; None where it is remote or too large for that."""
        if is_remote(file.path) or file.size > _LARGEST:
            return None
        seen = glance(file.path, window=4 * file.size, where=run.path)
        return Glanced(run, file, seen, self._clock()) if seen.whole else None

    def _look(self, run: Run, file: FoundFile) -> Glance:
        remote = self._disks.glance(file.path) if is_remote(file.path) else None
        return remote or glance(
            file.path,
            window=window(file, self._clock()),
            where=where_is(run, file),
        )


def where_is(run: Run, file: FoundFile) -> str:
    """How problems name a file."""
    return f"{run.path or '.'}/{file.path.rpartition('/')[2]}"
