"""``trainmon export``: the file that the route sends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tb_trainmon import cli
from tb_trainmon.export import csv_text
from tests.cli.terminal import COMMAND, Terminal, environment, run
from tests.export.reading import log_rows_of, rows_of
from tests.routes.site import Clock, Site
from tests.tasks.test_real_logs import LATER, LOGS

TASK = "transformers_v5/restart_newlr/tb"
ASKED = ("export", "--logdir", str(LOGS), "--task", TASK)


def by_route(format_: str) -> bytes:
    sent: bytes = Site(LOGS, Clock(LATER)).answer("export", task=TASK, format=format_).data
    return sent


def test_standard_output_gets_the_csv_of_the_route() -> None:
    said = subprocess.run([*COMMAND, *ASKED], env=environment(), capture_output=True, check=True)
    assert said.stdout == by_route("csv")
    assert said.stderr == b""


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_a_file_gets_the_format_of_its_name(format_: str, tmp_path: Path) -> None:
    file = tmp_path / f"points.{format_}"
    file.write_text("what was there")
    said = run(*ASKED, "--output", file)
    assert said.returncode == 0
    assert said.stderr == f"{file}: 166 points of {TASK}\n"
    assert rows_of(file.read_bytes(), format_) == rows_of(by_route(format_), format_)
    assert list(tmp_path.iterdir()) == [file]


def test_the_log_is_written_as_by_the_route(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    said = run(*ASKED, "--of", "log", "--output", file)
    sent = Site(LOGS, Clock(LATER)).answer("export", task=TASK, of="log").data
    assert said.stderr == f"{file}: {len(log_rows_of(sent, 'csv'))} rows of {TASK}\n"
    assert len(log_rows_of(file.read_bytes(), "csv")) == len(log_rows_of(sent, "csv"))


def test_the_format_may_be_another_than_that_of_the_name(tmp_path: Path) -> None:
    assert run(*ASKED, "--format", "parquet", "-o", tmp_path / "points.csv").returncode == 0
    assert (tmp_path / "points.csv").read_bytes()[:4] == b"PAR1"


def test_parquet_may_go_into_a_pipe_but_not_into_a_terminal() -> None:
    parquet = (*ASKED, "--format", "parquet")
    said = subprocess.run([*COMMAND, *parquet], env=environment(), capture_output=True, check=True)
    assert len(rows_of(said.stdout, "parquet")) == 166
    terminal = Terminal(*parquet)
    assert terminal.end() == 2
    assert "name a file with --output" in terminal.screen
    assert "PAR1" not in terminal.raw


def test_in_a_terminal_the_file_comes_with_its_progress(tmp_path: Path) -> None:
    terminal = Terminal(*ASKED, "-o", tmp_path / "points.csv")
    assert terminal.end() == 0
    assert f"Reading {TASK}" in terminal.screen or "Writing 166 points" in terminal.screen
    assert terminal.screen.rstrip().endswith(f"166 points of {TASK}")


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere" / "points.csv"
    said = run(*ASKED, "-o", nowhere)
    assert said.returncode == 1
    assert said.stderr == f"{nowhere} cannot be written: No such file or directory.\n"
    assert run(*ASKED, "-o", tmp_path).returncode == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that Linux has")  # noqa: PTH110
def test_a_full_disk_is_a_sentence() -> None:
    said = run(*ASKED, "-o", "/dev/full")
    assert said.returncode == 1
    assert said.stderr == "/dev/full cannot be written: No space left on device.\n"


def test_an_export_that_fails_leaves_nothing_behind_and_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "points.csv"
    file.write_text("what was there")

    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(csv_text, "_lines", interrupted)
    assert cli.main([*ASKED, "-o", str(file)]) == 130
    assert file.read_text() == "what was there"
    assert list(tmp_path.iterdir()) == [file]


def test_without_pyarrow_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "tb_trainmon.export.parquet", None)
    monkeypatch.delattr("tb_trainmon.export.parquet", raising=False)
    assert cli.main([*ASKED, "-o", "points.parquet"]) == 1
    assert "pip install 'tb-trainmon[parquet]'" in capsys.readouterr().err
    assert not Path("points.parquet").exists()


def test_a_task_that_is_not_there_is_a_sentence() -> None:
    said = run("export", "--logdir", LOGS, "--task", "none")
    assert (said.returncode, said.stdout) == (6, "")
    assert "There is no task 'none'." in said.stderr
