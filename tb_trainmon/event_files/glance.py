"""The head and the tail of an event file: enough to say what it is about and how far it is.

A glance reads some kilobytes, keeps nothing open and waits for nothing. What is damaged in them is
skipped without a word: who opens the file with ``EventFile`` is told. A file in which no record
can be read is told of at once.
"""

from __future__ import annotations

from tb_trainmon.core.record import record
from tb_trainmon.event_files.batch import Batch
from tb_trainmon.event_files.decoder import Decoder, Stop, Why
from tb_trainmon.event_files.disk import Disk, LocalDisk, OpenedFile
from tb_trainmon.event_files.event_file import unreachable
from tb_trainmon.event_files.foreign import foreign_content, no_event_file
from tb_trainmon.event_files.names import presentable
from tb_trainmon.event_files.reader import new_decoder

# A head is read in parts of this many bytes, until it has told this many points: mostly one.
PART = 8192
_ENOUGH_POINTS = 100
# A larger record is no text that a program tells about itself: graphs and images are stepped over.
_LARGEST_TEXT = 1 << 20
# How far to go back for the last record: it is larger than this only if it is an image.
_LARGEST_TAIL = 1 << 25


@record(frozen=True, slots=True)
class Glance:
    """What the head and the tail of a file say; ``size`` in bytes.

    ``whole``: the file is small, ``head`` is all of it and ``tail`` the same batch. Otherwise both
    hold whole records only; a tag that is logged rarely may be in neither, and a tail may be
    empty where the last record is very large.
    """

    head: Batch
    tail: Batch
    whole: bool
    size: int


def glance(
    path: str, *, window: int = 65536, where: str | None = None, disk: Disk | None = None
) -> Glance:
    """Look at the file at ``path``, reading at most about ``window`` bytes of its head.

    A quarter of the window or less is read as a whole; the tail takes an eighth, and more where
    its last record is larger. A file that cannot be read gives empty batches with a problem.
    """
    where = presentable(where or path)
    try:
        with (disk or LocalDisk()).open(path) as file:
            return _Look(file, window, where).look()
    except OSError as error:
        batch = Batch(problems=[unreachable(error, where)])
        return Glance(batch, batch, whole=False, size=0)


class _Look:
    def __init__(self, file: OpenedFile, window: int, where: str) -> None:
        self._file = file
        self._size = file.state().size
        self._window = window
        self._where = where
        # One for both ends: what the head says about a tag holds in the tail.
        self._decoder = new_decoder()

    def look(self) -> Glance:
        small = self._size <= self._window // 4
        data = self._file.read(0, self._size if small else PART)
        problem = foreign_content(data, self._where)
        if problem:
            batch = Batch(problems=[problem])
            return Glance(batch, batch, whole=True, size=self._size)
        if small:
            stop = feed_all(self._decoder, data)
            batch = self._decoder.take()
            # One that is torn may be the first, and be written just now.
            if data and not batch.events and stop.why is not Why.TORN:
                batch.problems.append(no_event_file(self._where))
            return Glance(batch, batch, whole=True, size=self._size)
        head_end = read_head(self._file, self._size, self._decoder, self._window, data)
        head = self._decoder.take()
        self._read_tail(head_end)
        tail = self._decoder.take()
        if not head_end and not tail.events:
            head.problems.append(no_event_file(self._where))
        return Glance(head, tail, whole=False, size=self._size)

    def _read_tail(self, head_end: int) -> None:
        """Decode the records of the last bytes, going back until there is one."""
        width = self._window // 8
        while True:
            start = max(self._size - width, head_end)
            data = self._file.read(start, self._size - start)
            first = self._decoder.find_header(data)
            if first is not None:
                feed_all(self._decoder, data, first)
            if self._decoder.pending_events or start == head_end or width > _LARGEST_TAIL:
                return
            width *= 8


def read_head(file: OpenedFile, size: int, decoder: Decoder, window: int, data: bytes) -> int:
    """Decode the beginning of a file, whose first part is ``data``; returns where it got to.

    At most about ``window`` of its ``size`` bytes, or so many as tell of the usual tags.
    """
    at = spent = 0
    asked = min(PART, size)
    while True:
        stop = feed_all(decoder, data)
        at += stop.offset
        spent += min(stop.offset, PART)
        enough = spent >= window or decoder.pending_points >= _ENOUGH_POINTS
        torn = at + max(stop.needed, 1) > size
        # Shorter than its size said: it is being truncated.
        if enough or torn or len(data) < asked or stop.why is Why.BAD_LENGTH:
            return at
        wanted = max(PART, stop.needed)
        if stop.needed > _LARGEST_TEXT:
            at, wanted = at + stop.needed, PART
        asked = min(wanted, size - at)
        data = file.read(at, asked)


def feed_all(decoder: Decoder, data: bytes, start: int = 0) -> Stop:
    """Decode all of ``data`` from ``start`` on, passing over what is damaged.

    Stops with REACHED or TORN, or with BAD_LENGTH where no valid record follows.
    """
    while True:
        stop = decoder.feed(data, start)
        if stop.why in (Why.REACHED, Why.TORN):
            return stop
        found = decoder.find_header(data, stop.offset + 1)
        if found is None and stop.why is Why.BAD_LENGTH:
            return stop
        start = stop.offset + stop.needed if found is None else found
