"""Watches the tasks that have viewers: one look at all of them a beat, however many they are."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tb_trainmon.core.errors import RequestError, TooManyStreams
from tb_trainmon.live.heart import Heart
from tb_trainmon.live.parcel import Parcel, Question
from tb_trainmon.live.traces import Traces
from tb_trainmon.live.viewer import Viewer
from tb_trainmon.tasks.opened.open_task import OpenTask
from tb_trainmon.tasks.service import Tasks

MOST_VIEWERS = 500  # each is a thread of TensorBoard's server
# Proxies do not all say that a browser has gone, and a stream holds its task's points in memory:
# whoever still listens comes again, from its cursor.
LONGEST = 100.0  # seconds of a stream
LOOK_EVERY = 0.05  # seconds between two looks at the files
TELL_EVERY = 0.3  # ... between two messages of a task, at the least
TELL_AT_LEAST_EVERY = 0.8  # ... and where telling of all tasks takes longer than its share
TELLING_SHARE = 0.25  # of a core, that telling may take until tasks are told of less often
READ_EVERY = 0.1  # ... between two reads that brought nothing
JUDGE_EVERY = 1.0  # ... after which a task is judged again, whose files are as they were
_SHARE = 20.0  # looks that cost much are followed by a rest so many times as long ...
_LONGEST_REST = 0.5  # ... up to this
_NOWHERE = ":0"  # a cursor that no task knows

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Watched:
    """A task with viewers. Times are the watcher's own clock's."""

    viewers: list[Viewer] = field(default_factory=list)
    traces: Traces = field(default_factory=Traces)
    has_newcomers: bool = True
    quiet_until: float = 0.0
    judge_at: float = 0.0
    telling: float = 0.0  # what telling its news took the last time


class Watcher:
    """Hands each viewer what is new in its task, soon after it was written.

    ``clock`` is a monotonic one and ``effort`` tells the CPU time of this thread, both in seconds;
    ``heart`` makes what calls ``beat`` while there are viewers, by default a thread. Everything
    may be called from any thread.
    """

    def __init__(
        self,
        tasks: Tasks,
        clock: Callable[[], float] = time.monotonic,
        heart: Callable[[Callable[[], float | None]], Heart] = Heart,
        most_viewers: int = MOST_VIEWERS,
        effort: Callable[[], float] = time.thread_time,
    ) -> None:
        self._tasks = tasks
        self._clock = clock
        # Not the clock's time: among many threads, most of that is waiting for a turn.
        self._effort = effort
        self._most_viewers = most_viewers
        # Held for a moment only, never while anything is read.
        self._lock = threading.Lock()
        self._watched: dict[str, _Watched] = {}
        self._heart = heart(self.beat)

    @property
    def viewers(self) -> int:
        """How many there are."""
        with self._lock:
            return self._count()

    def join(self, question: Question, cursor: str | None, client: str = "") -> Viewer:
        """A viewer of what came since ``cursor``, to be let go with ``leave``.

        It takes the place of the one that the same ``client`` had, and is let go after LONGEST
        seconds in any case. Raises TooManyStreams.
        """
        viewer = Viewer(question, cursor, client, self._clock() + LONGEST)
        if client:
            self._end(lambda other: other.client == client)
        with self._lock:
            if self._count() >= self._most_viewers:
                raise TooManyStreams(self._most_viewers)
            watched = self._watched.get(question.task)
            if watched is None:
                watched = self._watched[question.task] = _Watched()
                self._tasks.watch(question.task)
            watched.viewers.append(viewer)
            watched.has_newcomers = True
        self._heart.start()
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """Watch no more for ``viewer``; once is enough, more do no harm."""
        task = viewer.question.task
        with self._lock:
            watched = self._watched.get(task)
            if watched is None or viewer not in watched.viewers:
                return
            watched.viewers.remove(viewer)
            if not watched.viewers:
                del self._watched[task]
                self._tasks.unwatch(task)

    def beat(self) -> float | None:
        """Look once at each watched task; the seconds to rest, or None if nothing is watched."""
        now = self._clock()
        self._end(lambda viewer: viewer.until <= now)
        with self._lock:
            watched = list(self._watched.items())
        if not watched:
            return None
        looking = sum(self._look(task_id, one) for task_id, one in watched)
        return min(max(LOOK_EVERY, looking * _SHARE), _LONGEST_REST)

    def _end(self, is_over: Callable[[Viewer], bool]) -> None:
        """Let some go, whether or not anybody still reads what they were given."""
        with self._lock:
            viewers = [one for watched in self._watched.values() for one in watched.viewers]
        for viewer in filter(is_over, viewers):
            self.leave(viewer)
            viewer.end()

    def _look(self, task_id: str, watched: _Watched) -> float:
        """Tell the news of a task if there are any; the effort of finding out."""
        now = self._clock()
        if now < watched.quiet_until:
            return 0.0
        before = self._effort()
        changed = watched.traces.changed()
        looking = self._effort() - before
        if changed or watched.has_newcomers or now >= watched.judge_at:
            watched.judge_at = now + JUDGE_EVERY
            told = self._tell(task_id, watched)
            watched.telling = self._effort() - before - looking
            watched.quiet_until = now + (self._pause() if told else READ_EVERY if changed else 0.0)
        return looking

    def _pause(self) -> float:
        """Seconds between two messages of a task: more, where all tasks' together cost too much."""
        with self._lock:
            telling = sum([watched.telling for watched in self._watched.values()])
        return min(max(TELL_EVERY, telling / TELLING_SHARE), TELL_AT_LEAST_EVERY)

    def _tell(self, task_id: str, watched: _Watched) -> bool:
        """Give every viewer what is new; whether there was anything."""
        with self._lock:
            watched.has_newcomers = False
            viewers = [viewer for viewer in watched.viewers if viewer.keeps_up]
        try:
            with self._tasks.opened(task_id) as opened:
                watched.traces.follow(opened.assessment.layout)
                parcels = _parcels(opened, viewers)
        except RequestError as error:
            parcels = [_farewell(viewer, error) for viewer in viewers]
        except Exception:  # noqa: BLE001  a defect in one task must not end the watch of all others
            _log.exception("TrainMon failed to watch %s", task_id)
            parcels = [Parcel(_NOWHERE, b"", last=True) for viewer in viewers]
        for viewer, parcel in zip(viewers, parcels, strict=True):
            viewer.put(parcel)
            if parcel.last:
                self.leave(viewer)
        return any(parcel.content for parcel in parcels)

    def _count(self) -> int:
        return sum(len(watched.viewers) for watched in self._watched.values())


def _parcels(opened: OpenTask, viewers: list[Viewer]) -> list[Parcel]:
    """One for each viewer; viewers of one question at one place share theirs."""
    made: dict[tuple[Question, str | None], Parcel] = {}
    for viewer in viewers:
        key = (viewer.question, viewer.cursor)
        if key not in made:
            made[key] = _parcel(opened, viewer)
    return [made[viewer.question, viewer.cursor] for viewer in viewers]


def _parcel(opened: OpenTask, viewer: Viewer) -> Parcel:
    try:
        return viewer.question.parcel(opened, viewer.cursor)
    except RequestError as error:
        return _farewell(viewer, error)


def _farewell(viewer: Viewer, error: RequestError) -> Parcel:
    """What is asked for is no more: whoever asks again is told so by the answer."""
    return viewer.question.reset(_NOWHERE, str(error), last=True)
