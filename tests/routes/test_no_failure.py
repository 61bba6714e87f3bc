"""No log makes a route fail: every 500 is a defect of ours."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.routes.conftest import NewSite
from tests.routes.everything import failures
from tests.tasks.scenes import NOW, Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    (tmp_path / "logs").mkdir()
    made = Stage(tmp_path / "logs")
    yield made
    made.close()


LARGEST, SMALLEST = 2**63 - 1, -(2**63)


def test_real_logs_of_all_frameworks(real_logs: Path, open_site: NewSite) -> None:
    assert list(failures(open_site(real_logs))) == []


@pytest.mark.parametrize(
    "attempts",
    [
        [[LARGEST - 20, LARGEST - 10, LARGEST], [10, 20, 30], [LARGEST - 5, LARGEST]],
        [[10, 20, 30], [SMALLEST, -5, 3], [10, LARGEST]],
        [[SMALLEST, SMALLEST + 1], [LARGEST], [0, 1]],
        [[LARGEST], [LARGEST], [SMALLEST], [SMALLEST]],
    ],
)
def test_steps_at_the_ends_of_64_bits(
    stage: Stage, open_site: NewSite, attempts: list[list[int]]
) -> None:
    for number, steps in enumerate(attempts):
        file = stage.file("run", created=NOW + 1000 * number, pid=number + 1)
        for at, step in enumerate(steps):
            file.log(step, NOW + 1000 * number + at, {"loss": 1.0, "learning_rate": 0.1 * at})
            file.log(-step - 1, NOW + 1000 * number + at, {"eval_loss": 2.0})
    assert list(failures(open_site(stage.logdir))) == []


@pytest.mark.parametrize("time", [0.0, -1e300, 1e300, float("inf"), float("nan"), 2.0**63])
def test_times_that_are_no_times(stage: Stage, open_site: NewSite, time: float) -> None:
    file = stage.file("run")
    for step in range(1, 9):
        file.log(step, time if step % 2 else NOW + step, {"loss": 1.0, "eval_loss": 1.0})
    assert list(failures(open_site(stage.logdir))) == []


@pytest.mark.parametrize("name", ["9" * 100, "9" * 15 + ".h." + "9" * 100 + "." + "9" * 90])
def test_names_of_numbers_that_are_no_numbers(
    real_logs: Path, tmp_path: Path, open_site: NewSite, name: str
) -> None:
    source = next((real_logs / "torch_summarywriter").rglob("*tfevents*"))
    (tmp_path / "run").mkdir()
    shutil.copy(source, tmp_path / "run" / f"events.out.tfevents.{name}")
    assert list(failures(open_site(tmp_path))) == []


@pytest.mark.parametrize("step", ["9" * 19, "9" * 200, "9223372036854775808", "0" * 5000])
def test_checkpoints_of_numbers_that_are_no_steps(
    stage: Stage, open_site: NewSite, step: str
) -> None:
    stage.file("run").train(range(10, 60, 10), NOW)
    (stage.logdir / "run" / f"checkpoint-{step}"[:250]).mkdir()
    (stage.logdir / "run" / "checkpoint-20").mkdir()
    assert list(failures(open_site(stage.logdir))) == []


def test_configurations_that_are_nested_without_end(stage: Stage, open_site: NewSite) -> None:
    deep = '{"a":' * 900 + "1" + "}" * 900
    for number, pid in enumerate((1, 2)):
        file = stage.file("run", created=NOW + 1000 * number, pid=pid)
        file.text("args/text_summary", deep.replace("1", str(number)))
        file.train(range(10, 60, 10), NOW + 1000 * number)
    with closing(sqlite3.connect(stage.logdir / "training_logs.db")) as connection, connection:
        connection.execute("CREATE TABLE training_tasks (task_id TEXT)")
        connection.execute("INSERT INTO training_tasks VALUES ('table')")
        connection.execute(
            "CREATE TABLE training_attempts (task_id TEXT, attempt INT, config TEXT)"
        )
        rows = [(number, deep.replace("1", str(number))) for number in (1, 2)]
        connection.executemany("INSERT INTO training_attempts VALUES ('table', ?, ?)", rows)
    assert list(failures(open_site(stage.logdir))) == []
