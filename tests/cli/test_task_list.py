"""``trainmon status`` without a task: the list, on any terminal and in a pipe."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from tb_trainmon.cli import words
from tb_trainmon.cli.task_list import rendered
from tests.cli.terminal import everything, run, without_escapes
from tests.tasks.tables import Table
from tests.tasks.test_real_logs import LOGS, TASKS

SYMBOLS = {"completed": "✓", "failed": "✗", "running": "▶", "pending": "○", "stopped": "■"}


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
