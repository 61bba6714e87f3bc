"""A training is launched again after the writer's clock was set back: it is the later attempt."""

from __future__ import annotations

import os

from tests.tasks.scenes import NOW, LogFile, Stage, attempts_of, steps, xs

HOURS = 3600.0


def write_now(stage: Stage, file: LogFile, steps: range, at: float) -> None:
    """Points of a clock that says ``at``, on a disk whose clock is the stage's."""
    file.train(steps, at)
    os.utime(file.path, (stage.now, stage.now))


def test_a_restart_that_is_seen_to_come_is_the_later_attempt(stage: Stage) -> None:
    """And stays so while its times pass those of the first; nothing but its coming is a reset."""
    stage.file(created=NOW, pid=1).train(range(10, 101, 10), NOW)
    stage.now = NOW + 60
    before = stage.opened()
    file = stage.file(created=NOW - 2 * HOURS, pid=2)
    write_now(stage, file, range(10, 41, 10), NOW - 2 * HOURS)
    task = stage.opened()
    assert attempts_of(task.assessment) == [("first", 0, 100), ("restart", 0, 40)]
    assert task is before
    assert xs(task) == list(range(10, 141, 10))
    cursor = task.cursor
    for more in range(50, 500, 50):
        write_now(stage, file, range(more, more + 41, 10), NOW - 2 * HOURS + 20 * more)
        task = stage.opened()
        assert attempts_of(task.assessment) == [("first", 0, 100), ("restart", 0, more + 40)]
        assert task.since(cursor) is not None
    assert task.assessment.verdict.status == "running"


def test_also_where_the_whole_machine_was_set_back(stage: Stage) -> None:
    """TensorBoard's clock and the file system's too."""
    stage.file(created=NOW, pid=1).train(range(10, 101, 10), NOW)
    stage.now = NOW + 60
    stage.opened()
    stage.now -= 2 * HOURS
    stage.file(pid=2).train(range(10, 41, 10), stage.now)
    assert attempts_of(stage.opened().assessment) == [("first", 0, 100), ("restart", 0, 40)]


def test_a_small_step_back_into_the_time_of_the_first_attempt_is_seen_too(stage: Stage) -> None:
    stage.file(created=NOW, pid=1).train(range(10, 1001, 10), NOW, every=10.0)
    stage.now = NOW + 1000
    stage.opened()
    file = stage.file(created=NOW + 700, pid=2)
    write_now(stage, file, range(10, 41, 10), NOW + 700)
    assert attempts_of(stage.opened().assessment) == [("first", 0, 1000), ("restart", 0, 40)]


def test_two_that_write_at_the_same_time_are_one_attempt_all_the_same(stage: Stage) -> None:
    """The second of two hosts, with a clock of its own, is seen a moment later."""
    first = stage.file(created=NOW, pid=1, host="a")
    write_now(stage, first, range(10, 31, 10), NOW + 5)
    stage.opened()
    second = stage.file(created=NOW, pid=7, host="b")
    for n in range(4, 12):
        write_now(stage, second, range(10 * n - 30, 10 * n - 29), NOW + 2 + n)
        write_now(stage, first, range(10 * n, 10 * n + 1), NOW + 5 + n)
        assert attempts_of(stage.opened().assessment) == [("first", 0, 10 * n)]


def test_an_older_file_that_is_copied_into_the_folder_takes_its_place_by_time(
    stage: Stage,
) -> None:
    stage.file(created=NOW, pid=2).train(range(10, 41, 10), NOW)
    stage.now = NOW + 60
    stage.opened()
    stage.file(created=NOW - 2 * HOURS, pid=1).train(range(10, 101, 10), NOW - 2 * HOURS)
    assert attempts_of(stage.judged()) == [("first", 0, 100), ("restart", 0, 40)]


def test_a_resume_that_nobody_saw_is_found_by_its_steps_and_the_file_system(stage: Stage) -> None:
    stage.file(created=NOW, pid=1).train(range(10, 101, 10), NOW)
    stage.now = NOW + 600
    file = stage.file(created=NOW - 2 * HOURS, pid=2)
    write_now(stage, file, range(110, 151, 10), NOW - 2 * HOURS)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 100), ("resume", 100, 150)]
    assert steps(stage.opened()) == list(range(10, 151, 10))


def test_a_restart_that_nobody_saw_is_where_its_clock_says(stage: Stage) -> None:
    """Nothing else is known: a file copied later has a late modification, too."""
    stage.file(created=NOW, pid=1).train(range(10, 101, 10), NOW)
    stage.now = NOW + 600
    write_now(stage, stage.file(created=NOW - 2 * HOURS, pid=2), range(10, 41, 10), NOW - 2 * HOURS)
    assert attempts_of(stage.judged()) == [("first", 0, 40), ("restart", 0, 100)]


def test_steps_that_go_on_by_chance_move_nothing(stage: Stage) -> None:
    """The file system agrees with the clocks: what was resumed elsewhere was there first."""
    for at, pid, trained in (
        (NOW - 2 * HOURS, 1, range(110, 151, 10)),
        (NOW, 2, range(10, 101, 10)),
    ):
        stage.now = at + 60
        write_now(stage, stage.file(created=at, pid=pid), trained, at)
    assert [last for _, _, last in attempts_of(stage.judged())] == [150, 100]


def test_a_session_that_begins_in_the_same_file_is_the_later_one(stage: Stage) -> None:
    file = stage.file(created=NOW, pid=1).train(range(10, 101, 10), NOW)
    file.session_start(10, NOW - 2 * HOURS).train(range(10, 41, 10), NOW - 2 * HOURS)
    assert attempts_of(stage.opened().assessment) == [("first", 0, 100), ("restart", 0, 40)]
    assert xs(stage.opened()) == list(range(10, 141, 10))


def test_a_file_that_is_found_late_takes_its_place_by_time_among_those_seen_to_come(
    stage: Stage,
) -> None:
    """Nobody looked for a while: its launch was not seen, but that of the attempt before it was."""
    stage.file(created=NOW, pid=1).train(range(10, 101, 10), NOW)
    stage.now = NOW + 200
    stage.opened()
    write_now(stage, stage.file(created=NOW + 200, pid=2), range(10, 41, 10), NOW + 200)
    stage.opened()
    stage.file(created=NOW + 300, pid=3).train(range(10, 21, 10), NOW + 300)
    stage.now = NOW + 1000
    told = [("first", 0, 100), ("restart", 0, 40), ("restart", 0, 20)]
    assert attempts_of(stage.opened().assessment) == told
    stage.look()
    assert attempts_of(stage.opened().assessment) == told
