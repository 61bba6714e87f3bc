"""Takes what happens in a training to where it is kept: a queue, and one thread that writes.

    the training's thread      record(): one append to a queue. No lock, no system call
    the writer's thread        four times a second: all that is in the queue, as one batch

The table is told first that the attempt began: no file has points of a task that is not there. Then
a batch goes into the event file and after it into the table, each by one write that is whole or not
at all. So whoever is told of a row by the table finds its points in the file, and of a process
that is killed at most the batch is lost that was not written yet: what happened in its last second.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from tb_trainmon.logger import messages, patience
from tb_trainmon.logger.event_points import EventPoints
from tb_trainmon.logger.numbers import Metrics, Numbers
from tb_trainmon.training_logs.entries import Ending, Entry

if TYPE_CHECKING:
    from tb_trainmon.logger.table import Table

#: A process that is killed loses at most a second: leaves time for writing, on a busy machine too.
BATCH_SECONDS = 0.25

#: The first batch waits so long, so that whoever opens a logger does not wait for its imports.
START_SECONDS = 0.05

#: What came while the machine was busy is written in batches of so many: the file is never further
#: ahead of the table.
MOST_AT_ONCE = 1_000

#: What could not be written is tried so many times more when the attempt ends ...
LAST_TRIES = 3

#: ... but the end of a training, or of its process, waits no longer than this for it.
DRAIN_SECONDS = 10.0

#: ... and after a second Ctrl-C for no longer than this.
IMPATIENT_SECONDS = 1.0

#: How long a fork waits for the batch that is being written ...
FORK_SECONDS = 1.0

#: ... and for what the database needs to be imported: of a module that another thread was importing
#: at the fork, the child waits for ever for the rest.
IMPORT_SECONDS = 15.0

logger = logging.getLogger("tb_trainmon")


class Seen(NamedTuple):
    """What happened, as the training's thread leaves it; an empty message is made from metrics."""

    type: str
    step: int | None
    wall_time: float | None
    message: str
    metrics: Metrics


