"""``trainmon logs``: the training log, and what comes behind it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tb_trainmon import TaskLogger, cli
from tb_trainmon.cli.following import Follower
from tb_trainmon.routes.messages import Message
from tests.cli.terminal import COMMAND, CTRL_C, Terminal, environment, everything, piped, run
from tests.routes.site import Clock, Site
from tests.tasks.scenes import NOW, Stage
from tests.tasks.tables import Table
from tests.tasks.test_real_logs import LATER, LOGS, TASKS

TASK = "transformers_v5/restart_newlr/tb"


def steps_of(rows: Sequence[Message]) -> list[int]:
    return [row["step"] for row in rows]


# ---- what there is -------------------------------------------------------------------------------


def test_a_row_is_a_line_oldest_first() -> None:
    said = run("logs", "--logdir", LOGS, "--task", TASK)
    lines = said.stdout.splitlines()
    rows = Site(LOGS, Clock(LATER)).get("logs", task=TASK)["logs"][::-1]
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        assert re.match(rf"\S+ \S+  {row['type']} *  #{row['attempt']} +{row['step']}\b", line)
    assert "loss 2.054  grad_norm 0.4643  learning_rate 1.52e-6" in said.stdout
    assert (said.returncode, said.stderr) == (0, "")


def test_only_rows_of_some_types_and_the_latest_of_them_if_asked() -> None:
    asked = ("logs", "--logdir", LOGS, "--task", TASK, "--type", "eval,checkpoint", "--limit", "3")
    types = [line.split()[2] for line in run(*asked).stdout.splitlines()]
    assert set(types) <= {"eval", "checkpoint"}
    assert len(types) == 3


@pytest.mark.parametrize("width", [40, 80, 200])
def test_lines_are_folded_below_each_other_where_a_terminal_is_narrow(width: int) -> None:
    terminal = everything("logs", "--logdir", LOGS, "--task", "nan/tb", columns=width)
    lines = terminal.screen.split("\n")
    assert max(map(len, lines)) <= width
    assert sum(re.search(r"\beval  ", line) is not None for line in lines) == 5
    assert "eval_loss NaN" in terminal.screen
    assert "\x1b[1;31mNaN" in terminal.raw


def test_without_colour_the_types_are_words() -> None:
    terminal = everything("logs", "--logdir", LOGS, "--task", "nan/tb", no_color="1")
    assert re.search(r"\x1b\[[0-9;]*3[0-9]m", terminal.raw) is None
    assert "checkpoint" in terminal.screen


def test_the_only_task_need_not_be_named(tmp_path: Path) -> None:
    Table(tmp_path).task("job", [], status="stopped").attempt(1, "job").log(
        5, NOW, {"loss": 1.5}, task_id="job"
    )
    assert "loss 1.5" in run("logs", "--logdir", tmp_path).stdout
    several = run("logs", "--logdir", LOGS)
    assert (several.returncode, several.stdout) == (6, "")
    assert f"There are {len(TASKS)} tasks: choose one with --task." in several.stderr
    (tmp_path / "empty").mkdir()
    assert run("logs", "--logdir", tmp_path / "empty").returncode == 6


def test_json_is_the_routes_to_the_byte(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr("time.time", lambda: LATER)
    site = Site(LOGS, Clock(LATER))
    asked = ["logs", "--logdir", str(LOGS), "--task", TASK, "--json"]
    assert cli.main(asked) == 0
    assert capsysbinary.readouterr().out == site.answer("logs", task=TASK).data + b"\n"
    assert cli.main([*asked, "--limit", "3", "--type", "eval,end"]) == 0
    same = site.answer("logs", task=TASK, limit=3, type=["eval", "end"])
    assert capsysbinary.readouterr().out == same.data + b"\n"
    assert cli.main([*asked, "--limit", "1001"]) == 2
    assert b"allowed is 1 to 1000" in capsysbinary.readouterr().err


@pytest.mark.parametrize("wrong", [["--type", "evaluation"], ["--limit", "0"], ["--interval", "x"]])
def test_wrong_arguments_are_named(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["logs", *wrong])
    assert f"argument {wrong[0]}" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.file().train(range(1, 3000), NOW)
    stage.close()
    process = subprocess.Popen(
        [*COMMAND, "logs", "--logdir", tmp_path, "--limit", "100000"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 141


# ---- what comes ----------------------------------------------------------------------------------


def followed(stage: Stage, limit: int = 200, types: list[str] | None = None) -> Follower:
    follower = Follower(stage.tasks, "run", types)
    follower.last(limit)
    return follower


def test_more_rows_than_a_page_has_are_all_there(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.file().train(range(1, 2501), NOW)
    rows = Follower(stage.tasks, "run", ["step"]).last(2400)
    assert steps_of(rows) == list(range(101, 2501))
    stage.close()


def test_every_new_row_comes_once_and_older_ones_stay_where_they_are(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    file = stage.file()
    file.train(range(1, 1001), NOW)
    follower = followed(stage, limit=5, types=["step"])
    assert follower.news(is_last_look=False) == []
    file.train(range(1001, 1351), NOW + 1000)
    come = []
    for _ in range(4):
        stage.advance(2.0)
        come += follower.news(is_last_look=False)
    assert steps_of(come) == list(range(1001, 1351))
    stage.close()


def test_a_row_waits_for_the_metrics_of_its_step(tmp_path: Path) -> None:
    """Many trainers log a step tag by tag."""
    stage = Stage(tmp_path)
    file = stage.file()
    file.train(range(1, 11), NOW)
    follower = followed(stage, types=["step"])
    file.log(11, NOW + 11, {"train/loss": 0.5})
    stage.advance(2.0)
    assert follower.news(is_last_look=False) == []
    file.log(11, NOW + 11, {"train/grad_norm": 2.0})
    stage.advance(2.0)
    assert follower.news(is_last_look=False) == []
    stage.advance(2.0)
    (row,) = follower.news(is_last_look=False)
    assert row["metrics"] == {"loss": 0.5, "grad_norm": 2.0}
    file.log(12, NOW + 12, {"train/loss": 0.25})
    stage.advance(2.0)
    assert steps_of(follower.news(is_last_look=True)) == [12]
    stage.close()


def test_rows_of_a_restart_follow_those_before_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.file(pid=1).train(range(1, 11), NOW)
    follower = followed(stage)
    stage.now = NOW + 1000
    stage.file(pid=2).train(range(1, 6), NOW + 1000)
    stage.advance(5.0)
    come = follower.news(is_last_look=True)
    assert [(row["attempt"], row["step"]) for row in come if row["type"] == "step"] == [
        (2, step) for step in range(1, 6)
    ]
    stage.close()


def test_following_goes_on_until_the_task_has_ended(tmp_path: Path) -> None:
    asked = ("logs", "--follow", "--interval", "0.2", "--logdir", tmp_path, "--type", "eval,end")
    with TaskLogger(tmp_path, task="job", total_steps=50) as log:
        log.step(10, loss=3.5)
        log.evaluation(10, eval_loss=3.25)
        with piped(*asked) as pipe:
            assert "eval_loss 3.25" in pipe.line()
            log.evaluation(20, eval_loss=3.0)
            assert "eval_loss 3" in pipe.line()
            log.close()
            (last,) = pipe.rest()
    assert "  end  " in last
    assert pipe.errors == "The task has ended: completed. The job recorded its clean end.\n"
    assert pipe.process.returncode == 0


def test_following_in_json_is_a_row_a_line(tmp_path: Path) -> None:
    with TaskLogger(tmp_path, task="job", total_steps=50) as log:
        log.step(10, loss=float("nan"))
        with piped("logs", "--follow", "--json", "--interval", "0.2", "--logdir", tmp_path) as pipe:
            rows: list[Any] = [json.loads(pipe.line()), json.loads(pipe.line())]
            log.close()
            rows += map(json.loads, pipe.rest())
    assert [row["type"] for row in rows] == ["start", "step", "end"]
    assert rows[1]["metrics"] == {"loss": "NaN"}


def test_ctrl_c_ends_following_without_a_word(tmp_path: Path) -> None:
    with TaskLogger(tmp_path, task="job", total_steps=50) as log:
        log.step(10, loss=3.5)
        terminal = Terminal("logs", "-f", "--logdir", tmp_path, columns=80)
        terminal.wait_for("loss 3.5")
        terminal.press(CTRL_C)
        assert terminal.end() == 130
        assert "Traceback" not in terminal.screen


# Python's own warning, asked for by "-W error", of a file whose opening was just interrupted.
_LEFT_OPEN = re.compile(r"Exception ignored in: .*?ResourceWarning: unclosed [^\n]*\n", re.DOTALL)


def test_a_script_may_interrupt_it(tmp_path: Path) -> None:
    with TaskLogger(tmp_path, task="job") as log:
        log.step(10, loss=3.5)
        with piped("logs", "-f", "--logdir", tmp_path) as pipe:
            assert "start" in pipe.line()
            pipe.process.send_signal(signal.SIGINT)
            pipe.rest()
            assert pipe.process.returncode == 130
            assert _LEFT_OPEN.sub("", pipe.errors) == ""
