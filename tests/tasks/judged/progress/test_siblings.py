"""Where siblings ended tells that a task came to its end, and how far one that runs has to go."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.columns import column
from tb_trainmon.event_files.names import EventFileName
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.tasks.found.configuration import TaskRule
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.parts.cuts import parts_of
from tb_trainmon.tasks.judged.parts.part import Source
from tb_trainmon.tasks.judged.progress.siblings import Ends, SiblingEnd, UsualEnd
from tb_trainmon.tasks.judged.status.meant import is_chosen
from tests.tasks.scenes import HOURS, NOW, LogFile, Stage, assess


def train(
    stage: Stage, run: str, last: int, ended: float, every: int = 100, tag: str = "train/loss"
) -> LogFile:
    """A task that trained to ``last``, of which the last point was logged at ``ended``."""
    steps = range(every, last + 1, every)
    began = ended - len(steps) + 1
    return stage.file(run, began - 1).train(steps, began, tag=tag)


def status(stage: Stage, task: str) -> str:
    return stage.judged(task).verdict.status


def seeds(stage: Stage, count: int, last: int = 5_000, name: str = "sweep/seed{}") -> None:
    """So many, that ended an hour after one another."""
    for n in range(count):
        train(stage, name.format(n), last, NOW + n * HOURS)
    stage.now = NOW + (count + 1) * HOURS


def test_a_task_is_completed_that_fell_silent_where_three_siblings_did(stage: Stage) -> None:
    seeds(stage, 4)
    for n in range(4):
        task = stage.judged(f"sweep/seed{n}")
        assert task.verdict.status == "completed"
        assert task.verdict.reason == (
            "It fell silent at step 5,000, the step where all 3 siblings ended."
        )


def test_of_three_each_has_too_few_siblings(stage: Stage) -> None:
    seeds(stage, 3)
    assert {status(stage, f"sweep/seed{n}") for n in range(3)} == {"stopped"}


def test_one_that_fell_silent_elsewhere_is_stopped(stage: Stage) -> None:
    seeds(stage, 4)
    train(stage, "sweep/seed9", 3_000, stage.now)
    stage.advance(HOURS)
    task = stage.judged("sweep/seed9")
    assert task.verdict.status == "stopped"
    assert task.total is not None
    assert (task.total.steps, task.total.source) == (5_000, "the step where all 4 siblings ended")


def test_one_that_runs_is_told_where_its_siblings_ended_as_what_it_is(stage: Stage) -> None:
    seeds(stage, 4)
    train(stage, "sweep/seed8", 3_000, stage.now - HOURS)
    train(stage, "sweep/seed9", 2_000, stage.now)
    task = stage.judged("sweep/seed9")
    assert (task.verdict.status, task.progress) == ("running", 0.4)
    assert task.total is not None
    assert task.total.source == "the step where 4 of 5 siblings ended"
    assert task.eta is not None


def test_one_that_runs_at_their_step_goes_on_running(stage: Stage) -> None:
    seeds(stage, 4)
    train(stage, "sweep/seed9", 5_000, stage.now)
    assert status(stage, "sweep/seed9") == "running"
    stage.advance(HOURS)
    assert status(stage, "sweep/seed9") == "completed"


def test_a_record_of_its_own_goes_before_its_siblings(stage: Stage) -> None:
    """It is said that they speak against it; and it has not come to its end with them."""
    seeds(stage, 4)
    train(stage, "sweep/seed9", 5_000, stage.now).text("config", json.dumps({"max_steps": 9_000}))
    stage.advance(HOURS)
    task = stage.judged("sweep/seed9")
    assert task.verdict.status == "stopped"
    assert task.total is not None
    assert task.total.steps == 9_000
    assert [refuted.steps for refuted in task.refuted] == [5_000]


def test_siblings_that_are_known_to_have_been_short_tell_no_end(stage: Stage) -> None:
    for n in range(5):
        file = train(stage, f"sweep/seed{n}", 5_000, NOW + n * HOURS)
        if n:
            file.text("config", json.dumps({"max_steps": 9_000}))
    stage.now = NOW + 6 * HOURS
    assert status(stage, "sweep/seed0") == "stopped"


def test_what_a_failing_cluster_killed_in_the_same_minute_tells_no_end(stage: Stage) -> None:
    """Trainings of one pace that were launched together stand at one step when they are killed."""
    for n in range(6):
        train(stage, f"sweep/seed{n}", 5_000, NOW + n)
    stage.advance(HOURS)
    assert {status(stage, f"sweep/seed{n}") for n in range(6)} == {"stopped"}


def test_launches_that_all_die_after_their_first_points_tell_no_end(stage: Stage) -> None:
    seeds(stage, 6, last=500)
    assert {status(stage, f"sweep/seed{n}") for n in range(6)} == {"stopped"}


def crashes(stage: Stage, count: int, *, evaluates: bool = False, same: bool = False) -> None:
    """Launches at different times, all of which end at step 5,430; each by another process."""
    for n in range(count):
        began = NOW + n * 3 * HOURS
        file = stage.file(f"exp/run{n}", began - 1, pid=1 if same else n + 1, uid=n * same)
        file.train(range(10, 5_431, 10), began)
        for step in range(1_810, 5_431, 1_810) if evaluates else ():
            file.log(step, began + step // 10 - 1, {"eval/loss": 1.0})
    stage.now = NOW + count * 3 * HOURS


def test_launches_that_crash_at_one_step_tell_no_end(stage: Stage) -> None:
    """Out of memory at the longest batch: at whatever step that is, each time."""
    crashes(stage, 5)
    task = stage.judged("exp/run0")
    assert (task.verdict.status, task.total) == ("stopped", None)


def test_an_evaluation_behind_the_last_step_shows_that_it_was_meant(stage: Stage) -> None:
    crashes(stage, 5, evaluates=True)
    assert status(stage, "exp/run0") == "completed"


def test_a_process_that_went_on_to_the_next_training_did_not_crash(stage: Stage) -> None:
    crashes(stage, 5, same=True)
    assert status(stage, "exp/run0") == "completed"


@pytest.mark.parametrize(
    ("steps", "interval", "chosen"),
    [
        (5_000, 10, True),
        (30_000, 10, True),
        (20, 1, True),
        (19, 1, False),
        (1_240, 10, False),
        (499_712, 2_048, True),  # whole rollouts
        (100_352, 2_048, True),
        (991, 10, True),  # the last point before 1,000
        (4_689, 50, False),
        (0, 10, False),
    ],
)
def test_steps_that_people_choose(steps: int, interval: int, chosen: bool) -> None:
    assert is_chosen(steps, interval) == chosen


def test_a_step_that_as_many_went_beyond_is_no_end(stage: Stage) -> None:
    seeds(stage, 4)
    for n in range(10, 16):
        train(stage, f"sweep/seed{n}", 6_000 + 100 * n, stage.now)
    stage.advance(HOURS)
    assert status(stage, "sweep/seed0") == "stopped"


def test_what_trains_by_another_tag_or_in_another_folder_is_no_sibling(stage: Stage) -> None:
    seeds(stage, 3)
    train(stage, "sweep/seed3", 5_000, stage.now, tag="other/loss")
    train(stage, "elsewhere/of/another", 5_000, stage.now)
    stage.advance(HOURS)
    assert status(stage, "sweep/seed3") == "stopped"
    assert status(stage, "elsewhere/of/another") == "stopped"


def test_steps_of_another_scale_are_not_compared(stage: Stage) -> None:
    """Epochs beside optimizer steps."""
    seeds(stage, 4)
    train(stage, "sweep/seed9", 20, stage.now, every=1)
    assert stage.judged("sweep/seed9").total is None


def test_siblings_of_the_nearest_name_go_before_others_of_the_folder(stage: Stage) -> None:
    seeds(stage, 4, name="runs/hopper_{}")
    seeds(stage, 6, last=9_000, name="runs/walker_{}")
    train(stage, "runs/hopper_9", 2_000, stage.now)
    train(stage, "runs/swimmer", 2_000, stage.now)
    hopper, swimmer = stage.judged("runs/hopper_9"), stage.judged("runs/swimmer")
    assert hopper.total is not None
    assert swimmer.total is not None
    assert (hopper.total.steps, swimmer.total.steps) == (5_000, 9_000)


def test_evaluations_of_models_are_no_trainings_that_ended(stage: Stage) -> None:
    for n in range(5):
        train(stage, f"sweep/seed{n}", 5_000, NOW + n * HOURS, tag="eval/loss")
    stage.now = NOW + 6 * HOURS
    assert status(stage, "sweep/seed0") == "stopped"


def test_the_list_follows_siblings_that_end_come_and_go(stage: Stage) -> None:
    seeds(stage, 3)
    train(stage, "sweep/seed3", 4_000, stage.now)
    assert status(stage, "sweep/seed0") == "stopped"
    revision = stage.tasks.listing().revision
    last = train(stage, "sweep/seed4", 5_000, stage.now)
    assert status(stage, "sweep/seed0") == "stopped"  # the fifth may still run
    stage.advance(HOURS)
    assert status(stage, "sweep/seed0") == "completed"
    since = {task.layout.id for task in stage.tasks.listing(revision).tasks}
    assert "sweep/seed0" in since
    last.path.unlink()
    stage.advance(HOURS)
    assert status(stage, "sweep/seed0") == "stopped"


def test_a_task_that_is_opened_alone_knows_its_siblings(stage: Stage) -> None:
    seeds(stage, 4)
    assert stage.opened("sweep/seed0").assessment.verdict.status == "completed"


@pytest.mark.parametrize("own", [None, SiblingEnd(500, 9_000.0, 10), SiblingEnd(700, 0.0, 10)])
def test_no_task_is_its_own_witness(own: SiblingEnd | None) -> None:
    others = [SiblingEnd(500, 1_000.0 * n, 10) for n in range(3)]
    ends = Ends([*others, own] if own else others)
    found = ends.usual_beside(own)
    assert found is not None
    assert (found.step, found.count, found.others) == (500, 3, 3)
    alone = ends.usual_beside(others[0])
    assert (alone is None) == (own is None or own.step != 500)


def _alone(points: int, every: int, total: int) -> Assessment:
    """A training with a total, one second after its latest point, one each second."""
    steps = [every * (n + 1) for n in range(points)]
    times = [NOW + n for n in range(points)]
    last = times[-1]
    file = FoundFile("/logs/run/0", EventFileName(NOW, "node", 1, 0, ""), 1, 1, 100, last)
    texts = {"config": json.dumps({"max_steps": total})}
    source = Source("run", "", file, texts, None, NOW, last)
    parts = parts_of(source, {"train/loss": column(steps, times, [1.0] * points)})
    return assess(Layout("run", "run", (), TaskRule()), parts, SideFiles(), last + 1.0)


@given(
    points=st.integers(1, 40),
    every=st.integers(1, 100),
    total=st.integers(1, 4_000),
    usual=st.integers(1, 4_000),
)
def test_while_points_arrive_no_total_and_no_sibling_makes_a_task_completed(
    points: int, every: int, total: int, usual: int
) -> None:
    """Whatever it has reached or passed: so a point more never takes a "completed" back."""
    task = _alone(points, every, total).beside(UsualEnd(usual, 5, 6, float(every)))
    assert task.verdict.status == "running"


def scheduled(stage: Stage, total: int, last: int, curve: float = 1.0, warm_up: int = 0) -> None:
    """Five that end at ``last``, whose learning rate comes down to nothing at ``total``."""
    for n in range(5):
        file, began = stage.file(f"exp/run{n}", NOW + n * HOURS, pid=n + 1), NOW + n * HOURS
        for step in range(10, last + 1, 10):
            rate = min(step / warm_up if warm_up else 1.0, 1.0) * (1 - step / total) ** curve
            file.log(step, began + step / 10, {"train/loss": 1.0, "train/lr": 3e-4 * rate})
    stage.now = NOW + 6 * HOURS


@pytest.mark.parametrize("warm_up", [0, 1_000])
def test_a_learning_rate_in_the_midst_of_its_descent_shows_that_a_round_step_was_no_end(
    stage: Stage, warm_up: int
) -> None:
    """All of them crashed as they saved their first checkpoint."""
    scheduled(stage, total=20_000, last=5_000, warm_up=warm_up)
    task = stage.judged("exp/run0")
    assert (task.verdict.status, task.total) == ("stopped", None)


def test_a_learning_rate_that_has_come_down_shows_an_end_at_whatever_step(stage: Stage) -> None:
    scheduled(stage, total=5_430, last=5_430)
    assert status(stage, "exp/run0") == "completed"


def test_a_learning_rate_on_a_curve_does_not_tell(stage: Stage) -> None:
    """It may come down to any value: what people choose does."""
    scheduled(stage, total=20_000, last=5_000, curve=4.0)
    assert status(stage, "exp/run0") == "completed"
