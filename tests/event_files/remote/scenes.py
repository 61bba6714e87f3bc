"""A remote log directory by a test's clock, with a store that does what the test wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tb_trainmon.core.columns import Column
from tb_trainmon.event_files.glance import Glance
from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.event_files.remote.logdir import Interest, RemoteLogdir
from tb_trainmon.event_files.remote.store import Range
from tests.event_files.conftest import NOW, Records
from tests.stores import Folder

NAME = "events.out.tfevents.1700000000.host.1.0"
WINDOW = 1 << 12
Note = Callable[[Sequence[Range]], object]


class Later:
    """What is started waits until the test lets it be done; what that starts is done at once."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []
        self._works = False

    def __call__(self, work: Callable[[], None]) -> None:
        if self._works:
            work()
        else:
            self.waiting.append(work)

    def next(self) -> None:
        """Do what was started first."""
        self._works = True
        try:
            self.waiting.pop(0)()
        finally:
            self._works = False

    def finish(self) -> None:
        """Do everything that was started."""
        while self.waiting:
            self.next()


class Watch:
    """A log directory that is watched; it answers when the test says so."""

    def __init__(self, folder: Folder, cache: Path | None = None) -> None:
        self.folder = folder
        self.now = NOW
        self.later = Later()
        self.disks = Disks(lambda: self.now, start=self.later, cache=cache)
        interest = Interest(lambda name: name == "side.txt", lambda _: WINDOW)
        self.logdir: RemoteLogdir = self.disks.logdir(folder.url, interest)
        self._records = Records()

    def put(self, run: str, steps: range) -> str:
        """Write a run's event file anew, with these steps in it; gives its URL."""
        return self.folder.put(f"{run}/{NAME}", b"".join(self._records.scalars(steps)), self.now)

    def refresh(self) -> None:
        """Let the pause go by, ask, and let the store answer."""
        self.now += 1000.0
        self.logdir.scan()
        self.later.finish()

    def when_read(self, monkeypatch: pytest.MonkeyPatch, note: Note) -> None:
        """Call ``note`` with every question for bytes, before the store answers it."""
        read = self.logdir.store.read_all

        def read_all(wanted: Sequence[Range]) -> list[bytes | OSError]:
            note(wanted)
            return read(wanted)

        monkeypatch.setattr(self.logdir.store, "read_all", read_all)

    def runs(self) -> list[str]:
        """The folders with event files, as they are known."""
        scan = self.logdir.scan()
        return [folder.path for folder in scan.folders if folder.event_files] if scan else []

    def codes(self) -> list[str]:
        """The codes of what is said about the store."""
        return [problem.code for problem in self.logdir.problems]


def last_step(seen: Glance | None) -> int | None:
    """The last step that a glance saw."""
    points: Column | None = seen.tail.scalars.get("loss") if seen else None
    return int(points.step[-1]) if points is not None else None
