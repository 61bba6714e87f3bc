"""Scenes without a thread: somebody writes, the watcher looks, whoever watches is told."""

from __future__ import annotations

import itertools
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from tb_trainmon.core.errors import TooManyStreams
from tb_trainmon.live.viewer import MOST_WAITING
from tb_trainmon.live.watcher import (
    JUDGE_EVERY,
    LONGEST,
    LOOK_EVERY,
    TELL_AT_LEAST_EVERY,
    TELL_EVERY,
    Watcher,
)
from tb_trainmon.tasks.opened.open_task import OpenTask
from tests.live.conftest import Count, Scene, seen
from tests.routes.site import Clock, StillHeart
from tests.routes.trainer import Trainer, train, training
from tests.tasks.tables import Table


def log(trainer: Trainer, *steps: int) -> None:
    """Flushed points; the clock of the watcher does not see how long it took."""
    now = trainer._clock.now
    for step in steps:
        trainer.log(step, loss=1 / step)
    trainer.flush()
    trainer._clock.now = now


def test_a_flushed_point_is_told_at_the_next_look(scene: Scene, trainer: Trainer) -> None:
    viewer = scene.join()
    log(trainer, 4)
    scene.beat()
    assert seen(viewer) == ["1 new"]


def test_points_that_are_not_flushed_are_not_there_yet(scene: Scene, trainer: Trainer) -> None:
    viewer = scene.join()
    trainer.log(4, loss=0.1)
    scene.pass_(2.0)
    assert seen(viewer) == []


def test_a_task_is_told_of_at_most_once_in_300_milliseconds(scene: Scene, trainer: Trainer) -> None:
    """And everything that came meanwhile comes then, once."""
    viewer = scene.join()
    log(trainer, 4)
    scene.beat()
    assert seen(viewer) == ["1 new"]
    for step in (5, 6, 7, 8):
        log(trainer, step)
        scene.beat()
        assert seen(viewer) == []
    scene.pass_(TELL_EVERY)
    assert seen(viewer) == ["4 new"]


def test_equal_questions_are_computed_once_for_all_who_ask(scene: Scene, trainer: Trainer) -> None:
    question = Count()
    viewers = [scene.watcher.join(question, scene.now()) for _ in range(2)]
    other = scene.join(Count(name="with other smoothing"))
    question.asked.clear()
    log(trainer, 4)
    scene.beat()
    assert [seen(viewer) for viewer in (*viewers, other)] == [["1 new"]] * 3
    assert len(question.asked) == 1


def test_one_who_comes_later_gets_what_it_lacks_and_then_shares(
    scene: Scene, trainer: Trainer
) -> None:
    question, early = Count(), scene.now()
    first = scene.join(question)
    log(trainer, 4)
    scene.beat()
    scene.beat(TELL_EVERY)
    second = scene.watcher.join(Count(asked=question.asked), early)
    scene.beat()
    assert (seen(first), seen(second)) == (["1 new"], ["1 new"])
    question.asked.clear()
    log(trainer, 5)
    scene.beat(TELL_EVERY)
    assert (seen(first), seen(second)) == (["1 new"], ["1 new"])
    assert len(question.asked) == 1


def test_one_who_knows_nothing_is_told_to_ask_for_everything(scene: Scene) -> None:
    viewer = scene.watcher.join(Count(), None)
    scene.beat()
    assert seen(viewer) == ["reset: Nothing known."]
    assert viewer.cursor == scene.now()