class Recorder:
    """Writes to the table and to the event file, either of which may be absent.

    ``new_table`` is called by the writer's thread: what a database needs takes a third of a second
    to import.
    """

    def __init__(
        self, new_table: Callable[[], Table] | None, points: EventPoints | None, numbers: Numbers
    ) -> None:
        self._new_table = new_table
        self._table: Table | None = None
        self._points = points
        self._numbers = numbers
        self._queue: deque[Seen] = deque()
        self._given_up = 0
        self._runs = False
        self._ending: Ending | None = None
        self._requests: deque[threading.Event] = deque()
        self._wake = threading.Event()
        self._busy = threading.Lock()
        self._is_sound = True
        self._has_spoken = False
        self._thread: threading.Thread | None = None
        self._next_batch = 0.0

    def start(self, seen: Seen) -> None:
        """Begin the attempt and its heartbeat."""
        self._queue.append(seen)
        thread = threading.Thread(target=self._work, name="trainmon-writer", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            # No more threads: the interpreter is shutting down, or the machine is full of them.
            # Then whoever records also writes, now and then.
            return
        self._thread = thread

    def run(self) -> None:
        """The first step is done: the task is no longer pending."""
        self._runs = True

    def record(self, seen: Seen) -> None:
        """Keep ``seen`` for the next batch."""
        if len(self._queue) >= patience.MOST_KEPT:
            # The writer's thread may have emptied it at this very moment.
            with suppress(IndexError):
                self._queue.popleft()
                self._given_up += 1
        self._queue.append(seen)
        if self._thread is None and time.monotonic() >= self._next_batch:
            self._next_batch = time.monotonic() + BATCH_SECONDS
            self._write()

    def flush(self, seconds: float) -> bool:
        """Write all that is kept now. False: it took too long, or there is trouble."""
        if self._thread is None:
            return self._write(tries=1)
        request = threading.Event()
        self._requests.append(request)
        self._wake.set()
        return request.wait(seconds) and self._is_sound

    def end(self, seen: Iterable[Seen], ending: Ending) -> None:
        """Write the last rows and how it ended; nothing is written afterwards."""
        self._queue.extend(seen)
        self._ending = ending
        self._wake.set()
        if self._thread is None:
            self._write_the_end()
            return
        try:
            self._thread.join(DRAIN_SECONDS)
        except KeyboardInterrupt:  # once more: whoever is impatient still has this moment
            self._thread.join(IMPATIENT_SECONDS)
            raise
        if self._thread.is_alive():
            logger.warning(
                "TrainMon did not get the last rows written within %g seconds. They are lost if "
                "the process ends now.",
                DRAIN_SECONDS,
            )

    def hold(self) -> bool:
        """Before a fork: wait until no batch is being written, so that the child inherits no lock.

        Not only our own: SQLite and libpq have theirs, and the child may want to use them too.
        """
        is_importing = self._new_table is not None
        return self._busy.acquire(timeout=IMPORT_SECONDS if is_importing else FORK_SECONDS)

    def release(self) -> None:
        """After a fork, in the parent."""
        self._busy.release()

    def abandon(self) -> None:
        """After a fork, in the child, which has no such thread: forget all of it."""
        for keeper in self._keepers():
            keeper.abandon()
        self._queue.clear()

    def _keepers(self) -> list[EventPoints | Table]:
        return [keeper for keeper in (self._points, self._table) if keeper is not None]

    def _work(self) -> None:
        self._wake.wait(START_SECONDS)
        while self._ending is None:
            requests = [self._requests.popleft() for _ in range(len(self._requests))]
            self._is_sound = self._write(tries=1 if requests else 0)
            for request in requests:
                request.set()
            self._wake.wait(BATCH_SECONDS)
            self._wake.clear()
        self._write_the_end()
        for request in self._requests:
            request.set()

    def _write(self, tries: int = 0) -> bool:
        """Write a batch, unless trouble is to be waited for; ``tries``: also then, so often."""
        with self._busy:
            try:
                return self._write_batch(tries)
            except Exception:  # noqa: BLE001
                # A defect of ours, or no memory. The thread must live on: it is the heartbeat.
                self._say_once("TrainMon could not write a batch.")
                return False

    def _write_batch(self, tries: int) -> bool:
        ending = self._ending  # asked before the queue is: what came before it is in there
        self._open_table()
        if self._table is not None:
            if self._runs:
                self._table.run()
            self._table.begin()
        is_written = True
        while True:
            entries = self._taken()
            is_last = len(entries) < MOST_AT_ONCE
            if is_last and ending is not None and self._table is not None:
                self._table.end(ending)
            # What one of them did not take is kept: it is enough to insist at the end.
            insisting = tries if is_written or is_last else 0
            written = [_written(keeper, entries, insisting) for keeper in self._keepers()]
            is_written = all(written)
            if is_last:
                return is_written

    def _taken(self) -> list[Entry]:
        """What is in the queue, the oldest first, or as much of it as goes into one batch."""
        entries: list[Entry] = []
        # Whoever records may give up the oldest at this very moment.
        with suppress(IndexError):
            most = min(len(self._queue), MOST_AT_ONCE)
            entries.extend(self._entry(self._queue.popleft()) for _ in range(most))
        return entries

    def _open_table(self) -> None:
        if self._new_table is None:
            return
        try:
            self._table = self._new_table()
        except Exception:  # noqa: BLE001  (as below)
            self._say_once("TrainMon writes no training log.")
        finally:
            self._new_table = None

    def _say_once(self, what: str) -> None:
        """To be called where an exception is handled: it is shown, as it is a defect."""
        if not self._has_spoken:
            self._has_spoken = True
            logger.exception(what)  # noqa: LOG004

    def _entry(self, seen: Seen) -> Entry:
        metrics = self._numbers.read(seen.metrics)
        message = seen.message or messages.measured(metrics)
        return Entry(seen.type, seen.step, seen.wall_time, message, metrics)

    def _write_the_end(self) -> None:
        self._write(tries=LAST_TRIES)
        for keeper in self._keepers():
            keeper.close()
        if self._given_up:
            logger.warning(
                "TrainMon gave up %d rows: more came than it could write.", self._given_up
            )


def _written(keeper: EventPoints | Table, entries: Iterable[Entry], tries: int) -> bool:
    for entry in entries:
        keeper.add(entry)
    return keeper.flush() if tries == 0 else any(keeper.flush(at_once=True) for _ in range(tries))
