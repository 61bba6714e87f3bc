"""The place up to which an event file was read, and how it moves on over whatever is there."""

from __future__ import annotations

from collections.abc import Callable

from tb_trainmon.core.problem import Problem
from tb_trainmon.core.record import record
from tb_trainmon.event_files.damage import Damage
from tb_trainmon.event_files.decoder import Why
from tb_trainmon.event_files.disk import FileState, OpenedFile, StillReading
from tb_trainmon.event_files.foreign import foreign_content
from tb_trainmon.event_files.framing import HEADER_SIZE
from tb_trainmon.event_files.large_record import LARGE, LARGEST, LargeRecord, NoEvent, TooMuch
from tb_trainmon.event_files.reader import new_decoder

# Bytes a read; large enough to make Python's share of it small, small enough to be no memory.
CHUNK = 1 << 20
# Bytes of what turns out to be damaged that one visit checks. A file of headers alone, each of
# which promises a record of a megabyte, would keep a page waiting for minutes, and so would a hole
# of a terabyte, which costs nothing to make.
_IN_VAIN = 1 << 28
_EACH = 1 << 13  # ... and what each of them costs beside, in such bytes
# Seconds until a failing checksum is believed. Writers and network file systems need less.
GRACE = 10.0
# Seconds without a change after which nobody writes any more. Much more than GRACE, because the
# clock of a file server may differ from ours.
QUIET = 120.0

# Bytes of the beginning that tell what kind of file it is, and later whether it is still the same:
# the first event holds the wall time at which its writer began.
_HEAD = 64
# Bytes before the place that was read up to: a time and a checksum, which no other file has there.
_LAST = 64


@record(frozen=True, slots=True)
class _Doubt:
    """A failing checksum at ``offset``, first seen at ``since``, when the file had ``size``."""

    offset: int
    since: float
    size: int


