"""``trainmon status``: the list and the task, for people and for scripts."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from tb_trainmon import TaskLogger, cli
from tb_trainmon.cli import words
from tb_trainmon.cli.task_list import rendered
from tb_trainmon.event_files import reader
from tests.cli.conftest import STATUSES
from tests.cli.terminal import CTRL_C, Terminal, everything, piped, run, without_escapes
from tests.conftest import StartTensorBoard
from tests.routes.site import Clock, Site
from tests.tasks.tables import Table
from tests.tasks.test_real_logs import LATER, LOGS, TASKS

CODES = {"completed": 0, "failed": 1, "running": 3, "pending": 4, "stopped": 5}
SYMBOLS = {"completed": "✓", "failed": "✗", "running": "▶", "pending": "○", "stopped": "■"}


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


# ---- the list ------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_task_is_there_and_no_line_is_wider_than_the_terminal(width: int) -> None:
    shown = everything("status", "--logdir", LOGS, "--limit", "1000", columns=width).screen
    lines = shown.split("\n")
    assert max(map(len, lines)) <= width
    # Long names are folded into their column, below each other.
    run_together = re.sub(r"\s+", "", shown) if width >= 200 else None
    for name in TASKS:
        if run_together is not None:
            assert name.replace(" ", "") in run_together
        else:
            assert name.rpartition("/")[2][:6] in shown
    assert sum(line.lstrip().startswith(tuple(SYMBOLS.values())) for line in lines) == len(TASKS)


@pytest.mark.parametrize("width", [40, 80, 110, 200])
@pytest.mark.parametrize("is_terminal", [True, False])
@given(
    label=st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=80),
    value=st.sampled_from([214.0, -1.234e-12, 9.8e20, "NaN", "-Infinity", None]),
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.differing_executors])
def test_a_list_fits_whatever_the_metric_that_leads_is_called(
    width: int, is_terminal: bool, label: str, value: float | str | None
) -> None:
    task = A_TASK | {"lead_metric": label, "lead_label": label, "lead_value": value}
    answer = {"tasks": [task], "insights": {}, "problems": []}
    screen = Console(width=width, force_terminal=is_terminal, file=io.StringIO())
    with screen.capture() as captured:
        screen.print(rendered(answer, screen, 2000.0, 10))
    shown = without_escapes(captured.get())
    assert max(map(cell_len, shown.split("\n"))) <= width
    assert words.value(value) in shown


A_TASK = {
    "id": "sweeps/lr_3e-4/seed_1",
    "name": "seed_1",
    "status": "running",
    "progress": 0.075,
    "step": 1_234_567,
    "total_steps": 2_000_000,
    "eta": {"low_s": 300_000.0, "high_s": 400_000.0, "finish_at": 352_000.0},
    "last_event_at": 1000.0,
    "clock_off_s": 0.0,
}


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_status_is_a_word_and_a_symbol_with_or_without_colour(
    one_of_each: Path, width: int
) -> None:
    for no_color in (None, "1"):
        shown = everything("status", "--logdir", one_of_each, columns=width, no_color=no_color)
        for status, symbol in SYMBOLS.items():
            assert f"{symbol} {status}" in shown.screen
        coloured = re.search(r"\x1b\[[0-9;]*3[0-9]", shown.raw) is not None
        assert coloured == (no_color is None)


def test_a_row_says_how_far_a_task_is_and_how_it_is_doing(one_of_each: Path) -> None:
    shown = everything("status", "--logdir", one_of_each, columns=160).screen
    (row,) = (line for line in shown.split("\n") if "▶ running" in line)
    assert re.search(r"━+\s+7\.5%\s+30 of 400\s+2\.7\s", row)


def test_the_newest_activity_comes_first(one_of_each: Path) -> None:
    lines = run("status", "--logdir", one_of_each).stdout.split("\n")
    order = [line.split()[2] for line in lines[1:] if line]
    assert order[:3] == ["running", "completed", "failed"]


def test_a_pipe_gets_one_line_a_task_however_long_and_no_escapes() -> None:
    said = run("status", "--logdir", LOGS, "--limit", "1000")
    lines = said.stdout.splitlines()
    assert lines[0].split() == [
        "STATUS",
        "TASK",
        "PROGRESS",
        "STEP",
        "LATEST",
        "LEFT",
        "LAST",
        "EVENT",
    ]
    assert len(lines) == 1 + len(TASKS)
    assert "\x1b" not in said.stdout
    assert all(line == line.rstrip() for line in lines)
    for name in TASKS:
        assert sum(name in line for line in lines) >= 1
    assert said.stderr == ""


def test_a_long_list_is_cut_and_says_so(tmp_path: Path) -> None:
    table = Table(tmp_path)
    for number in range(60):
        table.task(f"task-{number}", [], status="pending")
    said = run("status", "--logdir", tmp_path).stdout.splitlines()
    assert len(said) == 1 + 50 + 1
    assert said[-1] == "and 10 more tasks (--limit N shows N)"
    assert len(run("status", "--logdir", tmp_path, "--limit", "3").stdout.splitlines()) == 1 + 3 + 1
    every = run("status", "--logdir", tmp_path, "--limit", "60").stdout
    assert "more task" not in every


def test_only_tasks_of_a_status_are_shown_if_asked(one_of_each: Path) -> None:
    asked = ("status", "--logdir", one_of_each, "--status", "failed", "--status", "stopped")
    lines = run(*asked).stdout.splitlines()
    assert [line.split()[1] for line in lines[1:]] == ["failed", "stopped"]
    answer = json.loads(run(*asked, "--json").stdout)
    assert [task["status"] for task in answer["tasks"]] == ["failed", "stopped"]


def test_what_could_not_be_read_is_a_sentence_below(tmp_path: Path) -> None:
    (tmp_path / "training_logs.db").write_text("no database")
    said = run("status", "--logdir", tmp_path)
    assert said.returncode == 0
    assert "There is no task here." in said.stdout
    assert re.search(r"^! training_logs.db: .*\.$", said.stdout, re.MULTILINE)


def test_names_cannot_command_the_terminal(tmp_path: Path) -> None:
    evil = "evil\x1b]0;title\x07\x1b[31m\u202egpj"
    Table(tmp_path).task(evil, [], status="failed", error="\x1b[2J\rgone").attempt(1, evil)
    for asked in (("status",), ("status", "--task", evil), ("logs", "--task", evil)):
        said = run(*asked, "--logdir", tmp_path)
        assert not set(said.stdout + said.stderr) & {"\x1b", "\x07", "\r", "\u202e"}
    assert "evil\\x1b]0;title\\x07\\x1b[31m\\u202egpj" in run("status", "--logdir", tmp_path).stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_unicode_gets_what_it_can_show(
    one_of_each: Path, tmp_path: Path, encoding: str
) -> None:
    said = run("status", "--logdir", one_of_each, PYTHONIOENCODING=encoding)
    assert said.returncode == 0
    assert "> running" in said.stdout
    Table(tmp_path).task("模型", [], status="failed")
    assert "\\u6a21\\u578b" in run("status", "--logdir", tmp_path, PYTHONIOENCODING=encoding).stdout


def test_without_a_log_directory_it_is_the_current_folder(one_of_each: Path) -> None:
    assert run("status", "--task", "failed", cwd=one_of_each).returncode == 1


def test_several_log_directories_go_by_their_names(one_of_each: Path) -> None:
    spec = f"old:{one_of_each},{LOGS / 'trl'}"
    said = run("status", "--logdir_spec", spec, "--limit", "100").stdout
    assert "old/failed" in said
    assert "dpo/tb" in said


def test_the_database_and_the_configuration_may_be_named(one_of_each: Path, tmp_path: Path) -> None:
    database = one_of_each / "training_logs.db"
    (tmp_path / "empty").mkdir()
    asked = ("status", "--task", "failed", "--logdir", tmp_path / "empty")
    assert run(*asked).returncode == 6
    assert run(*asked, "--db", database).returncode == 1
    assert run(*asked, TRAINMON_DB_URL=f"sqlite:///{database}").returncode == 1
    said = run("status", "--logdir", one_of_each, "--config", tmp_path / "none.toml").stdout
    assert "The default rules apply." in said


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


# ---- watching ------------------------------------------------------------------------------------


def test_watching_follows_a_task_until_it_has_ended(tmp_path: Path) -> None:
    """In a terminal; the code is then that of the status."""
    with TaskLogger(tmp_path, task="job", total_steps=50) as log:
        log.step(10, loss=3.5)
        terminal = Terminal(
            "status", "--watch", "--task", "job", "--logdir", tmp_path, "--interval", "0.2"
        )
        terminal.wait_for("Step 10 of 50")
        log.step(20, loss=3.25)
        terminal.wait_for("Step 20 of 50")
        log.step(50, loss=3.0)
    assert terminal.end() == 0
    assert "completed" in terminal.screen
    # The screen that was there before is back, with the last picture on it.
    before, _, after = terminal.raw.rpartition("\x1b[?1049l")
    assert "\x1b[?1049h" in before
    assert "Step 50 of 50" in after


@pytest.mark.parametrize("width", [40, 80, 200])
def test_ctrl_c_ends_watching_without_a_word(one_of_each: Path, width: int) -> None:
    terminal = Terminal("status", "--watch", "--logdir", one_of_each, columns=width, rows=12)
    terminal.wait_for("▶ running")
    terminal.press(CTRL_C)
    assert terminal.end() == 130
    assert "Traceback" not in terminal.screen
    assert terminal.raw.rstrip().count("\x1b[?1049l") == 1
    assert "\x1b[?25h" in terminal.raw  # the cursor is back


def test_a_closed_terminal_or_a_kill_leaves_the_screen_as_it_was(one_of_each: Path) -> None:
    terminal = Terminal("status", "--watch", "--logdir", one_of_each)
    terminal.wait_for("▶ running")
    terminal.process.terminate()
    assert terminal.end() == 143
    assert "\x1b[?1049l" in terminal.raw


def test_a_low_terminal_shows_as_many_tasks_as_it_has_room_for(one_of_each: Path) -> None:
    terminal = Terminal("status", "--watch", "--logdir", one_of_each, columns=160, rows=6)
    terminal.wait_for("more task")
    terminal.press(CTRL_C)
    terminal.end()
    assert "and 1 more task " in terminal.screen or "and 2 more tasks " in terminal.screen


def test_watching_into_a_pipe_is_a_line_for_each_change(tmp_path: Path) -> None:
    asked = ("status", "--watch", "--task", "job", "--interval", "0.2", "--logdir", tmp_path)
    with TaskLogger(tmp_path, task="job", total_steps=50) as log:
        log.step(10, loss=3.5)
        with piped(*asked) as pipe:
            assert "▶ running  job at step " in pipe.line()
            log.step(50, loss=3.0)
            log.close()
            told = pipe.rest()
    assert ["✓ completed  job at step 50 of 50: " in line for line in told] == [True], told
    assert pipe.process.returncode == 0


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
