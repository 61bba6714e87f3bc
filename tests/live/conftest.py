"""A watcher without a thread, on a task that a trainer is at work on, by a test's clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tb_trainmon.live.parcel import Parcel
from tb_trainmon.live.viewer import Viewer
from tb_trainmon.live.watcher import LOOK_EVERY, Watcher
from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import roots_from_flags
from tb_trainmon.tasks.listed.catalogue import Catalogue
from tb_trainmon.tasks.opened.memory_budget import DEFAULT_BUDGET
from tb_trainmon.tasks.opened.open_task import OpenTask
from tb_trainmon.tasks.service import Tasks
from tests.routes.site import Clock, StillHeart
from tests.routes.trainer import Trainer, training


@dataclass(frozen=True)
class Count:
    """Asks how many points of the loss came since the cursor, and writes down each asking."""

    task: str = "run"
    name: str = ""
    asked: list[str | None] = field(default_factory=list, compare=False)

    def parcel(self, opened: OpenTask, cursor: str | None) -> Parcel:
        self.asked.append(cursor)
        mark = opened.since(cursor)
        if mark is None:
            return self.reset(opened.cursor, opened.reset_reason if cursor else "Nothing known.")
        new = len(opened.series("loss")) - mark.points("loss")
        return Parcel(opened.cursor, b"%d new" % new if new else b"")

    def reset(self, cursor: str, reason: str, *, last: bool = False) -> Parcel:
        return Parcel(cursor, b"reset: " + reason.encode(), last)


class Scene:
    """The watcher, its clock, and what a person at the stream sees."""

    def __init__(self, logdir: Path, clock: Clock, budget: int = DEFAULT_BUDGET) -> None:
        side_files = SideFiles()
        roots = roots_from_flags(str(logdir), "")
        self.clock = clock
        catalogue = Catalogue(roots, Databases(), side_files, clock)
        self.tasks = Tasks(catalogue, side_files, clock, budget)
        self.watcher = Watcher(self.tasks, clock, StillHeart, most_viewers=3)

    def now(self, task: str = "run") -> str:
        """The cursor that names what there is."""
        with self.tasks.opened(task) as opened:
            return opened.cursor

    def join(self, question: Count | None = None) -> Viewer:
        """Somebody who has seen everything so far."""
        question = question or Count()
        viewer = self.watcher.join(question, self.now(question.task))
        self.pass_(1.0)
        assert seen(viewer) == []
        return viewer

    def beat(self, after: float = LOOK_EVERY) -> None:
        self.clock.advance(after)
        self.watcher.beat()

    def pass_(self, seconds: float) -> None:
        """Beat as often as the heart would."""
        for _ in range(round(seconds / LOOK_EVERY)):
            self.beat()


def seen(viewer: Viewer) -> list[str]:
    """What has arrived and was not taken yet."""
    found = []
    while (parcel := viewer.take(0.0)) is not None:
        found.append(parcel.content.decode())
    return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def trainer(tmp_path: Path, clock: Clock) -> Iterator[Trainer]:
    """At work on the task ``run``, with three points flushed."""
    with training(tmp_path / "logs" / "run", clock) as trainer:
        for step in (1, 2, 3):
            trainer.log(step, loss=1 / step)
        trainer.flush()
        yield trainer


@pytest.fixture
def scene(tmp_path: Path, trainer: Trainer, clock: Clock) -> Scene:
    return Scene(tmp_path / "logs", clock)
