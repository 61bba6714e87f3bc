"""Side files, configurations and databases that are something else than they are called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.tasks.scenes import NOW, Stage

NAMES = ["error.txt", "trainmon.toml", "hparams.yaml", "trainer_state.json", "training_logs.db"]


@pytest.mark.parametrize("name", NAMES)
def test_a_named_pipe_keeps_nobody_waiting(stage: Stage, name: str) -> None:
    stage.file("run").log(1, NOW, {"loss": 1.0})
    os.mkfifo(stage.logdir / ("" if name == "trainmon.toml" else "run") / name)
    assert set(stage.listed()) == {"run"}
    assert stage.opened("run").assessment.step == 1
    (problem,) = stage.tasks.listing().problems
    assert "not a regular file" in problem.message


@pytest.mark.parametrize("name", NAMES)
def test_a_link_that_leads_out_shows_nothing_of_where_it_leads(
    stage: Stage, tmp_path: Path, name: str
) -> None:
    (tmp_path / "secret").write_text("[[task]]\npattern = 'x'\na password")
    stage.file("run").log(1, NOW, {"loss": 1.0})
    link = stage.logdir / ("" if name == "trainmon.toml" else "run") / name
    link.symlink_to(tmp_path / "secret")
    task = stage.listed()["run"]
    assert "password" not in task.verdict.reason
    assert task.verdict.status != "failed"
    (problem,) = stage.tasks.listing().problems
    assert "leads out of the log directory" in problem.message
    assert "password" not in problem.message


def test_yaml_that_nobody_can_read_leaves_the_total_unknown(stage: Stage) -> None:
    stage.file("run").log(1, NOW, {"loss": 1.0})
    (stage.logdir / "run" / "hparams.yaml").write_text("max_steps: !!timestamp foo")
    assert stage.listed()["run"].total is None
    assert stage.opened("run").assessment.total is None


def test_a_word_of_a_million_letters_is_looked_through_in_linear_time(stage: Stage) -> None:
    stage.file("run").log(1, NOW, {"loss": 1.0})
    checkpoint = stage.logdir / "run" / "checkpoint-1"
    checkpoint.mkdir()
    (checkpoint / "config.json").write_text("a" * 1_000_000)
    assert stage.listed()["run"].step == 1


def test_a_database_that_is_named_and_a_pipe_is_a_sentence(stage: Stage, tmp_path: Path) -> None:
    stage.file("run").log(1, NOW, {"loss": 1.0})
    os.mkfifo(tmp_path / "pipe")
    stage.look(database=str(tmp_path / "pipe"))
    assert set(stage.listed()) == {"run"}
    (problem,) = stage.tasks.listing().problems
    assert "is not a file" in problem.message
