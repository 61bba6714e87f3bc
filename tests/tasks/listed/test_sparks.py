"""Sparklines: true to the points, cheap for large files, and kept until something is logged."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tb_trainmon.event_files import samples as event_file_samples
from tb_trainmon.logger.event_records import ScalarRecords
from tb_trainmon.tasks.listed import sparks
from tb_trainmon.tasks.listed.sparks import VALUES, Sparkline
from tb_trainmon.tasks.opened.open_task import OpenTask
from tests.tasks.scenes import NOW, Stage, values
from tests.tasks.tables import Table


def drawn(stage: Stage, *tasks: str) -> dict[str, Sparkline]:
    """As the list shows them: it has been asked for a moment ago."""
    stage.listed()
    return stage.tasks.sparklines(tasks or ("run",))


def line(stage: Stage) -> Sparkline:
    return drawn(stage)["run"]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks that were read as a whole, and the files of which samples were."""
    found: list[str] = []
    refresh: Callable[..., None] = OpenTask.refresh
    samples = event_file_samples.samples

    def counting(task: OpenTask, *told: object) -> None:
        found.append("whole")
        refresh(task, *told)

    def sampling(path: str, *args: object) -> object:
        found.append(Path(path).name)
        return samples(path, *args)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(OpenTask, "refresh", counting)
    monkeypatch.setattr(sparks, "samples", sampling)
    return found


def large(stage: Stage, run: str = "run", steps: int = 90_000, tags: int = 2) -> Path:
    """A file of more bytes than are read as a whole; its loss falls from 10 to 0."""
    folder = stage.logdir / run
    folder.mkdir()
    path = folder / "events.out.tfevents.1700000000.node.1.0"
    records = ScalarRecords()
    others = {f"tag{n}": 0.5 for n in range(tags - 1)}
    with path.open("wb") as file:
        for step in range(1, steps + 1):
            loss = {"train/loss": 10.0 * (1 - step / steps)}
            file.write(records.record(step, NOW + step / 100, loss | others))
    return path


def test_a_small_task_is_drawn_of_all_its_points(stage: Stage) -> None:
    stage.file().train(range(10, 101, 10), NOW)
    assert line(stage).values == pytest.approx(values(stage.opened()), rel=1e-5)
    assert (line(stage).metric, line(stage).whole) == ("loss", True)


def test_attempts_lie_end_to_end(stage: Stage) -> None:
    stage.file(pid=1).train(range(10, 101, 10), NOW)
    stage.file(pid=2).train(range(10, 41, 10), NOW + 1000)
    assert line(stage).values == pytest.approx(values(stage.opened()), rel=1e-5)
    assert len(line(stage).values) == 14


def test_many_points_are_a_few_dozen_means(stage: Stage) -> None:
    stage.file().train(range(1, 481), NOW)
    found = line(stage).values
    logged = values(stage.opened())
    assert len(found) == VALUES
    assert found[0] == pytest.approx(sum(logged[:10]) / 10, rel=1e-5)
    assert found[-1] == pytest.approx(sum(logged[-10:]) / 10, rel=1e-5)


def test_a_stretch_that_is_not_finite_is_no_number(stage: Stage) -> None:
    file = stage.file()
    for step, loss in ((1, 2.0), (2, math.nan), (3, math.inf), (4, 1.0)):
        file.log(step, NOW + step, {"train/loss": loss})
    assert str(line(stage).values) == "(2.0, nan, nan, 1.0)"


def test_a_loss_that_the_trainer_hid_is_no_zero(stage: Stage) -> None:
    file = stage.file().text("args/text_summary", "{}", NOW)
    for step in range(1, 5):
        hidden = step > 2
        loss, norm = (0.0, math.nan) if hidden else (2.0, 1.0)
        file.log(step, NOW + step, {"train/loss": loss, "train/grad_norm": norm})
    assert str(line(stage).values) == "(2.0, 2.0, nan, nan)"


def test_what_there_is_not_is_left_out(stage: Stage) -> None:
    """Unknown tasks, and those that logged nothing that could lead."""
    stage.file("run").train(range(3), NOW)
    stage.file("other", pid=2).train(range(3), NOW, tag="eval/runtime")
    stage.file("waiting", pid=3)
    assert set(drawn(stage, "run", "other", "waiting", "nobody")) == {"run"}


def test_it_is_drawn_although_nobody_asked_for_the_list(stage: Stage) -> None:
    stage.file().train(range(3), NOW)
    assert set(stage.tasks.sparklines(["run"])) == {"run"}


def test_a_large_file_is_drawn_of_samples(stage: Stage, reads: list[str]) -> None:
    """As many as there are values, evenly spaced, from its first to its last point."""
    path = large(stage)
    found = line(stage)
    assert reads == [path.name]
    assert (found.whole, len(found.values)) == (False, VALUES)
    expected = [10.0 * (1 - n / (VALUES - 1)) for n in range(VALUES)]
    assert found.values == pytest.approx(expected, abs=0.05)


