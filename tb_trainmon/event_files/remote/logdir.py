"""A log directory in a remote store: asked in the background, known at once.

``scan``, ``glance``, ``state`` and ``content`` answer from what the store said last. Asking for the
scan starts a refresh in a thread of its own when the last one is old enough, so that a store is
left alone while nobody looks. A refresh lists the log directory, and reads side files and the ends
of those event files that have changed; then it takes the place of what was known before. Only the
very first shows what it has so far.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tb_trainmon.core.problem import Problem
from tb_trainmon.core.record import record
from tb_trainmon.event_files.disk import FileState
from tb_trainmon.event_files.glance import Glance, glance
from tb_trainmon.event_files.names import presentable
from tb_trainmon.event_files.remote.asking import Start, one_ahead
from tb_trainmon.event_files.remote.listing import Listing, listing_of
from tb_trainmon.event_files.remote.manifest import Manifest, Reads
from tb_trainmon.event_files.remote.prefetch import Prefetched, Wanted
from tb_trainmon.event_files.remote.side_files import Content, read_side_files
from tb_trainmon.event_files.remote.store import Store
from tb_trainmon.event_files.remote.trouble import slow, so_far, still_shown, trouble
from tb_trainmon.event_files.scan import FoundFile, LogdirScan

REST = 10.0  # seconds between two refreshes of one log directory, at the least
_SHARE = 4.0  # ... and so many times what the last listing took
_LONGEST_REST = 600.0
_AFTER_TROUBLE = 60.0  # seconds, at the most, until a store that failed is asked again
_BATCH = 256  # files whose ends are read at once
_SILENCE = 30.0  # seconds without an answer after which the tab says so
_FIRST_WAIT = 1.0  # seconds that the first answer may keep a page waiting

_log = logging.getLogger(__name__)


@record(frozen=True, slots=True)
class Interest:
    """What is wanted of a log directory.

    ``name`` says which names of files besides event files, ``window`` how many bytes a glance at
    an event file is worth.
    """

    name: Callable[[str], bool]
    window: Callable[[FoundFile], int]


@dataclass(slots=True)
class _Refresh:
    """One on its way. ``heard_at``: when the store last answered; ``listed_at``: with the listing.

    ``files``: how many are to be looked at, None while they are being listed.
    """

    began_at: float
    heard_at: float
    listed_at: float | None = None
    looked_at: int = 0
    files: int | None = None


@record(frozen=True, slots=True)
class _Ends:
    """Both ends of ``files``, in ``disk``: by path, a glance at each is worth so many bytes.

    Those of some were ``kept`` on this machine.
    """

    files: Sequence[FoundFile]
    windows: Mapping[str, int]
    kept: Mapping[str, Reads]
    disk: Prefetched


class RemoteLogdir:
    """The log directory of one store. Safe to ask from any thread; never waits for a network."""

    def __init__(
        self,
        store: Store,
        interest: Interest,
        clock: Callable[[], float],
        start: Start,
        rest: float = REST,
        manifest: Manifest | None = None,
    ) -> None:
        self.store = store
        self._manifest = manifest or Manifest(None, store.url)
        self._interest = interest
        self._clock = clock
        self._start = start
        self._rest = rest
        self._lock = threading.Lock()
        self._refresh: _Refresh | None = None
        self._first_began_at: float | None = None
        self._first_is_done = threading.Event()
        self._next_at = 0.0
        self._trouble: Problem | None = None
        # Replaced as a whole by a refresh.
        self._listing: Listing | None = None
        self._contents: Mapping[str, Content] = {}
        # The file as it was looked at, and what was seen, by URL.
        self._glances: dict[str, tuple[FoundFile, Glance]] = {}

    @property
    def trouble(self) -> Problem | None:
        """Why the last refresh failed; None if it did not."""
        return self._trouble

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the store, or what it is being asked for the first time."""
        problems = []
        known = self._listing is not None and bool(self._listing.states)
        if self._trouble is not None:
            problems.append(still_shown(self._trouble) if known else self._trouble)
        refresh = self._refresh
        if refresh is not None:
            now = self._clock()
            silent = now - refresh.heard_at
            if silent > _SILENCE:
                problems.append(slow(self.store.url, silent, known=known))
            elif not self._first_is_done.is_set():
                problems.append(
                    so_far(self.store.url, now - refresh.began_at, refresh.looked_at, refresh.files)
                )
        return problems

    def scan(self) -> LogdirScan | None:
        """All folders as the store listed them last; None before it did."""
        self._refresh_if_due()
        return None if self._listing is None else self._listing.scan

    def wait_for_the_first_scan(self) -> None:
        """Give a fast store the time to be shown at once; only ever for a moment."""
        self._refresh_if_due()
        if self._first_began_at is not None:
            waited = self._clock() - self._first_began_at
            if 0.0 <= waited < _FIRST_WAIT:
                self._first_is_done.wait(_FIRST_WAIT - waited)

    def glance(self, url: str) -> Glance | None:
        """The ends of an event file; None if it was not looked at yet."""
        known = self._glances.get(url)
        return None if known is None else known[1]

    def state(self, url: str) -> FileState:
        """The state of a folder, event file or side file. Raises FileNotFoundError."""
        if self._listing is None or url not in self._listing.states:
            raise FileNotFoundError(url)
        return self._listing.states[url]

    def content(self, url: str) -> Content:
        """What is known of a side file. Raises OSError."""
        known = self._contents.get(url)
        if known is None:
            raise FileNotFoundError(url)
        return known

    def _refresh_if_due(self) -> None:
        with self._lock:
            now = self._clock()
            # A clock that was set back must not stop them.
            waits = self._next_at - _LONGEST_REST < now < self._next_at
            if self._refresh is not None or waits:
                return
            self._refresh = refresh = _Refresh(now, now)
            if self._first_began_at is None:
                self._first_began_at = now
        self._start(lambda: self._run(refresh))

    def _run(self, refresh: _Refresh) -> None:
        try:
            self._ask(refresh)
            self._trouble = None
        except (OSError, ImportError) as error:
            self._trouble = trouble(self.store.url, error)
        except Exception as error:  # noqa: BLE001  whatever it is, the tab must say it and go on
            _log.exception("Reading %s failed; TrainMon tries again.", self.store.url)
            self._trouble = trouble(self.store.url, error)
        self._next_at = self._clock() + self._rest_after(refresh)
        self._refresh = None
        self._first_is_done.set()

    def _rest_after(self, refresh: _Refresh) -> float:
        """By the listing, which each refresh has anew; files are looked at when they change.

        The first look at a large store takes minutes, and says nothing of the next.
        """
        until = refresh.listed_at if refresh.listed_at is not None else self._clock()
        longest = _LONGEST_REST if self._trouble is None else _AFTER_TROUBLE
        took = max(until - refresh.began_at, 0.0)
        return max(min(took * _SHARE, longest), self._rest)

    def _ask(self, refresh: _Refresh) -> None:
        try:
            files = self.store.listing()
        except FileNotFoundError:
            self._take(listing_of(self.store.url, {}, self._interest.name), {})
            raise
        listing = listing_of(self.store.url, files, self._interest.name)
        refresh.heard_at = refresh.listed_at = self._clock()
        contents = read_side_files(self.store, listing, self._contents, self._manifest)
        if self._listing is None:
            self._listing, self._contents = listing, contents
        changed = [file for file in listing.event_files() if not self._has_seen(file)]
        changed.sort(key=lambda file: file.modified_at, reverse=True)
        refresh.files = len(changed)
        read = partial(self._read, listing=listing)
        for ends in one_ahead(self._start, read, _batches(changed)):
            refresh.heard_at = self._clock()
            self._look(ends)
            refresh.looked_at += len(ends.files)
        self._take(listing, contents)
        if not self._first_is_done.is_set():
            self._manifest.forget_all_but(listing.states)

    def _take(self, listing: Listing, contents: Mapping[str, Content]) -> None:
        self._listing, self._contents = listing, contents
        for gone in self._glances.keys() - {file.path for file in listing.event_files()}:
            del self._glances[gone]

    def _has_seen(self, file: FoundFile) -> bool:
        known = self._glances.get(file.path)
        return known is not None and known[0] == file

    def _read(self, files: Sequence[FoundFile], listing: Listing) -> _Ends:
        windows = {file.path: self._interest.window(file) for file in files}
        kept = self._manifest.of({url: listing.states[url] for url in windows})
        wanted = [
            Wanted(url, listing.states[url], head=window // 2, tail=window // 8)
            for url, window in windows.items()
        ]
        return _Ends(files, windows, kept, Prefetched(self.store, wanted, kept))

    def _look(self, ends: _Ends) -> None:
        disk = ends.disk
        if disk.trouble is not None:
            raise disk.trouble
        for file in ends.files:
            relative = file.path[len(self.store.url) + 1 :]
            where = presentable(relative if "/" in relative else f"./{relative}")
            seen = glance(file.path, window=ends.windows[file.path], where=where, disk=disk)
            self._glances[file.path] = (file, seen)
        self._manifest.keep({u: read for u, read in disk.reads().items() if u not in ends.kept})


def _batches(files: Sequence[FoundFile]) -> Iterator[Sequence[FoundFile]]:
    for begin in range(0, len(files), _BATCH):
        yield files[begin : begin + _BATCH]