class Cursor:
    """Walks one file from its beginning, record by record, as far as it can be read.

    ``offset`` counts the bytes that are dealt with: decoded, or skipped as damaged.
    """

    def __init__(self, where: str, clock: Callable[[], float]) -> None:
        self.offset = 0
        self.decoder = new_decoder()
        self.damage = Damage(where)
        self._where = where
        self._clock = clock
        self._head = b""
        # Where the last bytes that were decoded begin, and those bytes.
        self._last: tuple[int, bytes] | None = None
        self._foreign: Problem | None = None
        self._wanted = CHUNK
        # What was read last and where it begins, for the time of one ``advance``; and how many
        # bytes from the offset on must be in it, or it is read again.
        self._chunk, self._begin, self._least = b"", 0, CHUNK
        self._large: LargeRecord | None = None  # the one at the offset, if it is not to be held
        self._in_vain = 0
        self._doubt: _Doubt | None = None
        # Failing checksums before this offset have had their grace.
        self._settled = 0
        # Where the valid records ended, while the next one has not been found.
        self._lost_at: int | None = None

    @property
    def waiting(self) -> bool:
        """Whether time alone, without a change of the file, may move it on."""
        return self._doubt is not None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the part that was walked."""
        return (self._foreign,) if self._foreign else self.damage.problems()

    def still_fits(self, file: OpenedFile, state: FileState) -> bool:
        """Whether ``file``, in this state, still begins with what was walked."""
        if state.size < self.offset:
            return False
        if self._last is not None:
            begin, last = self._last
            if file.read(begin, len(last)) != last:
                return False
            if state.version:
                return True  # of a store the head would be one more question
        return not self._head or file.read(0, len(self._head)) == self._head

    def advance(self, file: OpenedFile, state: FileState, most: int | None = None) -> bool:
        """Walk on through ``file`` to the end that ``state`` gives, or to where it must wait.

        Or until ``most`` points were decoded: whether it was that, and there may be more. Raises
        StillReading where so much is damaged that the rest is left to the next visit.
        """
        # Read before the records: if the file changes meanwhile, the next read will know.
        head = file.read(0, _HEAD) if len(self._head) < _HEAD else self._head
        if self.offset == 0:
            self._foreign = foreign_content(head, self._where)
        if self._foreign:
            return False
        if self._clock() - state.modified_ns / 1e9 > QUIET:
            self._settled = state.size
        self.decoder.expect(state.size - self.offset)
        self._in_vain, full = 0, False
        try:
            while self.offset < state.size and not full and self._step(file, state.size):
                full = most is not None and self.decoder.pending_points >= most
        finally:
            self._head = head[: self.offset]
            self._chunk, self._least = b"", CHUNK
        if self._doubt and self._doubt.offset != self.offset:
            self._doubt = None
        return full and self.offset < state.size

    def _step(self, file: OpenedFile, size: int) -> bool:
        """Deal with what was read, from the offset on; False when there is nothing more to do now.

        A record that is skipped costs no read: the bytes behind it are there.
        """
        if self._large is not None:
            return self._pass_by(self._large, file, size)
        go_on = True
        start, left = self.offset - self._begin, size - self.offset
        if start < 0 or len(self._chunk) - start < min(self._least, left):
            asked = min(self._wanted, left)
            self._chunk, self._begin, start = file.read(self.offset, asked), self.offset, 0
            # Shorter than its size said: it is being truncated. The next read will see.
            go_on = len(self._chunk) == asked
        if self._lost_at is not None:
            return self._search(start, self._lost_at, size) and go_on
        return self._decode(start, size) and go_on

    def _decode(self, start: int, size: int) -> bool:
        stop = self.decoder.feed(self._chunk, start)
        for offset in stop.not_events:
            self.damage.not_an_event(self._begin + offset)
        moved = stop.offset > start
        if moved:
            begin = max(stop.offset - _LAST, 0)
            self._last = self._begin + begin, self._chunk[begin : stop.offset]
        self.offset = self._begin + stop.offset
        if stop.needed > LARGEST:
            return self._believed(size) and self._lose()
        if stop.needed > LARGE:
            self._large = LargeRecord(self.offset, stop.needed)
            return True
        # Enough for the record that it stopped at, and to see a header that begins in it.
        whole = stop.needed + HEADER_SIZE
        self._wanted = max(CHUNK, whole)
        self._least = self._wanted
        torn = stop.why is Why.TORN
        if moved or stop.why is Why.REACHED or (torn and self.offset + stop.needed <= size):
            return True
        # What is wrong is wrong with the record that begins here.
        if stop.why is Why.BAD_LENGTH:
            return self._believed(size) and self._lose()
        # A record that was cut short by a crash, and then written behind by another process,
        # swallows its successors: one of them inside it proves that it will never be whole.
        inner = self.decoder.find_header(self._chunk, start + 1, start + whole - 1)
        if torn and inner is None:
            # There may be one in what was not read yet.
            return len(self._chunk) - start < min(self._wanted, size - self.offset)
        self._check_in_vain(min(stop.needed, len(self._chunk) - start))
        return self._believed(size) and self._skip(stop.needed if inner is None else inner - start)

    def _pass_by(self, large: LargeRecord, file: OpenedFile, size: int) -> bool:
        """Take what is kept of the record at the offset, or skip it."""
        is_whole = large.end <= size
        if is_whole:
            if large.is_valid(file):
                self._take_abridged(large, file)
                return True
            large.search_anew()
        inner = large.inner(file, size, self.decoder)
        if inner is None and not is_whole:
            return False
        self._large = None
        end = large.end if inner is None else inner
        self._check_in_vain(min(end, size) - self.offset)
        return self._believed(size) and self._skip(end - self.offset)

    def _take_abridged(self, large: LargeRecord, file: OpenedFile) -> None:
        try:
            abridged = large.abridged(file)
        except NoEvent:
            self.damage.not_an_event(self.offset)
        except TooMuch:
            self.damage.too_large(self.offset, large.end - self.offset)
        else:
            for _ in self.decoder.feed(abridged).not_events:
                self.damage.not_an_event(self.offset)
        last = large.end - _LAST
        self._last = last, file.read(last, _LAST)
        self.offset, self._large = large.end, None

    def _check_in_vain(self, size: int) -> None:
        # One that is larger than that by itself is skipped all the same.
        if self._in_vain > _IN_VAIN:
            raise StillReading
        self._in_vain += size + _EACH

    def _believed(self, size: int) -> bool:
        """Whether what is wrong at the offset is damage, and not a half-written page."""
        if self.offset < self._settled:
            return True
        now = self._clock()
        if self._doubt is None or self._doubt.offset != self.offset:
            self._doubt = _Doubt(self.offset, now, size)
        if now - self._doubt.since < GRACE:
            return False
        # Everything that was there when the doubt began has been there as long.
        self._settled = self._doubt.size
        return True

    def _lose(self) -> bool:
        self._lost_at = self.offset
        self.offset += 1
        self._least = HEADER_SIZE
        return True

    def _skip(self, size: int) -> bool:
        self.damage.bad_record(self.offset, size)
        self.offset += size
        self._least = HEADER_SIZE
        return True

    def _search(self, start: int, lost_at: int, size: int) -> bool:
        self._least = HEADER_SIZE
        found = self.decoder.find_header(self._chunk, start)
        if found is None:
            # A header may begin in the last bytes of the chunk.
            before = self.offset
            self.offset = max(self._begin + len(self._chunk) - HEADER_SIZE + 1, before)
            if self.offset + HEADER_SIZE > size:
                self.damage.lost(lost_at, size - lost_at)
                return False
            self._check_in_vain(self.offset - before)
            return True
        self.offset = self._begin + found
        self.damage.gap(lost_at, self.offset - lost_at)
        self._lost_at = None
        return True