def test_files_are_not_read_while_nobody_writes(
    scene: Scene, trainer: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only judged by the clock, on a slower beat: it may have been silent for too long."""
    scene.join()
    opened: list[str] = []
    open_task = scene.tasks.opened

    def counted(task_id: str) -> AbstractContextManager[OpenTask]:
        opened.append(task_id)
        return open_task(task_id)

    monkeypatch.setattr(scene.tasks, "opened", counted)
    scene.pass_(10.0)
    assert 9 <= len(opened) <= 10.0 / JUDGE_EVERY
    opened.clear()
    log(trainer, 4)
    scene.beat()
    assert opened == ["run"]


def test_nothing_is_looked_at_once_nobody_watches(scene: Scene) -> None:
    viewer = scene.join()
    assert scene.watcher.beat() == LOOK_EVERY
    scene.watcher.leave(viewer)
    scene.watcher.leave(viewer)
    assert scene.watcher.beat() is None
    assert scene.watcher.viewers == 0


def test_a_status_that_the_clock_alone_changes_is_told(
    scene: Scene, trainer: Trainer, clock: Clock
) -> None:
    clock.advance(150.0)
    viewer = scene.join()
    before = viewer.cursor
    scene.beat(60.0)
    with scene.tasks.opened("run") as opened:
        assert opened.assessment.verdict.status == "stopped"
    assert viewer.cursor != before


def test_a_new_attempt_is_a_reset_that_says_so(
    scene: Scene, trainer: Trainer, clock: Clock, tmp_path: Path
) -> None:
    viewer = scene.join()
    clock.advance(60.0)
    with training(tmp_path / "logs" / "run", clock, pid=2) as again:
        for step in (1, 2, 3):
            again.log(step, loss=1.0)
    scene.beat(JUDGE_EVERY)
    assert seen(viewer) == ["reset: A new attempt began."]
    scene.pass_(2.0)
    assert seen(viewer) == []


def test_a_rewritten_file_is_a_reset_and_then_goes_on(
    scene: Scene, trainer: Trainer, clock: Clock
) -> None:
    viewer = scene.join()
    trainer.close()
    trainer.path.unlink()
    train(trainer.path.parent, clock, range(1, 3))
    (made,) = trainer.path.parent.iterdir()
    made.rename(trainer.path)
    scene.beat(JUDGE_EVERY)
    assert seen(viewer) == ["reset: An event file or the training_logs table was rewritten."]


def test_rows_of_the_table_are_told_too(tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "tables"
    table = Table(folder).task("run", runs=[]).attempt()
    for step in (1, 2, 3):
        table.log(type="step", step=step, at=clock(), metrics={"loss": 1 / step})
    scene = Scene(folder, clock)
    viewer = scene.join()
    table.log(type="step", step=4, at=clock(), metrics={"loss": 0.2})
    scene.pass_(TELL_EVERY)
    assert seen(viewer) == ["1 new"]


def test_tasks_are_watched_apart(
    scene: Scene, trainer: Trainer, tmp_path: Path, clock: Clock
) -> None:
    with training(tmp_path / "logs" / "other", clock) as neighbour:
        log(neighbour, 1, 2, 3)
        clock.advance(2.0)
        mine, other = scene.join(), scene.join(Count("other"))
        log(trainer, 4)
        scene.beat()
        log(neighbour, 4, 5)
        scene.beat()
    assert (seen(mine), seen(other)) == (["1 new"], ["2 new"])


def test_a_reader_too_slow_for_the_news_gets_one_reset_instead(
    scene: Scene, trainer: Trainer
) -> None:
    """Its backlog does not grow, and others do not wait for it."""
    slow, quick = scene.join(), scene.join(Count(name="quick"))
    for step in range(4, 4 + 3 * MOST_WAITING):
        log(trainer, step)
        scene.beat(TELL_EVERY)
        assert seen(quick) == ["1 new"]
        assert len(slow._waiting) <= MOST_WAITING
    (reset,) = seen(slow)
    assert reset.startswith("reset: This reader took longer")
    log(trainer, 100)
    scene.beat(TELL_EVERY)
    # All that came since the state that the reset named.
    assert seen(slow) == [f"{2 * MOST_WAITING} new"]


def test_there_is_a_limit_to_streams_and_a_sentence_beyond_it(scene: Scene) -> None:
    viewers = [scene.watcher.join(Count(), None) for _ in range(3)]
    with pytest.raises(TooManyStreams, match="All 3 streams are taken"):
        scene.watcher.join(Count(), None)
    scene.watcher.leave(viewers[0])
    scene.watcher.join(Count(), None)


def test_a_stream_ends_in_time_and_goes_on_from_its_cursor(scene: Scene, trainer: Trainer) -> None:
    """Whoever stands behind a proxy that does not say so may have gone long ago."""
    viewer = scene.join()
    for step in range(4, 4 + round(LONGEST)):
        log(trainer, step)
        scene.pass_(1.0)
        if scene.watcher.viewers == 0:
            break
        assert seen(viewer) == ["1 new"]
    parcel = viewer.take(0.0)
    assert parcel is not None
    assert (parcel.content, parcel.last) == (b"", True)
    assert scene.watcher.viewers == 0
    assert scene.watcher.beat() is None
    log(trainer, 200)
    again = scene.watcher.join(Count(), viewer.cursor)
    scene.beat(JUDGE_EVERY)
    assert seen(again)[0].endswith(" new")


def test_one_that_nobody_empties_is_let_go_in_time_too(scene: Scene, trainer: Trainer) -> None:
    """Its thread may hang in a socket: the points of its task are not held for that."""
    scene.join()
    for step in range(4, 30):
        log(trainer, step)
        scene.beat(TELL_EVERY)
    scene.pass_(LONGEST)
    assert scene.watcher.viewers == 0


def test_a_clients_new_stream_takes_the_place_of_its_old_one(
    scene: Scene, trainer: Trainer
) -> None:
    """The rounds of hiding a tab leave no stream each, and nobody else's ends."""
    stranger = scene.join()
    nameless = scene.join()
    viewers = [scene.watcher.join(Count(), scene.now(), "tab 1") for _ in range(5)]
    assert scene.watcher.viewers == 3
    for old in viewers[:-1]:
        parcel = old.take(0.0)
        assert parcel is not None
        assert parcel.last
    log(trainer, 4)
    scene.beat(JUDGE_EVERY)
    assert [seen(one) for one in (stranger, nameless, viewers[-1])] == [["1 new"]] * 3


def test_the_stream_of_a_task_that_has_gone_ends_and_says_why(
    scene: Scene, trainer: Trainer
) -> None:
    viewer = scene.join()
    trainer.close()
    trainer.path.unlink()
    trainer.path.parent.rmdir()
    scene.pass_(30.0)
    parcel = viewer.take(0.0)
    assert parcel is not None
    assert parcel.last
    assert b"There is no task 'run'" in parcel.content
    assert scene.watcher.viewers == 0


def test_a_defect_in_one_task_ends_its_streams_and_no_other(
    scene: Scene,
    trainer: Trainer,
    tmp_path: Path,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    train(tmp_path / "logs" / "broken", clock, range(1, 4))
    clock.advance(2.0)
    broken, mine = scene.join(Count("broken")), scene.join()
    monkeypatch.setattr(Count, "parcel", _fails_for_broken(Count.parcel))
    log(trainer, 4)
    scene.beat(JUDGE_EVERY)
    assert seen(mine) == ["1 new"]
    parcel = broken.take(0.0)
    assert parcel is not None
    assert parcel.last
    assert "TrainMon failed to watch broken" in caplog.text


def _fails_for_broken(answer: object) -> object:
    def parcel(self: Count, *arguments: object) -> object:
        if self.task == "broken":
            raise ZeroDivisionError
        return answer(self, *arguments)  # type: ignore[operator]

    return parcel


def test_many_files_slow_the_looks_rather_than_the_machine(scene: Scene) -> None:
    spent = itertools.count(0.0, 0.02)  # each look costs 20 ms
    watcher = Watcher(scene.tasks, scene.clock, StillHeart, effort=lambda: next(spent))
    watcher.join(Count(), None)
    assert watcher.beat() == pytest.approx(0.4)
    watcher.join(Count(name="of another"), None)
    spent = itertools.count(0.0, 1.0)
    scene.clock.advance(TELL_EVERY)
    assert watcher.beat() == pytest.approx(0.5)


def test_watched_tasks_beyond_the_memory_budget_are_not_read_anew(
    tmp_path: Path, trainer: Trainer, clock: Clock
) -> None:
    """Nor is anything reset; once nobody watches them, they are let go."""
    train(tmp_path / "logs" / "other", clock, range(1, 4))
    clock.advance(2.0)
    scene = Scene(tmp_path / "logs", clock, budget=1)
    mine, other = scene.watcher.join(Count(), None), scene.watcher.join(Count("other"), None)
    scene.pass_(1.0)
    assert [len(seen(viewer)) for viewer in (mine, other)] == [1, 1]
    boots = {scene.now(task).partition(":")[0] for task in ("run", "other")}
    for step in range(4, 8):
        log(trainer, step)
        scene.beat(JUDGE_EVERY)
        assert (seen(mine), seen(other)) == (["1 new"], [])
    assert boots == {scene.now(task).partition(":")[0] for task in ("run", "other")}
    scene.watcher.leave(mine)
    scene.watcher.leave(other)
    assert not boots & {scene.now(task).partition(":")[0] for task in ("run", "other")}


def test_telling_that_costs_much_is_done_less_often(scene: Scene, trainer: Trainer) -> None:
    """Many tasks, or one with very many metrics: a quarter of a core, then every 0.8 s at last."""
    for each, pause in ((0.01, TELL_EVERY), (0.15, 0.6), (5.0, TELL_AT_LEAST_EVERY)):
        spent = itertools.count(0.0, each)
        watcher = Watcher(scene.tasks, scene.clock, StillHeart, effort=partial(next, spent))
        viewer = watcher.join(Count(), scene.now())
        told = []
        for step in range(1000, 1060):
            log(trainer, step)
            scene.clock.advance(LOOK_EVERY)
            watcher.beat()
            if seen(viewer):
                told.append(scene.clock())
        gaps = [later - earlier for earlier, later in itertools.pairwise(told)]
        assert gaps == pytest.approx([pause] * len(gaps), abs=LOOK_EVERY + 0.01)
        assert len(gaps) >= 2
