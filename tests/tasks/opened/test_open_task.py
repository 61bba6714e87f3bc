"""A task that somebody looks at, while its files grow, change and go."""

from __future__ import annotations

import os

import pytest

from tb_trainmon.tasks.opened import revisions, task_series
from tb_trainmon.tasks.opened.open_task import OpenTask
from tests.tasks.scenes import NOW, Stage, attempts_of, steps, told, values, xs
from tests.tasks.tables import Table

pytestmark = pytest.mark.wherever


def reset_since(stage: Stage, cursor: str, task: str = "run") -> str | None:
    """Why what was told at ``cursor`` holds no longer; None if it does."""
    opened = stage.opened(task)
    return None if opened.since(cursor) is not None else opened.reset_reason


def cursor_of(stage: Stage, *metrics: str) -> str:
    """The present state; the points of ``metrics`` have been asked for."""
    opened = stage.opened()
    for name in metrics or ("loss",):
        opened.series(name)
    return opened.cursor


def test_points_that_are_appended_are_told_and_the_rest_stays(stage: Stage) -> None:
    file = stage.file().train(range(10, 51, 10), NOW)
    cursor = cursor_of(stage)
    file.train(range(60, 81, 10), NOW + 10)
    opened = stage.opened()
    mark = opened.since(cursor)
    assert mark is not None
    assert mark.points("loss") == 5
    assert len(opened.series("loss")) == 8
    assert xs(opened) == list(range(10, 81, 10))
    assert opened.count(opened.metric("loss")) == 8


def test_nothing_new_keeps_the_cursor(stage: Stage) -> None:
    stage.file().train(range(10, 51, 10), NOW)
    assert len({stage.opened().cursor for _ in range(3)}) == 1


def test_a_typed_total_is_weighed_without_a_new_look_at_files_and_rows(stage: Stage) -> None:
    Table(stage.logdir).task().attempt(started_at=NOW).log(10, NOW, {"loss": 1.0})
    stage.file().train(range(10, 51, 10), NOW)
    opened = stage.opened()
    typed = opened.judged(400)
    assert typed.total is not None
    assert typed.total.steps == 400
    assert typed.shown is opened.assessment.shown
    assert opened.judged(None) is opened.assessment


def test_what_is_made_of_a_task_is_made_anew_only_when_it_moves_on(stage: Stage) -> None:
    made: list[int] = []

    def count(task: OpenTask) -> int:
        made.append(len(task.series("loss")))
        return made[-1]

    file = stage.file().train(range(10, 51, 10), NOW)
    assert [stage.opened().once(count) for _ in range(3)] == [5, 5, 5]
    assert made == [5]
    file.train(range(60, 81, 10), NOW + 10)
    assert stage.opened().once(count) == 8
    assert made == [5, 8]


def test_words_that_change_by_the_clock_alone_are_no_news_of_points(stage: Stage) -> None:
    """After 4 h it says so instead of 3 h; whoever knew the points knows them still."""
    stage.file().train(range(10, 51, 10), NOW)
    stage.now = NOW + 3 * 3600
    cursor = cursor_of(stage)
    stage.now = NOW + 4 * 3600
    mark = stage.opened().since(cursor)
    assert mark is not None
    assert mark.points("loss") == len(stage.opened().series("loss"))


def test_a_status_that_changes_by_the_clock_is_news_and_no_reset(stage: Stage) -> None:
    stage.file().train(range(10, 51, 10), NOW)
    cursor = cursor_of(stage)
    stage.advance(1000)
    assert reset_since(stage, cursor) is None
    assert stage.opened().cursor != cursor


def test_a_new_file_of_the_same_attempt_is_no_reset(stage: Stage) -> None:
    """An evaluation after training opens one."""
    stage.file(pid=1, uid=0).train(range(10, 51, 10), NOW)
    cursor = cursor_of(stage)
    stage.file(created=NOW + 60, pid=1, uid=1).log(50, NOW + 60, {"eval/loss": 1.0})
    assert reset_since(stage, cursor) is None
    assert steps(stage.opened(), "eval_loss") == [50]


def test_the_next_file_of_a_chain_is_no_reset(stage: Stage) -> None:
    stage.file(pid=None).train(range(10, 51, 10), NOW)
    cursor = cursor_of(stage)
    stage.file(created=NOW + 60, pid=None).train(range(60, 101, 10), NOW + 61)
    assert reset_since(stage, cursor) is None
    assert xs(stage.opened()) == list(range(10, 101, 10))


