"""A trainer that resumes into a new folder: one task where steps and times show it, else two."""

from __future__ import annotations

import pytest

from tests.tasks.scenes import NOW, Stage, attempts_of, steps, xs


def launch(
    stage: Stage, run: str, steps: range, at: float, waits: float = 8.0, tag: str = "train/loss"
) -> None:
    """A process of its own that logs every 10 steps, a step a second, ``waits`` after it began."""
    process = int(at - NOW) + 1
    file = stage.file(run, created=at, pid=process)
    file.train(steps, at + waits, every=10.0, tag=tag)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("lightning_logs/version_0", "lightning_logs/version_1"),
        ("exp/20231114-2213", "exp/20231115-0700"),
        ("exp/Nov14_22-13-20_node1", "exp/Nov15_07-00-00_node7"),
        ("outputs/2023-11-14/tb", "outputs/2023-11-15/tb"),
        ("outputs/2023-11-14/22-13-20/tb", "outputs/2023-11-15/07-00-00/tb"),
        ("work_dirs/x/20231114_221320/vis_data", "work_dirs/x/20231115_070000/vis_data"),
        ("runs/Ant_14-22-13-20/summaries", "runs/Ant_15-07-00-00/summaries"),
    ],
)
@pytest.mark.parametrize("resumed_at", [1010, 810, 600])
def test_a_folder_whose_steps_go_on_is_the_next_attempt(
    stage: Stage, first: str, second: str, resumed_at: int
) -> None:
    launch(stage, first, range(10, 1001, 10), NOW, 10.0)
    launch(stage, second, range(resumed_at, 1501, 10), NOW + 30_000)
    assert set(stage.listed()) == {first}
    task = stage.judged(first)
    assert [kind for kind, *_ in attempts_of(task)] == ["first", "resume"]
    assert attempts_of(task)[1][2] == 1500
    if resumed_at == 1010:
        assert xs(stage.opened(first)) == steps(stage.opened(first)) == [*range(10, 1501, 10)]


def test_one_that_compiles_for_long_goes_on_where_one_from_scratch_logs_sooner(
    stage: Stage,
) -> None:
    launch(stage, "logs/version_0", range(10, 901, 10), NOW, 310.0)
    launch(stage, "logs/version_1", range(310, 2001, 10), NOW + 30_000, 310.0)
    assert [attempts_of(task) for task in stage.listed().values()] == [
        [("first", 0, 900), ("resume", 300, 2000)]
    ]


def test_every_launch_of_a_chain_is_an_attempt_of_the_first(stage: Stage) -> None:
    for n in range(4):
        launch(stage, f"logs/version_{n}", range(500 * n + 10, 500 * n + 501, 10), NOW + 9000 * n)
    assert [attempts_of(task) for task in stage.listed().values()] == [
        [("first", 0, 500), ("resume", 500, 1000), ("resume", 1000, 1500), ("resume", 1500, 2000)]
    ]
    launch(stage, "logs/version_4", range(2010, 2101, 10), NOW + 40_000)
    assert list(stage.listed()) == ["logs/version_0"]
    assert len(stage.judged("logs/version_0").attempts) == 5


def test_a_task_keeps_its_name_when_it_is_asked_for_first_and_by_its_later_folder(
    stage: Stage,
) -> None:
    launch(stage, "logs/version_0", range(10, 1001, 10), NOW, 10.0)
    launch(stage, "logs/version_1", range(1010, 1501, 10), NOW + 30_000)
    assert stage.opened("logs/version_0").assessment.step == 1500
    assert stage.opened("logs/version_1").assessment.layout.id == "logs/version_0"


def test_of_folders_above_only_stamps_of_a_clock_propose(stage: Stage) -> None:
    launch(stage, "lr0.0001/seed1/tb", range(10, 1001, 10), NOW, 10.0)
    launch(stage, "lr0.0001/seed2/tb", range(1010, 1501, 10), NOW + 30_000)
    assert len(stage.listed()) == 2


def test_launches_from_scratch_are_tasks(stage: Stage) -> None:
    for n in range(3):
        launch(stage, f"logs/version_{n}", range(10, 501, 10), NOW + 9000 * n, 10.0)
    assert len(stage.listed()) == 3


def test_launches_that_ran_side_by_side_are_tasks(stage: Stage) -> None:
    launch(stage, "logs/version_0", range(10, 1001, 10), NOW, 10.0)
    launch(stage, "logs/version_1", range(510, 1501, 10), NOW + 600)
    assert len(stage.listed()) == 2


def test_launches_that_all_go_on_from_one_checkpoint_of_another_are_tasks(stage: Stage) -> None:
    """A sweep of fine-tunings: each begins where the first one did, none where one ended."""
    for n in range(3):
        launch(stage, f"logs/version_{n}", range(1010, 1501, 10), NOW + 9000 * n)
    assert len(stage.listed()) == 3


def test_a_launch_that_had_the_time_to_train_so_far_is_a_task(stage: Stage) -> None:
    launch(stage, "logs/version_0", range(10, 1001, 10), NOW, 10.0)
    launch(stage, "logs/version_1", range(505, 1501, 10), NOW + 30_000, waits=505.0)
    assert len(stage.listed()) == 2


def test_steps_far_beyond_the_end_of_a_sibling_do_not_go_on_from_it(stage: Stage) -> None:
    launch(stage, "logs/version_0", range(10, 1001, 10), NOW, 10.0)
    launch(stage, "logs/version_1", range(5010, 5501, 10), NOW + 30_000)
    assert len(stage.listed()) == 2


def test_another_metric_is_another_task(stage: Stage) -> None:
    launch(stage, "logs/version_0", range(10, 1001, 10), NOW, 10.0)
    launch(stage, "logs/version_1", range(1010, 1501, 10), NOW + 30_000, tag="critic/loss")
    assert len(stage.listed()) == 2


@pytest.mark.parametrize("other", ["named", "version"])
def test_names_that_are_not_alike_propose_nothing(stage: Stage, other: str) -> None:
    launch(stage, "logs/version_0", range(10, 1001, 10), NOW, 10.0)
    launch(stage, f"logs/{other}", range(1010, 1501, 10), NOW + 30_000)
    assert len(stage.listed()) == 2


def test_what_the_user_says_of_runs_stands(stage: Stage) -> None:
    (stage.logdir / "trainmon.toml").write_text("[[task]]\npattern = 'logs/(?P<task>v.*)'\n")
    launch(stage, "logs/version_0", range(10, 1001, 10), NOW, 10.0)
    launch(stage, "logs/version_1", range(1010, 1501, 10), NOW + 30_000)
    assert set(stage.listed()) == {"version_0", "version_1"}


def test_a_folder_that_is_gone_leaves_the_others(stage: Stage) -> None:
    launch(stage, "logs/version_0", range(10, 1001, 10), NOW, 10.0)
    launch(stage, "logs/version_1", range(1010, 1501, 10), NOW + 30_000)
    assert list(stage.listed()) == ["logs/version_0"]
    for file in (stage.logdir / "logs/version_0").iterdir():
        file.unlink()
    assert list(stage.listed()) == ["logs/version_1"]
