"""One event file, followed as it grows, and forgiven whatever the disk does to it.

What a read does about what it finds:

    grown                        reads what was appended
    a record that is not whole   waits: the normal end of a live file
    a checksum that fails        waits a while, as a page may be half written; then goes on with
                                 the next valid record and says what was skipped
    truncated, rewritten,        starts again from the beginning; the batch says ``rewritten``
    replaced by another file
    deleted, unreadable          a problem; goes on from the same place when it is back
    remote, and slow             gives what has come so far, says so, and goes on from there
    no event file                a problem that says what it is
    empty                        nothing: its writer has not begun
"""

from __future__ import annotations

import time
from collections.abc import Callable

from tb_trainmon.core.problem import Problem
from tb_trainmon.event_files.batch import Batch
from tb_trainmon.event_files.cursor import Cursor
from tb_trainmon.event_files.disk import Disk, FileState, LocalDisk, OpenedFile, StillReading
from tb_trainmon.event_files.names import presentable


class EventFile:
    """Reads one event file again and again, each time what is new.

    ``where`` names the file in problems (default: its path). ``clock`` gives seconds since the
    epoch. One thread at a time.
    """

    def __init__(
        self,
        path: str,
        *,
        where: str | None = None,
        clock: Callable[[], float] = time.time,
        disk: Disk | None = None,
    ) -> None:
        self._path = path
        self._where = presentable(where or path)
        self._clock = clock
        self._disk = disk or LocalDisk()
        self._cursor = Cursor(self._where, clock)
        # The state at the last complete read, and the file that the cursor is in.
        self._seen: FileState | None = None
        self._identity: tuple[int, int] | None = None
        self._gave_events = False
        self._unreachable: Problem | None = None
        self._told: tuple[Problem, ...] = ()

    @property
    def offset(self) -> int:
        """How many bytes of the file are dealt with: read, or skipped as damaged."""
        return self._cursor.offset

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All standing problems of the file."""
        access = (self._unreachable,) if self._unreachable else ()
        return access + self._cursor.problems

    def read(self, most: int | None = None) -> Batch:
        """Everything that was appended since the last call. Never raises for what is on disk.

        A batch of ``most`` points or somewhat more is full: the next call goes on behind it. Costs
        one stat where nothing has changed.
        """
        more = False
        before = self._cursor
        skipped = before.damage.skipped
        try:
            more = self._read_if_changed(most)
            self._unreachable = None
        except StillReading:
            self._seen = None
            self._unreachable = self._on_its_way()
        except OSError as error:
            # Forgotten, so that the next read looks inside even if nothing has changed.
            self._seen = None
            self._unreachable = unreachable(error, self._where, self._gave_events)
        same = self._cursor is before
        batch = self._batch(skipped if same else (0, 0), rewritten=not same and self._gave_events)
        batch.more = more
        return batch

    def _read_if_changed(self, most: int | None) -> bool:
        """Whether there is more to be read at once."""
        if self._disk.stat(self._path) == self._seen and not self._cursor.waiting:
            return False
        with self._disk.open(self._path) as file:
            # Asked again of the opened file: the path may lead elsewhere by now.
            state = file.state()
            if not self._is_same(file, state):
                self._cursor = Cursor(self._where, self._clock)
            self._identity = state.identity
            more = self._cursor.advance(file, state, most)
            self._seen = None if more else state
            return more

    def _is_same(self, file: OpenedFile, state: FileState) -> bool:
        known = self._identity is None or self._identity == state.identity
        return known and self._cursor.still_fits(file, state)

    def _on_its_way(self) -> Problem:
        return Problem(
            "still_reading",
            self._where,
            f"The file is being read: {self._cursor.offset / 1e6:,.1f} MB so far. The rest appears "
            "by itself.",
        )

    def _batch(self, skipped_before: tuple[int, int], *, rewritten: bool) -> Batch:
        batch = self._cursor.decoder.take()
        events, size = self._cursor.damage.skipped
        batch.skipped_events = events - skipped_before[0]
        batch.skipped_bytes = size - skipped_before[1]
        batch.rewritten = rewritten
        self._gave_events = batch.events > 0 or (self._gave_events and not rewritten)
        problems = self.problems
        batch.problems = [problem for problem in problems if problem not in self._told]
        self._told = problems
        return batch


def unreachable(error: OSError, where: str, was_read: bool = False) -> Problem:
    """Why the file cannot be read, as a problem."""
    kept = " What was read before is still shown." if was_read else ""
    if isinstance(error, FileNotFoundError):
        return Problem("file_missing", where, "The file is not there any more." + kept)
    reason = error.strerror or str(error)
    return Problem("file_unreadable", where, f"The file cannot be read: {reason}.{kept}")
