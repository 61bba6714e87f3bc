"""A list that takes long is answered at once with what there is, and says how far it is."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from math import inf

import pytest

from tb_trainmon.event_files.glance import Glance, glance
from tb_trainmon.event_files.scan import LogdirScan, scan_logdir
from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import Root
from tb_trainmon.tasks.judged.progress.siblings import UsualEnd
from tb_trainmon.tasks.listed.catalogue import Catalogue
from tb_trainmon.tasks.listed.families import Families, Member
from tb_trainmon.tasks.listed.listing import Listing, Progress
from tb_trainmon.tasks.listed.together import ENOUGH
from tests.tasks.scenes import HOURS, NOW, Stage


class Gate:
    """Lets so many through, and no more until it is opened; what waits at its end is let go."""

    def __init__(self) -> None:
        self._free = threading.Semaphore(0)

    def open(self, times: int) -> None:
        self._free.release(times)

    def pass_(self) -> None:
        assert self._free.acquire(timeout=60)


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """A disk on which every folder waits to be let through."""
    gate = Gate()

    def scan(
        root: str,
        interesting: Callable[[str], bool],
        visited: Callable[[], None],
        before: LogdirScan | None,
    ) -> LogdirScan:
        def slow() -> None:
            gate.pass_()
            visited()

        return scan_logdir(root, interesting, slow, before)

    monkeypatch.setattr("tb_trainmon.tasks.found.finder.scan_logdir", scan)
    yield gate
    gate.open(10_000)


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """A disk on which every event file waits to be let through."""
    gate = Gate()

    def slow(path: str, *, window: int, where: str) -> Glance:
        gate.pass_()
        return glance(path, window=window, where=where)

    monkeypatch.setattr("tb_trainmon.tasks.listed.glances.glance", slow)
    yield gate
    gate.open(10_000)


@pytest.fixture
def siblings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """A machine on which a look at siblings that are others waits to be let through."""
    gate = Gate()
    look = Families.update

    def slow(families: Families, members: Iterable[Member]) -> dict[str, UsualEnd | None]:
        if families.are_others:
            gate.pass_()
        return look(families, members)

    monkeypatch.setattr(Families, "update", slow)
    yield gate
    gate.open(10_000)


def catalogue_of(stage: Stage, patience: float = 0.0) -> Catalogue:
    roots = [Root(str(stage.logdir))]
    return Catalogue(roots, Databases(), SideFiles(), lambda: stage.now, patience=patience)


def runs(stage: Stage, count: int) -> None:
    """Runs 0, 1, ... of which the last one was written last."""
    for n in range(count):
        stage.file(f"{n:02}", pid=n).train(range(3), NOW + 10 * n)


def seeds(stage: Stage, count: int) -> None:
    """Runs of one length that nothing ended, an hour after one another, the last long ago."""
    for n in range(count):
        stage.file(f"seed{n}", NOW + n * HOURS, pid=n).train(range(100), NOW + n * HOURS)
    stage.now = NOW + (count + 1) * HOURS


def statuses(listing: Listing) -> set[str]:
    return {task.verdict.status for task in listing.tasks}


def ids(listing: Listing) -> list[str]:
    return [task.layout.id for task in listing.tasks]


def asked_until(catalogue: Catalogue, holds: Callable[[Listing], bool]) -> Listing:
    """The first answer of which that holds, asking as a page does."""
    listing = catalogue.listing()
    for _ in range(6000):
        if holds(listing):
            break
        time.sleep(0.01)
        listing = catalogue.listing()
    assert holds(listing), listing.progress
    return listing


def test_while_the_first_scan_goes_on_the_list_says_how_many_folders_it_has_seen(
    stage: Stage, folders: Gate
) -> None:
    runs(stage, 5)
    catalogue = catalogue_of(stage)
    folders.open(3)
    seen = asked_until(catalogue, lambda listing: listing.progress == Progress("scanning", 3, None))
    assert ids(seen) == []
    folders.open(3)
    whole = asked_until(catalogue, lambda listing: listing.progress is None)
    assert len(whole.tasks) == 5


def test_tasks_are_listed_as_soon_as_they_are_judged_those_with_the_newest_files_first(
    stage: Stage, files: Gate
) -> None:
    runs(stage, 50)
    catalogue = catalogue_of(stage)
    files.open(25)
    some = asked_until(catalogue, lambda listing: bool(listing.tasks))
    assert some.progress == Progress("judging", 20, 50)
    assert ids(some) == [f"{n:02}" for n in range(49, 29, -1)]
    files.open(25)
    assert len(asked_until(catalogue, lambda listing: listing.progress is None).tasks) == 50


def test_a_list_is_whole_once_all_know_where_their_siblings_ended(
    stage: Stage, siblings: Gate
) -> None:
    seeds(stage, 4)
    catalogue = catalogue_of(stage)
    judged = asked_until(catalogue, lambda listing: len(listing.tasks) == 4)
    assert (statuses(judged), judged.progress) == ({"stopped"}, Progress("judging", 4, 4))
    siblings.open(1)
    whole = asked_until(catalogue, lambda listing: listing.progress is None)
    assert statuses(whole) == {"completed"}


def test_a_list_is_not_whole_while_one_that_fell_silent_tells_its_siblings(
    stage: Stage, siblings: Gate
) -> None:
    seeds(stage, 3)
    stage.file("seed3", stage.now - 100.0, pid=3).train(range(100), stage.now - 99.0)
    catalogue = catalogue_of(stage)
    siblings.open(1)
    first = asked_until(catalogue, lambda listing: listing.progress is None)
    assert statuses(first) == {"stopped", "running"}
    stage.advance(HOURS)
    silent = asked_until(catalogue, lambda listing: "running" not in statuses(listing))
    assert silent.progress == Progress("judging", 4, 4)
    siblings.open(1)
    whole = asked_until(catalogue, lambda listing: listing.progress is None)
    assert statuses(whole) == {"completed"}


def test_siblings_are_looked_at_again_where_that_failed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds(stage, 4)
    catalogue = catalogue_of(stage, patience=inf)
    with monkeypatch.context() as broken:
        broken.setattr(Families, "update", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            catalogue.listing()
    whole = catalogue.listing()
    assert (statuses(whole), whole.progress) == ({"completed"}, None)


def test_the_first_answer_waits_for_no_more_than_a_screen_shows(stage: Stage, files: Gate) -> None:
    """However patient it is: the rest comes with the next one."""
    runs(stage, ENOUGH + 30)
    catalogue = catalogue_of(stage, patience=3600.0)
    files.open(ENOUGH + 5)
    with ThreadPoolExecutor(1) as page:
        asked = page.submit(catalogue.listing)
        try:
            first = asked.result(timeout=60.0)
        finally:
            files.open(10_000)
        assert first.progress == Progress("judging", ENOUGH, ENOUGH + 30)
        assert len(page.submit(catalogue.listing).result(timeout=60.0).tasks) == ENOUGH + 30


def test_a_list_that_was_whole_stays_so_while_a_scan_looks_for_more(
    stage: Stage, folders: Gate
) -> None:
    runs(stage, 3)
    catalogue = catalogue_of(stage)
    folders.open(4)
    asked_until(catalogue, lambda listing: listing.progress is None)
    stage.now += 60.0
    runs(stage, 4)
    folders.open(2)
    during = asked_until(catalogue, lambda listing: listing.progress is not None)
    assert len(during.tasks) == 3
    folders.open(3)
    assert len(asked_until(catalogue, lambda listing: len(listing.tasks) == 4).tasks) == 4


def test_who_asks_for_one_task_waits_for_the_scan_and_not_for_the_judgement_of_all(
    stage: Stage, files: Gate
) -> None:
    runs(stage, 3)
    catalogue = catalogue_of(stage)
    layout = catalogue.layout("01")
    assert layout is not None
    assert layout.id == "01"
    assert catalogue.layout("99") is None


def test_without_end_to_the_patience_every_list_is_whole(stage: Stage) -> None:
    runs(stage, 50)
    listing = catalogue_of(stage, patience=inf).listing()
    assert (len(listing.tasks), listing.progress) == (50, None)


def test_a_list_since_a_revision_has_only_what_was_judged_after_it(stage: Stage) -> None:
    runs(stage, 30)
    catalogue = catalogue_of(stage, patience=inf)
    stage.now = NOW + 7 * 86_400.0  # all have ended long ago, and time alone changes nothing
    first = catalogue.listing()
    assert (len(first.tasks), first.is_whole) == (30, True)
    again = catalogue.listing(first.revision)
    assert (ids(again), again.is_whole, again.revision) == ([], False, first.revision)
    stage.now += 60.0
    stage.file("new", pid=99).train(range(3), stage.now)
    later = catalogue.listing(first.revision)
    assert (ids(later), later.is_whole, later.progress) == (["new"], False, None)


def test_a_list_since_a_revision_is_whole_where_a_task_has_gone(stage: Stage) -> None:
    runs(stage, 3)
    catalogue = catalogue_of(stage, patience=inf)
    first = catalogue.listing()
    shutil.rmtree(stage.logdir / "01")
    stage.now += 60.0
    later = catalogue.listing(first.revision)
    assert (ids(later), later.is_whole) == (["02", "00"], True)
    assert not catalogue.listing(later.revision).is_whole


@pytest.mark.parametrize("revision", ["", "nonsense", "0123456789ab:1", ":1"])
def test_a_list_since_an_unknown_revision_is_whole(stage: Stage, revision: str) -> None:
    runs(stage, 2)
    listing = catalogue_of(stage, patience=inf).listing(revision)
    assert (len(listing.tasks), listing.is_whole) == (2, True)


def test_an_error_of_the_working_thread_is_raised_where_it_was_asked_for_and_tried_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs(stage, 1)
    catalogue = catalogue_of(stage, patience=inf)

    def fails(*_: object) -> LogdirScan:
        raise RuntimeError("no such luck")

    with monkeypatch.context() as patch:
        patch.setattr("tb_trainmon.tasks.found.finder.scan_logdir", fails)
        for _ in range(2):
            with pytest.raises(RuntimeError, match="no such luck"):
                catalogue.listing()
    assert len(catalogue.listing().tasks) == 1


def test_the_thread_is_a_daemon_and_ends_with_its_work(stage: Stage, files: Gate) -> None:
    def working() -> list[threading.Thread]:
        return [t for t in threading.enumerate() if t.name == "trainmon-catalogue"]

    runs(stage, 1)
    catalogue = catalogue_of(stage)
    assert working() == []
    catalogue.listing()
    assert [thread.daemon for thread in working()] == [True]
    files.open(1)
    asked_until(catalogue, lambda listing: listing.progress is None)
    for thread in working():
        thread.join(timeout=60)
    assert working() == []


def test_scans_rest_by_what_they_cost_and_the_first_one_is_no_measure(stage: Stage) -> None:
    """It imports half of TrainMon; a status that is in a database must not wait for that."""
    spent = [0.0, 10.0, 10.0, 10.1, 10.1, 10.1]  # CPU time before and after each scan
    catalogue = Catalogue(
        [Root(str(stage.logdir))],
        Databases(),
        SideFiles(),
        lambda: stage.now,
        patience=inf,
        effort=lambda: spent.pop(0),
    )
    assert ids(catalogue.listing()) == []
    stage.file("a").train(range(3), stage.now)
    stage.advance(1.0)
    assert ids(catalogue.listing()) == ["a"]
    stage.file("b").train(range(3), stage.now)
    stage.advance(4.9)
    assert len(catalogue.listing().tasks) == 1
    stage.advance(0.2)
    assert len(catalogue.listing().tasks) == 2
