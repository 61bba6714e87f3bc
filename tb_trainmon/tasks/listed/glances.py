"""Head and tail of every event file, looked at again only when the file has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tb_trainmon.core.columns import Column
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
from tb_trainmon.tasks.judged.parts.cuts import part_from_glance, parts_of
from tb_trainmon.tasks.judged.parts.part import FilePart, Source

_LARGEST = 1 << 25  # bytes of a file that is read to its end for one question of the list
_NOTHING: Mapping[str, Any] = {}  # of most files: one for all
_AGAIN = 30.0  # seconds until a file that could not be read is tried again, as it is
_OUT_OF_REACH = ("file_missing", "file_unreadable")
_A_DAY = 86_400.0  # seconds in which a writer may not have got to write its first record


Scalars = Mapping[str, Column]


def is_out_of_reach(problems: Iterable[Problem]) -> bool:
    """Whether some file could not be read at all: the disk, or its permissions, may be well again.

    Nothing that is seen of the file from outside need tell so.
    """
    return any(problem.code in _OUT_OF_REACH for problem in problems)


@record(frozen=True, slots=True)
class Glanced:
    """A file of a run, and its parts, as far as its head and tail show them.

    ``told`` is what could not be read of it; ``has_records``: some could.
    """

    run: Run
    file: FoundFile
    parts: Sequence[FilePart]
    told: Sequence[Problem]
    has_records: bool
    looked_at: float

    @property
    def problems(self) -> Sequence[Problem]:
        """What could not be read of it, or that nothing could."""
        if self.told or self.has_records or not self._is_old:
            return self.told
        return [no_event_file(where_is(self.run, self.file))]

    def is_of(self, run: Run, file: FoundFile) -> bool:
        """Whether the file is as it was, and lies where it did in its task."""
        known = self.run
        return self.file == file and known.path == run.path and known.slot == run.slot

    def is_due(self, now: float) -> bool:
        """Whether it is to be tried again."""
        return is_out_of_reach(self.told) and not 0.0 <= now - self.looked_at < _AGAIN

    @property
    def is_final(self) -> bool:
        """Whether the same will be said of it later, and it is at hand to be looked at again."""
        final = bool(self.told) or self.has_records or self._is_old
        return final and not is_remote(self.file.path) and not is_out_of_reach(self.told)

    @property
    def _is_old(self) -> bool:
        return self.looked_at - self.file.modified_at >= _A_DAY

    @property
    def is_readable(self) -> bool:
        """Whether it holds a record, or nothing yet that says that it does not."""
        return self.has_records or not self.problems


class Glances:
    """What is known of the files that nobody has opened."""

    def __init__(self, clock: Callable[[], float], disks: Disks) -> None:
        self._clock = clock
        self._disks = disks
        self._known: dict[str, Glanced] = {}

    def of(self, run: Run, file: FoundFile) -> Glanced:
        """The file as it is now, looked at if it was not before."""
        now, known = self._clock(), self._known.get(file.path)
        if known is None or not known.is_of(run, file) or known.is_due(now):
            known = self._known[file.path] = self.look(run, file, now)
            return known
        return Glanced(run, file, known.parts, known.told, known.has_records, now)

    def let_go(self, runs: Iterable[Run]) -> None:
        """Keep nothing of the files of the runs: who asks for one has it looked at again."""
        for run in runs:
            for file in run.files:
                self._known.pop(file.path, None)

    def are_ready(self, runs: Iterable[Run]) -> bool:
        """Whether all files of the runs can be glanced at now; remote ones are on their way."""
        return all(
            not is_remote(file.path) or self._disks.glance(file.path) is not None
            for run in runs
            for file in run.files
        )

    def forget_all_but(self, paths: Iterable[str]) -> None:
        """Drop what is known of files that are gone."""
        if self._known:
            known = self._known
            self._known = {path: known[path] for path in paths if path in known}

    def whole(self, run: Run, file: FoundFile) -> tuple[list[FilePart], Scalars] | None:
        """All of a file, kept nowhere; None where it is remote or too large for that."""
        if is_remote(file.path) or file.size > _LARGEST:
            return None
        seen = glance(file.path, window=4 * file.size, where=run.path)
        return (_parts(run, file, seen), seen.head.scalars) if seen.whole else None

    def look(self, run: Run, file: FoundFile, now: float) -> Glanced:
        """The file looked at, and nothing of it kept. Safe from any thread."""
        seen = self._disks.glance(file.path) if is_remote(file.path) else None
        seen = seen or glance(file.path, window=window(file, now), where=where_is(run, file))
        # What was read is not kept: only what follows from it, and the points at both ends.
        return Glanced(
            run,
            file,
            _parts(run, file, seen),
            tuple(seen.head.problems),
            bool(seen.head.events or seen.tail.events),
            now,
        )


def _parts(run: Run, file: FoundFile, seen: Glance) -> list[FilePart]:
    head, tail = seen.head, seen.tail
    first = admitted(head.scalars)
    last = admitted(tail.scalars, first)
    source = Source(
        run=run.path,
        slot=run.slot,
        file=file,
        texts=head.texts | tail.texts or _NOTHING,
        hparams=tail.hparams or head.hparams,
        first_wall_time=head.first_wall_time,
        last_wall_time=tail.last_wall_time or head.last_wall_time,
        others=head.others | tail.others or _NOTHING,
    )
    if seen.whole:
        return parts_of(source, first, head.session_starts)
    return [part_from_glance(source, first, last, head.session_starts)]


def where_is(run: Run, file: FoundFile) -> str:
    """How problems name a file."""
    return f"{run.path or '.'}/{file.path.rpartition('/')[2]}"
