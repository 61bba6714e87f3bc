"""Launch folders: of one training that was launched again, or of trainings side by side."""

from __future__ import annotations

from tests.tasks.scenes import NOW, Stage, attempts_of

_FIRST, _SECOND = "runs/Nov14_22-13-20_node", "runs/Nov14_22-14-20_node"


def launch(
    stage: Stage,
    run: str,
    steps: range,
    at: float,
    *,
    pid: int,
    uid: int = 0,
    arguments: str | None = None,
) -> None:
    file = stage.file(run, at, pid=pid, uid=uid)
    if arguments is not None:
        file.text("args/text_summary", arguments)
    file.train(steps, at + 10.0, every=10.0)


def test_trainings_side_by_side_are_tasks(stage: Stage) -> None:
    launch(stage, _FIRST, range(10, 1001, 10), NOW, pid=1)
    launch(stage, _SECOND, range(10, 901, 10), NOW + 60, pid=2)
    assert {id_: attempts_of(task) for id_, task in stage.listed().items()} == {
        _FIRST: [("first", 0, 1000)],
        _SECOND: [("first", 0, 900)],
    }
    assert stage.opened(_SECOND).assessment.step == 900


def test_they_are_known_to_whoever_asks_for_one_of_them_first(stage: Stage) -> None:
    launch(stage, f"out/{_FIRST}", range(10, 1001, 10), NOW, pid=1)
    launch(stage, f"out/{_SECOND}", range(10, 901, 10), NOW + 60, pid=2)
    assert stage.opened(f"out/{_SECOND}").assessment.step == 900


def test_whoever_looked_at_them_as_one_task_sees_the_one_that_was_launched_last(
    stage: Stage,
) -> None:
    """A link, or a page that was open when the second began."""
    launch(stage, f"out/{_FIRST}", range(10, 1001, 10), NOW, pid=1)
    assert stage.opened("out").assessment.step == 1000
    launch(stage, f"out/{_SECOND}", range(10, 901, 10), NOW + 60, pid=2)
    stage.advance(10)
    assert set(stage.listed()) == {f"out/{_FIRST}", f"out/{_SECOND}"}
    opened = stage.opened("out").assessment
    assert (opened.layout.id, opened.step) == (f"out/{_SECOND}", 900)


def test_they_are_told_by_the_name_of_their_log_directory(stage: Stage) -> None:
    launch(stage, f"out/{_FIRST}", range(10, 1001, 10), NOW, pid=1)
    launch(stage, f"out/{_SECOND}", range(10, 901, 10), NOW + 60, pid=2)
    stage.look(spec=f"mine:{stage.logdir}")
    assert set(stage.listed()) == {f"mine/out/{_FIRST}", f"mine/out/{_SECOND}"}
    stage.look(spec=f"mine:{stage.logdir / 'out' / 'runs'}")
    names = {path.rpartition("/")[2] for path in (_FIRST, _SECOND)}
    assert set(stage.listed()) == {f"mine/{name}" for name in names}


def test_what_came_after_the_other_is_a_restart(stage: Stage) -> None:
    launch(stage, _FIRST, range(10, 1001, 10), NOW, pid=1)
    launch(stage, _SECOND, range(10, 901, 10), NOW + 2000, pid=2)
    assert attempts_of(stage.judged(".")) == [("first", 0, 1000), ("restart", 0, 900)]


def test_what_resumed_beside_one_that_still_wrote_is_its_next_attempt(stage: Stage) -> None:
    launch(stage, _FIRST, range(10, 1001, 10), NOW, pid=1)
    launch(stage, _SECOND, range(510, 1501, 10), NOW + 900, pid=2)
    assert [kind for kind, *_ in attempts_of(stage.judged("."))] == ["first", "resume"]


def test_two_clocks_that_differ_by_seconds_show_no_two_trainings(stage: Stage) -> None:
    launch(stage, _FIRST, range(10, 1001, 10), NOW, pid=1)
    file = stage.file("runs/Nov14_22-29-50_other", NOW + 980, host="other", pid=2)
    file.train(range(10, 901, 10), NOW + 990, every=10.0)
    assert set(stage.listed()) == {"."}


def test_one_process_that_goes_on_to_the_next_trains_several(stage: Stage) -> None:
    """A loop over models, with torch's default writer."""
    launch(stage, _FIRST, range(10, 1001, 10), NOW, pid=1)
    launch(stage, _SECOND, range(10, 901, 10), NOW + 2000, pid=1, uid=1)
    assert set(stage.listed()) == {_FIRST, _SECOND}


def test_a_notebook_that_trains_again_brings_arguments_anew(stage: Stage) -> None:
    launch(stage, _FIRST, range(10, 1001, 10), NOW, pid=1, arguments="{}")
    launch(stage, _SECOND, range(10, 901, 10), NOW + 2000, pid=1, uid=1, arguments="{}")
    assert [kind for kind, *_ in attempts_of(stage.judged("."))] == ["first", "restart"]


def test_what_the_user_says_of_runs_stands(stage: Stage) -> None:
    (stage.logdir / "trainmon.toml").write_text(
        "[[task]]\npattern = '^(?P<task>runs)/'\n", encoding="utf-8"
    )
    launch(stage, _FIRST, range(10, 1001, 10), NOW, pid=1)
    launch(stage, _SECOND, range(10, 901, 10), NOW + 60, pid=2)
    assert set(stage.listed()) == {"runs"}


def test_tasks_that_were_parted_follow_what_lies_on_disk(stage: Stage) -> None:
    launch(stage, _FIRST, range(10, 1001, 10), NOW, pid=1)
    launch(stage, _SECOND, range(10, 901, 10), NOW + 60, pid=2)
    assert set(stage.listed()) == {_FIRST, _SECOND}
    third = "runs/Nov14_23-00-00_node"
    launch(stage, third, range(10, 401, 10), NOW + 2800, pid=3)
    assert set(stage.listed()) == {_FIRST, _SECOND, third}
