"""A task that TrainMon fails on is listed as that, and costs the others nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.found.grouping import Run
from tb_trainmon.tasks.judged import shown
from tb_trainmon.tasks.listed import judgements
from tb_trainmon.tasks.listed.glances import Glanced, Glances
from tb_trainmon.tasks.listed.settled import Settled
from tb_trainmon.training_logs.log_rows import LogRows
from tb_trainmon.training_logs.of_many import Spot
from tb_trainmon.training_logs.reading import TrainingLogs
from tests.tasks.scenes import NOW, Stage, told
from tests.tasks.tables import Table

_BAD = re.compile("['/]bad['/]")


def broken(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> None:
    """A defect of ours in the function ``name``, which the task "bad" alone meets."""
    sound = getattr(where, name)

    def fails(*args: Any, **named: Any) -> Any:
        # As a name: an address in memory may have these letters, too.
        if any(_BAD.search(repr(arg)) for arg in args if not isinstance(arg, (list, float))):
            raise ZeroDivisionError("a defect")
        return sound(*args, **named)

    monkeypatch.setattr(where, name, fails)


@pytest.fixture
def three(stage: Stage) -> Stage:
    """Tasks a, bad and c; the second was written last."""
    for n, run in enumerate(("a", "c", "bad")):
        stage.file(run, pid=n).train(range(10), NOW + 100 * n)
    stage.advance(10_000)
    return stage


def test_a_task_that_we_fail_on_is_listed_and_says_so(
    three: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At its place, by when its files were written; the others are as ever."""
    whole = three.listed()
    three.look()
    broken(monkeypatch, judgements, "say")
    listing = three.tasks.listing()
    assert [task.layout.id for task in listing.tasks] == ["bad", "c", "a"]
    bad, c, _ = listing.tasks
    assert (c.verdict.status, c.step, c.loss) == ("stopped", 9, whole["c"].loss)
    assert (bad.verdict.status, bad.mode, bad.step, bad.loss) == ("stopped", "history", None, None)
    assert bad.verdict.reason.startswith("TrainMon failed on this task")
    assert (bad.attempts, bad.lead, bad.lead_value) == (0, None, None)
    assert [(p.code, p.where) for p in listing.problems] == [("internal", "bad")]
    assert listing.progress is None


