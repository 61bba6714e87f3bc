"""The ends of many files at once: a store answers a hundred questions in the time of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from tb_trainmon.core.record import record
from tb_trainmon.event_files.disk import FileState, OpenedFile
from tb_trainmon.event_files.remote.manifest import Reads
from tb_trainmon.event_files.remote.store import Range, Store
from tb_trainmon.event_files.remote.trouble import StoreTrouble

_NOTHING: Mapping[str, Reads] = {}


@record(frozen=True, slots=True)
class Wanted:
    """A file of which the first ``head`` and the last ``tail`` bytes are wanted."""

    url: str
    state: FileState
    head: int
    tail: int

    def ranges(self) -> list[Range]:
        """What to ask the store for; an empty file needs nothing."""
        size = self.state.size
        if size <= self.head + self.tail:
            return [Range(self.url, 0, size)] if size else []
        both = (
            Range(self.url, 0, self.head),
            Range(self.url, size - self.tail, self.tail),
        )
        return [each for each in both if each.size]


class Prefetched:
    """A ``Disk`` of the files in ``wanted``; what lies between their ends is read when asked for.

    Made with a single question to the store, about those of which nothing was ``kept``.
    ``trouble``: why it gave nothing at all.
    """

    def __init__(
        self, store: Store, wanted: Sequence[Wanted], kept: Mapping[str, Reads] = _NOTHING
    ) -> None:
        self._store = store
        self._states = {file.url: file.state for file in wanted}
        self._known: dict[str, list[tuple[Range, bytes | OSError]]] = {
            file.url: [
                (Range(file.url, at, len(data)), data) for at, data in kept.get(file.url, ())
            ]
            for file in wanted
        }
        self._read: dict[str, list[tuple[int, bytes]]] = {}
        ranges = [each for file in wanted if file.url not in kept for each in file.ranges()]
        answers = store.read_all(ranges) if ranges else []
        for asked, found in zip(ranges, answers, strict=True):
            self._known[asked.url].append((asked, found))
        self.trouble = _trouble_of_all(answers)

    def stat(self, path: str) -> FileState:
        """As listed."""
        return self._states[path]

    def open(self, path: str) -> AbstractContextManager[OpenedFile]:
        """The file as it was when it was listed."""
        read = self._read.setdefault(path, [])
        return nullcontext(_File(self._store, path, self._states[path], self._known[path], read))

    def reads(self) -> dict[str, tuple[FileState, Reads]]:
        """What was read of those files that were opened, by URL."""
        return {url: (self._states[url], reads) for url, reads in self._read.items()}


class _File:
    def __init__(
        self,
        store: Store,
        url: str,
        state: FileState,
        known: Sequence[tuple[Range, bytes | OSError]],
        read: list[tuple[int, bytes]],
    ) -> None:
        self._store = store
        self._url = url
        self._state = state
        self._known = known
        self._read = read

    def state(self) -> FileState:
        return self._state

    def read(self, offset: int, size: int) -> bytes:
        size = min(size, self._state.size - offset)
        if size <= 0:
            return b""
        for asked, found in self._known:
            if asked.offset <= offset and offset + size <= asked.offset + asked.size:
                if isinstance(found, OSError):
                    raise found
                return self._noted(offset, found[offset - asked.offset :][:size])
        return self._noted(offset, self._store.read(Range(self._url, offset, size)))

    def _noted(self, offset: int, data: bytes) -> bytes:
        self._read.append((offset, data))
        return data


def _trouble_of_all(answers: Sequence[bytes | OSError]) -> OSError | None:
    """The trouble with the store, where it answers no question: then no single file is to blame."""
    troubles = [each for each in answers if isinstance(each, (StoreTrouble, PermissionError))]
    return troubles[0] if troubles and len(troubles) == len(answers) else None