def test_a_metric_that_appears_is_no_reset(stage: Stage) -> None:
    file = stage.file().train(range(10, 51, 10), NOW)
    cursor = cursor_of(stage)
    file.log(50, NOW + 6, {"train/grad_norm": 2.0, "custom": 1.0})
    assert reset_since(stage, cursor) is None
    mark = stage.opened().since(cursor)
    assert mark is not None
    assert mark.points("grad_norm") == 0
    assert values(stage.opened(), "grad_norm") == [2.0]


def test_thousands_of_revisions_share_what_they_have_in_common(stage: Stage) -> None:
    """A task that is watched all day keeps counts of each, not what was told of it."""
    file = stage.file().train(range(10, 51, 10), NOW)
    cursors = [cursor_of(stage)]
    for step in range(60, 160, 10):
        file.log(step, NOW + step, {"train/loss": 1.0})
        cursors.append(cursor_of(stage))
    marks = [mark for cursor in cursors if (mark := stage.opened().since(cursor)) is not None]
    assert [mark.points("loss") for mark in marks] == list(range(5, 16))
    assert len({id(mark.places) for mark in marks}) == 1


def test_a_new_attempt_is_a_reset_that_says_so(stage: Stage) -> None:
    stage.file(pid=1).train(range(10, 31, 10), NOW)
    cursor = cursor_of(stage)
    second = stage.file(created=NOW + 500, pid=2)
    assert reset_since(stage, cursor) is None
    second.train(range(10, 41, 10), NOW + 501)
    assert reset_since(stage, cursor) == "A new attempt began."
    assert xs(stage.opened()) == [10, 20, 30, 40, 50, 60, 70]


def test_a_restart_inside_the_file_is_seen_once_it_stays(stage: Stage) -> None:
    file = stage.file().train(range(10, 51, 10), NOW)
    cursor = cursor_of(stage)
    file.train(range(10, 21, 10), NOW + 100)
    assert attempts_of(stage.opened().assessment) == [("first", 0, 50)]
    assert steps(stage.opened()) == [10, 10, 20, 20, 30, 40, 50]
    file.log(30, NOW + 103, {"train/loss": 1.0})
    assert attempts_of(stage.opened().assessment) == [("first", 0, 50), ("restart", 0, 30)]
    assert xs(stage.opened()) == [10, 20, 30, 40, 50, 60, 70, 80]
    assert reset_since(stage, cursor) == "A new attempt began."


def test_a_point_out_of_order_is_sorted_and_a_reset_that_names_the_metric(stage: Stage) -> None:
    file = stage.file().train(range(10, 51, 10), NOW)
    cursor = cursor_of(stage)
    file.log(25, NOW + 6, {"train/loss": 0.0})
    reason = reset_since(stage, cursor)
    assert reason is not None
    assert "loss" in reason
    assert steps(stage.opened()) == [10, 20, 25, 30, 40, 50]


def test_two_ranks_that_grow_in_turns_lose_no_point(stage: Stage) -> None:
    ranks = [stage.file(host=host, pid=1) for host in "ab"]
    for n, step in enumerate(range(10, 101, 10)):
        for rank, file in enumerate(ranks):
            file.log(step, NOW + 10 * n + rank, {"train/loss": float(rank)})
            found = stage.opened()
            expected = [s for s in range(10, step, 10) for _ in ranks] + [step] * (rank + 1)
            if n:  # until the second point of each, they might have run one after the other
                assert steps(found) == expected


def test_a_rewritten_file_is_read_anew(stage: Stage) -> None:
    file = stage.file().train(range(10, 51, 10), NOW)
    cursor = cursor_of(stage)
    other = stage.file("other").train(range(10, 31, 10), NOW + 100)
    file.path.write_bytes(other.path.read_bytes())
    reason = reset_since(stage, cursor)
    assert reason is not None
    assert "rewritten" in reason
    assert steps(stage.opened()) == [10, 20, 30]


