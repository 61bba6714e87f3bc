"""One look after another at a log directory, by a test's clock."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from tb_trainmon.notifying.memory import Memory
from tb_trainmon.notifying.news import SETTLED
from tb_trainmon.notifying.notifier import Notifier
from tb_trainmon.notifying.rules import EVERYTHING
from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import roots_from_flags
from tb_trainmon.tasks.listed.catalogue import Catalogue
from tb_trainmon.tasks.service import Tasks
from tests.routes.site import Clock
from tests.tasks.scenes import NOW, LogFile

ADDRESS = "somebody"


class Watch:
    """A notifier over a log directory; ``again`` starts it anew with what it remembers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock(NOW + 60)
        self.memory = Memory(None)
        self.again()

    def again(self) -> None:
        side_files = SideFiles()
        roots = roots_from_flags(str(self.folder), "")
        catalogue = Catalogue(roots, Databases(), side_files, self.clock, patience=inf)
        service = Tasks(catalogue, side_files, self.clock)
        self.notifier = Notifier(service, self.memory, EVERYTHING, [ADDRESS], self.clock)

    def look(self, after: float = 15.0) -> list[str]:
        """What is told after so many seconds."""
        self.clock.advance(after)
        told = self.notifier.look()
        if not self.notifier.is_settled:
            self.clock.advance(SETTLED)
            told += self.notifier.look()
        return [f"{news.task} {news.kind}" for news in told]


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(tmp_path)


def training(watch: Watch, name: str = "run", points: int = 6) -> LogFile:
    """A training that logs each ten seconds, the last time now."""
    begin = watch.clock.now - 10 * points
    return LogFile(watch.folder / name, begin).train(range(points), begin + 10, every=10)


def test_a_training_that_falls_silent_is_told_once(watch: Watch) -> None:
    training(watch)
    assert watch.look() == []
    assert watch.look() == []
    assert watch.look(after=3600) == ["run stopped"]
    assert watch.look(after=3600) == []


def test_one_that_goes_on_is_told_and_its_silence_again(watch: Watch) -> None:
    file = training(watch)
    watch.look()
    watch.look(after=3600)
    file.log(7, watch.clock.now + 10, {"train/loss": 1.0})
    assert watch.look() == ["run revived"]
    assert watch.look(after=86400) == ["run stopped"]


def test_a_restart_of_the_notifier_tells_nothing_twice_and_loses_nothing(watch: Watch) -> None:
    training(watch)
    watch.look()
    watch.again()
    assert watch.look() == []
    watch.again()
    assert watch.look(after=3600) == ["run stopped"]
    watch.again()
    assert watch.look() == []


def test_a_training_that_began_and_ended_while_nobody_looked_is_told(watch: Watch) -> None:
    training(watch, "early")
    watch.look()
    watch.clock.advance(1000)
    training(watch, "late")
    assert sorted(watch.look(after=3600)) == ["early stopped", "late stopped"]
    assert watch.memory.waits([ADDRESS]) == 2


def test_old_trainings_are_no_news_to_a_first_look(watch: Watch) -> None:
    training(watch)
    assert watch.look(after=86400) == []


def test_old_trainings_that_are_copied_here_are_no_news(watch: Watch) -> None:
    training(watch)
    watch.look()
    begin = watch.clock.now - 999_999
    LogFile(watch.folder / "old", begin).train(range(9), begin + 10, every=10)
    assert watch.look() == []


def test_a_task_that_is_gone_is_forgotten(watch: Watch) -> None:
    file = training(watch)
    training(watch, "other")
    watch.look()
    file.path.unlink()
    file.path.parent.rmdir()
    watch.look()
    assert set(watch.memory.tasks) == {"other"}


def test_a_loss_that_turns_into_nan_is_told_with_its_insight(watch: Watch) -> None:
    file = training(watch, points=60)
    assert watch.look() == []
    for step in range(60, 72):
        file.log(step, watch.clock.now, {"train/loss": float("nan")})
    assert watch.look() == ["run nan", "run insight"]
    assert watch.look() == []
