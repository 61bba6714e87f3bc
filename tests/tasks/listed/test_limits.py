"""The list says what the task says, or less, where it sees only the ends of large files."""

from __future__ import annotations

import pytest

from tb_trainmon.tasks.listed.glances import Glances
from tests.tasks.scenes import NOW, LogFile, Stage

_FILLER = {f"weights/of/a/layer/called/{n}": 1.0 for n in range(20)}  # makes a file large


def _large(stage: Stage, evaluations: tuple[int, ...]) -> LogFile:
    """A point each 5 s, 20 minutes of evaluation behind some of the steps, none at the end."""
    file = stage.file("run", NOW)
    at = NOW
    for step in range(10, 2001, 10):
        at += 5.0
        file.log(step, at, {"train/loss": 1.0, **_FILLER})
        at += 1200.0 * (step in evaluations)
    stage.now = at
    return file


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were read to their ends for the list."""
    read: list[str] = []
    whole = Glances.whole

    def counted(self: Glances, run: object, file: object) -> object:
        read.append(str(file))
        return whole(self, run, file)  # type: ignore[arg-type]

    monkeypatch.setattr(Glances, "whole", counted)
    return read


def test_a_pause_that_the_list_does_not_see_is_no_end(stage: Stage, reads: list[str]) -> None:
    _large(stage, (500, 1000, 1500))
    stage.advance(600)
    for _ in range(3):
        assert stage.listed()["run"].verdict.status == "running"
        assert stage.opened("run").assessment.verdict.status == "running"
        stage.advance(60)
    assert len(reads) == 1
    stage.advance(7200)
    assert stage.listed()["run"].verdict.status == "stopped"
    assert stage.opened("run").assessment.verdict.status == "stopped"
    assert len(reads) == 1


def test_nothing_more_is_read_of_a_task_that_never_paused_or_ended_long_ago(
    stage: Stage, reads: list[str]
) -> None:
    _large(stage, ())
    stage.advance(600)
    assert stage.listed()["run"].verdict.status == "stopped"
    _large(stage, (500,))
    stage.advance(30 * 86400)
    assert stage.listed()["run"].verdict.status == "stopped"
    assert reads == []


def test_a_tail_without_a_step_of_the_training_shows_none(stage: Stage) -> None:
    """Step 500 of 2,000 would be what its head shows."""
    file = _large(stage, ()).text("config", '{"max_steps": 2000}')
    for n in range(400):
        file.log(n, stage.now, {f"image/of/{n % 7}/{name}": 1.0 for name in range(20)})
    listed, opened = stage.listed()["run"], stage.opened("run").assessment
    assert (listed.step, listed.progress, listed.eta) == (None, None, None)
    assert opened.step == 2000