def test_samples_are_spread_over_the_files_of_a_task(stage: Stage, reads: list[str]) -> None:
    """By their bytes, in the order of the attempts."""
    first = large(stage)
    second = first.with_name("events.out.tfevents.1700001000.node.2.0")
    records = ScalarRecords()
    with second.open("wb") as file:
        for step in range(1, 30_001):
            scalars = {"train/loss": 20.0, "tag0": 0.5}
            file.write(records.record(step, NOW + 1000 + step / 100, scalars))
    found = line(stage).values
    assert reads == [first.name, second.name]
    assert len(found) == VALUES
    assert [value == 20.0 for value in found] == [False] * 36 + [True] * 12


def test_windows_that_large_records_fill_are_made_wider(stage: Stage) -> None:
    """A loss every 20 kB, between images and histograms."""
    path = stage.logdir / "run" / "events.out.tfevents.1700000000.node.1.0"
    path.parent.mkdir()
    records = ScalarRecords()
    with path.open("wb") as file:
        for step in range(1, 401):
            others = {f"{'x' * 100}{n}": 0.5 for n in range(170)}
            file.write(records.record(step, NOW + step, {"train/loss": float(step)}))
            file.write(records.record(step, NOW + step, others))
    assert path.stat().st_size > 1 << 22
    found = line(stage)
    assert not found.whole
    assert len(found.values) > 40
    assert list(found.values) == sorted(found.values)


def test_an_open_task_gives_the_points_that_it_has(stage: Stage, reads: list[str]) -> None:
    large(stage)
    stage.opened()
    reads.clear()
    found = line(stage)
    assert found.whole
    assert reads == ["whole"]  # refreshed, which reads what is new


def test_a_task_that_somebody_reads_at_the_moment_is_not_waited_for(
    stage: Stage, reads: list[str]
) -> None:
    path = large(stage)
    opened, done = stage.opened(), threading.Event()
    held = threading.Event()

    def hold() -> None:
        with opened.lock:
            held.set()
            done.wait(60)

    reader = threading.Thread(target=hold)
    reader.start()
    held.wait(60)
    reads.clear()
    assert not line(stage).whole
    done.set()
    reader.join()
    assert reads == [path.name]


def test_rows_of_a_table_are_drawn_too(stage: Stage) -> None:
    table = Table(stage.logdir).task(runs=[])
    for attempt, losses in ((1, [3.0, 2.0]), (2, [2.5, 1.5])):
        for n, loss in enumerate(losses):
            at = NOW + 100 * attempt + n
            table.log(10 * n + 10, at, {"loss": loss}, attempt=attempt)
    assert line(stage) == Sparkline("loss", (3.0, 2.0, 2.5, 1.5), whole=True)


def test_what_was_drawn_is_kept_while_nothing_is_logged(stage: Stage, reads: list[str]) -> None:
    stage.file().train(range(10), NOW)
    first = line(stage)
    stage.advance(1000.0)
    assert line(stage) is first
    assert reads == ["whole"]


def test_a_task_that_grows_is_drawn_again_but_not_each_time(stage: Stage) -> None:
    file = stage.file().train(range(10), NOW)
    assert len(line(stage).values) == 10
    file.train(range(10, 12), NOW + 10)
    assert len(line(stage).values) == 10
    stage.advance(5.0)
    assert len(line(stage).values) == 12


def test_only_so_many_are_kept(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparks, "_KEPT", 2)
    for n in range(4):
        stage.file(f"run{n}", pid=n).train(range(3), NOW)
    stage.look()
    assert len(drawn(stage, *(f"run{n}" for n in range(4)))) == 4
    assert len(stage.tasks._sparks._known) == 2


def test_a_defect_of_ours_costs_one_line(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stage.file("run").train(range(3), NOW)
    large(stage, "large")

    def failing(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(sparks, "samples", failing)
    assert set(drawn(stage, "run", "large")) == {"run"}
    assert "TrainMon failed to draw a sparkline of 'large'" in caplog.text


def test_a_file_that_has_gone_meanwhile_is_no_error(stage: Stage) -> None:
    path = large(stage)
    stage.listed()
    path.unlink()
    assert stage.tasks.sparklines(["run"]) == {}


def test_of_a_reinforcement_learner_the_reward_is_drawn(stage: Stage) -> None:
    file = stage.file("run")
    for step in range(3):
        file.log(step, NOW + step, {"train/loss": 1.0, "rollout/ep_rew_mean": 10.0 * step})
    assert drawn(stage, "run")["run"].metric == "reward"
    assert drawn(stage, "run")["run"].values == (0.0, 10.0, 20.0)
