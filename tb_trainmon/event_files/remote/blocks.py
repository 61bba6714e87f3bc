"""One file of a remote store in large blocks, some on their way while others are decoded.

A store takes tens of milliseconds for any question, so it is asked few and large ones, several at
a time; and it may take for ever, so whoever reads says how long it can wait.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, wait
from functools import partial

from tb_trainmon.event_files.disk import StillReading
from tb_trainmon.event_files.remote.asking import Start, asked
from tb_trainmon.event_files.remote.store import Range, Store

BLOCK = 4 << 20  # bytes a question
_AHEAD = 3  # blocks that are on their way beside the one that is waited for


class Blocks:
    """The file at ``url``, of ``size`` bytes, from anywhere to its end. One thread at a time."""

    def __init__(self, store: Store, url: str, size: int, start: Start) -> None:
        self._store = store
        self._url = url
        self._size = size
        self._start = start
        self._known: dict[int, bytes] = {}  # by offset
        self._coming: dict[int, Future[bytes]] = {}  # by offset

    def read(self, offset: int, size: int, until: float) -> bytes:
        """The bytes, fewer where the file ends.

        Raises StillReading when they are not there by ``until`` (of ``time.monotonic``): ask again.
        """
        self._drop_before(offset - BLOCK)
        end = min(offset + size, self._size)
        parts: list[bytes] = []
        while offset < end:
            begin, data = self._block_with(offset, until)
            part = data[offset - begin : end - begin]
            if not part:
                break  # it has become shorter since it was listed
            parts.append(part)
            offset += len(part)
        return b"".join(parts)

    def _block_with(self, offset: int, until: float) -> tuple[int, bytes]:
        for begin, data in self._known.items():
            if begin <= offset < begin + len(data):
                return begin, data
        begin = next((b for b in self._coming if b <= offset < b + BLOCK), offset)
        if begin not in self._coming:
            self._coming.clear()  # what comes there is wanted no more
        self._ask(begin)
        future = self._coming[begin]
        wait([future], max(until - time.monotonic(), 0.0))
        if not future.done():
            raise StillReading(f"{self._url} is still being read")
        try:
            data = future.result()
        except OSError:
            self._coming.clear()  # so that the next read asks again
            raise
        del self._coming[begin]
        self._known[begin] = data
        return begin, data

    def _drop_before(self, offset: int) -> None:
        """Forget what lies behind. A large record needs many blocks, perhaps of many visits."""
        passed = [begin for begin, data in self._known.items() if begin + len(data) <= offset]
        for begin in passed:
            del self._known[begin]

    def _ask(self, begin: int) -> None:
        """See to it that the block at ``begin`` and some behind it are on their way."""
        for offset in range(begin, min(begin + (1 + _AHEAD) * BLOCK, self._size), BLOCK):
            if offset not in self._coming:
                wanted = Range(self._url, offset, min(BLOCK, self._size - offset))
                self._coming[offset] = asked(self._start, partial(self._store.read, wanted))