def test_a_truncated_file_is_read_anew(stage: Stage) -> None:
    file = stage.file().train(range(10, 51, 10), NOW)
    sound = file.path.read_bytes()
    cursor = cursor_of(stage)
    file.path.write_bytes(sound[: len(sound) * 2 // 3])
    assert reset_since(stage, cursor) is not None
    assert steps(stage.opened()) == [10, 20]


def test_a_deleted_file_is_a_problem_and_what_was_read_of_it_stays(stage: Stage) -> None:
    first = stage.file(pid=1).train(range(10, 31, 10), NOW)
    stage.file(created=NOW + 500, pid=2).train(range(10, 41, 10), NOW + 501)
    assert len(stage.opened().series("loss")) == 7
    first.path.unlink()
    opened = stage.opened()
    assert [problem.code for problem in opened.assessment.problems] == ["file_missing"]
    assert len(opened.series("loss")) == 7


def test_a_folder_that_was_emptied_for_another_training_shows_that_alone(stage: Stage) -> None:
    """Somebody deletes a run and starts it again, while its task is looked at."""
    first = stage.file(pid=1).train(range(10, 31, 10), NOW)
    cursor = stage.opened().cursor
    first.path.unlink()
    stage.file(created=NOW + 500, pid=2).train(range(5, 21, 5), NOW + 501)
    opened = stage.opened()
    assert opened.since(cursor) is None
    assert steps(opened) == [5, 10, 15, 20]
    assert not opened.assessment.problems
    assert told(opened.assessment) == told(stage.listed()["run"])


def test_a_task_whose_folder_is_deleted_is_no_task(stage: Stage) -> None:
    file = stage.file().train(range(10, 31, 10), NOW)
    stage.opened()
    file.close().path.unlink()
    assert stage.listed() == {}


def test_damage_is_told_with_the_task(stage: Stage) -> None:
    file = stage.file().train(range(10, 51, 10), NOW)
    data = bytearray(file.path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.path.write_bytes(bytes(data))
    os.utime(file.path, (NOW, NOW))
    stage.now = NOW + 100_000  # nobody writes any more: it is no half-written page
    (problem,) = stage.opened().assessment.problems
    assert problem.where == f"run/{file.path.name}"
    assert 3 <= len(stage.opened().series("loss")) < 5


def test_a_cursor_of_another_life_or_of_nobody_is_answered_by_a_reset(stage: Stage) -> None:
    stage.file().train(range(10, 31, 10), NOW)
    opened = stage.opened()
    life, _, revision = opened.cursor.partition(":")
    assert opened.since(opened.cursor) is not None
    for cursor in (None, "", "nonsense", f"{life}:", f"{life}:99", f"x:{revision}"):
        assert opened.since(cursor) is None
    stage.look()
    assert stage.opened().since(opened.cursor) is None


def test_a_metric_that_there_is_not_is_a_key_error(stage: Stage) -> None:
    stage.file().train(range(10, 31, 10), NOW)
    opened = stage.opened()
    assert not opened.has("nothing")
    for ask in (opened.metric, opened.series):
        with pytest.raises(KeyError):
            ask("nothing")


def test_the_latest_point_of_a_metric_makes_no_series_of_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.file().train(range(10, 51, 10), NOW, tag="custom")
    opened = stage.opened()
    monkeypatch.setattr(task_series, "GrowingSeries", None)
    assert opened.latest(opened.metric("custom")).step.tolist() == [50]


def test_a_run_that_changes_its_place_in_the_task_is_read_in_the_new_one(stage: Stage) -> None:
    """A run directory that becomes part of another run keeps its points, under another name."""
    stage.file("exp/train", pid=1).train(range(10, 31, 10), NOW, tag="custom")
    assert set(stage.listed()) == {"exp"}
    opened = stage.opened("exp")
    cursor = opened.cursor
    assert opened.metric("custom").slot == "train"
    stage.file("exp", created=NOW, pid=1, uid=1).log(10, NOW, {"other": 1.0})
    opened = stage.opened("exp")
    assert opened.metric("custom").slot == "train"
    assert opened.metric("other").slot == ""
    assert opened.since(cursor) is not None


def test_a_task_with_thousands_of_metrics_remembers_fewer_revisions(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisions, "_COUNTS_KEPT", 1000)
    file = stage.file().log(0, NOW, {f"layer/{n}": 1.0 for n in range(99)})
    cursors = []
    for step in range(1, 30):
        file.log(step, NOW + step, {"train/loss": 1.0})
        cursors.append(stage.opened().cursor)
    known = [cursor for cursor in cursors if stage.opened().since(cursor)]
    assert known == cursors[-len(known) :]
    assert 5 < len(known) < 10


def test_memory_is_what_the_points_take(stage: Stage) -> None:
    """And the room behind them, in which those that come next have their place."""
    file = stage.file().train(range(1000), NOW)
    first = stage.opened().memory
    assert 1000 * 24 <= first <= 4000 * 24
    file.train(range(1000, 4000), NOW + 1000)
    assert 4000 * 24 <= stage.opened().memory <= 16_000 * 24


def test_an_open_task_is_the_same_for_all_who_look(stage: Stage) -> None:
    stage.file().train(range(10, 51, 10), NOW)
    first: OpenTask = stage.opened()
    assert stage.opened() is first
