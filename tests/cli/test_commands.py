"""``trainmon`` in a terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tb_trainmon import cli
from tb_trainmon.demo import show


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--help"])
    assert "demo" in capsys.readouterr().out


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--version"])
    assert capsys.readouterr().out == "trainmon 0.1.0\n"


def test_no_command_is_an_error_that_shows_what_there_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main([]) == 2
    said = capsys.readouterr().err
    for command in cli.COMMANDS:
        assert f"{command.name}  " in said


@pytest.mark.parametrize("command", [command.name for command in cli.COMMANDS])
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        cli.main([command, "--help"])
    said = capsys.readouterr().out
    assert f"usage: trainmon {command} [-h]" in said
    assert "--logdir" in said or "log directory" in said


@pytest.mark.parametrize(
    ("option", "value"),
    [("--port", "65536"), ("--port", "-1"), ("--port", "http"), ("--steps", "0"), ("--steps", "٣")],
)
def test_numbers_out_of_bounds_are_named(
    capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["demo", f"{option}={value}"])
    said = capsys.readouterr().err
    assert option in said
    assert "is not a number from" in said


def test_demo_gets_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Path, int, int]] = []

    def run(logdir: Path, port: int, steps: int) -> int:
        asked.append((logdir, port, steps))
        return 0

    monkeypatch.setattr(show, "run", run)
    assert cli.main(["demo"]) == 0
    assert cli.main(["demo", "--logdir", "x", "--port", "7000", "--steps", "50"]) == 0
    assert asked == [(Path("trainmon_demo"), 6006, 8000), (Path("x"), 7000, 50)]


def test_asking_for_help_waits_for_nothing_heavy() -> None:
    program = (
        "import sys; from tb_trainmon import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "assert not {'numpy', 'sqlalchemy', 'tensorboard'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
