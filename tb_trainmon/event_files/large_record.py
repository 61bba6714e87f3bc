"""Records that are too large to be held: a graph of 200 MB, a film.

They are checked as they pass by. What is short in one is kept, and so are the beginnings of texts:
that is all that is shown of any record. Pictures, graphs and the numbers of tensors are left out,
whose places are told by the lengths in front of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import unpack

from google_crc32c import extend

from tb_trainmon.core.crc32c import masked
from tb_trainmon.core.tfrecord import framed, varint
from tb_trainmon.event_files.decoder import Decoder
from tb_trainmon.event_files.disk import OpenedFile
from tb_trainmon.event_files.framing import FOOTER_SIZE, HEADER_SIZE

LARGE = 1 << 24  # bytes of a record that is held, and of what is kept of a larger one
LARGEST = 1 << 31  # ... of a record at all: no event, as no message of protobuf, is larger
_LONG = 1 << 16  # ... of a field in it that is kept as it is, and of the beginning of a text
_CHUNK = 1 << 20  # ... that are checked at once
_WINDOW = 1 << 12  # ... that are read of what is kept

# By number, fields of an event in which something may be kept, and in which of theirs; None: a
# text, whose beginning is. Source: tensorboard/compat/proto/{event,summary,tensor}.proto.
_Fields = Mapping[int, "_Fields | None"]
_TENSOR: _Fields = {8: None}  # string_val
_VALUE: _Fields = {1: None, 7: None, 8: _TENSOR}  # tag, node_name
_EVENT: _Fields = {5: {1: _VALUE}}  # summary, its values


class TooMuch(Exception):
    """What would have to be kept of a record is too much, too."""


class NoEvent(Exception):
    """The record is no event."""


class LargeRecord:
    """The record that begins at ``offset`` in a file and takes ``size`` bytes, with its frame.

    Any read may raise OSError, StillReading too: what was seen until then is not read again.
    """

    def __init__(self, offset: int, size: int) -> None:
        self.offset = offset
        self.end = offset + size
        self._checked, self._crc = offset + HEADER_SIZE, 0
        self._searched = offset + 1
        self._windows: dict[int, bytes] = {}

    def is_valid(self, file: OpenedFile) -> bool:
        """Whether the checksum of its data holds; all of it must be there."""
        footer = self.end - FOOTER_SIZE
        while self._checked < footer:
            data = file.read(self._checked, min(_CHUNK, footer - self._checked))
            if not data:
                return False  # it is being truncated
            self._crc = extend(self._crc, data)
            self._checked += len(data)
        stored = file.read(footer, FOOTER_SIZE)
        return len(stored) == FOOTER_SIZE and masked(self._crc) == unpack("<I", stored)[0]

    def inner(self, file: OpenedFile, size: int, decoder: Decoder) -> int | None:
        """Where the next record begins inside it, of a file of ``size`` bytes; None: nowhere."""
        stop = min(self.end + HEADER_SIZE - 1, size)
        while self._searched + HEADER_SIZE <= stop:
            asked = min(_CHUNK, stop - self._searched)
            data = file.read(self._searched, asked)
            found = decoder.find_header(data)
            if found is not None:
                return self._searched + found
            if len(data) < asked:
                return None
            # A header may begin in the last bytes.
            self._searched += len(data) - HEADER_SIZE + 1
        return None

    def search_anew(self) -> None:
        """Forget how far it was searched."""
        self._searched = self.offset + 1

    def abridged(self, file: OpenedFile) -> bytes:
        """The record without what is long in it, framed. Raises TooMuch or NoEvent."""
        start, end = self.offset + HEADER_SIZE, self.end - FOOTER_SIZE
        return framed(_kept(_Source(file, start, self._windows), end, _EVENT))


class _Source:
    """The bytes of a file from ``at`` on, some of which are passed over; ``windows`` are known."""

    def __init__(self, file: OpenedFile, at: int, windows: dict[int, bytes]) -> None:
        self.at = at
        self._file = file
        self._windows = windows
        self._begin, self._data = at, b""
        self._taken = 0

    def take(self, size: int) -> bytes:
        """The next bytes, to be kept. Raises TooMuch, and NoEvent where they end before."""
        self._taken += size
        if self._taken > LARGE:
            raise TooMuch
        start = self.at - self._begin
        if start + size > len(self._data):
            self._begin, start = self.at, 0
            if self.at not in self._windows:
                self._windows[self.at] = self._file.read(self.at, max(size, _WINDOW))
            self._data = self._windows[self.at]
        self.at += size
        found = self._data[start : start + size]
        if len(found) < size:
            raise NoEvent
        return found

    def varint(self) -> int:
        """The next number. Raises NoEvent where none is there, and TooMuch."""
        number = 0
        for shift in range(0, 70, 7):
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return number
        raise NoEvent


def _kept(source: _Source, end: int, fields: _Fields) -> bytes:
    """What is kept of the message from where ``source`` is to ``end``."""
    parts: list[bytes] = []
    while source.at < end:
        key = source.varint()
        parts.append(varint(key))
        wire = key & 7
        if key < 8:
            raise NoEvent  # fields are numbered from 1
        if wire == 0:
            parts.append(varint(source.varint()))
        elif wire in (1, 5):
            parts.append(source.take(8 if wire == 1 else 4))
        elif wire == 2:
            part = _kept_of_part(source, end, key >> 3, fields)
            parts += (varint(len(part)), part)
        else:
            raise NoEvent  # groups, which no event has
    if source.at != end:
        raise NoEvent
    return b"".join(parts)


def _kept_of_part(source: _Source, end: int, number: int, fields: _Fields) -> bytes:
    """What is kept of a field that tells its length."""
    size = source.varint()
    behind = source.at + size
    if behind > end:
        raise NoEvent
    if size <= _LONG:
        return source.take(size)
    inside = fields.get(number, {})
    if inside:
        return _kept(source, behind, inside)
    part = b"" if inside is not None else _beginning(source.take(_LONG))
    source.at = behind
    return part


def _beginning(text: bytes) -> bytes:
    """``text``, which was cut, without a character that may not be whole: UTF-8 has up to 4."""
    lead = next((at for at in range(1, 5) if text[-at] & 0xC0 != 0x80), 0)
    return text[:-lead] if lead else text
