"""The small files beside the event files, read together with the listing."""

from __future__ import annotations

from collections.abc import Mapping

from tb_trainmon.core.record import record
from tb_trainmon.event_files.disk import FileState
from tb_trainmon.event_files.remote.listing import Listing
from tb_trainmon.event_files.remote.manifest import Manifest
from tb_trainmon.event_files.remote.store import Range, Store

_LARGEST = 1 << 16  # bytes of a file that are read; of a larger one, its last
_BUDGET = 1 << 26  # bytes of all of them that are kept: the newest


@record(frozen=True, slots=True)
class Content:
    """The bytes of a file from ``offset`` on, or why they could not be read."""

    state: FileState
    offset: int
    data: bytes | OSError

    def read(self, offset: int, size: int) -> bytes:
        """As of an opened file. Raises OSError, also for what lies before ``offset``."""
        if isinstance(self.data, OSError):
            raise self.data
        if offset < self.offset:
            raise OSError(f"Only the last {len(self.data):,} bytes of the file are known.")
        begin = offset - self.offset
        return self.data[begin : begin + size]


def read_side_files(
    store: Store, listing: Listing, known: Mapping[str, Content], manifest: Manifest
) -> dict[str, Content]:
    """The contents of the side files, by URL; those that have not changed are not read again."""
    contents: dict[str, Content] = {}
    kept = manifest.of({url: listing.states[url] for url in listing.side_files if url not in known})
    wanted: list[Range] = []
    spent = 0
    for url in listing.side_files:
        state = listing.states[url]
        size = min(state.size, _LARGEST)
        spent += size
        if spent > _BUDGET:
            break
        before = known.get(url)
        if before is not None and before.state == state and isinstance(before.data, bytes):
            contents[url] = before
        elif url in kept:
            ((offset, data),) = kept[url]
            contents[url] = Content(state, offset, data)
        elif size:
            wanted.append(Range(url, state.size - size, size))
        else:
            contents[url] = Content(state, 0, b"")
    answers = store.read_all(wanted) if wanted else []
    for asked, found in zip(wanted, answers, strict=True):
        contents[asked.url] = Content(listing.states[asked.url], asked.offset, found)
    manifest.keep(
        {
            asked.url: (listing.states[asked.url], [(asked.offset, found)])
            for asked, found in zip(wanted, answers, strict=True)
            if isinstance(found, bytes)
        }
    )
    return contents