def test_what_the_list_works_out_later_is_guarded_too(
    three: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loss is worked out when it is asked for: not where all tasks would fail with it."""

    def fails(attempts: Any, *_: Any) -> float:
        if any("bad" in part.source.run for attempt in attempts for part in attempt.parts):
            raise ZeroDivisionError("a defect")
        return 1.0

    monkeypatch.setattr(shown, "latest_value", fails)
    assert [task.loss for task in three.tasks.listing().tasks] == [None, 1.0, 1.0]


def test_its_traceback_is_logged_once_until_it_is_well_again(
    three: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failures() -> int:
        return caplog.text.count("TrainMon failed on the task 'bad'")

    with monkeypatch.context() as patch:
        broken(patch, judgements, "say")
        for _ in range(3):
            three.advance(1000.0)
            three.listed()
    assert failures() == 1
    assert caplog.text.count("Traceback") == 1
    three.advance(1000.0)
    assert three.listed()["bad"].step == 9
    assert "internal" not in three.problems()
    with monkeypatch.context() as patch:
        broken(patch, judgements, "say")
        three.file("bad", pid=2).train(range(10, 20), NOW + 300)
        three.advance(1000.0)
        three.listed()
    assert failures() == 2


def test_it_has_no_sparkline(three: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, judgements, "say")
    assert set(three.tasks.sparklines(["a", "bad", "c"])) == {"a", "c"}


def test_a_task_of_the_table_alone_may_fail_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no file whose time would place it."""
    Table(stage.logdir).task("bad", runs=[]).log(10, NOW, {"loss": 1.0}, task_id="bad")
    broken(monkeypatch, judgements, "say")
    (task,) = stage.listed().values()
    assert (task.last_event_at, task.verdict.status) == (None, "stopped")


def glances(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs of the files that are looked at from now on."""
    looked: list[str] = []
    look = Glances.look

    def noted(self: Glances, run: Run, file: FoundFile, now: float) -> Glanced:
        looked.append(run.path)
        return look(self, run, file, now)

    monkeypatch.setattr(Glances, "look", noted)
    return looked


def test_of_what_is_over_only_the_age_is_told_anew(
    three: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = three.tasks.listing().tasks
    three.file("c", pid=1).train(range(10, 20), NOW + 300)
    three.advance(100_000)
    looked = glances(monkeypatch)
    now = three.tasks.listing().tasks
    assert looked == ["c", "c"]
    reasons = [[t.verdict.reason for t in tasks if t.layout.id == "a"] for tasks in (before, now)]
    assert reasons == [
        ["No event for 3 h; no end marker."],
        ["No event for 31 h; no end marker."],
    ]


def one_more_point(stage: Stage, path: Path) -> None:
    stage.file("a", pid=0).train(range(10, 20), NOW + 500)


def shorter(stage: Stage, path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def another_in_its_place(stage: Stage, path: Path) -> None:
    other = stage.file("elsewhere", NOW, pid=0).train(range(4), NOW).path
    other.replace(path)


def gone(stage: Stage, path: Path) -> None:
    path.unlink()


def elsewhere(stage: Stage, path: Path) -> None:
    path.parent.rename(path.parent.with_name("b"))


def an_error_beside_it(stage: Stage, path: Path) -> None:
    path.with_name("error.txt").write_text("out of memory")


@pytest.mark.parametrize(
    "happens",
    [one_more_point, shorter, another_in_its_place, gone, elsewhere, an_error_beside_it],
)
def test_what_is_kept_of_a_task_is_dropped_when_its_files_change(
    three: Stage, happens: Callable[[Stage, Path], None]
) -> None:
    """It is then judged as by whoever looks at it for the first time."""
    three.listed()
    [file] = (three.logdir / "a").iterdir()
    happens(three, file)
    three.advance(100.0)
    known = three.listed()
    three.look()
    assert {id_: told(task) for id_, task in known.items()} == {
        id_: told(task) for id_, task in three.listed().items()
    }


@pytest.fixture
def over(stage: Stage) -> Table:
    """The table of a task that has ended, as it was written a while ago."""
    table = Table(stage.logdir).task(runs=[], status="stopped").attempt(ended_at=NOW + 30)
    for step in range(10):
        table.log(step, NOW + step, {"loss": 1.0 - step / 10})
    os.utime(table.path, (NOW, NOW))
    stage.advance(10_000)
    return table


def test_of_a_task_of_the_table_that_is_over_no_points_are_kept_nor_rows_read_again(
    stage: Stage, over: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = told(stage.listed()["run"])
    (kept,) = stage.tasks._catalogue.judgements(["run"])
    assert isinstance(kept, Settled)
    drawn = stage.tasks.sparklines(["run"])["run"]
    assert drawn.whole
    assert len(drawn.values) == 10
    asked: list[str] = []
    monkeypatch.setattr(TrainingLogs, "ends", lambda *_: asked.append("rows"))
    monkeypatch.setattr(TrainingLogs, "windows", lambda *_: asked.append("rows"))
    stage.advance(100_000)
    (now,) = stage.tasks.listing().tasks
    assert (now.step, now.verdict.status) == (known["step"], known["status"])
    assert stage.tasks.sparklines(["run"])["run"] == drawn
    assert asked == []


def test_of_a_database_that_others_write_one_row_tells_that_there_is_nothing_new(
    stage: Stage, over: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand tasks that are over are told another age while one of them runs."""
    known = told(stage.listed()["run"])
    taken: list[int] = []
    windows = TrainingLogs.windows

    def counted(logs: TrainingLogs, spots: Sequence[Spot], size: int) -> list[LogRows]:
        found = windows(logs, spots, size)
        taken.extend(map(len, found))
        return found

    monkeypatch.setattr(TrainingLogs, "windows", counted)
    monkeypatch.setattr(TrainingLogs, "ends", lambda *_: pytest.fail("They are read anew."))
    over.log(7, NOW, task_id="another")
    os.utime(over.path, (NOW + 1, NOW + 1))
    for _ in range(2):
        stage.advance(100_000)
        (now,) = stage.tasks.listing().tasks
        assert (now.step, now.verdict.status) == (known["step"], known["status"])
    assert taken == [1]


def test_a_task_that_is_over_stays_as_it_was_while_its_database_is_locked(
    stage: Stage, over: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = told(stage.listed()["run"])
    over.log(7, NOW, task_id="another")
    monkeypatch.setattr(TrainingLogs, "windows", refuse)
    monkeypatch.setattr(TrainingLogs, "ends", refuse)
    stage.advance(100_000)
    (now,) = stage.tasks.listing().tasks
    assert (now.step, now.verdict.status) == (known["step"], known["status"])


def refuse(*_: object) -> None:
    raise DatabaseUnreadable("It is locked.")


def a_row_more(table: Table) -> None:
    table.log(50, NOW + 50, {"loss": 0.01})


def rows_gone(table: Table) -> None:
    table.run("DELETE FROM training_logs WHERE step > 4")


def another_end(table: Table) -> None:
    table.task(runs=[], status="failed", error="out of memory")


@pytest.mark.parametrize("happens", [a_row_more, rows_gone, another_end])
def test_what_is_kept_of_a_task_of_the_table_is_dropped_when_its_rows_are_others(
    stage: Stage, over: Table, happens: Callable[[Table], object]
) -> None:
    before = told(stage.listed()["run"])
    happens(over)
    stage.advance(1000.0)
    known = told(stage.listed()["run"])
    assert known != before
    stage.look()
    assert known == told(stage.listed()["run"])
