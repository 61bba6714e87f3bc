"""``trainmon wait``: what a script may go on with, and what it may not."""

from __future__ import annotations

import argparse
import re
import subprocess
import time
from pathlib import Path

import pytest

from tb_trainmon.cli import exit_codes
from tb_trainmon.cli.wait import goal_of
from tests.cli.terminal import COMMAND, environment, run
from tests.tasks.scenes import LogFile
from tests.tasks.tables import Table

QUICK = ("--interval", "0.1", "--settle", "0.2")


@pytest.mark.parametrize(("status", "code"), [("completed", 0), ("failed", 1), ("stopped", 5)])
@pytest.mark.parametrize("goal", ["completed", "ended"])
def test_the_exit_code_of_an_end_is_that_of_status(
    one_of_each: Path, status: str, code: int, goal: str
) -> None:
    said = run("wait", "--logdir", one_of_each, "--task", status, "--for", goal, *QUICK)
    assert said.returncode == code
    assert f"It is {status}" in said.stderr
    assert said.stdout == ""


@pytest.mark.parametrize(
    ("task", "goal", "code"),
    [
        ("running", "step=30", 0),
        ("running", "step>=20", 0),
        ("running", "loss<2.8", 0),
        ("running", "loss >= 2.7", 0),
        ("completed", "step=30", 0),
        ("completed", "step=31", 8),
        ("failed", "step=31", 1),
        ("stopped", "loss<0.1", 5),
        ("completed", "nonsense<1", 8),
        ("nobody", "completed", 6),
    ],
)
def test_a_step_or_a_metric_can_be_waited_for(
    one_of_each: Path, task: str, goal: str, code: int
) -> None:
    said = run("wait", "--logdir", one_of_each, "--task", task, "--for", goal, *QUICK)
    assert said.returncode == code, said.stderr


def test_it_waits_no_longer_than_it_may(one_of_each: Path) -> None:
    asked = ("--task", "running", "--timeout", "0.3", *QUICK)
    said = run("wait", "--logdir", one_of_each, *asked)
    assert said.returncode == 124
    assert "running: not completed in time. It is running at step 30 of 400" in said.stderr


def test_the_document_has_the_exit_codes() -> None:
    text = (Path(__file__).parents[2] / "docs" / "terminal.md").read_text(encoding="utf-8")
    of_wait = text.partition("## `trainmon wait`")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([\d, ]+) \|", of_wait, re.MULTILINE)
    told = [code for row in rows for code in row.split(", ")]
    ends = [exit_codes.BY_STATUS[status] for status in ("completed", "failed", "stopped")]
    assert [int(code) for code in told] == [*ends, exit_codes.NOT_SO, exit_codes.TIMED_OUT]


def test_it_ends_when_it_is_so(tmp_path: Path) -> None:
    now = time.time()
    table = Table(tmp_path).task(status="running", heartbeat_at=now + 600)
    table.attempt(status="running", started_at=now).log(1, now, {"loss": 1.0})
    process = subprocess.Popen(
        [*COMMAND, "wait", "--logdir", str(tmp_path), *QUICK], env=environment()
    )
    time.sleep(2)
    assert process.poll() is None
    table.run("UPDATE training_tasks SET status = 'completed'")
    assert process.wait(60) == 0


@pytest.mark.waits
def test_an_end_that_does_not_last_is_not_believed(tmp_path: Path) -> None:
    """Its total was the total of its first epoch: it goes on."""
    (tmp_path / "trainmon.toml").write_text("[[task]]\npattern = '.'\ntotal_steps = 3\n")
    now = time.time()
    file = LogFile(tmp_path, now - 4000).train(range(1, 4), now - 3700)
    process = subprocess.Popen(
        [*COMMAND, "wait", "--logdir", str(tmp_path), "--interval", "0.1", "--settle", "8"],
        env=environment(),
        stderr=subprocess.PIPE,
    )
    time.sleep(4)
    file.log(4, time.time(), {"train/loss": 1.0})
    time.sleep(7)
    still_waits = process.poll() is None
    process.kill()
    process.communicate()
    assert still_waits


@pytest.mark.parametrize(
    "text", ["", "done", "step=", "step=x", "loss<", "loss<nan", "<2", "loss=2"]
)
def test_what_cannot_be_waited_for_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not completed, ended, step=N"):
        goal_of(text)
