"""What is known, what was told and what is still to be told: a JSON file, replaced as a whole."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tb_trainmon.core.errors import TrainMonError
from tb_trainmon.notifying.news import Known, News, Promise

_VERSION = 1
_LOOKS = 300.0  # seconds between two times that the look alone is written down
_MOST_WAITING = 1000  # letters for one address; the oldest are let go of beyond


class BadMemory(TrainMonError):
    """The file cannot be read or written; the text says where and why."""


@dataclass(slots=True)
class Waiting:
    """News that an address has not been told yet: due when, tried how often."""

    address: str
    news: News
    due: float
    tries: int = 0


@dataclass(slots=True)
class _Content:
    tasks: dict[str, Known] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    looked_at: float | None = None


class Memory:
    """What is in the file at ``path``; without one, what this process comes to know.

    Where it ``writes`` nothing, the file stays as it is. Safe for several threads. Nothing is lost
    by a crash: what is changed is on disk at once.

    News is written down before it is sent and crossed out after it: a process that is killed in
    between sends it again, which is better than never.
    """

    def __init__(self, path: Path | None, *, writes: bool = True) -> None:
        self._path = path if writes else None
        self._lock = threading.RLock()
        self._content = _read(path) if path is not None else _Content()
        self._written: dict[str, Any] = {}

    @property
    def looked_at(self) -> float | None:
        """When the tasks were looked at last; None before the first look."""
        return self._content.looked_at

    @property
    def tasks(self) -> Mapping[str, Known]:
        """What is known of each task, by its id."""
        return self._content.tasks

    def learn(
        self,
        tasks: Mapping[str, Known],
        gone: Iterable[str],
        waiting: Iterable[Waiting],
        now: float,
    ) -> None:
        """What one look showed, and what is to be told because of it: in one piece."""
        with self._lock:
            content = self._content
            content.tasks.update(tasks)
            for task in gone:
                content.tasks.pop(task, None)
            content.waiting.extend(waiting)
            content.looked_at = now
            self._write()

    def due(self, address: str, now: float) -> list[Waiting]:
        """What the address is to be told now, oldest first."""
        with self._lock:
            return [w for w in self._content.waiting if w.address == address and w.due <= now]

    def waits(self, addresses: Iterable[str] | None = None) -> int:
        """How much is still to be told, now or later."""
        with self._lock:
            keys = None if addresses is None else set(addresses)
            return sum(keys is None or w.address in keys for w in self._content.waiting)

    def settle(self, told: Iterable[Waiting]) -> None:
        """Cross out what was told, or given up."""
        with self._lock:
            done = {id(one) for one in told}
            self._content.waiting = [w for w in self._content.waiting if id(w) not in done]
            self._write()

    def put_off(self, waiting: Iterable[Waiting], due: float) -> None:
        """Try these again later."""
        with self._lock:
            for one in waiting:
                one.due, one.tries = due, one.tries + 1
            self._write()

    def _write(self) -> None:
        content = self._content
        content.waiting = _bounded(content.waiting)
        if self._path is None:
            return
        table = _plain(content)
        # That one looked again is nothing to write down each time.
        looked = table["looked_at"] or 0.0
        before = self._written.get("looked_at") or 0.0
        if looked - before < _LOOKS and {**table, "looked_at": before} == self._written:
            return
        _replace(self._path, json.dumps(table, ensure_ascii=False))
        self._written = table


def _bounded(waiting: list[Waiting]) -> list[Waiting]:
    kept: dict[str, int] = {}
    newest_first = []
    for one in reversed(waiting):
        kept[one.address] = kept.get(one.address, 0) + 1
        if kept[one.address] <= _MOST_WAITING:
            newest_first.append(one)
    return newest_first[::-1]


def _plain(content: _Content) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "looked_at": content.looked_at,
        "tasks": {task: asdict(known) for task, known in content.tasks.items()},
        "waiting": [asdict(one) for one in content.waiting],
    }


def _read(path: Path) -> _Content:
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        return _content(json.loads(text)) if text else _Content()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BadMemory(
            f"{path}, where it is kept what was told, cannot be read: {error}. "
            "Remove it to begin anew: what has ended by then is not told."
        ) from error


def _content(table: Mapping[str, Any]) -> _Content:
    if table["version"] != _VERSION:
        raise ValueError(f"it is of version {table['version']}")
    return _Content(
        tasks={task: _known(row) for task, row in table["tasks"].items()},
        waiting=[Waiting(**{**row, "news": News(**row["news"])}) for row in table["waiting"]],
        looked_at=table["looked_at"],
    )


def _known(row: Mapping[str, Any]) -> Known:
    insights, promise = row["insights"], row["promise"]
    return Known(
        **{
            **row,
            "insights": None if insights is None else tuple(insights),
            "promise": None if promise is None else Promise(**promise),
        }
    )


def _replace(path: Path, text: str) -> None:
    """The file is the old or the new one, whatever happens; only its owner can read it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise BadMemory(f"{path} cannot be written: {error.strerror or error}.") from error
