"""``trainmon status``: the list and the task, for people and for scripts."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tb_trainmon import TaskLogger, cli
from tb_trainmon.event_files import reader
from tests.cli.conftest import STATUSES
from tests.cli.terminal import Terminal, everything, run
from tests.conftest import StartTensorBoard
from tests.routes.site import Clock, Site
from tests.tasks.test_real_logs import LATER, LOGS, TASKS

CODES = {"completed": 0, "failed": 1, "running": 3, "pending": 4, "stopped": 5}


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the command stands still, as that of a test's site."""
    monkeypatch.setattr(time, "time", lambda: LATER)


def test_the_slow_reader_is_said_beside_the_answer_and_never_in_it(
    one_of_each: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["status", "--logdir", str(one_of_each)]) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(reader, "is_compiled", lambda _: False)
    assert cli.main(["status", "--logdir", str(one_of_each)]) == 0
    said = capsys.readouterr()
    assert "slow reader" in said.err
    assert "C compiler" in said.err
    assert "slow reader" not in said.out
    assert cli.main(["status", "--logdir", str(one_of_each), "--json"]) == 0
    assert capsys.readouterr().err == ""


# ---- one task ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", STATUSES)
def test_the_exit_code_tells_a_script_the_status(one_of_each: Path, status: str) -> None:
    for extra in ((), ("--json",)):
        said = run("status", "--logdir", one_of_each, "--task", status, *extra)
        assert said.returncode == CODES[status]
        assert status in said.stdout


def test_the_document_has_the_exit_codes() -> None:
    text = (Path(__file__).parents[2] / "docs" / "terminal.md").read_text(encoding="utf-8")
    of_status = text[: text.index("## `trainmon wait`")]
    documented = dict(re.findall(r"^\| (\d+) \| `?(\w+)", of_status, re.MULTILINE))
    assert {status: int(code) for code, status in documented.items() if status in CODES} == CODES
    assert {"2", "6", "7", "130"} <= documented.keys()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_task_is_told_with_its_evidence_numbers_and_attempts(width: int) -> None:
    asked = ("status", "--logdir", LOGS, "--task", "transformers_v5/restart_newlr/tb")
    terminal = Terminal(*asked, columns=width)
    assert terminal.end() == 0
    assert max(map(len, terminal.screen.split("\n"))) <= width
    words = " ".join(terminal.screen.split())
    for told in (
        *("✓ completed", "Found the trainer's end-of-training", "100%", "Step 100 of 100"),
        *("max_steps", "eval_loss", "1.987", "restarted", "learning_rate 0.001"),
    ):
        assert told in words


def test_a_loss_that_is_no_number_is_said(one_of_each: Path) -> None:
    said = run("status", "--logdir", LOGS, "--task", "transformers_v5/nan/tb").stdout
    assert re.search(
        r"^loss +NaN +at step 100; 14 points that the trainer logged", said, re.MULTILINE
    )
    (row,) = (
        line
        for line in run("status", "--logdir", LOGS, "--limit", "99").stdout.splitlines()
        if "transformers_v5/nan/tb" in line
    )
    assert "NaN" in row


@pytest.mark.parametrize("wanted", ["restart_newlr/tb", "transformers_v5/restart_newlr/tb"])
def test_the_end_of_an_id_is_enough_if_only_one_task_has_it(wanted: str) -> None:
    assert run("status", "--logdir", LOGS, "--task", wanted).returncode == 0


def test_a_task_that_is_not_there_is_a_sentence_that_names_those_that_may_be_meant() -> None:
    said = run("status", "--logdir", LOGS, "--task", "restart_newlr/bt")
    assert (said.returncode, said.stdout) == (6, "")
    assert (
        "There is no task 'restart_newlr/bt'. Did you mean:\n  transformers_v5/restart"
        in said.stderr
    )
    several = run("status", "--logdir", LOGS, "--task", "tb")
    assert several.returncode == 6
    assert "'tb' may be one of 11 tasks." in several.stderr
    assert "and 1 more" in several.stderr


def test_a_log_directory_that_is_not_there_is_a_sentence_and_a_code(tmp_path: Path) -> None:
    said = run("status", "--logdir", tmp_path / "nowhere")
    assert said.returncode == 7
    assert "cannot be read" in said.stdout
    assert run("status", "--logdir", tmp_path).returncode == 0


@pytest.mark.parametrize(
    "wrong",
    [
        ["--logdir", ""],
        ["--status", "done"],
        ["--limit", "0"],
        ["--watch", "--json"],
        ["--interval", "0"],
        ["--logdir", "a", "--logdir_spec", "b"],
    ],
)
def test_wrong_arguments_are_named(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["status", *wrong])
    assert "error: argument" in capsys.readouterr().err


# ---- JSON ----------------------------------------------------------------------------------------


def without_revision(answer: str) -> str:
    """It names the process that answered."""
    text, count = re.subn(r'"revision":"[0-9a-f]+:\d+"', "", answer)
    assert count == 1
    return text


def test_json_is_the_routes_to_the_byte(
    later: None, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    site = Site(LOGS, Clock(LATER))
    assert cli.main(["status", "--logdir", str(LOGS), "--json"]) == 0
    listed = capsysbinary.readouterr().out.decode()
    assert without_revision(listed) == without_revision(site.answer("tasks").text + "\n")
    for name in TASKS:
        cli.main(["status", "--logdir", str(LOGS), "--task", name, "--json"])
        assert capsysbinary.readouterr().out == site.answer("task", task=name).data + b"\n"


def test_json_is_what_a_real_tensorboard_answers(start_tensorboard: StartTensorBoard) -> None:
    logdir = LOGS / "transformers_v5"
    tensorboard = start_tensorboard("--logdir", str(logdir))
    route = "data/plugin/trainmon/"
    for _ in range(3):  # "No event for 5 h" may become 6 between two questions
        mine = run("status", "--logdir", logdir, "--json").stdout
        theirs = tensorboard.get_text(f"{route}tasks") + "\n"
        if without_revision(mine) == without_revision(theirs):
            break
    else:
        pytest.fail("the answers differ")


# ---- costs ---------------------------------------------------------------------------------------


def test_asking_for_the_status_loads_nothing_that_it_does_not_need() -> None:
    """A script may ask every few seconds."""
    program = (
        "import sys; from tb_trainmon import cli\n"
        f"cli.main(['status', '--logdir', {str(LOGS / 'trl')!r}])\n"
        "heavy = {'sqlalchemy', 'werkzeug', 'pyarrow', 'asyncio'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


# ---- insights ------------------------------------------------------------------------------------


def test_insights_stand_with_their_numbers_and_their_advice() -> None:
    shown = everything(
        "status", "--logdir", LOGS / "transformers_v5" / "nan", "--task", "tb"
    ).screen
    assert "! error  The loss was NaN from step 35 on, logged as 0.0" in shown
    assert "14 losses are exactly 0.0" in shown
    assert "logging_nan_inf_filter" in shown


def test_a_healthy_task_says_how_many_rules_looked() -> None:
    logs = LOGS / "transformers_v5" / "full"
    shown = everything("status", "--logdir", logs, "--task", "full").screen
    assert re.search(r"No insights: \d+ rules looked\.", shown)


def test_the_list_counts_the_insights_of_tasks_that_run(tmp_path: Path) -> None:
    with TaskLogger(tmp_path, task="broken", logging_steps=1) as log:
        for step in range(1, 40):
            log.step(step, loss=float("nan") if step > 20 else 2.0)
        log.flush()
        shown = everything("status", "--logdir", tmp_path, columns=160).screen
    assert re.search(r"broken.*1 error", shown)
