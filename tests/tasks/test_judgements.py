"""A task that TrainMon fails on is listed as that, and costs the others nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tb_trainmon.tasks import judgements
from tb_trainmon.tasks.judged import shown
from tests.tasks.scenes import NOW, Stage
from tests.tasks.tables import Table


def broken(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> None:
    """A defect of ours in the function ``name``, which the task "bad" alone meets."""
    sound = getattr(where, name)

    def fails(*args: Any, **named: Any) -> Any:
        if any("bad" in repr(arg) for arg in args if not isinstance(arg, (list, float))):
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
    assert (bad.attempts, bad.metrics, bad.facts) == ((), (), {})
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


def test_what_files_show_is_worked_out_once_and_only_its_age_is_told_anew(three: Stage) -> None:
    before = three.listed()
    three.file("c", pid=1).train(range(10, 20), NOW + 300)
    three.advance(100_000)
    now = three.listed()
    assert now["a"].shown is before["a"].shown
    assert now["c"].shown is not before["c"].shown
    assert before["a"].verdict.reason.startswith("No event for 3 h")
    assert now["a"].verdict.reason.startswith("No event for 31 h")
